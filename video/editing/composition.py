"""Composition (edit decision list): what each film frame shows, as records between composing and rendering.

Positions on the page are CSS pixels of the filmed viewport, whatever the scale of footage or film.
"""

from dataclasses import dataclass, field
from typing import Literal

from video.style import Layout, Style

Anchor = Literal["bottom", "top"]


@dataclass(frozen=True, slots=True)
class PagePoint:
    """A point of the page."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the page."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Pointer:
    """The drawn pointer: the position of its tip, and how far it is pressed, from 0 to 1."""

    x: float
    y: float
    pressed: float = 0.0


@dataclass(frozen=True, slots=True)
class Ripple:
    """A click's ripple: its centre, and its age from 0 (just clicked) to 1 (gone)."""

    x: float
    y: float
    age: float


@dataclass(frozen=True, slots=True)
class VisibleCaption:
    """The caption of one frame: index into `Composition.captions`, and opacity from 0 to 1."""

    caption: int
    opacity: float


@dataclass(frozen=True, slots=True)
class Highlight:
    """A part of the page around which the rest is dimmed, by a share from 0 to 1."""

    area: Box
    share: float


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """Specification of one film frame; equal specs give equal pictures."""

    #: Index of the footage frame.
    frame_index: int
    #: The part of the page that fills the window; the whole viewport when nothing is zoomed.
    view: Box
    pointer: Pointer | None = None
    ripples: tuple[Ripple, ...] = ()
    visible_caption: VisibleCaption | None = None
    #: Opacity of the title card over the page, from 0 to 1.
    card: float = 0.0
    highlight: Highlight | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """The text of one step, in film time; `anchor` keeps it away from what is clicked."""

    start_ms: float
    end_ms: float
    text: str
    anchor: Anchor = "bottom"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the site, in film time. Chapters have no gaps."""

    start_ms: float
    end_ms: float
    title: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A film ready to be rendered and encoded."""

    style: Style
    layout: Layout
    #: Of the site; `theme` is a colour such as `#1a2b3c`, `icon` a PNG in base64, both "" if there is none.
    title: str
    url: str
    theme: str
    icon: str = field(repr=False)
    frame_specs: tuple[FrameSpec, ...] = field(repr=False)
    captions: tuple[Caption, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    #: Number of leading film frames that the rest of the take cannot change.
    settled_frames: int = 0

    @property
    def film_frames(self) -> int:
        """Number of film frames."""
        return len(self.frame_specs)

    @property
    def duration_s(self) -> float:
        """Length of the film in seconds."""
        return self.film_frames / self.style.fps
