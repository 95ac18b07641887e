"""A take's storyboard: which frame shows each step best, and what is said of it."""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from actors.stages.spec import StageSpec
from actors.stages.upload import MAX_EXTRA_BYTES, store
from explorer.trace import Trace
from explorer.types import Step
from video.blob_store import NoteRetry
from video.capture.frame_store import FrameStore
from video.errors import VideoError
from video.storyboard import bind
from video.warnings import FilmWarning, missing

log = logging.getLogger(__name__)

NAME = "storyboard"


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a storyboard: the moment it shows, and what `steps.json` says of it."""

    at_ms: float
    row: dict[str, Any]


def panels(story: Trace) -> Iterator[Panel]:
    """The start page as it had settled, and each step when what it did had come to rest.

    Nothing is later than the end of the story: what was filmed after it may be a page that must not be shown.
    """
    first = story.visits[0] if story.visits else None
    opened = {
        "url": first.url if first else "",
        "label": first.title if first else "",
        "action": "open",
        "reason": "the start page",
        "outcome": "page",
    }
    yield Panel(min(first.at_ms if first else story.start_ms, story.end_ms), opened)
    for index, step in enumerate(story.steps):
        until_ms = story.steps[index + 1].start_ms if index + 1 < len(story.steps) else story.end_ms
        row = {
            "url": _url_after(step, story, until_ms),
            "label": step.label,
            "action": step.plan.action,
            "reason": step.plan.reason,
            "outcome": step.outcome,
        }
        yield Panel(min(step.settled_ms or step.end_ms, story.end_ms), row)


def _url_after(step: Step, story: Trace, until_ms: float) -> str:
    """The page that a step has led to; a page is visited only after the step that opened it has ended."""
    led_to = (visit.url for visit in story.visits if step.click_ms < visit.at_ms <= until_ms)
    opened = next(led_to, step.page_url) if step.outcome == "page" else step.page_url
    return step.url_after or opened


def bound(story: Trace, reel: FrameStore, max_bytes: int = MAX_EXTRA_BYTES) -> tuple[bytes, int]:
    """The storyboard as a zip, from the pictures on the reel, and how many it holds. Raises VideoError."""
    shown = ((_picture(reel, panel.at_ms), panel.row) for panel in panels(story))
    return bind(shown, max_bytes)


def _picture(reel: FrameStore, at_ms: float) -> bytes:
    """The JPEG that stood at a moment, or the first of all."""
    index = max(bisect_right(reel.times_ms, at_ms) - 1, 0)
    return reel.jpeg(index) if reel.times_ms else b""


async def keep_storyboard(
    order: StageSpec, story: Trace, reel: FrameStore, note: NoteRetry
) -> tuple[list[str], list[FilmWarning]]:
    """Stores the storyboard if the order wants one; answers its name, if it is there now, and warnings."""
    if not order.storyboard:
        return [], []
    try:
        data, count = await asyncio.to_thread(bound, story, reel)
        await store(order, order.extra_keys[NAME], MAX_EXTRA_BYTES, lambda: [data], note)
    except (VideoError, OSError) as exc:
        log.warning("the take goes without its storyboard: %s", exc)
        return [], [missing(NAME, exc)]
    lacking = len(story.steps) + 1 - count
    if not lacking:
        return [NAME], []
    most = f"{MAX_EXTRA_BYTES >> 20} MB are the most"
    why = f"The storyboard lacks its last {lacking} pictures: {most}. Ask for fewer clicks."
    return [NAME], [FilmWarning("storyboard_incomplete", why)]
