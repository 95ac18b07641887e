"""What a take needs beside its browser: brief, planner, proxy, the browser that looks ahead, word lists."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from actors.stages.spec import ExplorationSpec, LlmSpec, StageSpec
from explorer.browser.chromium import find_chromium
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.languages import detection, vocabulary
from explorer.lookahead.scout import Scout
from explorer.lookahead.scout_browser import open_scout
from explorer.planning.llm_budget import Budget
from explorer.planning.planner import choose_planner
from explorer.protocols import Planner
from explorer.script.model import Explore
from explorer.types import Brief
from video.style import Layout


@asynccontextmanager
async def preloaded() -> AsyncIterator[None]:
    """Loads word lists and language detection while the browsers start."""
    loading = [asyncio.create_task(asyncio.to_thread(load)) for load in (vocabulary.load, detection.load)]
    try:
        yield
    finally:
        await asyncio.gather(*loading)


@asynccontextmanager
async def scout_of(brief: Brief, spec: StageSpec, proxy: EgressProxy) -> AsyncIterator[Scout | None]:
    """The browser that looks ahead; none for a script of which no step explores, nor for who is signed in."""
    script = spec.exploration.script
    if spec.secret_values:
        yield None
        return
    if script and not any(isinstance(step, Explore) for _, step in script.bound.script.all_steps()):
        yield None
        return
    async with open_scout(brief, find_chromium(spec.tools.chromium), proxy.url) as scout:
        yield scout


def egress_proxy(exploration: ExplorationSpec) -> EgressProxy:
    """The proxy that all requests of the take pass."""
    policy = EgressPolicy(frozenset(exploration.allow_hosts), frozenset(exploration.own_services))
    return EgressProxy(policy, allow_writes=exploration.wishes.allow_writes)


def brief_of(exploration: ExplorationSpec, film_layout: Layout) -> Brief:
    """What the explorer is asked for, in a viewport that fits the film."""
    return Brief(
        url=exploration.url,
        max_clicks=exploration.limits.max_clicks,
        max_depth=exploration.limits.max_depth,
        max_runtime_s=exploration.limits.max_runtime_s,
        width_px=film_layout.viewport_width_px,
        height_px=film_layout.viewport_height_px,
        allow_private_hosts=frozenset(exploration.allow_hosts),
        wishes=exploration.wishes,
        consent=exploration.consent,
    )


def planner_of(llm: LlmSpec) -> Planner:
    """The planner of a take, with its budget."""
    return choose_planner(
        llm.api_key,
        llm.model,
        llm.base_url,
        vision=llm.vision,
        budget=Budget(llm.max_calls, llm.max_tokens),
    )
