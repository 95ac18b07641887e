"""Records that all sub-packages of the explorer share."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["initial", "navigating", "discovering", "planning", "executing", "complete"]
ExplorationEnd = Literal[
    "max_clicks", "nothing_left", "left_domain", "auth_page", "runtime", "footage_limit", "page_lost"
]
StopReason = Literal[ExplorationEnd, "script_ended"]
#: What a click has changed: another page, the picture, a dialog that it opened, a part that it unfolded.
Outcome = Literal["page", "scene", "dialog", "disclosure", "nothing"]
#: To hover: to point at an entry whose menu is open meanwhile; to draw: to choose a tool and drag with it.
Action = Literal["click", "type", "choose", "hover", "draw", "double_click", "press", "drag"]
#: Whether fields are filled in as well, or things are only clicked.
Interact = Literal["all", "click"]
#: What a field takes; "" for what is no field.
FieldKind = Literal[
    "", "text", "search", "number", "date", "time", "month", "week", "datetime", "range", "color", "select"
]
#: As a title, on the way down to this page, as a box with a picture or some lines, in a sentence, as the only
#: link of its row in a list, and as text by itself; "" for what is painted like a button.
LinkContext = Literal["", "heading", "breadcrumb", "card", "prose", "list", "plain"]
Landmark = Literal["header", "nav", "main", "aside", "footer", "dialog", ""]
#: A page can cause refusals without end; a take keeps this many.
MAX_REFUSALS = 200


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a request may ask for: what is shown, and what is allowed on the way."""

    #: What the film is to show, in the words of the person who asked for it.
    goal: str = ""
    #: Paths (beginning with `/`), words, or CSS selectors (`css=…`): shown first, and never clicked.
    focus: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    #: Other hosts that belong to the site, such as `docs.example.com`; `*.example.com` for all below it.
    domains: tuple[str, ...] = ()
    interact: Interact = "all"
    #: Lets requests other than GET and HEAD leave the browser.
    allow_writes: bool = False
    #: Tries off camera what may be worth filming.
    scout: bool = True
    ignore_robots: bool = False
    #: Films sites whose certificate is self-signed, expired or another host's.
    ignore_certificate_errors: bool = False


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
    wishes: Wishes = Wishes()
    #: What the site's operator calls the button that refuses or closes its consent box (`overlays.search`).
    consent: tuple[str, ...] = ()


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
    """Something on the page that a person could click or fill in."""

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
    #: A link to a fragment that names no place on the page: a script shows something for it.
    route: bool = False
    #: It declares that it opens a menu, a panel or a dialog here.
    reveals: bool = False
    #: It shows a menu while the pointer is over it.
    opens_on_hover: bool = False
    #: Where a submit button would send its form; "" for everything that submits nothing.
    form_action: str = ""
    #: Identifies it across re-renders and pages: a hash of role, name, place in the page and destination.
    identity: str = ""
    #: Where a click was found to hit it; None while it is off-screen or covered.
    point: Point | None = None
    #: What covers it, in a few words; "" for what can be clicked.
    covered_by: str = ""
    #: The words of its icons: file, class and symbol names.
    icon: str = ""
    #: Its states as ARIA names them, such as `expanded=false selected=true`.
    state: str = ""
    #: What it takes when it is a field, with what the guardrails need to know: HTML's `type`, `name`,
    #: `autocomplete` and `placeholder`, and the method of its form ("" without one).
    fills: FieldKind = ""
    input_type: str = ""
    field_name: str = ""
    autocomplete: str = ""
    placeholder: str = ""
    form_method: str = ""
    #: The labels of a select's options, the chosen one first.
    options: tuple[str, ...] = ()
    #: `min max step` of a number, date or range.
    bounds: str = ""
    #: The origin of the frame that it lies in; "" in the page itself.
    frame_origin: str = ""
    #: Where a link stands that shows a page; "" for links that stand by themselves, and for what is no link.
    context: LinkContext = ""
    #: What its markup does on a click, one `name=value` a line: `onclick`, `hx-get`, `data-method` and such.
    handler: str = ""
    #: What it is and where, for what has no name: `Button in the toolbar`.
    hint: str = ""
    #: Identifies the list whose rows are like the one that it stands in; "" outside lists.
    row: str = ""
    #: Identifies what it stands beside, "few" of up to three, such as tabs; of a link, its part of the menu.
    group: str = ""
    #: Whether it is one of a strip of views, such as sheet tabs, and the one that is shown.
    strip: Literal["", "shown", "other"] = ""
    #: A tool to draw with, a cell of a sheet to type into, or another tool, which by itself shows nothing.
    use: Literal["", "draw", "cell", "mode"] = ""
    #: Identifies its place on the page whatever its name; "" for links.
    spot: str = ""
    #: The language of its page, as ISO 639-1 has it; "" for unknown.
    language: str = ""

    @property
    def fingerprint(self) -> str:
        """MD5 of `tag:text:role:href` in hexadecimal; `identity` is more precise and more stable."""
        key = f"{self.tag}:{self.text}:{self.role}:{self.href}"
        return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()

    @property
    def key(self) -> str:
        """Identifies it during a take: `identity`, where discovery gave one."""
        return self.identity or self.fingerprint


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """One proposed action; `priority` runs from 100 (first) to 0, `reason` names who chose it and why."""

    selector: str
    action: Action
    priority: int
    reason: str
    #: The caption that a viewer reads, from a language model; "" from other planners.
    caption: str = ""
    #: What is typed or chosen, and whether Enter sends it off.
    value: str = ""
    submit: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """What is known of a click before it is made, from lookahead or from an earlier click."""

    outcome: Outcome
    #: How much what it shows differs from all that the film has shown: from 1 on it is a scene of its own.
    novelty: float
    title: str = ""
    #: How many links to unseen pages it brings within reach.
    opens: int = 0
    #: The same as `novelty` for what can be read, such as the entries of a menu or prices by the year.
    text: float = 0.0
    #: The beginning of what can be read then.
    words: str = ""
    #: The entries of the focus that are within reach then.
    focus: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a planner is shown: the page as it stands and the actions so far."""

    url: str
    title: str
    elements: tuple[Element, ...]
    history: tuple[str, ...] = ()
    #: How many of the clicks so far were made on this page.
    clicks_here: int = 0
    visited_urls: frozenset[str] = frozenset()
    clicks_left: int = 10
    #: Whether it is the page that the film began on, and not the site's front page: it is finished first.
    is_deep_start: bool = False
    #: The part of the menu (`Element.group`) that lists that page; "" for none.
    start_group: str = ""
    wishes: Wishes = Wishes()
    #: What is known of some of the elements, by their `key`.
    expected_outcomes: Mapping[str, ExpectedOutcome] = field(default_factory=dict)
    #: By `base_scores.kind_of`: how often such controls have shown something, from 0 to 1, and were clicked.
    success_rates: Mapping[str, float] = field(default_factory=dict)
    kind_counts: Mapping[str, int] = field(default_factory=dict)
    #: The film has repeated itself often enough: what is known to show little new is left out.
    avoid_repeats: bool = False
    #: The keys of what lies in a `css=` part of the focus.
    focused: frozenset[str] = frozenset()
    #: The entries of the focus that the film has not shown yet, and the keys of what lies in their `css=`
    #: parts: they come before everything else.
    pending_focus: tuple[str, ...] = ()
    pending_keys: frozenset[str] = frozenset()
    #: How often rows of each list (`Element.row`), and controls of each `Element.group`, were clicked.
    row_counts: Mapping[str, int] = field(default_factory=dict)
    #: The keys of what the last step has revealed on its page, such as the entries of a menu.
    revealed: frozenset[str] = frozenset()
    #: The places (`Element.spot`) of controls that have only changed their name when they were clicked.
    renamed_spots: frozenset[str] = frozenset()
    #: Kinds of controls that have shown nothing on camera so far, and those of which enough were clicked.
    dead_kinds: frozenset[str] = frozenset()
    hopeless_kinds: frozenset[str] = frozenset()
    #: The picture on screen as JPEG, for planners that can see; b"" without one.
    picture: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something a guardrail turned down: `rule` is a stable code, `what` the label or address refused."""

    rule: str
    what: str
    detail: str
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class TakeWarning:
    """What a take lacks: a stable code (`engine.warnings.TakeCode`), why, and what to do about it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One click that was made at `point`, on what was at `target` then; times are milliseconds of film."""

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
    #: When its effect had settled: the moment of its picture on the storyboard.
    settled_ms: float = 0.0
    #: The page that was on screen then; "" if not recorded.
    url_after: str = ""


@dataclass(frozen=True, slots=True)
class Metrics:
    """The running figures of an exploration; `runtime_s` is wall time."""

    state: State = "initial"
    clicks: int = 0
    depth: int = 0
    visited_urls: tuple[str, ...] = ()
    runtime_s: float = 0.0
    #: What planning has cost: requests to a language model, their tokens, scans planned without it,
    #: and requests without a usable answer.
    llm_calls: int = 0
    llm_tokens: int = 0
    llm_fallbacks: int = 0
    llm_failures: int = 0
    #: Tries off camera.
    scouted: int = 0
