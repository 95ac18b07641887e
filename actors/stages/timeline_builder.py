"""The explorer's events in the words of others: reports for the supervisor, a timeline for the film."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from explorer.retry_policy import Retry
from explorer.trace import Trace
from explorer.types import Brief, Metrics, Refusal, Step
from video.capture.frame_store import FrameStore
from video.editing.changed_area import changed_area
from video.editing.timeline import Area, Refused, Sample, Scroll, Stretch, Timeline, Visit
from video.editing.timeline import Retry as TimelineRetry
from video.editing.timeline import Step as TimelineStep

#: Shorter stretches without a new picture are not worth noting.
LEAST_STILL_MS = 200.0
#: A frame is in the reel this soon after its moment.
FRAMES_COME_WITHIN_MS = 150.0

#: What a supervisor is told of each kind of event.
TELL: dict[type, Callable[[Any], dict[str, Any]]] = {
    Metrics: lambda event: {"kind": "metrics", "metrics": asdict(event)},
    Step: lambda event: {"kind": "step", "step": _rounded(asdict(event))},
    Refusal: lambda event: {"kind": "refused", "refused": asdict(event)},
}


def tell_retry(retry: Retry) -> dict[str, Any]:
    """The report of something that is tried again, by whomever."""
    return {"kind": "retry", "retry": _rounded(asdict(retry))}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Times to a tenth of a millisecond: clocks are no better."""
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in row.items()}


def _seen(step: Step) -> str:
    """What a film makes of an outcome: dialogs and disclosures come up on their page, as scenes do."""
    return "scene" if step.outcome in ("dialog", "disclosure") else step.outcome


class TimelineBuilder:
    """Tells an explorer's story in the words of the film, as often as it grows.

    `reel` holds what was filmed so far; without one the timeline knows neither stills nor what came up.
    `scale` is the number of footage pixels per CSS pixel.
    """

    def __init__(self, brief: Brief, reel: FrameStore | None = None, scale: float = 1.0) -> None:
        self._brief = brief
        self._reel = reel
        self._scale = scale
        #: By the number of its step: looked for once, so that it stays the same.
        self._appeared: dict[int, Area | None] = {}

    def timeline(self, story: Trace, retries: Sequence[Retry] = ()) -> Timeline:
        """The timeline of the story, all of it or so far, and of what was tried again."""
        first = story.visits[0] if story.visits else None
        return Timeline(
            width_px=self._brief.width_px,
            height_px=self._brief.height_px,
            start_ms=story.start_ms,
            end_ms=story.end_ms,
            title=first.title if first else self._brief.url,
            url=first.url if first else self._brief.url,
            scale=self._scale,
            theme=story.look.theme,
            icon=story.look.icon,
            steps=tuple(map(self._step, story.steps)),
            pointer=tuple(Sample(sample.at_ms, sample.x, sample.y) for sample in story.pointer),
            scrolls=tuple(Scroll(scroll.from_ms, scroll.to_ms, scroll.dy) for scroll in story.scrolls),
            waits=tuple(Stretch(wait.from_ms, wait.to_ms) for wait in story.waits),
            stills=tuple(self._stills(story.start_ms, story.end_ms)),
            visits=tuple(Visit(visit.at_ms, visit.url, visit.title) for visit in story.visits),
            refused=tuple(Refused(refusal.rule, refusal.what) for refusal in story.refused),
            retries=tuple(TimelineRetry(**_rounded(asdict(retry))) for retry in retries),
        )

    def _step(self, step: Step) -> TimelineStep:
        box = step.target
        return TimelineStep(
            start_ms=step.start_ms,
            click_ms=step.click_ms,
            end_ms=step.end_ms,
            label=step.label,
            action=step.plan.action,
            page_url=step.page_url,
            x=step.point.x,
            y=step.point.y,
            role=step.role,
            outcome=_seen(step),
            caption=step.plan.caption,
            target=Area(box.x, box.y, box.width, box.height) if box else None,
            appeared=self._came_up(step),
        )

    def _came_up(self, step: Step) -> Area | None:
        """The area that a click has changed, if it stayed on its page."""
        if self._reel is None or _seen(step) != "scene":
            return None
        if step.number not in self._appeared:
            before, after = (
                self._picture(at_ms) for at_ms in (step.click_ms, step.end_ms - FRAMES_COME_WITHIN_MS)
            )
            self._appeared[step.number] = changed_area(before, after, self._scale)
        return self._appeared[step.number]

    def _picture(self, at_ms: float) -> bytes:
        """The JPEG that stood at a moment."""
        assert self._reel is not None
        index = bisect_right(self._reel.times_ms, at_ms) - 1
        return self._reel.jpeg(index) if index >= 0 else b""

    def _stills(self, start_ms: float, end_ms: float) -> Iterator[Stretch]:
        """The stretches of the film without a new picture."""
        times_ms = self._reel.times_ms if self._reel else []
        shown = times_ms[bisect_right(times_ms, start_ms) : bisect_right(times_ms, end_ms)]
        for from_ms, to_ms in pairwise([start_ms, *shown, end_ms] if times_ms else []):
            if to_ms - from_ms >= LEAST_STILL_MS:
                yield Stretch(from_ms, to_ms)
