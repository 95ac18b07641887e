"""Reads which pages a state of a page links to, and which links an action has revealed."""

from collections.abc import Callable

from playwright.async_api import Page

from explorer.page.discovery import discover
from explorer.page.snapshot import Snapshot
from explorer.state.page_state import PageState
from explorer.types import Element
from explorer.urls import page_key


class ReachablePages:
    """The keys of the pages that each state links to; links that `refuses` are left out."""

    def __init__(self, page: Page, refuses: Callable[[Element], bool]) -> None:
        self._page = page
        self._refuses = refuses
        self._known: dict[PageState, frozenset[str]] = {}

    async def note(self, state: PageState) -> None:
        """Reads what the page, which is in this state, links to, unless that is known."""
        if state not in self._known:
            self._known[state] = frozenset(await self._linked())

    async def revealed(self, state: PageState, before: Snapshot, after: Snapshot) -> tuple[str, ...]:
        """The pages to which an action on the same page has revealed links."""
        # A panel that slides into view changes no word of the page, only what is in view.
        same = before.signature == after.signature and before.lines == after.lines
        if same or page_key(before.url) != page_key(after.url):
            return ()
        known = self._known.get(state, frozenset())
        new = (there for there in await self._linked() if there not in known and there != page_key(after.url))
        return tuple(dict.fromkeys(new))

    async def _linked(self) -> list[str]:
        found = (await discover(self._page, ())).elements
        return [page_key(element.href) for element in found if element.href and not self._refuses(element)]
