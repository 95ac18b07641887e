"""What a take needs beside its browser: the proxy, the browser that looks ahead, and word lists."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from actors.stages.spec import ExplorationSpec, StageSpec
from explorer.browser.chromium import find_chromium
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.languages import detection, vocabulary
from explorer.lookahead.scout import Scout
from explorer.lookahead.scout_browser import open_scout
from explorer.script.model import Explore
from explorer.types import Brief


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
