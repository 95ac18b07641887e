"""What the explorer remembers: where it has been, how deep that is, and what it has tried."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from explorer.types import Element, Outcome
from explorer.urls import page_key

#: Between the key of what is used again and the state in which that is.
AGAIN = "@"


class Frontier:
    """Grows during one take; pages are known by their `page_key`."""

    def __init__(self) -> None:
        self.visited: list[str] = []
        #: By key, the states of the page in which something was clicked, or could not be.
        self._tried: dict[str, list[str]] = defaultdict(list)
        self._fruitless: set[str] = set()
        #: Steps that have shown nothing that the film had not shown before.
        self.repeats = 0
        self._kinds: Counter[str] = Counter()
        self._looked: Counter[str] = Counter()
        self._paid: Counter[str] = Counter()
        self._depths: dict[str, int] = {}
        self._trail: list[str] = []
        self._exhausted: set[str] = set()
        self._left: dict[str, tuple[Element, ...]] = {}

    def arrive(self, url: str, coming_from: str | None) -> bool:
        """Notes that `url` is on screen; True when it is for the first time."""
        here = page_key(url)
        if coming_from is None:
            self._depths[here] = 0
        else:
            self._depths.setdefault(here, self.depth(coming_from) + 1)
        if not self._trail or page_key(self._trail[-1]) != here:
            self._trail.append(url)
        new = here not in {page_key(seen) for seen in self.visited}
        if new:
            self.visited.append(url)
        return new

    def depth(self, url: str) -> int:
        """Fewest links from the start page to `url`, as far as seen."""
        return self._depths.get(page_key(url), 0)

    def note_links(self, elements: tuple[Element, ...], page_url: str) -> None:
        """A destination is one deeper than the shallowest page that links to it."""
        deeper = self.depth(page_url) + 1
        for element in elements:
            if element.href:
                there = page_key(element.href)
                self._depths[there] = min(deeper, self._depths.get(there, deeper))

    def within(self, element: Element, max_depth: int) -> bool:
        return not element.href or self.depth(element.href) <= max_depth

    def exhaust(self, url: str) -> None:
        """Nothing is left to do on this page."""
        self._exhausted.add(page_key(url))

    def is_exhausted(self, url: str) -> bool:
        return page_key(url) in self._exhausted

    def try_out(self, element: Element, signature: str) -> None:
        """Notes that this is clicked, or cannot be, in the state of the page that `signature` tells."""
        self._tried[_plain(element.key)].append(signature)

    def forgive(self, element: Element) -> None:
        """Takes back the last time: it was tried in a state that let it show nothing."""
        states = self._tried[_plain(element.key)]
        if states:
            states.pop()
        if not states:
            del self._tried[_plain(element.key)]

    def learn(self, element: Element, kind: str, outcome: Outcome) -> None:
        """What a click on a control of this kind has shown."""
        self._kinds[kind] += 1
        self._paid[kind] += outcome != "nothing"
        if outcome == "nothing":
            self._fruitless.add(_plain(element.key))

    def usable(self, element: Element, signature: str, most: int, opens: bool = False) -> Element | None:
        """The element, if it was never tried; else a namesake with a key of its own where the page is another
        than each time before and it did something then, as the "next" of a wizard does; or None.

        A menu that still `opens` the way to something unseen is used again as it is.
        """
        states = self._tried.get(element.key)
        if states is None or (opens and len(states) < most):
            return element
        repeats = not element.href and element.fills in {"", "text"} and not element.reveals
        if not repeats or signature in states or len(states) >= most or element.key in self._fruitless:
            return None
        return replace(element, identity=f"{element.key}{AGAIN}{signature}")

    def has_seen(self, there: str) -> bool:
        """Whether this place was visited."""
        return any(page_key(url) == there for url in self.visited)

    def times(self, element: Element) -> int:
        """In how many states of its page this was tried."""
        return len(self._tried.get(_plain(element.key), ()))

    def hear(self, kind: str, paid: bool) -> None:
        """What the scout has found of a control of this kind."""
        self._looked[kind] += 1
        self._paid[kind] += paid

    def payoffs(self) -> Mapping[str, float]:
        """By kind, how often it has shown something so far, from 0 to 1, on camera and off.

        Everything gets the benefit of one success (Laplace).
        """
        counts = self._kinds + self._looked
        return {kind: (self._paid[kind] + 1) / (count + 1) for kind, count in counts.items()}

    def kinds(self) -> Mapping[str, int]:
        """How often each kind was clicked."""
        return self._kinds

    def note_left(self, url: str, elements: tuple[Element, ...]) -> None:
        """What the latest scan of this page has offered."""
        self._left[page_key(url)] = elements

    def left_elsewhere(self, url: str | None) -> Iterator[tuple[str, tuple[Element, ...]]]:
        """The seen pages other than `url`, in the order of first sight, with what is left to try there."""
        here = page_key(url) if url else None
        for page in self.visited:
            there = page_key(page)
            if there != here and there not in self._exhausted:
                yield page, tuple(e for e in self._left.get(there, ()) if _plain(e.key) not in self._tried)

    def unfinished(self) -> str | None:
        """The most recent page that may still have something to show."""
        return next((url for url in reversed(self._trail) if page_key(url) not in self._exhausted), None)


def plain_key(element: Element) -> str:
    """The key by which a scan finds it, also of one that is used again."""
    return _plain(element.key)


def _plain(key: str) -> str:
    return key.partition(AGAIN)[0]
