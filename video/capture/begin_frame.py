"""Advances a page by one film frame at a time and takes its picture: CDP virtual time and BeginFrame control.

Every frame gets a budget of virtual time; when it is used up, the browser renders once, at exactly that time.
The page's clocks, timers, animations and frames agree, however long rendering takes.
"""

import asyncio
import base64
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import CDPSession, Frame, Page, Request
from playwright.async_api import Error as PlaywrightError

Policy = Literal["pauseIfNetworkFetchesPending", "advance"]

#: Virtual time pauses while the page fetches. A longer request is a long poll or a stream.
STALL_S = 1.0
#: The same for a page without pending requests: the browser's own count was seen to be wrong.
IDLE_STALL_S = 0.25
#: Within this after a busy page responds again, its virtual time must continue.
BUSY_S = 0.1
#: After so many stalls a page is no longer waited for, until the next navigation.
STALLS_PER_PAGE = 2
#: When a frame takes longer than this, filming switches to real time.
STUCK_S = 5.0
#: How often filming may switch back to virtual time on one page.
STUCK_PER_PAGE = 3
#: How long a navigation may take, in real time, before film time passes on the old page.
NAVIGATION_WAIT_S = 2.0
#: Smallest difference between two rendering times: the browser would ignore the second of two equal ones.
MIN_TICK_MS = 0.001

STALLED_NOTE = "Something on {} is never done loading: the camera did not wait for it."
STUCK_NOTE = "The page at {} stopped for more than {:g} s: filmed in real time until it went on."
LOST_NOTE = "The page gave no more pictures: {}"


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """One rendering: whether the picture changed (always true with a screenshot), and the screenshot if
    requested.
    """

    damaged: bool
    jpeg: bytes | None = field(default=None, repr=False)


class BeginFrameControl:
    """Controls one page that was created with BeginFrame control. Calls must neither overlap nor be
    cancelled.
    """

    def __init__(self, page: Page, fps: int, quality: int) -> None:
        self._page = page
        self._frame_ms = 1000 / fps
        self._quality = quality
        self._session: CDPSession
        self._expired: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rendering: asyncio.Future[dict[str, Any]] | None = None
        self._navigation: Request | None = None
        self._navigation_since_s = 0.0
        self._navigated = asyncio.Event()
        self._pending_requests: set[Request] = set()
        self._stalls = 0
        self._stuck = 0
        self._real_time = False
        self._lost = False
        self._next_frame_s = 0.0
        #: Start of virtual time in the page's process, time elapsed since, and time of the last rendering.
        self._base_ms = 0.0
        self._elapsed_ms = 0.0
        self._ticks_ms = 0.0
        self.notes: list[str] = []

    async def open(self) -> None:
        """Pauses the page's virtual time. Raises playwright's Error when the page cannot be controlled."""
        self._session = await self._page.context.new_cdp_session(self._page)
        self._session.on("Emulation.virtualTimeBudgetExpired", self._on_budget_expired)
        self._page.on("request", self._on_request)
        self._page.on("requestfailed", self._on_request_failed)
        self._page.on("requestfinished", lambda request: self._pending_requests.discard(request))
        self._page.on("framenavigated", self._on_navigated)
        self._page.on("crash", lambda _: self._mark_lost("its process died"))
        result = await self._session.send("Emulation.setVirtualTimePolicy", {"policy": "pause"})
        self._base_ms = result["virtualTimeTicksBase"]

    async def advance(self) -> None:
        """Advances the page by one frame, after waiting for a pending navigation."""
        await self._wait_for_navigation()
        if self._real_time or self._lost:
            await self._advance_in_real_time()
            return
        try:
            await self._advance_virtual_time(self._frame_ms)
        except PlaywrightError as exc:
            self._mark_lost(exc.message.splitlines()[0])

    async def render(self, *, screenshot: bool) -> ScreenPicture | None:
        """Renders once, without advancing time; None when the browser does not render in time."""
        if self._lost:
            return None
        was_pending = self._rendering is not None
        rendering = self._rendering = self._rendering or self._render(screenshot)
        await asyncio.wait({rendering}, timeout=self._frame_ms / 1000 if self._real_time else STUCK_S)
        if not rendering.done():
            self._switch_to_real_time()
            return None
        self._rendering = None
        try:
            result = rendering.result()
        except PlaywrightError as exc:
            self._mark_lost(exc.message.splitlines()[0])
            return None
        if was_pending:
            return await self.render(screenshot=screenshot)
        data = result.get("screenshotData")
        return ScreenPicture(result["hasDamage"], base64.b64decode(data) if data else None)

    def _render(self, screenshot: bool) -> asyncio.Future[dict[str, Any]]:
        self._ticks_ms = max(self._base_ms + self._elapsed_ms, self._ticks_ms + MIN_TICK_MS)
        request: dict[str, Any] = {"frameTimeTicks": self._ticks_ms, "interval": self._frame_ms}
        if screenshot:
            screenshot_options = {"format": "jpeg", "quality": self._quality, "optimizeForSpeed": True}
            request["screenshot"] = screenshot_options
        rendering = asyncio.ensure_future(self._session.send("HeadlessExperimental.beginFrame", request))
        rendering.add_done_callback(_retrieve_exception)
        return rendering

    async def _advance_virtual_time(self, budget_ms: float) -> None:
        """Advances virtual time; a page that stalls too often is no longer waited for."""
        may_stall = self._stalls < STALLS_PER_PAGE
        limit_s = STALL_S if self._pending_requests else IDLE_STALL_S
        if may_stall and await self._grant_budget(budget_ms, "pauseIfNetworkFetchesPending", limit_s):
            return
        # On a busy machine the request event may arrive after the stall.
        if (
            may_stall
            and limit_s < STALL_S
            and self._pending_requests
            and await self._wait_for_budget(STALL_S - limit_s)
        ):
            return
        if may_stall and await self._is_busy():
            return
        if may_stall:
            self._stalls += 1
            if self._stalls == STALLS_PER_PAGE:
                self._note(STALLED_NOTE.format(self._page.url))
        if not await self._grant_budget(budget_ms, "advance", STUCK_S):
            self._switch_to_real_time()

    async def _grant_budget(self, budget_ms: float, policy: Policy, limit_s: float) -> bool:
        """Grants a budget of virtual time; True when it was used up within the limit."""
        call = self._send_budget(budget_ms, policy)
        ends: set[asyncio.Future[Any]] = {call, self._expired}
        await asyncio.wait(ends, timeout=limit_s, return_when=asyncio.FIRST_EXCEPTION)
        if call.done():
            await self._rebase(call.result()["virtualTimeTicksBase"])
        self._elapsed_ms += budget_ms
        return self._expired.done()

    async def _wait_for_budget(self, limit_s: float) -> bool:
        """Waits for the budget; True when it is used up within the limit."""
        await asyncio.wait({self._expired}, timeout=limit_s)
        return self._expired.done()

    async def _is_busy(self) -> bool:
        """Checks whether the page was only busy: then time continues once it responds."""
        call = asyncio.ensure_future(self._session.send("Runtime.evaluate", {"expression": "0"}))
        call.add_done_callback(_retrieve_exception)
        await asyncio.wait({call}, timeout=STUCK_S)
        return await self._wait_for_budget(BUSY_S)

    async def _rebase(self, base_ms: float) -> None:
        """Adjusts to a new process, whose virtual time starts at the machine's time and may be behind the
        film's.

        It is advanced, because the browser does not render frames that are older than its last one.
        """
        if base_ms == self._base_ms:
            return
        self._base_ms, self._elapsed_ms = base_ms, 0.0
        behind_ms = self._ticks_ms - base_ms
        if behind_ms > 0:
            await self._grant_budget(behind_ms, "advance", STUCK_S)

    async def _advance_in_real_time(self) -> None:
        """Advances one frame in real time: grants its budget without waiting for it."""
        now_s = time.monotonic()
        self._next_frame_s = max(self._next_frame_s + self._frame_ms / 1000, now_s)
        if not self._lost and self._expired.done():
            if self._rendering is None and self._stuck < STUCK_PER_PAGE:
                self._real_time = False  # all budgets so far were used up
            self._send_budget(self._frame_ms, "advance")
            self._elapsed_ms += self._frame_ms
        await asyncio.sleep(self._next_frame_s - now_s)

    def _send_budget(self, budget_ms: float, policy: Policy) -> asyncio.Future[dict[str, Any]]:
        self._expired = asyncio.get_running_loop().create_future()
        budget = {"policy": policy, "budget": budget_ms}
        call = asyncio.ensure_future(self._session.send("Emulation.setVirtualTimePolicy", budget))
        call.add_done_callback(_retrieve_exception)
        return call

    async def _wait_for_navigation(self) -> None:
        """Waits for a navigation without film time; after `NAVIGATION_WAIT_S`, for one frame of real time."""
        if self._navigation is None:
            return
        left_s = self._navigation_since_s + NAVIGATION_WAIT_S - time.monotonic()
        try:
            async with asyncio.timeout(max(left_s, self._frame_ms / 1000)):
                await self._navigated.wait()
        except TimeoutError:
            pass

    def _on_request(self, request: Request) -> None:
        self._pending_requests.add(request)
        if _is_page_load(request, self._page):
            self._navigation, self._navigation_since_s = request, time.monotonic()
            self._navigated.clear()

    def _on_request_failed(self, request: Request) -> None:
        self._pending_requests.discard(request)
        if request == self._navigation:
            self._end_navigation()

    def _on_navigated(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            if self._navigation is not None:
                self._stalls = self._stuck = 0
                self._real_time = False
            self._end_navigation()

    def _end_navigation(self) -> None:
        self._navigation = None
        self._navigated.set()

    def _on_budget_expired(self, _: object) -> None:
        if not self._expired.done():
            self._expired.set_result(None)

    def _switch_to_real_time(self) -> None:
        if not self._real_time:
            self._real_time = True
            self._stuck += 1
            self._next_frame_s = time.monotonic()
            self._note(STUCK_NOTE.format(self._page.url, STUCK_S))

    def _mark_lost(self, why: str) -> None:
        if not self._lost:
            self._lost = True
            self._note(LOST_NOTE.format(why))

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def _is_page_load(request: Request, page: Page) -> bool:
    """Checks for a request of the page's main document."""
    if not request.is_navigation_request():
        return False
    try:
        return request.frame == page.main_frame
    except PlaywrightError:
        return False  # the frame of a popup that is still opening


def _retrieve_exception(call: asyncio.Future[Any]) -> None:
    """Retrieves an exception that is no longer awaited, so that asyncio does not log it."""
    if not call.cancelled():
        call.exception()
