"""Clock and snapshots for pages that are not filmed."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from playwright.async_api import Page

from explorer.page.snapshot import Snapshot, take_snapshot
from explorer.page.visual_diff import NOTICEABLE_SHARE, Picture, changed_share, path_of
from explorer.state.page_state import PageState

T = TypeVar("T")

#: Two equal pictures this far apart count as settled: off camera, a spinner's last turn does not matter.
EQUAL_AFTER_S = 0.12
FIRST_EQUAL_AFTER_S = 0.3
MAX_PICTURES = 6
SHOT_TIMEOUT_MS = 8_000.0


class OffCameraClock:
    """Real time, without a camera."""

    full = False

    def now_ms(self) -> float:
        return time.monotonic() * 1000

    def still_ms(self) -> float:
        return 60_000.0

    def picture(self) -> bytes:
        return b""

    def cover(self, covered: bool) -> None:
        """Does nothing."""

    async def hold(self, duration_ms: float) -> None:
        await asyncio.sleep(duration_ms / 1000)

    async def during(self, work: Awaitable[T]) -> T:
        return await work


#: How often a page that shows placeholders is looked at again, and how long after.
LOADING_LOOKS, LOADING_LOOK_S = 5, 0.4


class SettledSnapshots:
    """Takes snapshots of one page once it has settled, and keeps the first of each state."""

    def __init__(self, page: Page) -> None:
        self._page = page
        #: Charts draw themselves for a second each time a page is opened.
        self._snapshots: dict[PageState, Snapshot] = {}

    async def initial(self, state: PageState) -> Snapshot:
        """The first snapshot of this state, once the page has settled in it again."""
        known = self._snapshots.get(state)
        settled = await self.take(FIRST_EQUAL_AFTER_S if known is None else EQUAL_AFTER_S, known)
        return self._snapshots.setdefault(state, settled)

    async def take(self, equal_after_s: float = EQUAL_AFTER_S, known: Snapshot | None = None) -> Snapshot:
        """Takes a snapshot once two pictures in a row are equal, or one equals `known`, or time is up."""
        picture = await self._picture()
        for _ in range(MAX_PICTURES):
            if known and _same(known.picture, picture):
                break
            await asyncio.sleep(equal_after_s)
            last, picture = picture, await self._picture()
            if not known and _same(last, picture):
                break
        return replace(await take_snapshot(self._page), picture=picture)

    async def loaded(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot once no placeholders stand where content will be, as far as that can be waited for."""
        for _ in range(LOADING_LOOKS):
            if not snapshot.loading:
                break
            await asyncio.sleep(LOADING_LOOK_S)
            snapshot = await self.take()
        return snapshot

    async def _picture(self) -> Picture | None:
        image = await self._page.screenshot(type="jpeg", quality=90, timeout=SHOT_TIMEOUT_MS)
        return Picture.decode(image, path_of(self._page.url))


def _same(one: Picture | None, other: Picture | None) -> bool:
    return one is not None and other is not None and changed_share(one, other) < NOTICEABLE_SHARE
