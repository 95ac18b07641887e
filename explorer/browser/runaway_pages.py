"""Runaway pages: counts the dialogs, windows, downloads and navigations that a page causes by itself, and
stops it beyond a limit.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Dialog, Frame, Page, Request
from playwright.async_api import Error as PlaywrightError

from explorer.browser.isolated_world import disable_page_scripts, terminate_script
from explorer.text import clip
from explorer.types import Refusal

log = logging.getLogger(__name__)

Kind = Literal["dialogs", "windows", "downloads", "pages", "addresses"]


@dataclass(frozen=True, slots=True)
class Limit:
    """More than `max_count` events within `WINDOW_S` are a runaway page."""

    max_count: int
    action: str


WINDOW_S = 10.0
#: Far more than sites cause, and less than breaks a take: 1,076 dialogs, 120 windows and 1,532 address
#: changes were counted in takes without limits. Apps put each move of a map or a slider into their address.
LIMITS: dict[Kind, Limit] = {
    "dialogs": Limit(15, "opened a dialog"),
    "windows": Limit(10, "opened a window"),
    "downloads": Limit(15, "started a download"),
    "pages": Limit(40, "loaded another page by itself"),
    # Chromium itself limits them to 200 in 10 s.
    "addresses": Limit(150, "changed its address"),
}


class RunawayLimits:
    """Counts the events of one page.

    At the first limit its scripts are disabled; a page that goes on without them, as by
    `<meta http-equiv=refresh>`, is marked `is_unstoppable`. `refused` has one entry for each kind.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._times: dict[Kind, deque[float]] = {
            kind: deque(maxlen=limit.max_count) for kind, limit in LIMITS.items()
        }
        self._tasks: set[asyncio.Task[None]] = set()
        self._disabled_at_s: float | None = None
        self.refused: list[Refusal] = []
        #: How many of the page's dialogs were answered for it, by kind: alert, confirm, prompt, beforeunload.
        self.answered: Counter[str] = Counter()
        self.is_unstoppable = False
        page.on("dialog", self._on_dialog)
        page.on("download", lambda _: self.count("downloads"))
        page.on("request", self._on_request)
        page.on("framenavigated", self._on_navigation)
        page.context.on("page", self._on_window)

    @property
    def scripts_disabled(self) -> bool:
        """Whether the page's scripts were disabled."""
        return self._disabled_at_s is not None

    def is_exceeded(self, kind: Kind) -> bool:
        """Checks whether events of this kind have reached their limit within `WINDOW_S`."""
        times = self._times[kind]
        return len(times) == LIMITS[kind].max_count and time.monotonic() - times[0] < WINDOW_S

    def count(self, kind: Kind) -> None:
        """Counts one more event; disables the page's scripts when its limit is reached."""
        self._times[kind].append(time.monotonic())
        if self.is_exceeded(kind):
            self._report(kind)
            self.disable_scripts()
            for times in self._times.values():
                times.clear()

    def disable_scripts(self) -> None:
        """Disables the page's scripts; when called again later, marks the page as unstoppable."""
        if self._disabled_at_s is None:
            self._disabled_at_s = time.monotonic()
            self._start(disable_page_scripts(self._page))
            self._start(terminate_script(self._page))
        elif time.monotonic() - self._disabled_at_s > 1.0:
            self.is_unstoppable = True

    def record_refusal(self, what: str, detail: str) -> None:
        """Records a refusal, once for each `what`."""
        if all(refusal.what != what for refusal in self.refused):
            self.refused.append(Refusal("runaway_page", what, detail, clip(self._page.url)))

    def _report(self, kind: Kind) -> None:
        limit = LIMITS[kind]
        self.record_refusal(
            kind,
            f"the page {limit.action} {limit.max_count} times within {WINDOW_S:g} s: "
            "its scripts were disabled, and what they would still have shown is missing",
        )

    def _on_dialog(self, dialog: Dialog) -> None:
        self.count("dialogs")
        self.answered[dialog.type] += 1
        self._start(_dismiss(dialog))

    def _on_request(self, request: Request) -> None:
        try:
            is_page_load = request.is_navigation_request() and request.frame == self._page.main_frame
        except PlaywrightError:
            return  # the page of this frame is still opening
        if is_page_load and request.redirected_from is None:
            self.count("pages")

    def _on_window(self, window: Page) -> None:
        if window is not self._page:
            self.count("windows")

    def _on_navigation(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self.count("addresses")

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_ignore_closed_page(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _ignore_closed_page(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except PlaywrightError as exc:
        log.debug("the page was closed first: %s", exc)


async def _dismiss(dialog: Dialog) -> None:
    """Dismisses alert, confirm and prompt; accepts leaving the page on `beforeunload`."""
    if dialog.type == "beforeunload":
        await dialog.accept()
    else:
        await dialog.dismiss()
