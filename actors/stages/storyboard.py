"""Storyboard of a take: the frame that shows each step best, and a row of data about it."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from actors.stages.spec import StorageSpec
from actors.stages.upload import MAX_EXTRA_BYTES, store_blob
from explorer.script.redaction import Redactor
from explorer.trace import Trace
from explorer.types import Step
from video.blob_store import NoteRetry
from video.capture.frame_store import FrameStore
from video.errors import VideoError
from video.storyboard_archive import pack_storyboard
from video.warnings import FilmWarning, missing

log = logging.getLogger(__name__)

NAME = "storyboard"


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a storyboard: the moment it shows, and its row in `steps.json`."""

    at_ms: float
    row: dict[str, str]


def panels(trace: Trace) -> Iterator[Panel]:
    """The start page once it had settled, and each step once its result had settled.

    Nothing is later than the end of the trace: what was filmed after it may be a page that must not be shown.
    """
    first = trace.visits[0] if trace.visits else None
    opened = {
        "url": first.url if first else "",
        "label": first.title if first else "",
        "action": "open",
        "reason": "the start page",
        "outcome": "page",
    }
    yield Panel(min(first.at_ms if first else trace.start_ms, trace.end_ms), opened)
    for index, step in enumerate(trace.steps):
        until_ms = trace.steps[index + 1].start_ms if index + 1 < len(trace.steps) else trace.end_ms
        row = {
            "url": _url_after(step, trace, until_ms),
            "label": step.label,
            "action": step.plan.action,
            "reason": step.plan.reason,
            "outcome": step.outcome,
        }
        yield Panel(min(step.settled_ms or step.end_ms, trace.end_ms), row)


def _url_after(step: Step, trace: Trace, until_ms: float) -> str:
    """The page that a step has led to; a page is visited only after the step that opened it has ended."""
    led_to = (visit.url for visit in trace.visits if step.click_ms < visit.at_ms <= until_ms)
    opened = next(led_to, step.page_url) if step.outcome == "page" else step.page_url
    return step.url_after or opened


def make_storyboard(
    trace: Trace, frames: FrameStore, redactor: Redactor, max_bytes: int = MAX_EXTRA_BYTES
) -> tuple[bytes, int]:
    """The storyboard as a zip, and the number of its pictures. Raises VideoError."""
    first_ms = frames.times_ms[0] if frames.times_ms else 0.0
    shown = (
        (
            frames.jpeg_at(max(panel.at_ms, first_ms)),
            {name: redactor.text(value) for name, value in panel.row.items()},
        )
        for panel in panels(trace)
    )
    return pack_storyboard(shown, max_bytes)


async def store_storyboard(
    storage: StorageSpec, trace: Trace, frames: FrameStore, note: NoteRetry, redactor: Redactor
) -> tuple[list[str], list[FilmWarning]]:
    """Makes and stores the storyboard; returns its name if it is stored, and warnings."""
    try:
        data, count = await asyncio.to_thread(make_storyboard, trace, frames, redactor)
        await store_blob(storage, storage.extra_keys[NAME], MAX_EXTRA_BYTES, lambda: [data], note)
    except (VideoError, OSError) as exc:
        log.warning("the take has no storyboard: %s", exc)
        return [], [missing(NAME, exc)]
    lacking = len(trace.steps) + 1 - count
    if not lacking:
        return [NAME], []
    limit = f"{MAX_EXTRA_BYTES >> 20} MB are the most"
    why = f"The storyboard lacks its last {lacking} pictures: {limit}. Ask for fewer clicks."
    return [NAME], [FilmWarning("storyboard_incomplete", why)]
