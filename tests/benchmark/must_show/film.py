"""One film of a site as the product makes it, with camera and lookahead, and what each step of it shows."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import mean

from actors.stages.camera_session import CameraSession, CameraSetup, camera_session
from explorer.browser.chromium import Chromium, find_chromium
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.engine.composition import build_explorer
from explorer.errors import BrowserCrashed, ExplorerError
from explorer.lookahead.scout import Scout
from explorer.lookahead.scout_browser import open_scout
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.retry_policy import LIMITS
from explorer.trace import Trace
from explorer.types import Brief, Metrics, Step, Wishes
from tests.benchmark.coverage.oracle import near
from tests.benchmark.coverage.scenes import Shot, decode, firsts
from tests.benchmark.must_show.sites import PackagedSite
from tests.benchmark.must_show.view import Act, View, look, shown
from video.style import Style, layout

MAX_FOOTAGE_BYTES = 256 << 20
STYLE = Style()
LAYOUT = layout(STYLE)
WIDTH_PX, HEIGHT_PX = LAYOUT.viewport_width_px, LAYOUT.viewport_height_px


@dataclass(frozen=True, slots=True)
class Film:
    """What a film showed: `shots` has the start as well, so one more than `acts`."""

    site: PackagedSite
    acts: tuple[Act, ...] = ()
    shots: tuple[Shot, ...] = field(repr=False, default=())
    took_s: float = 0.0
    #: Why the exploration ended, and what the film is said to lack.
    stop_reason: str = ""
    warnings: tuple[str, ...] = ()
    error: str = ""

    @property
    def shown(self) -> list[str]:
        return shown(self.site.things, self.acts)

    @property
    def missing(self) -> list[str]:
        return [thing.name for thing in self.site.things if thing.name not in self.shown]

    def serving(self, clicks: int) -> int:
        """How many of the first steps show any of the things."""
        return sum(any(act.shows(thing) for thing in self.site.things) for act in self.acts[:clicks])

    @property
    def dead(self) -> int:
        return sum(act.outcome == "nothing" for act in self.acts)

    @property
    def near_duplicates(self) -> int:
        """Steps after which the picture was one seen before, without those that show what must be shown.

        What the product itself calls a click without effect is not counted twice.
        """
        new = set(firsts(self.shots))
        poor = [act for number, act in enumerate(self.acts, start=1) if number not in new]
        return sum(
            act.outcome != "nothing" and not any(act.shows(thing) for thing in self.site.things)
            for act in poor
        )


async def film(site: PackagedSite, url: str, clicks: int = 10) -> Film:
    """Films once, without a language model, and again when the browser dies, as the record stage does.

    An exploration that cannot begin is a film with its error.
    """
    chromium, lost = find_chromium(), ""
    brief = Brief(
        url,
        clicks,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        allow_private_hosts=near(url),
        wishes=Wishes(goal=site.goal),
    )
    async with (
        EgressProxy(EgressPolicy(near(url))) as proxy,
        open_scout(brief, chromium, proxy.url) as scout,
    ):
        for _ in range(1 + LIMITS["browser"]):
            try:
                async with camera_session(_setup(brief, chromium, proxy)) as session:
                    began_s = time.monotonic()
                    made = await _explored(site, brief, session, proxy, scout)
                    return replace(made, took_s=time.monotonic() - began_s)
            except BrowserCrashed as exc:
                lost = str(exc)
            except ExplorerError as exc:
                return Film(site, error=str(exc))
    return Film(site, error=lost)


def _setup(brief: Brief, chromium: Chromium, proxy: EgressProxy) -> CameraSetup:
    """What a film is made with by default; its frames are kept nowhere."""
    return CameraSetup(
        chromium=chromium,
        brief=brief,
        scale=LAYOUT.canvas.scale,
        choice="auto",
        fps=STYLE.fps,
        max_footage_bytes=MAX_FOOTAGE_BYTES,
        proxy_url=proxy.url,
        sink=lambda _: None,
    )


async def _explored(
    site: PackagedSite, brief: Brief, session: CameraSession, proxy: EgressProxy, scout: Scout | None
) -> Film:
    """What each step has shown, seen at its end, and before it when its page had been scanned."""
    page, camera = session.browser.page, session.camera
    explorer = build_explorer(brief, session.browser, camera, KeywordPlanner(), proxy, scout)
    acts: list[Act] = []
    shots: list[Shot] = []
    made, before = Film(site), View()
    async for event in explorer.explore():
        match event:
            case Metrics(state="executing"):
                before = await look(page, site.selectors)
                shots = shots or [Shot(decode(camera.picture()), page.url)]
            case Step(label=label, outcome=outcome):
                after = await look(page, site.selectors)
                acts.append(Act(label, outcome, before, after))
                shots.append(Shot(decode(camera.picture()), page.url))
            case Trace(stop_reason=reason, warnings=warnings):
                made = replace(
                    made,
                    stop_reason=reason,
                    warnings=tuple(f"{each.code}: {each.message}" for each in warnings),
                )
    return replace(made, acts=tuple(acts), shots=tuple(shots))


@dataclass(frozen=True, slots=True)
class Score:
    """The films of one site: means over its takes, and what any of them lacks."""

    site: str
    shown: float
    missing: tuple[str, ...]
    dead: float
    near_duplicates: float
    clicks: float
    took_s: float
    error: str = ""


def score(films: Sequence[Film]) -> Score:
    """Of one site's takes, at least one."""
    return Score(
        site=films[0].site.name,
        shown=mean(len(each.shown) for each in films),
        missing=tuple(dict.fromkeys(name for each in films for name in each.missing)),
        dead=mean(each.dead for each in films),
        near_duplicates=mean(each.near_duplicates for each in films),
        clicks=mean(len(each.acts) for each in films),
        took_s=mean(each.took_s for each in films),
        error="; ".join(each.error for each in films if each.error),
    )
