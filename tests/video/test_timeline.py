"""The timeline survives its journey as JSON, and readers refuse what they do not know."""

import json
from dataclasses import replace

import pytest

from video.errors import TimelineUnreadable
from video.timeline import Refused, Sample, Step, Timeline, Visit

TIMELINE = Timeline(
    width_px=1280,
    height_px=720,
    start_ms=812.5,
    end_ms=9000.0,
    title="Grüße aus Ōsaka",
    url="https://example.org/",
    steps=(Step(1000.0, 1800.25, 3000.0, "Pricing", "click", "https://example.org/", 40.0, 31.5),),
    pointer=(Sample(1000.0, 5.0, 6.5), Sample(1016.0, 7.0, 8.0)),
    visits=(Visit(812.5, "https://example.org/", "Grüße"),),
    refused=(Refused("blacklist", "Delete account"),),
)


def test_a_timeline_decodes_to_what_was_encoded() -> None:
    assert Timeline.decode(TIMELINE.encode()) == TIMELINE


def test_the_json_is_readable_and_says_its_version() -> None:
    data = json.loads(TIMELINE.encode())
    assert data["version"] == 1
    assert data["pointer"] == [[1000.0, 5.0, 6.5], [1016.0, 7.0, 8.0]]
    assert data["steps"][0]["label"] == "Pricing"
    assert "Grüße".encode() in TIMELINE.encode()


def test_half_a_character_in_a_title_does_no_harm() -> None:
    assert Timeline.decode(replace(TIMELINE, title="a\ud83d\0").encode()).title == "a?\0"


def test_another_version_is_named_in_the_error() -> None:
    data = json.loads(TIMELINE.encode()) | {"version": 2}
    with pytest.raises(TimelineUnreadable, match="version 2"):
        Timeline.decode(json.dumps(data).encode())


@pytest.mark.parametrize(
    "change",
    [{"mood": "calm"}, {"steps": [{"label": "x"}]}, {"pointer": [[1, 2]]}, {"pointer": 3}, {"visits": [1]}],
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, object]) -> None:
    data = json.loads(TIMELINE.encode()) | change
    with pytest.raises(TimelineUnreadable):
        Timeline.decode(json.dumps(data).encode())


@pytest.mark.parametrize("data", [b"", b"[1]", b"\xff\xfe", b"null", b"{}", b'{"version": 1}'])
def test_what_is_no_timeline_is_refused(data: bytes) -> None:
    with pytest.raises(TimelineUnreadable):
        Timeline.decode(data)
