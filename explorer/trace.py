"""Execution trace of an exploration: all that a film can be cut from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from explorer.types import Box, Refusal, Step, StopReason, TakeWarning

#: A trace holds at most so many tries off camera.
MAX_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the pointer was at a time on the clock."""

    at_ms: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Scroll:
    """The page was scrolled by `dy` CSS pixels, down is positive; times are milliseconds on the clock."""

    from_ms: float
    to_ms: float
    dy: float


@dataclass(frozen=True, slots=True)
class Wait:
    """The explorer waited for the page to settle; times are milliseconds on the clock."""

    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Note:
    """Words that a script shows for a time, or from a time on; times are milliseconds on the clock."""

    from_ms: float
    to_ms: float
    text: str


@dataclass(frozen=True, slots=True)
class Focus:
    """What a script draws attention to, in CSS pixels of the viewport, until `to_ms`."""

    kind: Literal["zoom", "highlight"]
    from_ms: float
    to_ms: float
    box: Box


@dataclass(frozen=True, slots=True)
class SiteBranding:
    """How a site presents itself: its colour, like `#1a2b3c`, and its icon, a PNG in base64; "" for none."""

    theme: str = ""
    icon: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that came into view: the moment it had settled, its address and title."""

    at_ms: float
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Something that was tried off camera: `what` is its label or address, `page_url` where that was.

    `outcome` is that of a step, the rule that refuses it, or "unknown".
    """

    what: str
    page_url: str
    how: Literal["opened", "pressed"]
    outcome: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All of an exploration that a film can be cut from; times are milliseconds on the clock."""

    start_ms: float
    end_ms: float
    stop_reason: StopReason
    steps: tuple[Step, ...]
    visits: tuple[Visit, ...]
    refused: tuple[Refusal, ...]
    pointer: tuple[Sample, ...] = field(repr=False, default=())
    scrolls: tuple[Scroll, ...] = ()
    waits: tuple[Wait, ...] = ()
    branding: SiteBranding = SiteBranding()
    #: At most `MAX_LOOKED_AT`, in order.
    looked_at: tuple[LookedAt, ...] = ()
    warnings: tuple[TakeWarning, ...] = ()
    #: What a script says: captions, and chapters from their moment on.
    captions: tuple[Note, ...] = ()
    chapters: tuple[Note, ...] = ()
    #: What a script has held for the viewer, and what it did off camera.
    holds: tuple[Wait, ...] = ()
    cuts: tuple[Wait, ...] = ()
    focuses: tuple[Focus, ...] = ()
    #: Pictures that a script has taken, as JPEG by name.
    pictures: Mapping[str, bytes] = field(repr=False, default_factory=dict)
    #: Each letter once that its pages have shown, beyond those of most European languages.
    letters: str = field(repr=False, default="")
