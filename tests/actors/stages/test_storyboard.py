import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from actors.jobs.keys import Claim
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.stages.spec import StorageSpec
from actors.stages.storyboard import make_storyboard, panels, store_storyboard
from explorer.script.redaction import Redactor
from explorer.trace import Trace, Visit
from explorer.types import ActionPlan, Outcome, Point, Step
from tests.support.jobs import queued
from video.capture.footage import Frame
from video.capture.frame_store import FrameStore

pytestmark = pytest.mark.anyio

HOME, NEXT = "https://example.com/", "https://example.com/next"


def step(
    number: int,
    start_ms: float,
    *,
    outcome: Outcome = "page",
    settled_ms: float = 0.0,
    url_after: str = "",
) -> Step:
    return Step(
        number=number,
        plan=ActionPlan("a", "click", 50, "keywords: new"),
        label=f"Step {number}",
        page_url=HOME,
        start_ms=start_ms,
        click_ms=start_ms + 100,
        end_ms=start_ms + 900,
        point=Point(1, 1),
        outcome=outcome,
        settled_ms=settled_ms,
        url_after=url_after,
    )


def story(*steps: Step, visits: tuple[Visit, ...] = (), end_ms: float = 10_000.0) -> Trace:
    return Trace(500.0, end_ms, "max_clicks", steps, (Visit(600.0, HOME, "Home"), *visits), ())


def rows(told: Trace) -> list[tuple[float, str]]:
    return [(panel.at_ms, panel.row["url"]) for panel in panels(told)]


def test_the_start_opens_and_every_step_follows() -> None:
    start, first = panels(story(step(1, 1000.0, settled_ms=1700.0, url_after=NEXT)))

    assert (start.at_ms, first.at_ms) == (600.0, 1700.0)
    assert start.row == {
        "url": HOME,
        "label": "Home",
        "action": "open",
        "reason": "the start page",
        "outcome": "page",
    }
    assert first.row == {
        "url": NEXT,
        "label": "Step 1",
        "action": "click",
        "reason": "keywords: new",
        "outcome": "page",
    }


def test_a_step_that_does_not_say_when_it_settled_is_shown_at_its_end() -> None:
    assert rows(story(step(1, 1000.0, outcome="scene")))[1] == (1900.0, HOME)


def test_where_a_step_led_is_known_from_the_page_that_was_visited_next() -> None:
    led, stayed = step(1, 1000.0), step(2, 3000.0, outcome="nothing")

    told = story(led, stayed, visits=(Visit(2000.0, NEXT, "Next"), Visit(5000.0, HOME, "Home")))

    assert [url for _, url in rows(told)] == [HOME, NEXT, HOME]


def test_nothing_is_shown_from_after_the_end() -> None:
    told = story(step(1, 1000.0, settled_ms=1800.0), end_ms=1300.0)

    assert rows(told)[1][0] == 1300.0


@pytest.fixture
def reel(tmp_path: Path) -> Iterator[FrameStore]:
    """A frame every 500 ms, each lighter than the one before."""
    reel = FrameStore(tmp_path / "reel")
    for number in range(10):
        picture = np.full((72, 128, 3), 20 * number, np.uint8)
        reel.append(Frame(500.0 * number, cv2.imencode(".jpg", picture)[1].tobytes()))
    yield reel
    reel.close()


def test_a_panel_shows_the_last_frame_at_its_moment(reel: FrameStore) -> None:
    told = story(step(1, 1000.0, settled_ms=1999.0), step(2, 2000.0, settled_ms=2500.0))

    data, count = make_storyboard(told, reel, Redactor())

    assert count == 3
    with zipfile.ZipFile(io.BytesIO(data)) as binder:
        names = [row["png"] for row in json.loads(binder.read("steps.json"))]
        pictures = [cv2.imdecode(np.frombuffer(binder.read(name), np.uint8), 0) for name in names]
    assert [round(float(picture.mean()) / 20) for picture in pictures if picture is not None] == [1, 3, 5]


async def test_a_storyboard_that_cannot_be_made_or_stored_is_a_warning(
    store: Store, settings: Settings, tmp_path: Path, reel: FrameStore
) -> None:
    claim = Claim("j1", Stage.EXPLORING, "token", 1)
    storage = StorageSpec.of(await queued(store), claim, settings)
    unread = FrameStore(tmp_path / "unread")
    unread.append(Frame(0.0, b"no picture"))

    kept, none = await store_storyboard(storage, story(step(1, 1000.0)), reel, lambda *_: None, Redactor())
    lost, (warning,) = await store_storyboard(
        storage, story(step(1, 1000.0)), unread, lambda *_: None, Redactor()
    )

    assert (kept, none) == (["storyboard"], [])
    assert (lost, warning.code) == ([], "storyboard_missing")
    assert warning.message == "The film has no storyboard: A picture for the storyboard cannot be read."
    unread.close()


@pytest.mark.thorough
async def test_pictures_that_a_storyboard_has_no_room_for_are_a_warning(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    claim = Claim("j1", Stage.EXPLORING, "token", 1)
    storage = StorageSpec.of(await queued(store), claim, settings)
    noise = np.random.default_rng(1).integers(0, 256, (720, 1280, 3), np.uint8)
    reel = FrameStore(tmp_path / "noise")
    reel.append(Frame(0.0, cv2.imencode(".jpg", noise)[1].tobytes()))

    steps = (step(number, 1000.0 * number) for number in range(1, 16))
    kept, (warning,) = await store_storyboard(storage, story(*steps), reel, lambda *_: None, Redactor())

    assert (kept, warning.code) == (["storyboard"], "storyboard_incomplete")
    assert re.match(r"The storyboard lacks its last \d+ pictures: 32 MB are the most", warning.message)
    reel.close()
