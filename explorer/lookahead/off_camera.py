"""What lies behind looking off camera: the time there, the states there, and pages at rest."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from playwright.async_api import Page

from explorer.page.snapshot import Snapshot, take_snapshot
from explorer.page.visual_diff import NOTICED, Picture, path_of, share
from explorer.state.page_state import PageState

T = TypeVar("T")

#: Off camera nobody minds a spinner's last turn: two equal pictures this far apart are rest.
EQUAL_AFTER_S = 0.12
FIRST_EQUAL_AFTER_S = 0.3
MOST_LOOKS = 6
SHOT_TIMEOUT_MS = 8_000.0


class OffCameraClock:
    """Time as it passes, with nobody watching."""

    full = False

    def now_ms(self) -> float:
        return time.monotonic() * 1000

    def still_ms(self) -> float:
        return 60_000.0

    def picture(self) -> bytes:
        return b""

    def cover(self, covered: bool) -> None:
        """Nobody watches."""

    async def hold(self, duration_ms: float) -> None:
        await asyncio.sleep(duration_ms / 1000)

    async def during(self, work: Awaitable[T]) -> T:
        return await work


class RestingView:
    """Sees one page at rest, and remembers how its states looked then."""

    def __init__(self, page: Page) -> None:
        self._page = page
        #: Charts draw themselves for a second each time a page is opened.
        self._snapshots: dict[PageState, Snapshot] = {}

    async def of(self, state: PageState) -> Snapshot:
        """The state at rest, and as it was before, if it ever comes to that."""
        known = self._snapshots.get(state)
        snapshot = await self.snapshot(FIRST_EQUAL_AFTER_S if known is None else EQUAL_AFTER_S, known)
        if known is None:
            self._snapshots[state] = snapshot
        return known or snapshot

    async def snapshot(self, equal_after_s: float = EQUAL_AFTER_S, known: Snapshot | None = None) -> Snapshot:
        """The page at rest: two equal pictures, if it ever gives them, or one that equals what is `known`."""
        picture = await self._picture()
        for _ in range(MOST_LOOKS):
            if known and _same(known.picture, picture):
                break
            await asyncio.sleep(equal_after_s)
            last, picture = picture, await self._picture()
            if not known and _same(last, picture):
                break
        return replace(await take_snapshot(self._page), picture=picture)

    async def _picture(self) -> Picture | None:
        image = await self._page.screenshot(type="jpeg", quality=90, timeout=SHOT_TIMEOUT_MS)
        return Picture.decode(image, path_of(self._page.url))


def _same(one: Picture | None, other: Picture | None) -> bool:
    return one is not None and other is not None and share(one, other) < NOTICED
