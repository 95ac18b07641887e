"""The timeline: what happened in a take and when, as versioned JSON beside the footage.

JSON, version 4. Times are milliseconds of film time, since the camera started, on the same axis as the
frames; positions and sizes are CSS pixels from the top left corner of a viewport of `width_px` x `height_px`.

    {"version": 4,
     "width_px": 1152, "height_px": 648,
     "scale": 1.0,                 pixels of footage per CSS pixel
     "start_ms": 812.0,            the first page had settled: nothing before it is shown
     "end_ms": 15230.0,            nothing after it is ever shown
     "title": "…", "url": "…",     of the site: its first page
     "theme": "#1a2b3c",           the site's own colour, or ""
     "icon": "…",                  its icon as a PNG in base64, or ""
     "steps":   [{"start_ms", "click_ms", "end_ms", "label", "action", "role", "outcome", "caption",
                  "page_url", "x", "y", "target", "appeared"}, …],
     "pointer": [[at_ms, x, y], …] the real mouse: one for each frame while it moves, none while it rests
     "scrolls": [[from_ms, to_ms, dy], …]
     "waits":   [[from_ms, to_ms], …]  the explorer waited for the page to settle
     "stills":  [[from_ms, to_ms], …]  the picture did not change
     "visits":  [{"at_ms", "url", "title"}, …],
     "refused": [{"rule", "what"}, …],
     "retries": [{"at_ms", "kind", "attempt", "limit", "reason"}, …],
     "captions": [[from_ms, to_ms, text], …]  that a script shows beside those of its steps
     "chapters": [[at_ms, title], …]  that a script begins, instead of one for each page
     "holds":   [[from_ms, to_ms], …]  what a script holds for the viewer is shown whole
     "cuts":    [[from_ms, to_ms], …], what a script did off camera is never shown
     "focuses": [{"kind", "from_ms", "to_ms", "area"}, …]} what it shows closer (zoom) or alone (highlight)

Of a step, `caption` overrides its label in captions ("" otherwise), `target` is the box of what was clicked
and `appeared` the box of what appeared because of it, each
[x, y, width, height] or null. Of a retry, `kind` is navigation, element, browser or database, `attempt`
counts from 1 to `limit`, and `at_ms` is 0 for what happened before this film was begun.
Fields are never added silently: a reader refuses unknown versions and fields. Version 2 had no
retries, version 3 nothing of scripts; both are still read.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from video.errors import TimelineUnreadable

VERSION = 4
READABLE = frozenset({2, 3, VERSION})


class Sample(NamedTuple):
    """The pointer's position at a moment."""

    at_ms: float
    x: float
    y: float


class Stretch(NamedTuple):
    """A time interval."""

    from_ms: float
    to_ms: float


class Scroll(NamedTuple):
    """A scroll by `dy` CSS pixels, down is positive."""

    from_ms: float
    to_ms: float
    dy: float


class Note(NamedTuple):
    """Words that are shown for a time."""

    from_ms: float
    to_ms: float
    text: str


class ChapterMark(NamedTuple):
    """Where a chapter begins."""

    at_ms: float
    title: str


class Area(NamedTuple):
    """A rectangle of the viewport."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Step:
    """One click: begin, click, and end of its effect; `label` names what was clicked."""

    start_ms: float
    click_ms: float
    end_ms: float
    label: str
    action: str
    page_url: str
    x: float
    y: float
    #: The ARIA role of what was clicked, and what the click did: `page`, `scene` or `nothing`.
    role: str = ""
    outcome: str = ""
    caption: str = ""
    target: Area | None = None
    appeared: Area | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that had settled in view."""

    at_ms: float
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was not clicked, and the rule that refused it."""

    rule: str
    what: str


@dataclass(frozen=True, slots=True)
class Focus:
    """What a script draws attention to: `kind` is zoom or highlight."""

    kind: str
    from_ms: float
    to_ms: float
    area: Area


@dataclass(frozen=True, slots=True)
class Retry:
    """Something that failed and was tried again; see the module's docstring."""

    at_ms: float
    kind: str
    attempt: int
    limit: int
    reason: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The timeline of one take; see the module's docstring for units."""

    width_px: int
    height_px: int
    start_ms: float
    end_ms: float
    title: str
    url: str
    scale: float = 1.0
    theme: str = ""
    icon: str = field(default="", repr=False)
    steps: tuple[Step, ...] = ()
    pointer: tuple[Sample, ...] = field(default=(), repr=False)
    scrolls: tuple[Scroll, ...] = ()
    waits: tuple[Stretch, ...] = ()
    stills: tuple[Stretch, ...] = ()
    visits: tuple[Visit, ...] = ()
    refused: tuple[Refused, ...] = ()
    retries: tuple[Retry, ...] = ()
    captions: tuple[Note, ...] = ()
    chapters: tuple[ChapterMark, ...] = ()
    holds: tuple[Stretch, ...] = ()
    cuts: tuple[Stretch, ...] = ()
    focuses: tuple[Focus, ...] = ()

    def encode(self) -> bytes:
        """Encodes the timeline as UTF-8 JSON; lone surrogates become `?`."""
        text = json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False)
        return text.encode(errors="replace")

    @classmethod
    def decode(cls, data: bytes) -> "Timeline":
        """Decodes what `encode` wrote. Raises TimelineUnreadable."""
        try:
            fields: dict[str, Any] = json.loads(data)
            version = fields.pop("version", None)
        except (ValueError, AttributeError, TypeError) as error:
            raise TimelineUnreadable("The timeline is not a JSON object; film the site again.") from error
        if version not in READABLE:
            raise TimelineUnreadable(
                f"The timeline has version {version}, but this program reads version {VERSION}: "
                "let the release that filmed it make the film, or film the site again."
            )
        try:
            return cls(**fields | {name: _records(name, fields.get(name, ())) for name in RECORDS})
        except (TypeError, ValueError) as error:
            raise TimelineUnreadable(f"The timeline does not fit version {VERSION}: {error}") from error


def _step(row: dict[str, Any]) -> Step:
    areas = {name: Area(*map(float, row[name])) for name in ("target", "appeared") if row.get(name)}
    return Step(**{**row, **areas})


#: How the rows of each list are decoded.
RECORDS: dict[str, Any] = {
    "steps": _step,
    "pointer": lambda row: Sample(*map(float, row)),
    "scrolls": lambda row: Scroll(*map(float, row)),
    "waits": lambda row: Stretch(*map(float, row)),
    "stills": lambda row: Stretch(*map(float, row)),
    "visits": lambda row: Visit(**row),
    "refused": lambda row: Refused(**row),
    "retries": lambda row: Retry(**row),
    "captions": lambda row: Note(float(row[0]), float(row[1]), str(row[2])),
    "chapters": lambda row: ChapterMark(float(row[0]), str(row[1])),
    "holds": lambda row: Stretch(*map(float, row)),
    "cuts": lambda row: Stretch(*map(float, row)),
    "focuses": lambda row: Focus(**{**row, "area": Area(*map(float, row["area"]))}),
}


def _records(name: str, rows: list[Any]) -> tuple[Any, ...]:
    return tuple(RECORDS[name](row) for row in rows)
