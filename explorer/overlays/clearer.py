"""Keeps the page clear of overlays during an exploration, and knows what they have kept from it."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.errors import PageUnresponsive
from explorer.input.mouse import Mouse
from explorer.overlays.dismissal import dismiss_overlays
from explorer.overlays.search import find_walls, note_layers
from explorer.protocols import Clock
from explorer.types import Box, Element, Point
from explorer.urls import page_key

log = logging.getLogger(__name__)

CLEAR_TIMEOUT_S = 30.0
#: A page that brings up more, as one that loads itself again after each answer, is left as it is.
MAX_CLEARED_PER_PAGE = 16


class Recorder(Protocol):
    """Records for the film what stays over the page, and how long was only waited."""

    def note_obstacle(self, kind: str) -> None: ...

    def note_wait(self, began_ms: float) -> None: ...


class OverlayClearer:
    """Dismisses what lies over the page, on arrival and before each scan."""

    def __init__(
        self,
        page: Page,
        clock: Clock,
        deadlines: Deadlines,
        mouse: Mouse,
        settle: Callable[[], Awaitable[None]],
        recorder: Recorder,
        hints: Sequence[str] = (),
    ) -> None:
        self._page = page
        self._clock = clock
        self._deadlines = deadlines
        self._mouse = mouse
        self._settle = settle
        self._recorder = recorder
        self._hints = hints
        self._cleared: Counter[str] = Counter()
        self._walls: tuple[Box, ...] = ()
        #: How many looks have dismissed something.
        self.successes = 0

    async def clear(self) -> None:
        """Dismisses banners, tours and other boxes over the page, as a polite visitor would."""
        here = page_key(self._page.url)
        if self._cleared[here] >= MAX_CLEARED_PER_PAGE:
            return
        remaining: list[str] = []
        dismissal = dismiss_overlays(
            self._page,
            self._clock,
            on_remaining=remaining.append,
            click=self._click if self._deadlines.may_wrap_up else None,
            hints=self._hints,
        )
        try:
            cleared = len(await self._deadlines.limit(dismissal, CLEAR_TIMEOUT_S))
        except (PageUnresponsive, PlaywrightError) as exc:
            log.info("overlays were not cleared: %r", exc)  # many pages reload themselves after an answer
            cleared = 0
            self.successes += isinstance(exc, PlaywrightError)
            await self._settle()
        for kind in remaining:
            self._recorder.note_obstacle(kind)
        self._cleared[here] += cleared
        if cleared:
            self.successes += 1
            began_ms = self._clock.now_ms()
            await self._settle()
            self._recorder.note_wait(began_ms)
        if remaining or self._walls:
            await self._find_walls()

    async def note_before_click(self) -> None:
        await self._deadlines.do(note_layers(self._page, asked=False))

    async def note_after_click(self) -> None:
        """What lies over the page since the click was asked for."""
        await self._deadlines.do(note_layers(self._page, asked=True))

    def is_walled(self, element: Element) -> bool:
        """Whether an element belongs to a box whose answers are not for the film to give."""
        x, y = element.box.x + element.box.width / 2, element.box.y + element.box.height / 2
        return any(
            wall.x <= x <= wall.x + wall.width and wall.y <= y <= wall.y + wall.height for wall in self._walls
        )

    async def _click(self, point: Point) -> None:
        """On camera the pointer goes there, as a viewer expects."""
        await self._mouse.move_to(point)
        await self._mouse.click()

    async def _find_walls(self) -> None:
        try:
            self._walls = await self._deadlines.do(find_walls(self._page))
        except PlaywrightError as exc:
            log.info("the page has moved on meanwhile: %r", exc)
            self._walls = ()
