"""Builds the film's timeline from the explorer's trace."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise

from explorer.retry_policy import Retry
from explorer.script.redaction import Redactor
from explorer.trace import Focus as TraceFocus
from explorer.trace import Trace
from explorer.types import Brief, Step
from video.capture.frame_store import FrameStore
from video.editing.changed_area import changed_area
from video.editing.timeline import (
    Area,
    ChapterMark,
    Focus,
    Note,
    Refused,
    Sample,
    Scroll,
    Stretch,
    Timeline,
    Visit,
)
from video.editing.timeline import Retry as TimelineRetry
from video.editing.timeline import Step as TimelineStep

#: Shorter stretches without a new frame are not noted.
MIN_STILL_MS = 200.0
#: A frame is in the frame store this soon after its moment.
FRAME_DELAY_MS = 150.0


def _film_outcome(step: Step) -> str:
    """The outcome as the film shows it: dialogs and disclosures appear on their page, as scenes do."""
    return "scene" if step.outcome in ("dialog", "disclosure") else step.outcome


def _focus(focus: TraceFocus) -> Focus:
    box = focus.box
    return Focus(focus.kind, focus.from_ms, focus.to_ms, Area(box.x, box.y, box.width, box.height))


class TimelineBuilder:
    """Builds the timeline of a trace, as often as it grows.

    `frames` holds what was filmed so far; without it the timeline has neither stills nor changed areas.
    `scale` is the number of footage pixels per CSS pixel.
    """

    def __init__(
        self,
        brief: Brief,
        frames: FrameStore | None = None,
        scale: float = 1.0,
        redactor: Redactor | None = None,
    ) -> None:
        self._brief = brief
        self._text = (redactor or Redactor()).text
        self._frames = frames
        self._scale = scale
        #: By step number: computed once, so that it stays the same.
        self._appeared: dict[int, Area | None] = {}

    def timeline(self, trace: Trace, retries: Sequence[Retry] = ()) -> Timeline:
        """The timeline of the whole trace, or of the trace so far, with the retries."""
        first = trace.visits[0] if trace.visits else None
        return Timeline(
            width_px=self._brief.width_px,
            height_px=self._brief.height_px,
            start_ms=trace.start_ms,
            end_ms=trace.end_ms,
            title=self._text(first.title if first else self._brief.url),
            url=self._text(first.url if first else self._brief.url),
            scale=self._scale,
            theme=trace.branding.theme,
            icon=trace.branding.icon,
            steps=tuple(map(self._step, trace.steps)),
            pointer=tuple(Sample(sample.at_ms, sample.x, sample.y) for sample in trace.pointer),
            scrolls=tuple(Scroll(scroll.from_ms, scroll.to_ms, scroll.dy) for scroll in trace.scrolls),
            waits=tuple(Stretch(wait.from_ms, wait.to_ms) for wait in trace.waits),
            stills=tuple(self._stills(trace.start_ms, trace.end_ms)),
            visits=tuple(
                Visit(visit.at_ms, self._text(visit.url), self._text(visit.title)) for visit in trace.visits
            ),
            refused=tuple(Refused(refusal.rule, self._text(refusal.what)) for refusal in trace.refused),
            retries=tuple(
                TimelineRetry(**{**asdict(retry), "reason": self._text(retry.reason)}) for retry in retries
            ),
            captions=tuple(Note(note.from_ms, note.to_ms, self._text(note.text)) for note in trace.captions),
            chapters=tuple(ChapterMark(note.from_ms, self._text(note.text)) for note in trace.chapters),
            holds=tuple(Stretch(hold.from_ms, hold.to_ms) for hold in trace.holds),
            cuts=tuple(Stretch(cut.from_ms, cut.to_ms) for cut in trace.cuts),
            focuses=tuple(map(_focus, trace.focuses)),
        )

    def _step(self, step: Step) -> TimelineStep:
        box = step.target
        return TimelineStep(
            start_ms=step.start_ms,
            click_ms=step.click_ms,
            end_ms=step.end_ms,
            label=self._text(step.label),
            action=step.plan.action,
            page_url=self._text(step.page_url),
            x=step.point.x,
            y=step.point.y,
            role=step.role,
            outcome=_film_outcome(step),
            caption=self._text(step.plan.caption),
            target=Area(box.x, box.y, box.width, box.height) if box else None,
            appeared=self._changed_area(step),
        )

    def _changed_area(self, step: Step) -> Area | None:
        """The area that a click has changed, if the page stayed the same."""
        if self._frames is None or _film_outcome(step) != "scene":
            return None
        if step.number not in self._appeared:
            before = self._frames.jpeg_at(step.click_ms)
            after = self._frames.jpeg_at(step.end_ms - FRAME_DELAY_MS)
            self._appeared[step.number] = changed_area(before, after, self._scale)
        return self._appeared[step.number]

    def _stills(self, start_ms: float, end_ms: float) -> Iterator[Stretch]:
        """The stretches of the film without a new frame."""
        times_ms = self._frames.times_ms if self._frames else []
        shown = times_ms[bisect_right(times_ms, start_ms) : bisect_right(times_ms, end_ms)]
        for from_ms, to_ms in pairwise([start_ms, *shown, end_ms] if times_ms else []):
            if to_ms - from_ms >= MIN_STILL_MS:
                yield Stretch(from_ms, to_ms)
