"""The timeline survives its journey as JSON, and readers refuse what they do not know."""

import json
from dataclasses import replace

import pytest

from video.editing.timeline import (
    VERSION,
    Area,
    Refused,
    Retry,
    Sample,
    Scroll,
    Step,
    Stretch,
    Timeline,
    Visit,
)
from video.errors import TimelineUnreadable

TIMELINE = Timeline(
    width_px=1280,
    height_px=720,
    start_ms=812.5,
    end_ms=9000.0,
    title="Grüße aus Ōsaka",
    url="https://example.org/",
    scale=2.0,
    theme="#1a2b3c",
    icon="aWNvbg==",
    steps=(
        Step(1000.0, 1800.25, 3000.0, "Pricing", "click", "https://example.org/", 40.0, 31.5),
        Step(
            3000.0,
            4000.0,
            5000.0,
            "Plans",
            "click",
            "https://example.org/",
            40.0,
            31.5,
            role="tab",
            outcome="scene",
            caption="Compare the plans",
            target=Area(20.0, 20.0, 80.0, 24.5),
            appeared=Area(0.0, 100.0, 640.0, 400.0),
        ),
    ),
    pointer=(Sample(1000.0, 5.0, 6.5), Sample(1016.0, 7.0, 8.0)),
    scrolls=(Scroll(5000.0, 5800.0, -120.5),),
    waits=(Stretch(1880.0, 2700.0),),
    stills=(Stretch(2000.0, 2600.0),),
    visits=(Visit(812.5, "https://example.org/", "Grüße"),),
    refused=(Refused("blacklist", "Delete account"),),
    retries=(Retry(4000.0, "element", 1, 2, "it was gone"),),
)


def test_a_timeline_decodes_to_what_was_encoded() -> None:
    assert Timeline.decode(TIMELINE.encode()) == TIMELINE


def test_the_json_is_readable_and_says_its_version() -> None:
    data = json.loads(TIMELINE.encode())
    assert data["version"] == VERSION == 4
    assert data["pointer"] == [[1000.0, 5.0, 6.5], [1016.0, 7.0, 8.0]]
    assert data["scrolls"] == [[5000.0, 5800.0, -120.5]]
    assert data["steps"][0]["label"] == "Pricing"
    assert data["steps"][0]["target"] is None
    assert data["steps"][1]["target"] == [20.0, 20.0, 80.0, 24.5]
    assert "Grüße".encode() in TIMELINE.encode()


def test_half_a_character_in_a_title_does_no_harm() -> None:
    assert Timeline.decode(replace(TIMELINE, title="a\ud83d\0").encode()).title == "a?\0"


def test_a_timeline_from_before_retries_were_noted_is_read() -> None:
    data = json.loads(TIMELINE.encode()) | {"version": 2}
    del data["retries"]

    assert Timeline.decode(json.dumps(data).encode()) == replace(TIMELINE, retries=())


def test_another_version_is_named_in_the_error() -> None:
    data = json.loads(TIMELINE.encode()) | {"version": 1}
    with pytest.raises(TimelineUnreadable, match="version 1"):
        Timeline.decode(json.dumps(data).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"mood": "calm"},
        {"steps": [{"label": "x"}]},
        {"pointer": [[1, 2]]},
        {"pointer": 3},
        {"visits": [1]},
        {"scrolls": [[1, 2]]},
        {"waits": [["a", "b"]]},
        {"steps": [{"target": [1, 2, 3]}]},
        {"retries": [{"kind": "element"}]},
    ],
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, object]) -> None:
    data = json.loads(TIMELINE.encode()) | change
    with pytest.raises(TimelineUnreadable):
        Timeline.decode(json.dumps(data).encode())


@pytest.mark.parametrize("data", [b"", b"[1]", b"\xff\xfe", b"null", b"{}", b'{"version": 2}'])
def test_what_is_no_timeline_is_refused(data: bytes) -> None:
    with pytest.raises(TimelineUnreadable):
        Timeline.decode(data)
