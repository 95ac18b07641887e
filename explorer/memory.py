"""What the explorer remembers: where it has been, how deep that is, and what it has tried."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from explorer.places import place
from explorer.text import clip
from explorer.types import MAX_REFUSALS, Element, Refusal


class Memory:
    """Grows during one take; pages are known by their `place`."""

    def __init__(self) -> None:
        self.visited: list[str] = []
        #: Fingerprints of what was clicked, or could not be.
        self.tried: set[str] = set()
        self._depths: dict[str, int] = {}
        self._trail: list[str] = []
        self._exhausted: set[str] = set()
        self._left: dict[str, tuple[tuple[float, Element], ...]] = {}

    def arrive(self, url: str, coming_from: str | None) -> bool:
        """Notes that `url` is on screen; True when it is for the first time."""
        here = place(url)
        if coming_from is None:
            self._depths[here] = 0
        else:
            self._depths.setdefault(here, self.depth(coming_from) + 1)
        if not self._trail or place(self._trail[-1]) != here:
            self._trail.append(url)
        new = here not in {place(seen) for seen in self.visited}
        if new:
            self.visited.append(url)
        return new

    def depth(self, url: str) -> int:
        """Fewest links from the start page to `url`, as far as seen."""
        return self._depths.get(place(url), 0)

    def note_links(self, elements: tuple[Element, ...], page_url: str) -> None:
        """A destination is one deeper than the shallowest page that links to it."""
        deeper = self.depth(page_url) + 1
        for element in elements:
            if element.href:
                there = place(element.href)
                self._depths[there] = min(deeper, self._depths.get(there, deeper))

    def within(self, element: Element, max_depth: int) -> bool:
        return not element.href or self.depth(element.href) <= max_depth

    def exhaust(self, url: str) -> None:
        """Nothing is left to do on this page."""
        self._exhausted.add(place(url))

    def is_exhausted(self, url: str) -> bool:
        return place(url) in self._exhausted

    def note_left(self, url: str, scored: Iterable[tuple[float, Element]]) -> None:
        """What the latest scan of this page has found worth clicking, with scores from 100 to 0."""
        self._left[place(url)] = tuple(scored)

    def better_elsewhere(self, url: str, than: float) -> str | None:
        """The seen page, other than `url`, that has the best left which is better than this score."""
        seen = {place(page): page for page in self.visited}
        best = None
        for there in seen.keys() - self._exhausted - {place(url)}:
            for score, element in self._left.get(there, ()):
                known = element.fingerprint in self.tried or (element.href and place(element.href) in seen)
                if score > than and not known:
                    best, than = seen[there], score
        return best

    def unfinished(self) -> str | None:
        """The most recent page that may still have something to show."""
        return next((url for url in reversed(self._trail) if place(url) not in self._exhausted), None)


class Refusals:
    """What was turned down, once per rule and label, in order; `MAX_REFUSALS` at most, cut to size."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Refusal] = {}

    def add(self, refusal: Refusal) -> Refusal | None:
        """What is newly kept of it; None when it was known, or when there are enough."""
        kept = replace(
            refusal,
            what=clip(refusal.what),
            detail=clip(refusal.detail),
            page_url=clip(refusal.page_url),
        )
        key = (kept.rule, kept.what)
        if key in self._kept or len(self._kept) >= MAX_REFUSALS:
            return None
        self._kept[key] = kept
        return kept

    def new(self, refusals: Sequence[Refusal]) -> list[Refusal]:
        """Keeps these, and answers those that were not known."""
        return [kept for refusal in refusals if (kept := self.add(refusal))]

    def all(self) -> tuple[Refusal, ...]:
        return tuple(self._kept.values())
