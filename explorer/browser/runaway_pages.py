"""Storms: what a page does by itself, over and over. Each is counted, told once, and stopped."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Dialog, Frame, Page, Request
from playwright.async_api import Error as PlaywrightError

from explorer.browser.isolated_world import stop_script, stop_scripts
from explorer.text import clip
from explorer.types import Refusal

log = logging.getLogger(__name__)

Kind = Literal["dialogs", "windows", "downloads", "pages", "addresses"]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within `WINDOW_S` are a storm."""

    most: int
    doing: str


WINDOW_S = 10.0
#: Far beyond what sites do, and below what costs a take: 1,076 dialogs, 120 windows and 1,532 addresses were
#: counted in takes without a limit. Apps write each move of a map or a slider into their address.
LIMITS: dict[Kind, Limit] = {
    "dialogs": Limit(15, "asked with a dialog"),
    "windows": Limit(10, "opened a window"),
    "downloads": Limit(15, "began a download"),
    "pages": Limit(40, "went to another page by itself"),
    # Chromium itself lets no more than 200 pass in 10 s.
    "addresses": Limit(150, "changed its address"),
}


class RunawayLimits:
    """Watches one page. In its first storm its scripts are switched off; one that goes on all the same, as by
    `<meta http-equiv=refresh>`, makes it `hopeless`. `refused` has one line for each kind.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._when: dict[Kind, deque[float]] = {
            kind: deque(maxlen=limit.most) for kind, limit in LIMITS.items()
        }
        self._tasks: set[asyncio.Task[None]] = set()
        self._silenced_s: float | None = None
        self.refused: list[Refusal] = []
        #: How many of the page's dialogs were answered for it, by kind: alert, confirm, prompt, beforeunload.
        self.answered: Counter[str] = Counter()
        self.hopeless = False
        page.on("dialog", self._asked)
        page.on("download", lambda _: self.count("downloads"))
        page.on("request", self._requested)
        page.on("framenavigated", self._went)
        page.context.on("page", self._opened)

    @property
    def silenced(self) -> bool:
        """True when the page's scripts were switched off."""
        return self._silenced_s is not None

    def rages(self, kind: Kind) -> bool:
        """True while more of it has happened within `WINDOW_S` than a site may do."""
        when = self._when[kind]
        return len(when) == LIMITS[kind].most and time.monotonic() - when[0] < WINDOW_S

    def count(self, kind: Kind) -> None:
        """Notes that it has happened once more."""
        self._when[kind].append(time.monotonic())
        if self.rages(kind):
            self._tell(kind)
            self.silence()
            for when in self._when.values():
                when.clear()

    def silence(self) -> None:
        """Switches the page's scripts off; called again later, it gives the page up."""
        if self._silenced_s is None:
            self._silenced_s = time.monotonic()
            self._start(stop_scripts(self._page))
            self._start(stop_script(self._page))
        elif time.monotonic() - self._silenced_s > 1.0:
            self.hopeless = True

    def told(self, what: str, detail: str) -> None:
        """Adds a refusal, once for each `what`."""
        if all(refusal.what != what for refusal in self.refused):
            self.refused.append(Refusal("storm", what, detail, clip(self._page.url)))

    def _tell(self, kind: Kind) -> None:
        limit = LIMITS[kind]
        self.told(
            kind,
            f"the page {limit.doing} {limit.most} times within {WINDOW_S:g} s: "
            "its scripts were switched off, and what they would still have shown is missing",
        )

    def _asked(self, dialog: Dialog) -> None:
        self.count("dialogs")
        self.answered[dialog.type] += 1
        self._start(_decline(dialog))

    def _requested(self, request: Request) -> None:
        try:
            ours = request.is_navigation_request() and request.frame == self._page.main_frame
        except PlaywrightError:
            return  # the page of this frame is only just opening
        if ours and request.redirected_from is None:
            self.count("pages")

    def _opened(self, window: Page) -> None:
        if window is not self._page:
            self.count("windows")

    def _went(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self.count("addresses")

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except PlaywrightError as exc:
        log.debug("the page was gone first: %s", exc)


async def _decline(dialog: Dialog) -> None:
    """Says no to alert, confirm and prompt; lets the page be left when it asks to stay."""
    if dialog.type == "beforeunload":
        await dialog.accept()
    else:
        await dialog.dismiss()
