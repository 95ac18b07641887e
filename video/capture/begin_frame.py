"""Lets a page live for one frame of film at a time and takes its picture: virtual time, BeginFrame control.

Every frame gets a budget of virtual time; when that is spent, the browser is told to render once, at exactly
that time. The page's clocks, timers, animations and frames agree, however long rendering takes.
"""

import asyncio
import base64
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import CDPSession, Frame, Page, Request
from playwright.async_api import Error as PlaywrightError

Policy = Literal["pauseIfNetworkFetchesPending", "advance"]

#: Virtual time stands still while the page fetches. What takes longer than this is a long poll or a stream.
STALL_S = 1.0
#: The same for a page of which the browser says that it fetches nothing: its count was seen to be wrong.
IDLE_STALL_S = 0.25
#: A page that answers again also lets its time go on within this.
BUSY_S = 0.1
#: A page that has stalled this often is no longer waited for, until it is another page.
STALLS_PER_PAGE = 2
#: A frame that takes longer than this is not made outside real time any more.
STUCK_S = 5.0
#: A page that was stuck is filmed outside real time again when it has caught up, so often at most.
STUCK_PER_PAGE = 3
#: How long a page that was asked for may take before film time passes on the old one, in real time.
OPENING_S = 2.0
#: Two renderings within one frame must not have the same time: the browser ignores the second one for ever.
TICK_MS = 0.001

STALLED = "Something on {} is never done loading: the camera did not wait for it."
STUCK = "The page at {} stopped for more than {:g} s: filmed in real time until it went on."
GONE = "The page gave no more pictures: {}"


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """One rendering: whether the picture changed (always true with a picture), and the picture if wanted."""

    damaged: bool
    jpeg: bytes | None = field(default=None, repr=False)


class BeginFrameControl:
    """One page, made with BeginFrame control. One call at a time; nothing here may be cancelled half-way."""

    def __init__(self, page: Page, fps: int, quality: int) -> None:
        self._page = page
        self._frame_ms = 1000 / fps
        self._quality = quality
        self._session: CDPSession
        self._expired: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rendering: asyncio.Future[dict[str, Any]] | None = None
        self._opening: Request | None = None
        self._opening_since_s = 0.0
        self._opened = asyncio.Event()
        self._fetching: set[Request] = set()
        self._stalls = 0
        self._stuck = 0
        self._paced = False
        self._gone = False
        self._due_s = 0.0
        #: Where virtual time began in the page's process, how much has passed there, and the last rendering.
        self._base_ms = 0.0
        self._spent_ms = 0.0
        self._ticks_ms = 0.0
        self.notes: list[str] = []

    async def open(self) -> None:
        """Stops the page's clocks. Raises playwright's Error when the page cannot be controlled."""
        self._session = await self._page.context.new_cdp_session(self._page)
        self._session.on("Emulation.virtualTimeBudgetExpired", self._expire)
        self._page.on("request", self._asked)
        self._page.on("requestfailed", self._failed)
        self._page.on("requestfinished", lambda request: self._fetching.discard(request))
        self._page.on("framenavigated", self._arrived)
        self._page.on("crash", lambda _: self._lose("its process died"))
        answer = await self._session.send("Emulation.setVirtualTimePolicy", {"policy": "pause"})
        self._base_ms = answer["virtualTimeTicksBase"]

    async def advance(self) -> None:
        """Lets one frame of time pass on the page; a page that is being opened is waited for before."""
        await self._await_opening()
        if self._paced or self._gone:
            await self._pace()
            return
        try:
            await self._spend(self._frame_ms)
        except PlaywrightError as exc:
            self._lose(exc.message.splitlines()[0])

    async def look(self, *, shot: bool) -> ScreenPicture | None:
        """Renders once, without any time passing; None when no picture could be had in time."""
        if self._gone:
            return None
        left_over = self._rendering is not None
        rendering = self._rendering = self._rendering or self._render(shot)
        await asyncio.wait({rendering}, timeout=self._frame_ms / 1000 if self._paced else STUCK_S)
        if not rendering.done():
            self._go_paced()
            return None
        self._rendering = None
        try:
            answer = rendering.result()
        except PlaywrightError as exc:
            self._lose(exc.message.splitlines()[0])
            return None
        if left_over:
            return await self.look(shot=shot)
        data = answer.get("screenshotData")
        return ScreenPicture(answer["hasDamage"], base64.b64decode(data) if data else None)

    def _render(self, shot: bool) -> asyncio.Future[dict[str, Any]]:
        self._ticks_ms = max(self._base_ms + self._spent_ms, self._ticks_ms + TICK_MS)
        request: dict[str, Any] = {"frameTimeTicks": self._ticks_ms, "interval": self._frame_ms}
        if shot:
            picture = {"format": "jpeg", "quality": self._quality, "optimizeForSpeed": True}
            request["screenshot"] = picture
        rendering = asyncio.ensure_future(self._session.send("HeadlessExperimental.beginFrame", request))
        rendering.add_done_callback(_forget)
        return rendering

    async def _spend(self, budget_ms: float) -> None:
        """Lets virtual time pass; a page that holds it up loses the right to do so."""
        patient = self._stalls < STALLS_PER_PAGE
        limit_s = STALL_S if self._fetching else IDLE_STALL_S
        if patient and await self._pass(budget_ms, "pauseIfNetworkFetchesPending", limit_s):
            return
        # On a busy machine it is told of a request later than that holds time up.
        if patient and limit_s < STALL_S and self._fetching and await self._passes(STALL_S - limit_s):
            return
        if patient and await self._was_busy():
            return
        if patient:
            self._stalls += 1
            if self._stalls == STALLS_PER_PAGE:
                self._note(STALLED.format(self._page.url))
        if not await self._pass(budget_ms, "advance", STUCK_S):
            self._go_paced()

    async def _pass(self, budget_ms: float, policy: Policy, limit_s: float) -> bool:
        """True when the budget was spent within the limit."""
        asked = self._ask_for_time(budget_ms, policy)
        ends: set[asyncio.Future[Any]] = {asked, self._expired}
        await asyncio.wait(ends, timeout=limit_s, return_when=asyncio.FIRST_EXCEPTION)
        if asked.done():
            await self._rebase(asked.result()["virtualTimeTicksBase"])
        self._spent_ms += budget_ms
        return self._expired.done()

    async def _passes(self, limit_s: float) -> bool:
        """True when the budget that was asked for is spent after all, within this."""
        await asyncio.wait({self._expired}, timeout=limit_s)
        return self._expired.done()

    async def _was_busy(self) -> bool:
        """True when the page did not hold time up but was at work: then time goes on once it can answer."""
        asked = asyncio.ensure_future(self._session.send("Runtime.evaluate", {"expression": "0"}))
        asked.add_done_callback(_forget)
        await asyncio.wait({asked}, timeout=STUCK_S)
        return await self._passes(BUSY_S)

    async def _rebase(self, base_ms: float) -> None:
        """A new page in a new process begins with the machine's time, which may lie before that of the film.

        It is brought forward, because the browser renders nothing that is older than its last frame.
        """
        if base_ms == self._base_ms:
            return
        self._base_ms, self._spent_ms = base_ms, 0.0
        behind_ms = self._ticks_ms - base_ms
        if behind_ms > 0:
            await self._pass(behind_ms, "advance", STUCK_S)

    async def _pace(self) -> None:
        """One frame in real time: asks for its virtual time, and does not wait for the answer."""
        now_s = time.monotonic()
        self._due_s = max(self._due_s + self._frame_ms / 1000, now_s)
        if not self._gone and self._expired.done():
            if self._rendering is None and self._stuck < STUCK_PER_PAGE:
                self._paced = False  # it has caught up with all that it was asked
            self._ask_for_time(self._frame_ms, "advance")
            self._spent_ms += self._frame_ms
        await asyncio.sleep(self._due_s - now_s)

    def _ask_for_time(self, budget_ms: float, policy: Policy) -> asyncio.Future[dict[str, Any]]:
        self._expired = asyncio.get_running_loop().create_future()
        budget = {"policy": policy, "budget": budget_ms}
        asked = asyncio.ensure_future(self._session.send("Emulation.setVirtualTimePolicy", budget))
        asked.add_done_callback(_forget)
        return asked

    async def _await_opening(self) -> None:
        """Spends no film time while a page is on its way; after a while, as much as really passes."""
        if self._opening is None:
            return
        left_s = self._opening_since_s + OPENING_S - time.monotonic()
        try:
            async with asyncio.timeout(max(left_s, self._frame_ms / 1000)):
                await self._opened.wait()
        except TimeoutError:
            pass

    def _asked(self, request: Request) -> None:
        self._fetching.add(request)
        if _opens(request, self._page):
            self._opening, self._opening_since_s = request, time.monotonic()
            self._opened.clear()

    def _failed(self, request: Request) -> None:
        self._fetching.discard(request)
        if request == self._opening:
            self._arrive()

    def _arrived(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            if self._opening is not None:
                self._stalls = self._stuck = 0
                self._paced = False
            self._arrive()

    def _arrive(self) -> None:
        self._opening = None
        self._opened.set()

    def _expire(self, _: object) -> None:
        if not self._expired.done():
            self._expired.set_result(None)

    def _go_paced(self) -> None:
        if not self._paced:
            self._paced = True
            self._stuck += 1
            self._due_s = time.monotonic()
            self._note(STUCK.format(self._page.url, STUCK_S))

    def _lose(self, why: str) -> None:
        if not self._gone:
            self._gone = True
            self._note(GONE.format(why))

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def _opens(request: Request, page: Page) -> bool:
    """True for what will replace the page's own document."""
    if not request.is_navigation_request():
        return False
    try:
        return request.frame == page.main_frame
    except PlaywrightError:
        return False  # the frame of a popup that is only just opening


def _forget(asked: asyncio.Future[Any]) -> None:
    """Looks at an error that nobody waits for any more, so that asyncio does not complain."""
    if not asked.cancelled():
        asked.exception()
