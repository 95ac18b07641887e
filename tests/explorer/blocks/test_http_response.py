"""What the head of an HTTP answer is taken for."""

from email.utils import formatdate
from time import time

import pytest

from explorer.blocks.http_response import HttpResponse, download_error, format_duration, kind_of, status_error

URL = "http://acme.example/reports/may%20july.pdf"


def answer(status: int = 200, **headers: str) -> HttpResponse:
    return HttpResponse(URL, status, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, "page_unreachable", "answered with status 400"),
        (401, "password_required", "(status 401)"),
        (403, "forbidden", "status 403"),
        (404, "page_unreachable", "does not exist there"),
        (405, "page_unreachable", "answered with status 405"),
        (410, "page_unreachable", "does not exist there"),
        (429, "blocked", "too many requests"),
        (451, "forbidden", "status 451"),
        (500, "site_error", "the fault is the site's own"),
        (503, "site_error", "the fault is the site's own"),
        (599, "site_error", "status 599"),
        (999, "page_unreachable", "status 999"),
    ],
)
def test_a_status_that_is_an_error_has_a_code_and_a_sentence(status: int, code: str, said: str) -> None:
    error = status_error(URL, answer(status))

    assert error is not None
    assert error.code == code
    assert said in str(error)
    assert (error.retry_after_s is not None) == (status in (429, 502, 503, 504))


@pytest.mark.parametrize("status", [200, 203, 299, 304])
def test_any_other_status_is_none(status: int) -> None:
    assert status_error(URL, answer(status)) is None


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('Basic realm="staging"', "(Basic, realm “staging”)"),
        ("Basic realm=staging, charset=utf-8", "(Basic, realm “staging”)"),
        ('Digest realm="a b", qop="auth", nonce="basic"', "(Digest, realm “a b”)"),
        ("Negotiate, NTLM", "(Negotiate, NTLM)"),
        ("Negotiate\nNTLM", "(Negotiate, NTLM)"),
        ('Basic realm="x\ud800"', "(Basic, realm “x?”)"),
        ("Mystery", "(status 401)"),
    ],
)
def test_a_challenge_is_told_with_its_scheme_and_realm(asked: str, told: str) -> None:
    assert told in str(status_error(URL, answer(401, www_authenticate=asked)))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("3", 3.0), ("", 0.0), ("soon", 0.0), ("Wed, 21 Oct 2015 07:28 GMT", 0.0), ("9" * 400, 999_999_999.0)],
)
def test_how_long_a_server_asks_to_be_left_alone(said: str, seconds: float) -> None:
    assert answer(503, retry_after=said).retry_after_s == seconds


def test_a_date_to_come_back_at_is_told_as_a_length_of_time() -> None:
    later = answer(503, retry_after=formatdate(time() + 7_000, usegmt=True))

    assert 6_900 < later.retry_after_s <= 7_000
    assert "asks to be left alone for 2 h" not in str(status_error(URL, answer(503)))
    assert "asks to be left alone for 2 h" in str(status_error(URL, later))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (45, "45 s"), (600, "10 min"), (7_200, "2 h"), (200_000, "2 days"), (1e30, "a long time")],
)
def test_a_length_of_time_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert format_duration(seconds) == said


@pytest.mark.parametrize(
    ("media_type", "said"),
    [
        ("application/json", "JSON data (application/json)"),
        ("application/problem+json", "JSON data (application/problem+json)"),
        ("application/rss+xml", "a news feed (application/rss+xml)"),
        ("text/xml", "XML data (text/xml)"),
        ("image/svg+xml", "a picture (image/svg+xml)"),
        ("video/webm", "a video (video/webm)"),
        ("audio/ogg", "a sound recording (audio/ogg)"),
        ("application/pdf", "a PDF document (application/pdf)"),
        ("text/csv", "a table (text/csv)"),
        ("application/zip", "an archive (application/zip)"),
        ("application/x-tar", "an archive (application/x-tar)"),
        ("text/markdown", "plain text (text/markdown)"),
        ("application/x-strange", "application/x-strange"),
        ("", "its kind is not said"),
    ],
)
def test_a_media_type_is_told_in_words(media_type: str, said: str) -> None:
    assert kind_of(media_type) == said


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("", "may july.pdf"),
        ("attachment", "may july.pdf"),
        ('attachment; filename="report one.pdf"', "report one.pdf"),
        ("attachment; filename*=UTF-8''%E2%82%AC.pdf", "€.pdf"),
    ],
)
def test_a_file_is_told_with_its_kind_and_name(disposition: str, name: str) -> None:
    head = answer(content_type="application/pdf; x=y", content_disposition=disposition)

    error = download_error(URL, head)

    assert error.code == "not_a_page"
    assert f"is a file to be saved (a PDF document (application/pdf), {name})" in str(error)
    assert "its kind is not known" in str(download_error(URL, None))
