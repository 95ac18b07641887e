import json

import pytest

from actors.jobs.spec import JobSpec
from actors.options import Limits
from actors.settings import Settings
from demo_api.errors import RequestInvalid
from demo_api.schemas.jobs import RunRequest

URL = "https://example.com/"


def test_a_url_is_all_that_is_needed() -> None:
    wish = RunRequest.parse(json.dumps({"url": URL}).encode())

    assert wish.model_dump(exclude_defaults=True) == {"url": URL}
    assert wish.spec(Settings()) == JobSpec(URL, Limits(10, 3, 300))


def test_limits_may_be_given() -> None:
    body = {"url": URL, "max_clicks": 1, "max_depth": 2, "max_runtime": 30}

    wish = RunRequest.parse(json.dumps(body).encode())

    assert wish.spec(Settings()).limits == Limits(1, 2, 30)


def test_a_film_may_be_asked_for_in_detail() -> None:
    wishes = {
        "style": "plain",
        "size": "vertical",
        "fps": 60,
        "format": "gif",
        "captions": False,
        "zoom": False,
        "title_card": True,
        "camera": "frames",
    }

    wish = RunRequest.parse(json.dumps({"url": URL, **wishes}).encode())

    assert wish.model_dump(include=set(wishes)) == wishes


def test_a_script_in_yaml_sets_film_options_that_are_no_text() -> None:
    text = f"url: {URL}\nsteps: [{{hold: 1}}]\nfilm: {{fps: 60, captions: no, size: 1080p, title_card: true}}"

    film = RunRequest.parse(json.dumps({"script": text}).encode()).film(Settings())

    assert (film.fps, film.captions, film.size, film.title_card) == (60, False, "1080p", True)
    with pytest.raises(RequestInvalid, match=r"script\.film\.fps"):
        RunRequest.parse(json.dumps({"script": text.replace("60", "59")}).encode())


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 5000]
)
def test_what_is_not_a_json_object_names_the_body(body: bytes) -> None:
    with pytest.raises(RequestInvalid) as caught:
        RunRequest.parse(body)

    assert caught.value.fields[0]["field"] == "body"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": None}, "url"),
        ({"url": 5}, "url"),
        ({"url": ""}, "url"),
        ({"url": "example.com"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "http://"}, "url"),
        ({"url": "http:///path"}, "url"),
        ({"url": "http://exa mple.com/"}, "url"),
        ({"url": "http://example.com:99999/"}, "url"),
        ({"url": "http://[::1/"}, "url"),
        ({"url": "http://user:secret@example.com/"}, "url"),
        ({"url": "https://example.com/\nHost: evil"}, "url"),
        ({"url": "https://" + "a" * 3000 + ".com/"}, "url"),
        ({"url": "https://a" + "b" * 80 + ".com/"}, "url"),
        ({"url": URL, "max_clicks": 0}, "max_clicks"),
        ({"url": URL, "max_clicks": 101}, "max_clicks"),
        ({"url": URL, "max_clicks": "5"}, "max_clicks"),
        ({"url": URL, "max_clicks": True}, "max_clicks"),
        ({"url": URL, "max_clicks": 2.5}, "max_clicks"),
        ({"url": URL, "max_depth": 0}, "max_depth"),
        ({"url": URL, "max_depth": 21}, "max_depth"),
        ({"url": URL, "max_runtime": 0}, "max_runtime"),
        ({"url": URL, "max_runtime": 3601}, "max_runtime"),
        ({"url": URL, "style": "fancy"}, "style"),
        ({"url": URL, "style": True}, "style"),
        ({"url": URL, "size": "4k"}, "size"),
        ({"url": URL, "size": 720}, "size"),
        ({"url": URL, "fps": 25}, "fps"),
        ({"url": URL, "fps": "30"}, "fps"),
        ({"url": URL, "format": "avi"}, "format"),
        ({"url": URL, "captions": "yes"}, "captions"),
        ({"url": URL, "captions": 1}, "captions"),
        ({"url": URL, "zoom": 1.5}, "zoom"),
        ({"url": URL, "title_card": "Welcome"}, "title_card"),
        ({"url": URL, "camera": "video"}, "camera"),
        ({"url": URL, "speed": 3}, "speed"),
    ],
)
def test_a_bad_field_is_named(body: dict[str, object], field: str) -> None:
    with pytest.raises(RequestInvalid) as caught:
        RunRequest.parse(json.dumps(body).encode())

    assert [row["field"] for row in caught.value.fields] == [field]


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(RequestInvalid, match="'720p', '1080p', 'vertical' or 'square'"):
        RunRequest.parse(json.dumps({"url": URL, "size": "4k"}).encode())


def test_a_secret_in_a_url_is_not_repeated_in_the_error() -> None:
    with pytest.raises(RequestInvalid) as caught:
        RunRequest.parse(b'{"url": "http://user:hunter2@example.com/"}')

    assert "hunter2" not in str(caught.value)
