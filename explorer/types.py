"""The explorer's records and the two protocols it needs from others: a Clock and a Planner."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

T = TypeVar("T")

State = Literal["initial", "navigating", "discovering", "planning", "executing", "complete"]
StopReason = Literal[
    "max_clicks", "nothing_left", "left_domain", "auth_page", "runtime", "footage_limit", "page_lost"
]
Outcome = Literal["page", "scene", "nothing"]
Landmark = Literal["header", "nav", "main", "aside", "footer", "dialog", ""]


@dataclass(frozen=True, slots=True)
class Brief:
    """What one exploration is asked to do, and its limits."""

    url: str
    max_clicks: int = 10
    max_depth: int = 3
    max_runtime_s: float = 300.0
    width_px: int = 1280
    height_px: int = 720
    #: `host:port` pairs on private or loopback addresses that may be visited; all others are refused.
    allow_private_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the viewport, in CSS pixels from its top left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in CSS pixels, relative to the viewport at the time of discovery (y may be off-screen)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Element:
    """Something on the page that a person could click."""

    selector: str
    tag: str
    text: str
    role: str
    href: str
    label: str
    box: Box
    title: str = ""
    value: str = ""
    aria_label: str = ""
    landmark: Landmark = ""
    in_view: bool = True
    new_tab: bool = False
    #: A click saves a file instead of showing something.
    download: bool = False
    #: It declares that it opens a menu, a panel or a dialog here.
    reveals: bool = False
    #: Where a submit button would send its form; "" for everything that submits nothing.
    form_action: str = ""

    @property
    def fingerprint(self) -> str:
        """MD5 of `tag:text:role:href` in hexadecimal: the identity by which clicks are not repeated."""
        key = f"{self.tag}:{self.text}:{self.role}:{self.href}"
        return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """One proposed action; `priority` runs from 100 (first) to 0, `reason` names who chose it and why."""

    selector: str
    action: Literal["click"]
    priority: int
    reason: str
    #: What a viewer is told of it, by a planner that knows words; "" by others.
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a planner is shown: the page as it stands and the story so far."""

    url: str
    title: str
    elements: tuple[Element, ...]
    story: tuple[str, ...] = ()
    #: How many of the clicks so far were made on this page.
    clicks_here: int = 0
    visited_urls: frozenset[str] = frozenset()
    clicks_left: int = 10


#: A page can make up refusals without end; a take keeps this many.
MAX_REFUSALS = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something a guardrail turned down: `rule` is a stable code, `what` the label or address refused."""

    rule: str
    what: str
    detail: str
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One click that was made; times are milliseconds on the clock, the point is where it hit.

    `target` is the box of what was clicked, in the viewport of that moment.
    """

    number: int
    plan: ActionPlan
    label: str
    page_url: str
    start_ms: float
    click_ms: float
    end_ms: float
    point: Point
    outcome: Outcome
    role: str = ""
    target: Box | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The running figures of an exploration; `runtime_s` is wall time."""

    state: State = "initial"
    clicks: int = 0
    depth: int = 0
    visited_urls: tuple[str, ...] = ()
    runtime_s: float = 0.0


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
    """The explorer waited for the page to come to rest; times are milliseconds on the clock."""

    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class SiteLook:
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
class Story:
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
    look: SiteLook = SiteLook()


class Clock(Protocol):
    """How the explorer lets time pass. A real-time camera waits; one outside real time renders frames."""

    def now_ms(self) -> float:
        """Milliseconds of film time since the camera started."""
        ...

    def still_ms(self) -> float:
        """Milliseconds since the picture last changed."""
        ...

    @property
    def full(self) -> bool:
        """True when no more can be filmed: the footage has reached its limit."""
        ...

    async def hold(self, duration_ms: float) -> None:
        """Lets the viewer look for this long."""
        ...

    async def during(self, work: Awaitable[T]) -> T:
        """Keeps the camera running until `work` is done, and returns its result."""
        ...


class Planner(Protocol):
    """Ranks what is offered. Returns at most five plans, best first, each for one of `scene.elements`."""

    async def plan(self, scene: Scene) -> list[ActionPlan]: ...
