"""Dismisses overlays (cookie banners, tours, newsletter boxes, gates), rejecting where possible.

They are found by `search`, which takes some milliseconds where there is none. All functions raise
`playwright.async_api.Error` when the page is closed or navigates.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from playwright.async_api import Page

from explorer.guardrails.blacklist import blacklisted, ends_session, find_command, is_plain_cancel
from explorer.overlays.search import Answer, Found, find_overlay, place, query
from explorer.protocols import Clock
from explorer.types import Point

Click = Callable[[Point], Awaitable[None]]

log = logging.getLogger(__name__)

#: Banners fade out for 200 to 500 ms; some are removed from the page only then.
CLOSE_TIMEOUT_MS = 1_000.0
#: Some stay for 2 s after that, unseen, and take the clicks that are meant for what is below them.
FREE_TIMEOUT_MS = 3_000.0
POLL_INTERVAL_MS = 60.0
#: A banner that slides in is stable within so many polls.
MAX_POLLS = 12
#: A tour is walked to its end if that is so near.
MAX_TOUR_STEPS = 10


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A dismissed overlay: its kind, such as `consent` or `tour`, the control that was used, and how.

    `how` is `next` for one step of a tour.
    """

    kind: str
    label: str
    how: str


@dataclass(frozen=True, slots=True)
class _Hands:
    """Presses what dismisses an overlay."""

    page: Page
    clock: Clock
    click: Click | None

    async def press_at(self, point: Point) -> None:
        if self.click is not None:
            await self.click(point)
        else:
            await self.clock.during(self.page.mouse.click(point.x, point.y))


def _ignore(kind: str) -> None:
    """Ignores overlays that stay."""


async def dismiss_overlays(
    page: Page,
    clock: Clock,
    limit: int = 4,
    on_remaining: Callable[[str], None] = _ignore,
    click: Click | None = None,
    hints: Sequence[str] = (),
) -> list[Dismissed]:
    """Dismisses up to `limit` overlays with real clicks, and returns those that are gone.

    With `click`, the pointer is seen to go there. `hints` are those of `find_overlay`, tried first.

    One that stays is not tried again in this document, nor is one that came back twice; its kind is passed to
    `on_remaining`. Fields are filled in only where they ask for a country or a date of birth; nothing is
    bought or subscribed to, and where paying is the only alternative to accepting, nothing is chosen.
    """
    hands = _Hands(page, clock, click)
    dismissed: list[Dismissed] = []
    tour_steps = 0
    for _ in range(limit + MAX_TOUR_STEPS):
        found = await clock.during(find_overlay(page, on_remaining, hints))
        if found is None:
            break
        result = await _dismiss(hands, found, may_go_on=tour_steps < MAX_TOUR_STEPS)
        if result is None:
            on_remaining(found.kind)
            limit -= 1
        else:
            dismissed.append(result)
            log.info("an overlay was dismissed: %s", result)
            tour_steps += result.how == "next"
            limit -= result.how != "next"
        if limit <= 0:
            break
    return dismissed


async def _dismiss(hands: _Hands, found: Found, may_go_on: bool) -> Dismissed | None:
    """Tries the overlay's answers in turn; with `may_go_on`, a further step of a tour counts as well."""
    clock = hands.clock
    for number, answer in enumerate(found.answers):
        if not _may_press(answer) or (answer.how == "next" and not may_go_on):
            continue
        said = await clock.during(query(found, "text"))
        if not await _press(hands, found, number):
            continue
        goes_on = said if answer.how == "next" else None
        if await _is_gone(clock, found, goes_on):
            return await _dismissed(clock, found, answer.label, answer.how)
        if number == 0 and answer.how != "escape":
            await clock.during(hands.page.keyboard.press("Escape"))
            if await _is_gone(clock, found):
                return await _dismissed(clock, found, answer.label, "escape")
    await clock.during(query(found, "leave"))
    return None


def _may_press(answer: Answer) -> bool:
    """Whether a label may be pressed: unlike "Cerrar sesión", and a lone button that starts something."""
    if is_plain_cancel(answer.label):
        return True
    if blacklisted(answer.label) or ends_session(answer.label):
        return False
    return answer.how != "only" or find_command(answer.label) is None


async def _dismissed(clock: Clock, found: Found, label: str, how: str) -> Dismissed:
    if how != "next":
        await clock.during(query(found, "closed"))
    until_ms = clock.now_ms() + FREE_TIMEOUT_MS
    while await clock.during(query(found, "freed")) is False and clock.now_ms() < until_ms:
        await clock.hold(POLL_INTERVAL_MS)
    return Dismissed(found.kind, label, how)


async def _press(hands: _Hands, found: Found, number: int) -> bool:
    """Fills in what an answer needs, and presses its button; False when no click would hit that."""
    answer, page, clock = found.answers[number], hands.page, hands.clock
    if answer.how == "escape":
        await clock.during(page.keyboard.press("Escape"))
        return True
    for entry in range(answer.entries):
        field = await clock.during(query(found, "enter", answer=number, entry=entry))
        point = await clock.during(place(found, field)) if field else None
        if field and point:
            await clock.during(page.mouse.click(point.x, point.y, click_count=3))
            await clock.during(page.keyboard.type(str(field["value"])))
    point = await _wait_for_click_point(clock, found, number)
    if point is None:
        return False
    await hands.press_at(point)
    return True


async def _wait_for_click_point(clock: Clock, found: Found, number: int) -> Point | None:
    """Returns where a click hits the answer once it has stopped moving."""
    before = None
    for _ in range(MAX_POLLS):
        point = await clock.during(_click_point(found, number))
        if point is None or point == before:
            return point
        before = point
        await clock.hold(POLL_INTERVAL_MS)
    return before


async def _click_point(found: Found, number: int) -> Point | None:
    position = await query(found, "aim", answer=number)
    return await place(found, position) if position else None


async def _is_gone(clock: Clock, found: Found, text: str | None = None) -> bool:
    """Whether an overlay goes away, or no longer says `text`."""
    until_ms = clock.now_ms() + CLOSE_TIMEOUT_MS
    while clock.now_ms() < until_ms:
        await clock.hold(POLL_INTERVAL_MS)
        if await clock.during(query(found, "gone")) is not False:
            return True
        if text is not None and await clock.during(query(found, "text")) != text:
            return True
    return False
