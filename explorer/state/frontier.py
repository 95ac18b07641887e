"""Crawl frontier: which pages were visited, how deep they lie, and what is left to try on them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urldefrag

from explorer.types import Element, Outcome
from explorer.urls import page_key

#: Separates the key of an element that is used again from the signature of the page's state.
REUSE_SEPARATOR = "@"
#: In so many states of a page something is tried that could not be reached.
MAX_MISSES = 2
#: So many clicks on controls of one kind that all do nothing are enough.
HOPELESS_CLICKS = 2
#: So many clicks in a row go on with what the click before has revealed, such as an entry of a menu.
MAX_DIVES = 2


class Frontier:
    """The frontier of one take; pages are identified by their `page_key`."""

    def __init__(self) -> None:
        self.visited: list[str] = []
        #: By key, the states of the page in which something was clicked, or could not be.
        self._tried: dict[str, list[str]] = defaultdict(list)
        self._without_effect: set[str] = set()
        #: Steps that have shown nothing that the film had not shown before.
        self.repeats = 0
        self._clicks_by_kind: Counter[str] = Counter()
        self._tries_by_kind: Counter[str] = Counter()
        self._successes_by_kind: Counter[str] = Counter()
        #: By page: how often rows of a list were clicked, and what has only changed its name when clicked.
        self._clicks_by_row: dict[str, Counter[str]] = defaultdict(Counter)
        self._pages_by_menu_part: Counter[str] = Counter()
        self._renamed: dict[str, set[str]] = defaultdict(set)
        #: Kinds of which a click on camera has shown nothing, and those of which one has shown something.
        self._dead_kinds: Counter[str] = Counter()
        self._alive_kinds: set[str] = set()
        #: Which uses of tools the film has shown; see `Element.use`.
        self.used: set[str] = set()
        self.start_group = ""
        #: The documents, by address without fragment, that hold what the film has entered.
        self._entered: set[str] = set()
        self._entry_pages: set[str] = set()
        self._depths: dict[str, int] = {}
        self._trail: list[str] = []
        self._exhausted: set[str] = set()
        self._saving: set[str] = set()
        self._unreached: list[tuple[Element, str]] = []
        #: By key, the states of the page in which something could not be reached.
        self._missed: dict[str, list[str]] = defaultdict(list)
        self._left: dict[str, tuple[Element, ...]] = {}
        #: By page, all that was ever offered there, what has come since its last step, and the place of that.
        self._offered: dict[str, set[str]] = {}
        self._revealed: dict[str, set[str]] = {}
        self._clicked_spot: dict[str, str] = {}
        self._dives = 0

    def visit(self, url: str, coming_from: str | None) -> bool:
        """Records that `url` is on screen; True when it is for the first time."""
        here = page_key(url)
        if coming_from is None:
            self._depths[here] = 0
        else:
            # A button that turns to the next slide goes on, and not deeper; links are counted as such.
            same_document = urldefrag(url).url == urldefrag(coming_from).url
            self._depths.setdefault(here, self.depth(coming_from) + (not same_document))
        if not self._trail or page_key(self._trail[-1]) != here:
            self._trail.append(url)
        new = here not in {page_key(seen) for seen in self.visited}
        if new:
            self.visited.append(url)
        return new

    def depth(self, url: str) -> int:
        """The fewest links from the start page to `url`, as far as seen."""
        return self._depths.get(page_key(url), 0)

    def note_links(self, elements: tuple[Element, ...], page_url: str) -> None:
        """Records depths: a destination is one deeper than the shallowest page that links to it."""
        deeper = self.depth(page_url) + 1
        for element in elements:
            if element.href:
                there = page_key(element.href)
                self._depths[there] = min(deeper, self._depths.get(there, deeper))

    def is_within_depth(self, element: Element, max_depth: int) -> bool:
        return not element.href or self.depth(element.href) <= max_depth

    def exhaust(self, url: str) -> None:
        """Records that nothing is left to do on this page."""
        self._exhausted.add(page_key(url))

    def is_exhausted(self, url: str) -> bool:
        return page_key(url) in self._exhausted

    def mark_tried(self, element: Element, signature: str) -> None:
        """Records that this was tried in the page's state `signature`, whether that worked or not."""
        self._tried[_plain(element.key)].append(signature)

    def unmark_tried(self, element: Element) -> None:
        """Forgets the last try: the state of the page did not let it show anything."""
        states = self._tried[_plain(element.key)]
        if states:
            states.pop()
        if not states:
            del self._tried[_plain(element.key)]

    def note_saving(self, url: str) -> None:
        """Records that this page tried to keep what was set on it."""
        self._saving.add(page_key(url))

    def is_saving(self, url: str) -> bool:
        return page_key(url) in self._saving

    def note_unreached(self, element: Element, url: str, signature: str) -> None:
        """Records that the last try of this, on the page `url`, did not reach it: something lay over it.

        It may be tried once more in another state of the page.
        """
        missed = self._missed[_plain(element.key)]
        missed.append(signature)
        if len(missed) < MAX_MISSES:
            self.unmark_tried(element)
        else:
            self._unreached.append((element, url))

    def forgive_unreached(self, url: str) -> None:
        """Forgets the tries that reached nothing, since what lay over the page `url` is gone."""
        for element, there in self._unreached:
            self.unmark_tried(element)
            self._exhausted.discard(page_key(there))
        self._unreached.clear()
        self._missed.clear()
        self._exhausted.discard(page_key(url))

    def record_outcome(self, element: Element, kind: str, outcome: Outcome) -> None:
        """Records what a click on a control of this kind has shown."""
        self._clicks_by_kind[kind] += 1
        self._successes_by_kind[kind] += outcome != "nothing"
        if outcome == "nothing":
            self._without_effect.add(_plain(element.key))
            self._dead_kinds[kind] += 1
        else:
            self._alive_kinds.add(kind)

    def record_place(self, element: Element, page_url: str, renamed: bool) -> None:
        """Records where a click was made; `renamed` says that it has changed no more than its own name."""
        page = page_key(page_url)
        if element.href and element.group:
            self._pages_by_menu_part[element.group] += 1
        else:
            self._clicks_by_row[page].update(filter(None, (element.row, element.group)))
        self._dives = self._dives + 1 if _plain(element.key) in self._revealed.get(page, ()) else 0
        self._revealed.pop(page, None)
        self._clicked_spot[page] = element.spot
        if (renamed or element.role == "combobox") and element.spot:
            self._renamed[page].add(element.spot)

    def note_offered(self, url: str, elements: Iterable[Element]) -> None:
        """Records what a scan of this page has found: what is new was revealed by the last step there.

        The control that was clicked, under another name, is not.
        """
        page = page_key(url)
        elements = tuple(elements)
        keys = {_plain(element.key) for element in elements}
        if page in self._offered:
            renamed = {_plain(e.key) for e in elements if e.spot and e.spot == self._clicked_spot.get(page)}
            new = keys - self._offered[page] - renamed
            self._revealed[page] = (self._revealed.get(page, set()) | new) & keys
        self._offered.setdefault(page, set()).update(keys)

    def revealed(self, url: str) -> frozenset[str]:
        """The keys of what the last step has revealed on this page; none after `MAX_DIVES` into such."""
        return frozenset(self._revealed.get(page_key(url), ()) if self._dives < MAX_DIVES else ())

    def note_entry(self, url: str) -> None:
        """Records that something was entered here, which other visits to this document do not find."""
        self._entered.add(urldefrag(url).url)
        self._entry_pages.add(page_key(url))

    def holds_entry(self, url: str) -> bool:
        return urldefrag(url).url in self._entered

    def shows_entries(self, url: str) -> bool:
        """Whether something was entered on this page: another view of it may not show more of that."""
        return page_key(url) in self._entry_pages

    def record_use(self, use: str) -> None:
        """Records that a tool was used, or a cell filled in."""
        self.used.add(use)

    def row_counts(self, url: str) -> Mapping[str, int]:
        """How often rows of each list of this page were clicked, and links of each part of the menu."""
        return self._clicks_by_row.get(page_key(url), Counter()) + self._pages_by_menu_part

    def renamed_spots(self, url: str) -> frozenset[str]:
        """The places of controls on this page that have only changed their name when they were clicked."""
        return frozenset(self._renamed.get(page_key(url), ()))

    def dead_kinds(self) -> frozenset[str]:
        """The kinds of controls that have shown nothing on camera, whenever they were clicked."""
        return frozenset(self._dead_kinds.keys() - self._alive_kinds)

    def hopeless_kinds(self) -> frozenset[str]:
        """Those of them that were clicked `HOPELESS_CLICKS` times, and more."""
        return frozenset(kind for kind in self.dead_kinds() if self._dead_kinds[kind] >= HOPELESS_CLICKS)

    def usable(
        self, element: Element, signature: str, max_reuses: int, opens: bool = False
    ) -> Element | None:
        """Returns the element if it was never tried, and None if it should not be tried again.

        Where it had an effect and the page's state is a new one, as with the "next" of a wizard, it is
        returned with a key of its own, at most `max_reuses` times. A menu that still `opens` the way to
        something unseen is used again as it is.
        """
        if signature in self._missed.get(element.key, ()):
            return None
        states = self._tried.get(element.key)
        if states is None or (opens and len(states) < max_reuses):
            return element
        repeats = not element.href and element.fills in {"", "text"} and not element.reveals
        if (
            not repeats
            or signature in states
            or len(states) >= max_reuses
            or element.key in self._without_effect
        ):
            return None
        return replace(element, identity=f"{element.key}{REUSE_SEPARATOR}{signature}")

    def has_seen(self, key: str) -> bool:
        """Whether the page with this key was visited."""
        return any(page_key(url) == key for url in self.visited)

    def times_tried(self, element: Element) -> int:
        """In how many states of its page this was tried."""
        return len(self._tried.get(_plain(element.key), ()))

    def record_lookahead(self, kind: str, success: bool) -> None:
        """Records what lookahead has found of a control of this kind."""
        self._tries_by_kind[kind] += 1
        self._successes_by_kind[kind] += success

    def success_rates(self) -> Mapping[str, float]:
        """By kind, the share of clicks that have shown something so far, from 0 to 1, on camera and off.

        Each kind starts with one success (Laplace smoothing).
        """
        counts = self._clicks_by_kind + self._tries_by_kind
        return {kind: (self._successes_by_kind[kind] + 1) / (count + 1) for kind, count in counts.items()}

    def kind_counts(self) -> Mapping[str, int]:
        """How often each kind was clicked."""
        return self._clicks_by_kind

    def note_start(self, url: str, elements: Iterable[Element]) -> None:
        """Records the part of the menu that lists the page that the film began on."""
        found = (e.group for e in elements if e.href and page_key(e.href) == page_key(url))
        self.start_group = next(filter(None, found), self.start_group)

    def note_left(self, url: str, elements: tuple[Element, ...]) -> None:
        """Records what the latest scan of this page has offered."""
        self._left[page_key(url)] = elements

    def left_elsewhere(self, url: str | None) -> Iterator[tuple[str, tuple[Element, ...]]]:
        """The visited pages other than `url`, in order, with what is left to try there."""
        here = page_key(url) if url else None
        for page in self.visited:
            there = page_key(page)
            if there != here and there not in self._exhausted:
                yield page, tuple(e for e in self._left.get(there, ()) if self._is_untried(e))

    def _is_untried(self, element: Element) -> bool:
        plain, _, signature = element.key.partition(REUSE_SEPARATOR)
        states = self._tried.get(plain, ())
        return signature not in states if signature else not states

    def unfinished(self) -> str | None:
        """The most recent page that may still have something to show."""
        return next((url for url in reversed(self._trail) if page_key(url) not in self._exhausted), None)


def plain_key(element: Element) -> str:
    """The key by which a scan finds an element, also one that is used again."""
    return _plain(element.key)


def _plain(key: str) -> str:
    return key.partition(REUSE_SEPARATOR)[0]
