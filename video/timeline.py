"""The timeline: what happened in a take and when, as data beside the footage.

JSON, version 1. Times are milliseconds of film time, since the camera started, on the same axis as the
frames; places are CSS pixels from the top left corner of a viewport of `width_px` x `height_px`.

    {"version": 1,
     "width_px": 1280, "height_px": 720,
     "start_ms": 812.0,            the first page had settled: nothing before it is shown
     "end_ms": 15230.0,            nothing after it is ever shown
     "title": "…", "url": "…",     of the site: its first page
     "steps":   [{"start_ms", "click_ms", "end_ms", "label", "action", "page_url", "x", "y"}, …],
     "pointer": [[at_ms, x, y], …] the real mouse: about 60 a second while it moves, none while it rests
     "visits":  [{"at_ms", "url", "title"}, …],
     "refused": [{"rule", "what"}, …]}

Fields are never added silently: a reader refuses versions and fields that it does not know.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from video.errors import TimelineUnreadable

VERSION = 1


class Sample(NamedTuple):
    """Where the pointer was at a moment."""

    at_ms: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Step:
    """One click: when it was approached, made and had shown its effect; `label` names what was clicked."""

    start_ms: float
    click_ms: float
    end_ms: float
    label: str
    action: str
    page_url: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that had settled in view."""

    at_ms: float
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was not clicked, and the rule that said so."""

    rule: str
    what: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The story of one take; see the module's docstring for units."""

    width_px: int
    height_px: int
    start_ms: float
    end_ms: float
    title: str
    url: str
    steps: tuple[Step, ...] = ()
    pointer: tuple[Sample, ...] = field(default=(), repr=False)
    visits: tuple[Visit, ...] = ()
    refused: tuple[Refused, ...] = ()

    def encode(self) -> bytes:
        """The timeline as UTF-8 JSON; halves of characters, which scripts can put into titles, become `?`."""
        text = json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False)
        return text.encode(errors="replace")

    @classmethod
    def decode(cls, data: bytes) -> "Timeline":
        """Reads what `encode` wrote. Raises TimelineUnreadable."""
        try:
            fields: dict[str, Any] = json.loads(data)
            version = fields.pop("version", None)
        except (ValueError, AttributeError, TypeError) as error:
            raise TimelineUnreadable("The timeline is not a JSON object; film the site again.") from error
        if version != VERSION:
            raise TimelineUnreadable(
                f"The timeline has version {version}, but this program reads version {VERSION}: "
                "let the release that filmed it cut it, or film the site again."
            )
        try:
            return cls(**fields | {name: _records(name, fields.get(name, ())) for name in RECORDS})
        except (TypeError, ValueError) as error:
            raise TimelineUnreadable(f"The timeline does not fit version {VERSION}: {error}") from error


#: How each list of the timeline is read.
RECORDS: dict[str, Any] = {
    "steps": lambda row: Step(**row),
    "pointer": lambda row: Sample(*map(float, row)),
    "visits": lambda row: Visit(**row),
    "refused": lambda row: Refused(**row),
}


def _records(name: str, rows: list[Any]) -> tuple[Any, ...]:
    return tuple(RECORDS[name](row) for row in rows)
