"""One exploration of one site by one policy, without a film: its storyboard, and what it did besides."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
from playwright.async_api import Browser, Frame

from explorer.browser.chromium import find_chromium, open_browser, prepare_session
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.engine.composition import build_explorer
from explorer.errors import ExplorerError
from explorer.guardrails.rules import Site, is_auth_url, is_blank
from explorer.lookahead.scout_browser import scouting
from explorer.trace import Trace
from explorer.types import Brief
from tests.benchmark.coverage.oracle import near
from tests.benchmark.coverage.policies import Policy
from tests.benchmark.coverage.scenes import Shot, decode
from tests.benchmark.coverage.sites import Place
from tests.benchmark.coverage.still_clock import StillClock
from tests.benchmark.coverage.tree import MOST_CLICKS

#: A page of the browser's own, where it tells that another could not be opened.
FAILED = "chrome-error:"


@dataclass(frozen=True, slots=True)
class Take:
    """What one exploration has shown and done; `error` when it never began."""

    site: str
    policy: str
    shots: tuple[Shot, ...] = field(repr=False, default=())
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    refusals: int = 0
    #: Wall time without what was held for the viewer and spent on pictures.
    busy_s: float = 0.0
    off_domain: int = 0
    auth_pages: int = 0
    written: int = 0
    error: str = ""

    @property
    def clicks(self) -> int:
        return max(0, len(self.shots) - 1)


@asynccontextmanager
async def studio(places: list[Place]) -> AsyncIterator[tuple[Browser, EgressProxy]]:
    """One browser behind one proxy for all takes."""
    allowed = frozenset[str]().union(*(near(each.url) for each in places))
    async with (
        EgressProxy(EgressPolicy(allowed)) as proxy,
        open_browser(find_chromium(), proxy.url) as browser,
    ):
        yield browser, proxy


async def take(
    browser: Browser, proxy: EgressProxy, place: Place, policy: Policy, clicks: int = MOST_CLICKS
) -> Take:
    """Explores once. An exploration that cannot begin is a take with its error, as a user would see one."""
    brief = Brief(place.url, max_clicks=clicks, allow_private_hosts=near(place.url), wishes=policy.wishes)
    proxy.refused.clear()
    stage = await prepare_session(browser, brief)
    opened: list[str] = []

    def note(frame: Frame) -> None:
        if frame.parent_frame is None and frame.page is stage.page:
            opened.append(frame.url)

    stage.page.on("framenavigated", note)
    clock, written, began_s = StillClock(stage.page), place.written(), time.monotonic()
    try:
        async with scouting(brief, browser) as scout:
            explorer = build_explorer(brief, stage, clock, policy.planner(), proxy, scout)
            story = next(iter([e async for e in explorer.explore() if isinstance(e, Trace)]))
    except ExplorerError as exc:
        return Take(place.name, policy.name, error=str(exc))
    finally:
        await stage.page.context.close()
    spent_s = time.monotonic() - began_s - clock.held_s - clock.shooting_s
    site = Site.of(place.url)
    pages = [url for url in opened if not is_blank(url) and not url.startswith(FAILED)]
    moments = [(visit.at_ms, "", "") for visit in story.visits[:1]]
    moments += [(s.settled_ms or s.end_ms, s.label, s.plan.reason) for s in story.steps]
    frames = [(frame, label, why) for at_ms, label, why in moments if (frame := clock.at(at_ms))]
    return Take(
        site=place.name,
        policy=policy.name,
        shots=tuple(Shot(decode(frame.picture), frame.url) for frame, _, _ in frames),
        labels=tuple(label for _, label, _ in frames),
        reasons=tuple(why for _, _, why in frames),
        refusals=len(story.refused),
        busy_s=spent_s,
        off_domain=sum(not site.holds(url) for url in pages),
        auth_pages=sum(is_auth_url(url) for url in pages),
        written=place.written() - written,
    )


def keep(done: Take, folder: Path) -> None:
    """Writes the storyboard as `score` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    steps = []
    for number, (shot, label, why) in enumerate(zip(done.shots, done.labels, done.reasons, strict=True)):
        png = f"{number:03}.png"
        cv2.imwrite(str(folder / png), shot.picture)
        action = "click" if number else ""
        steps.append({"png": png, "url": shot.url, "label": label, "action": action, "reason": why})
    (folder / "steps.json").write_text(json.dumps(steps, indent=1, ensure_ascii=False))
