"""Composition root of a played script: the parts of an exploration, with a hand and directions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from explorer.browser.session import BrowserSession
from explorer.egress.proxy import EgressProxy
from explorer.engine.composition import Composition
from explorer.healing.target_memory import TargetMemory
from explorer.lookahead.scout import Scout
from explorer.planning.planner import FallbackPlanner
from explorer.protocols import Clock, Planner
from explorer.retry_policy import RetryPolicy
from explorer.script.clock import DirectedClock
from explorer.script.directions import Directions
from explorer.script.hand import Hand
from explorer.script.mask import PageMask
from explorer.script.model import Explore
from explorer.script.player import ScriptPlayer
from explorer.script.redaction import Redactor
from explorer.script.variables import BoundScript
from explorer.types import Brief

#: Parts that belong to the take, whatever is explored in it.
SHARED = (
    *("deadlines", "refusals", "recorder", "settler", "screen", "mouse", "scope_monitor", "interceptor"),
    *("navigator", "backtracking", "guard", "overlays"),
)


def build_player(
    bound: BoundScript,
    brief: Brief,
    session: BrowserSession,
    camera: Clock,
    planner: Planner,
    proxy: EgressProxy,
    scout: Scout | None = None,
    retry_policy: RetryPolicy | None = None,
    secrets: Mapping[str, str] | None = None,
    redactor: Redactor | None = None,
    mask: Sequence[str] = (),
    on_write: Callable[[], None] = lambda: None,
) -> ScriptPlayer:
    """The playing of a script in `session`, whose browser is behind `proxy`.

    `brief` has its first address; its limits and wishes are those of the steps that explore. `mask` is
    masked beside what the script says. `on_write` is called for each request that writes to the site.
    """
    clock = DirectedClock(camera)
    parts = Composition(brief, session, clock, planner, proxy, scout, retry_policy or RetryPolicy())
    parts.interceptor.on_write = on_write
    hand = _hand(parts, clock, planner)
    return ScriptPlayer(
        bound=bound,
        parts=parts,
        clock=clock,
        hand=hand,
        directions=Directions(parts, hand, clock),
        secrets=secrets or {},
        mask=PageMask([*mask, *bound.script.mask], redactor or Redactor()),
        exploring=partial(_exploring, parts),
    )


def _hand(parts: Composition, clock: DirectedClock, planner: Planner) -> Hand:
    chooser = planner.identify if isinstance(planner, FallbackPlanner) else None
    return Hand(
        page=parts.page,
        clock=clock,
        deadlines=parts.deadlines,
        performer=parts.performer,
        mouse=parts.mouse,
        scroller=parts.scroller,
        overlays=parts.overlays,
        recorder=parts.recorder,
        memory=TargetMemory(page=parts.page, deadlines=parts.deadlines, chooser=chooser),
    )


def _exploring(parts: Composition, step: Explore) -> Composition:
    """The parts of an exploration as a step asks for it, from the page on screen."""
    args, brief = step.explore, parts.brief
    wishes = replace(
        brief.wishes,
        goal=args.goal or brief.wishes.goal,
        focus=tuple(args.focus) or brief.wishes.focus,
        avoid=(*brief.wishes.avoid, *args.avoid),
    )
    clicks = args.max_clicks or brief.max_clicks
    asked = replace(brief, url=parts.page.url, max_clicks=clicks, wishes=wishes)
    other = replace(parts, brief=asked)
    other.__dict__.update({name: getattr(parts, name) for name in SHARED})
    return other
