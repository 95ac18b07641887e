"""An explorer's story becomes the film's timeline, the same however often it is told."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from actors.stages.timeline_builder import TimelineBuilder
from explorer.trace import Sample, Scroll, SiteBranding, Trace, Visit, Wait
from explorer.types import ActionPlan, Box, Brief, Point, Refusal, Step
from video.capture.footage import Frame
from video.capture.frame_store import FrameStore
from video.editing.timeline import Area, Stretch, Timeline
from video.editing.timeline import Scroll as FilmScroll

PLAN = ActionPlan("a", "click", 50, "llm: prices", "See what it costs")
STORY = Trace(
    start_ms=500.0,
    end_ms=6_000.0,
    stop_reason="max_clicks",
    steps=(
        Step(
            1,
            PLAN,
            "Prices",
            "http://lumen/",
            1_000.0,
            2_000.0,
            4_000.0,
            Point(100.0, 50.0),
            "scene",
            "tab",
            Box(80.0, 40.0, 40.0, 20.0),
        ),
    ),
    visits=(Visit(510.0, "http://lumen/", "Lumen"),),
    refused=(Refusal("blacklist", "Buy", "its text says 'buy'"),),
    pointer=(Sample(1_500.0, 100.0, 50.0),),
    scrolls=(Scroll(600.0, 900.0, 300.0),),
    waits=(Wait(2_080.0, 2_900.0),),
    branding=SiteBranding("#1a2b3c", "aWNvbg=="),
)
BRIEF = Brief("http://lumen/", width_px=640, height_px=360)


@pytest.fixture
def reel(tmp_path: Path) -> FrameStore:
    """A grey page, on which a white panel comes up between 2.1 and 2.5 s."""
    kept = FrameStore(tmp_path / "reel")
    for at_ms, height in ((100.0, 0), (2_100.0, 40), (2_200.0, 80), (2_500.0, 120)):
        picture = np.full((360, 640, 3), 90, np.uint8)
        picture[100 : 100 + height, 200:400] = 250
        kept.append(Frame(at_ms, cv2.imencode(".jpg", picture)[1].tobytes()))
    return kept


def test_all_of_the_story_is_in_the_timeline(reel: FrameStore) -> None:
    timeline = TimelineBuilder(BRIEF, reel, 1.0).timeline(STORY)
    (step,) = timeline.steps
    assert (step.role, step.outcome, step.caption) == ("tab", "scene", "See what it costs")
    assert step.target == Area(80.0, 40.0, 40.0, 20.0)
    assert timeline.scrolls == (FilmScroll(600.0, 900.0, 300.0),)
    assert timeline.waits == (Stretch(2_080.0, 2_900.0),)
    assert (timeline.theme, timeline.icon, timeline.title) == ("#1a2b3c", "aWNvbg==", "Lumen")
    assert (timeline.width_px, timeline.height_px, timeline.scale) == (640, 360, 1.0)
    assert Timeline.decode(timeline.encode()) == timeline


def test_what_came_up_is_found_in_the_pictures(reel: FrameStore) -> None:
    (step,) = TimelineBuilder(BRIEF, reel, 1.0).timeline(STORY).steps
    assert step.appeared == pytest.approx((200, 100, 200, 120), abs=6)


def test_what_came_up_stays_the_same_when_more_is_filmed(reel: FrameStore) -> None:
    narrator = TimelineBuilder(BRIEF, reel)
    before = narrator.timeline(STORY)
    reel.append(Frame(3_800.0, reel.jpeg(0)))
    assert narrator.timeline(STORY).steps == before.steps


def test_stillness_is_noted_from_a_fifth_of_a_second_on(reel: FrameStore) -> None:
    assert TimelineBuilder(BRIEF, reel).timeline(STORY).stills == (
        Stretch(500.0, 2_100.0),
        Stretch(2_200.0, 2_500.0),
        Stretch(2_500.0, 6_000.0),
    )


def test_without_pictures_nothing_is_known_of_them() -> None:
    timeline = TimelineBuilder(BRIEF).timeline(STORY)
    assert timeline.stills == ()
    assert timeline.steps[0].appeared is None
