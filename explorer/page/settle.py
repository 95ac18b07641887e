"""Waits until a page has settled (network, fonts, DOM, paint), but not for what is never quiet."""

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

Signal = Literal["load", "content", "fonts", "network", "dom", "paint"]

#: The page has settled when nothing visible has changed for this long (several crawlers use 300-500 ms).
QUIET_MS = 300.0
#: Shortest wait, so that the effects of a click can begin.
FLOOR_MS = 150.0
CAP_MS = 4_000.0
POLL_INTERVAL_MS = 50.0
NETWORK_WAIT_S = 0.05
#: An older request is a stream or a long poll, for which no viewer waits.
REQUEST_AGE_S = 2.0
#: The same URL requested this often during one wait is polling.
POLLING_COUNT = 3
#: No evaluation on a responsive page takes this long; measured 2-30 ms.
EVALUATE_TIMEOUT_S = 5.0

IGNORED_RESOURCE_TYPES = frozenset(
    {"websocket", "eventsource", "media", "ping", "beacon", "cspviolationreport"}
)

WATCH_DOM = """
(() => {
  const key = Symbol.for("demo.mutated");
  const touch = () => { window[key] = performance.now(); };
  touch();
  new MutationObserver(touch).observe(document, {childList: true, subtree: true, characterData: true});
})();
"""

READ_ACTIVITY = """
() => ({
  unchanged_ms: performance.now() - (window[Symbol.for("demo.mutated")] ?? 0),
  // Letters are not drawn while their font loads, for up to 3 s.
  fonts: document.fonts?.status !== "loading",
  loaded: document.readyState !== "loading",
  content: !!document.body && (document.body.innerText.trim().length > 0
    || !!document.body.querySelector("img, svg, canvas, video, iframe")
    // What a component draws into a closed shadow root cannot be read.
    || [...document.body.querySelectorAll("*")].some(
      (e) => e.localName.includes("-") && e.checkVisibility())),
})
"""


class Settler:
    """Watches one page: call `install` once before its first navigation, then `settle` as needed."""

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
        self._request_counts: dict[str, int] = {}
        #: Signals that were still active at the limit: they are not waited for until they have been quiet.
        self._never_quiet: set[Signal] = set()
        self._network_event = asyncio.Event()
        #: Begin and end of each wait, on the film clock.
        self.waits: list[Wait] = []
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_request_end)
        page.on("requestfailed", self._on_request_end)

    async def install(self) -> None:
        await add_isolated_init_script(self._page, WATCH_DOM)

    async def settle(self, cap_ms: float = CAP_MS) -> bool:
        """Waits until quiet or until `cap_ms` of film time; False when the cap ended it.

        Raises PageUnresponsive when the page no longer answers.
        """
        # Counted anew each time: many sites use one URL for all requests, and a later click's response
        # counts.
        self._request_counts.clear()
        began_ms = self._clock.now_ms()
        try:
            return await self._wait_until_quiet(began_ms, cap_ms)
        finally:
            self.waits.append(Wait(began_ms, self._clock.now_ms()))

    async def _wait_until_quiet(self, began_ms: float, cap_ms: float) -> bool:
        await self._clock.hold(self._floor_ms)
        while True:
            active = await self._active_signals()
            self._never_quiet &= active
            if not active - self._never_quiet:
                return True
            if self._clock.now_ms() - began_ms >= cap_ms:
                self._never_quiet |= active - {"load", "content"}
                return False
            if "network" in active:
                await self._wait_for_network()
            await self._clock.hold(POLL_INTERVAL_MS)

    async def _wait_for_network(self) -> None:
        """Waits a moment of real time for the network: film time alone may pass without any."""
        self._network_event.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(NETWORK_WAIT_S):
                await self._network_event.wait()

    async def _active_signals(self) -> set[Signal]:
        activity = await self._read_activity()
        quiet: dict[Signal, bool] = {
            "load": bool(activity.get("loaded")),
            "content": bool(activity.get("content")),
            "fonts": bool(activity.get("fonts")),
            "network": not self._is_network_active(),
            "dom": float(activity.get("unchanged_ms", 0)) >= self._quiet_ms,
            "paint": self._clock.still_ms() >= self._quiet_ms,
        }
        return {signal for signal in get_args(Signal) if not quiet[signal]}

    async def _read_activity(self) -> dict[str, float]:
        try:
            async with asyncio.timeout(self._evaluate_timeout_s):
                activity: dict[str, float] = await self._clock.during(
                    evaluate_isolated(self._page, READ_ACTIVITY)
                )
                return activity
        except TimeoutError as exc:
            if any(map(self._is_page_load, self._pending)):
                return {}  # Playwright does not respond until the page that is loading has arrived
            raise PageUnresponsive("The page stopped answering.") from exc
        except PlaywrightError:
            # The document was replaced meanwhile: it has not settled.
            return {}

    def _is_network_active(self) -> bool:
        """Checks for pending requests; that of a new page counts however long it takes."""
        oldest_s = time.monotonic() - REQUEST_AGE_S
        return any(
            since_s > oldest_s or self._is_page_load(request) for request, since_s in self._pending.items()
        )

    def _is_page_load(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame == self._page.main_frame

    def _on_request(self, request: Request) -> None:
        if self._is_page_load(request):
            self._clock.cover(True)  # what is blank or without letters is not filmed
            self._pending.clear()
            self._request_counts.clear()
        address = request.method + " " + request.url.partition("?")[0]
        self._request_counts[address] = self._request_counts.get(address, 0) + 1
        if (
            request.resource_type not in IGNORED_RESOURCE_TYPES
            and self._request_counts[address] < POLLING_COUNT
        ):
            self._pending[request] = time.monotonic()

    def _on_request_end(self, request: Request) -> None:
        if self._pending.pop(request, None) is not None:
            self._network_event.set()
