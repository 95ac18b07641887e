"""Waits until a page has settled: network, DOM and paint quiet, without paying for what never rests."""

import asyncio
import time
from contextlib import suppress
from typing import Literal, get_args

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request

from explorer.browser.isolated_world import add_isolated_init_script, evaluate_isolated
from explorer.errors import PageUnresponsive
from explorer.protocols import Clock
from explorer.trace import Wait

Signal = Literal["load", "content", "network", "dom", "paint"]

#: A step of a film ends when nothing visible has moved for this long (facts of several crawlers: 300-500 ms).
QUIET_MS = 300.0
#: What every settling waits at least, so that a click's own effects can begin.
FLOOR_MS = 150.0
CAP_MS = 4_000.0
GLANCE_MS = 50.0
NEWS_S = 0.05
#: A request that is older than this is a stream or a long poll, not part of what the viewer waits for.
REQUEST_AGE_S = 2.0
#: The same address asked this often during one settling is polling.
POLLING_COUNT = 3
#: No evaluation on a responsive page takes this long; measured 2-30 ms.
EVALUATE_TIMEOUT_S = 5.0

UNAWAITED = frozenset({"websocket", "eventsource", "media", "ping", "beacon", "cspviolationreport"})

WATCH_DOM = """
(() => {
  const key = Symbol.for("demo.mutated");
  const touch = () => { window[key] = performance.now(); };
  touch();
  new MutationObserver(touch).observe(document, {childList: true, subtree: true, characterData: true});
})();
"""

LOOK = """
() => ({
  unchanged_ms: performance.now() - (window[Symbol.for("demo.mutated")] ?? 0),
  loaded: document.readyState !== "loading",
  content: !!document.body && (document.body.innerText.trim().length > 0
    || !!document.body.querySelector("img, svg, canvas, video, iframe")
    // What a component draws into a closed shadow root cannot be read.
    || [...document.body.querySelectorAll("*")].some(
      (e) => e.localName.includes("-") && e.checkVisibility())),
})
"""


class Settler:
    """Watches one page from before its first navigation; call `install` once, then `settle` as needed."""

    def __init__(
        self,
        page: Page,
        clock: Clock,
        evaluate_timeout_s: float = EVALUATE_TIMEOUT_S,
        *,
        quiet_ms: float = QUIET_MS,
        floor_ms: float = FLOOR_MS,
    ) -> None:
        self._page = page
        self._clock = clock
        self._evaluate_timeout_s = evaluate_timeout_s
        self._quiet_ms = quiet_ms
        self._floor_ms = floor_ms
        self._pending: dict[Request, float] = {}
        self._asked: dict[str, int] = {}
        #: Signals that ran into the cap before: they are no longer waited for until they rest again.
        self._restless: set[Signal] = set()
        self._news = asyncio.Event()
        #: From when to when it was waited, on the clock.
        self.waits: list[Wait] = []
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    async def install(self) -> None:
        await add_isolated_init_script(self._page, WATCH_DOM)

    async def settle(self, cap_ms: float = CAP_MS) -> bool:
        """Waits until quiet or until `cap_ms` of film time; False when the cap ended it.

        Raises PageUnresponsive when the page no longer answers.
        """
        # Not for ever: many sites send all they ask to one address, and a later click's answer counts.
        self._asked.clear()
        began = self._clock.now_ms()
        try:
            return await self._quiet(began, cap_ms)
        finally:
            self.waits.append(Wait(began, self._clock.now_ms()))

    async def _quiet(self, began: float, cap_ms: float) -> bool:
        await self._clock.hold(self._floor_ms)
        while True:
            noisy = await self._noisy()
            self._restless &= noisy
            if not noisy - self._restless:
                return True
            if self._clock.now_ms() - began >= cap_ms:
                self._restless |= noisy - {"load", "content"}
                return False
            if "network" in noisy:
                await self._hear()
            await self._clock.hold(GLANCE_MS)

    async def _hear(self) -> None:
        """Gives the network a moment of real time: outside of it, film time passes without any."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(NEWS_S):
                await self._news.wait()

    async def _noisy(self) -> set[Signal]:
        look = await self._look()
        quiet: dict[Signal, bool] = {
            "load": bool(look.get("loaded")),
            "content": bool(look.get("content")),
            "network": not self._awaited(),
            "dom": float(look.get("unchanged_ms", 0)) >= self._quiet_ms,
            "paint": self._clock.still_ms() >= self._quiet_ms,
        }
        return {signal for signal in get_args(Signal) if not quiet[signal]}

    async def _look(self) -> dict[str, float]:
        try:
            async with asyncio.timeout(self._evaluate_timeout_s):
                look: dict[str, float] = await self._clock.during(evaluate_isolated(self._page, LOOK))
                return look
        except TimeoutError as exc:
            if any(map(self._opens, self._pending)):
                return {}  # Playwright answers only when the page that is on its way has come
            raise PageUnresponsive("The page stopped answering.") from exc
        except PlaywrightError:
            # The document was replaced while we asked: it has certainly not settled.
            return {}

    def _awaited(self) -> bool:
        """True while an answer is due; that of a new page counts however long it takes."""
        youngest = time.monotonic() - REQUEST_AGE_S
        return any(since > youngest or self._opens(request) for request, since in self._pending.items())

    def _opens(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame == self._page.main_frame

    def _begin(self, request: Request) -> None:
        if self._opens(request):
            self._pending.clear()
            self._asked.clear()
        address = request.method + " " + request.url.partition("?")[0]
        self._asked[address] = self._asked.get(address, 0) + 1
        if request.resource_type not in UNAWAITED and self._asked[address] < POLLING_COUNT:
            self._pending[request] = time.monotonic()

    def _end(self, request: Request) -> None:
        if self._pending.pop(request, None) is not None:
            self._news.set()
