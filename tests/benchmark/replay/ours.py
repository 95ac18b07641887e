"""Plays recordings by the player of scripts, in real time."""

import asyncio

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.errors import ExplorerError
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.script.composition import build_player
from explorer.script.errors import ScriptInvalid
from explorer.script.loading import load_script
from explorer.script.variables import bind
from explorer.types import Brief
from tests.benchmark.replay.recordings import Recording
from tests.benchmark.replay.state import READ_STATE, EndState, FrameState
from tests.explorer.support.exploration import Harness, RealClock

POLL_S = 0.5
STILL_POLLS = 2
MAX_POLLS = 16


def play_by_us(recording: Recording, harness: Harness) -> EndState:
    """The end state of one recording."""

    async def whole() -> EndState:
        try:
            bound = bind(load_script(recording.text), {})
        except ScriptInvalid as exc:
            return EndState(error=str(exc))
        width_px, height_px = recording.size
        brief = Brief(bound.script.start, width_px=width_px, height_px=height_px)
        async with harness.session(brief) as session:
            player = build_player(bound, brief, session, RealClock(), KeywordPlanner(), harness.proxy)
            error = ""
            try:
                async for _ in player.play():
                    pass
            except ExplorerError as exc:
                error = str(exc)
            return EndState(await _at_rest(session.page), error)

    state: EndState = harness.run(whole)
    return state


async def _at_rest(page: Page) -> tuple[FrameState, ...]:
    """The state once it has stayed the same for some polls, and nothing moves."""
    before: tuple[FrameState, ...] = ()
    still = 0
    for _ in range(MAX_POLLS):
        await asyncio.sleep(POLL_S)
        state = await _state(page)
        still = still + 1 if state == before and not any(frame.moving for frame in state) else 0
        before = state
        if still == STILL_POLLS:
            break
    return before


async def _state(page: Page) -> tuple[FrameState, ...]:
    frames = []
    for frame in page.frames:
        try:
            frames.append(FrameState.of(await frame.evaluate(READ_STATE)))
        except PlaywrightError:
            continue  # a frame that goes away, or an error page
    return tuple(frames)
