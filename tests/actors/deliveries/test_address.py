"""Which addresses films are delivered to, until when, and what is told of them."""

from datetime import UTC, datetime

import pytest

from actors.deliveries.address import check_delivery_address, expires_at, host_of, is_azure, target_of
from explorer.egress.policy import EgressPolicy

SIGNED = datetime(2026, 11, 30, 22, 0, tzinfo=UTC).timestamp()
AMAZON = "https://films.s3.amazonaws.com/a%20film.mp4?X-Amz-Date=20261130T220000Z&X-Amz-Expires=3600"
AZURE = "https://films.blob.core.windows.net/c/a.mp4?sv=2024-11-04&sp=cw&sig=x&se="


@pytest.mark.parametrize(
    ("url", "after_s"),
    [
        (AMAZON, 3600),
        (AMAZON.lower(), 3600),
        (AMAZON.replace("=3600", "=-60"), -60),
        ("https://storage.googleapis.com/b/o?X-Goog-Date=20261130T220000Z&X-Goog-Expires=60", 60),
        (f"https://s3.example.com/b/o?AWSAccessKeyId=A&Signature=x&Expires={SIGNED + 7:.0f}", 7),
        (f"{AZURE}2026-11-30T22%3A00%3A05Z", 5),
        (f"{AZURE}2026-12-01", 7200),
        # Taken as they are
        ("https://s3.example.com/b/o", None),
        ("https://s3.example.com/b/o?Expires=3600", None),
        ("https://s3.example.com/b/o?Expires=soon&se=never&sig=x", None),
        (f"https://s3.example.com/b/o?Expires={'9' * 30}", None),
        (f"https://s3.example.com/b/o?Expires={'9' * 5000}", None),
        (AMAZON.replace("=3600", f"={'9' * 30}"), None),
        (AMAZON.replace("20261130", "yesterday"), None),
        ("https://s3.example.com/b/o?se=2026-11-30T22:00:00Z", None),
    ],
)
def test_an_address_says_until_when_it_is_good(url: str, after_s: float | None) -> None:
    assert expires_at(url) == (None if after_s is None else SIGNED + after_s)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://films.example.com/secret?sig=secret", "must begin with https://"),
        ("ftp://films.example.com/secret", "must begin with"),
        ("films/secret?sig=secret", "must begin with"),
        ("https://user:pass@films.example.com/secret", "user name or password"),
        ("https://films.example.com/secret film", "spaces"),
        ("https://films.example.com/secret-é", "ASCII"),
        ("https://films\\@example.com/secret", "not a valid address|user name"),
        ("https://films\\example.com/secret", "not a valid address"),
        ("https://films.example.com:0/secret", "not a valid address"),
        ("https://films.example.com:99999/secret", "not a valid URL"),
        ("https://[::1/secret", "not a valid URL"),
        ("https://10.0.0.1/secret?sig=secret", "private or local"),
        ("https://localhost/secret?sig=secret", "private or local"),
        ("https://169.254.169.254/secret", "metadata"),
        ("https://films.example.com:6379/secret", "port 6379"),
        ("https://8.8.8.8:6379/secret", "port|own services"),
        (f"{AMAZON}&X-Amz-Signature=secret", "expired at 2026-11-30T23:00:00Z"),
    ],
)
def test_an_address_that_cannot_be_delivered_to_is_refused_without_telling_it(url: str, why: str) -> None:
    egress = EgressPolicy(own=frozenset({"8.8.8.8:6379"}))

    with pytest.raises(ValueError, match=why) as caught:
        check_delivery_address(url, egress, now_s=SIGNED + 3600)

    assert "secret" not in str(caught.value)


def test_an_address_that_is_good_now_is_taken_and_http_where_its_host_is_listed() -> None:
    listed = EgressPolicy(frozenset({"127.0.0.1:9000", "films.example.com:80"}))

    assert check_delivery_address(AMAZON, EgressPolicy(), now_s=SIGNED + 3599) == AMAZON
    for url in ("http://127.0.0.1:9000/b/o", "https://127.0.0.1:9000/b", "http://films.example.com/o"):
        assert check_delivery_address(url, listed, now_s=SIGNED) == url


def test_what_was_signed_is_asked_for_as_it_is_written() -> None:
    assert target_of(AMAZON) == "/a%20film.mp4?X-Amz-Date=20261130T220000Z&X-Amz-Expires=3600"
    assert target_of("https://films.example.com?a=%2F&&b#part") == "/?a=%2F&&b"
    assert host_of("https://Films.Example.com:443/x") == "films.example.com"
    assert host_of("http://films.example.com:443/x") == "films.example.com:443"
    assert host_of("https://films.example.com:8443/x") == "films.example.com:8443"
    assert is_azure(f"{AZURE}2026-12-01")
    assert not is_azure(AMAZON)
