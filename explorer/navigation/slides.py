"""Goes through the slides of a page that only the wheel or keys turn, one after another, on camera."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.input.mouse import Mouse
from explorer.input.turning import WHEEL, Way, turn_page, ways_to_turn
from explorer.languages.overlay_phrases import says
from explorer.page.visual_diff import (
    NOTICEABLE_SHARE,
    PIXEL_DIFFERENCE,
    Blocks,
    Picture,
    changed_share,
    path_of,
)
from explorer.protocols import Clock
from explorer.state.seen_screens import SeenScreens
from explorer.trace import Scroll
from explorer.types import Element
from explorer.urls import page_key

#: A page that does not move within this is not turned by that.
NO_CHANGE_MS = 600.0
#: A slide has arrived when the picture is unchanged for this long, and after this time in any case.
STILL_MS = 250.0
MAX_TURN_MS = 2_500.0
POLL_INTERVAL_MS = 50.0
LOOK_MS = 900.0
#: A page follows a notch of the wheel when its picture, moved by up to so many of 90 rows, is the same but
#: for this part.
MAX_FOLLOWED_ROWS = 32
FOLLOWS_SHARE = 0.02
#: Many sites take no other turn for about a second after the last.
PAUSE_MS = 1_000.0


@dataclass(slots=True)
class _Deck:
    """The slides of one page: `common` are the keys of what could be used on the slide before."""

    url: str
    ways: list[Way]
    shown: list[Picture] = field(default_factory=list)
    common: frozenset[str] = frozenset()
    turned: int = 0
    used: bool = False


class Slides:
    """`turned` counts the slides that were turned to in this take, at most `max_turns`."""

    def __init__(
        self,
        page: Page,
        mouse: Mouse,
        clock: Clock,
        deadlines: Deadlines,
        seen_screens: SeenScreens,
        max_turns: int,
    ) -> None:
        self._page = page
        self._mouse = mouse
        self._clock = clock
        self._deadlines = deadlines
        self._seen_screens = seen_screens
        self._max_turns = max_turns
        self._deck: _Deck | None = None
        self.turned = 0

    @property
    def is_open(self) -> bool:
        """Whether slides of the page on screen are left that were not turned to."""
        return self._deck is not None and page_key(self._page.url) == self._deck.url

    async def begin(self, offered: tuple[Element, ...], moving_blocks: Blocks | None) -> bool:
        """Tries to turn the page that is on screen; False when it is none that turns.

        A deck with buttons to turn it is clicked through instead.
        """
        self._deck = None
        if any(says("next", element.label) for element in offered if element.in_view):
            return False
        ways = await self._deadlines.do(ways_to_turn(self._page)) if self.turned < self._max_turns else ()
        picture = self._picture()
        if not ways or picture is None:
            return False
        self._deck = _Deck(page_key(self._page.url), list(ways), [picture])
        return await self.turn(offered, moving_blocks)

    def own(self, offered: tuple[Element, ...]) -> tuple[Element, ...]:
        """What only the slide on screen offers; nothing once something of it was used."""
        deck = self._deck
        if deck is None or deck.used:
            return ()
        return tuple(element for element in offered if element.key not in deck.common)

    def note_step(self) -> None:
        """Notes that something of this slide was used: the next one is due."""
        if self._deck is not None:
            self._deck.used = True

    async def turn(self, offered: tuple[Element, ...], moving_blocks: Blocks | None) -> bool:
        """Turns to the next slide and shows it; False when there is none, or it was shown before."""
        deck, before = self._deck, self._picture()
        if deck is None or before is None:
            return False
        while deck.ways and self.turned < self._max_turns:
            after = await self._try(deck.ways[0], before, moving_blocks)
            if after is not None and not _is_shown(after, deck.shown, moving_blocks):
                # A page that follows the wheel is turned by a screen at once.
                deck.ways = ["turn"] if deck.ways[0] == "notch" and _follows(before, after) else deck.ways[:1]
                deck.shown.append(after)
                deck.common = frozenset(element.key for element in offered)
                deck.turned, deck.used = deck.turned + 1, False
                self.turned += 1
                self._seen_screens.add(after)
                await self._clock.hold(LOOK_MS)
                return True
            if deck.turned or after is not None:
                break
            deck.ways.pop(0)
        self._deck = None
        return False

    async def _try(self, way: Way, before: Picture, moving_blocks: Blocks | None) -> Picture | None:
        """Returns the picture that a turn has led to; None when nothing has changed."""
        began_ms = self._clock.now_ms()
        await self._deadlines.do(turn_page(self._page, way))
        turned_ms = self._clock.now_ms()
        while (elapsed_ms := self._clock.now_ms() - turned_ms) < MAX_TURN_MS:
            await self._clock.hold(POLL_INTERVAL_MS)
            has_moved = self._clock.still_ms() < elapsed_ms
            if elapsed_ms >= NO_CHANGE_MS and (not has_moved or self._clock.still_ms() >= STILL_MS):
                break
        after = self._picture()
        if after is None or changed_share(before, after, moving_blocks) < NOTICEABLE_SHARE:
            return None
        if way in WHEEL:
            self._mouse.scrolls.append(Scroll(began_ms, self._clock.now_ms(), 0.0))
        await self._clock.hold(max(0.0, PAUSE_MS - LOOK_MS - (self._clock.now_ms() - turned_ms)))
        return after

    def _picture(self) -> Picture | None:
        return Picture.decode(self._clock.picture(), path_of(self._page.url))


def _follows(before: Picture, after: Picture) -> bool:
    """Checks whether one picture is the other one moved up a little, and no slide of its own."""
    one, other = (picture.pixels[::4, ::4].astype(np.int16) for picture in (before, after))
    return any(
        float((np.abs(one[rows:] - other[:-rows]).max(axis=2) > PIXEL_DIFFERENCE).mean()) < FOLLOWS_SHARE
        for rows in range(2, MAX_FOLLOWED_ROWS)
    )


def _is_shown(picture: Picture, shown: list[Picture], moving_blocks: Blocks | None) -> bool:
    differs = partial(changed_share, picture, animated=moving_blocks)
    return any(differs(one) < NOTICEABLE_SHARE for one in shown)
