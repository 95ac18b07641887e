"""The explorer's events in the words of others: reports for the supervisor, a timeline for the film."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from explorer.types import Brief, Metrics, Refusal, Step, Story
from video.timeline import Refused, Sample, Timeline, Visit
from video.timeline import Step as TimelineStep

#: What a supervisor is told of each kind of event.
TELL: dict[type, Callable[[Any], dict[str, Any]]] = {
    Metrics: lambda event: {"kind": "metrics", "metrics": asdict(event)},
    Step: lambda event: {"kind": "step", "step": _rounded(asdict(event))},
    Refusal: lambda event: {"kind": "refused", "refused": asdict(event)},
}


def _rounded(step: dict[str, Any]) -> dict[str, Any]:
    """Times to a tenth of a millisecond: clocks are no better."""
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in step.items()}


def make_timeline(brief: Brief, story: Story) -> Timeline:
    """The explorer's story in the words of the film."""
    first = story.visits[0] if story.visits else None
    return Timeline(
        width_px=brief.width_px,
        height_px=brief.height_px,
        start_ms=story.start_ms,
        end_ms=story.end_ms,
        title=first.title if first else brief.url,
        url=first.url if first else brief.url,
        steps=tuple(
            TimelineStep(
                start_ms=step.start_ms,
                click_ms=step.click_ms,
                end_ms=step.end_ms,
                label=step.label,
                action=step.plan.action,
                page_url=step.page_url,
                x=step.point.x,
                y=step.point.y,
            )
            for step in story.steps
        ),
        pointer=tuple(Sample(sample.at_ms, sample.x, sample.y) for sample in story.pointer),
        visits=tuple(Visit(visit.at_ms, visit.url, visit.title) for visit in story.visits),
        refused=tuple(Refused(refusal.rule, refusal.what) for refusal in story.refused),
    )
