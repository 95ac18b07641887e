"""The journal of an exploration: what a film can be cut from, while it comes to be."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from explorer.input.mouse import Mouse
from explorer.page.settle import Settler
from explorer.protocols import Clock
from explorer.state.refusals import Refusals
from explorer.text import clip
from explorer.trace import MAX_LOOKED_AT, LookedAt, SiteBranding, Trace, Visit
from explorer.types import Element, Step, StopReason, TakeWarning

T = TypeVar("T", bound="_Over")

#: Those before it are Latin, which each font has.
FIRST_LETTER = "\u0250"
MAX_LETTERS = 2_000


class _Over(Protocol):
    """Something that was over at a moment."""

    @property
    def to_ms(self) -> float: ...


class TraceRecorder:
    """Collects steps and visits; pointer, scrolls, waits and refusals are kept by those who make them."""

    def __init__(self, clock: Clock, mouse: Mouse, settler: Settler, refusals: Refusals) -> None:
        self._clock = clock
        self._mouse = mouse
        self._settler = settler
        self._refusals = refusals
        self.steps: list[Step] = []
        self.visits: list[Visit] = []
        self.look = SiteBranding()
        #: What was tried off camera.
        self.looked_at: list[LookedAt] = []
        #: The kinds of obstacles that could not be closed, in order; why a page's language is not known.
        self.obstacles_left: list[str] = []
        self.language_note = ""
        #: Each letter once that pages have shown, from `FIRST_LETTER` on.
        self.letters: set[str] = set()
        #: The keys of all that was ever offered to be clicked.
        self.offered: set[str] = set()
        self.start_ms = 0.0
        #: Nothing later is for the film, though more may have been filmed.
        self.end_ms: float | None = None
        #: The last moment between two steps at which what is on screen was known to be fit for the film.
        self.good_ms = 0.0

    def begin(self) -> None:
        """The film begins now."""
        self.start_ms = self.good_ms = self._clock.now_ms()

    def good(self) -> None:
        """All that was filmed until now may be shown, but for the border's margin before this moment."""
        self.good_ms = self._clock.now_ms()

    def obstacle_left(self, kind: str) -> None:
        """Notes that an obstacle of this kind, such as `consent`, is still there."""
        if kind not in self.obstacles_left:
            self.obstacles_left.append(kind)

    def language_unknown(self, note: str) -> None:
        """Notes that a page is in a language of which no words are known; the first note is told."""
        self.language_note = self.language_note or note

    def read(self, text: str) -> None:
        """Notes which letters a page shows."""
        if len(self.letters) < MAX_LETTERS:
            self.letters.update(char for char in text if char >= FIRST_LETTER)

    def offer(self, elements: Iterable[Element]) -> None:
        """Notes what may be clicked."""
        self.offered.update(element.key for element in elements)

    def trace(self, stop: StopReason, warnings: tuple[TakeWarning, ...] = ()) -> Trace:
        """All of it, when the exploration is over."""
        return Trace(
            start_ms=self.start_ms,
            end_ms=self._clock.now_ms() if self.end_ms is None else self.end_ms,
            stop_reason=stop,
            steps=tuple(self.steps),
            visits=tuple(self.visits),
            refused=self._refusals.all(),
            pointer=tuple(self._mouse.trail),
            scrolls=tuple(self._mouse.scrolls),
            waits=tuple(self._settler.waits),
            look=self.look,
            looked_at=self._looked_at(),
            warnings=warnings,
            letters="".join(sorted(self.letters)),
        )

    def so_far(self) -> Trace:
        """What was known at the last good moment; its stop reason means nothing, and it has no warnings."""
        end_ms = self.good_ms
        return Trace(
            start_ms=self.start_ms,
            end_ms=end_ms,
            stop_reason="nothing_left",
            steps=tuple(step for step in self.steps if step.end_ms <= end_ms),
            visits=tuple(visit for visit in self.visits if visit.at_ms <= end_ms),
            refused=self._refusals.all(),
            pointer=tuple(sample for sample in self._mouse.trail if sample.at_ms <= end_ms),
            scrolls=_over(self._mouse.scrolls, end_ms),
            waits=_over(self._settler.waits, end_ms),
            look=self.look,
            looked_at=self._looked_at(),
        )

    def _looked_at(self) -> tuple[LookedAt, ...]:
        return tuple(
            replace(one, what=clip(one.what), page_url=clip(one.page_url))
            for one in self.looked_at[:MAX_LOOKED_AT]
        )


def role_of(element: Element) -> str:
    """The element's role; what unfolds details is told from other buttons."""
    return "summary" if element.tag == "summary" else element.role


def _over(records: Sequence[T], end_ms: float) -> tuple[T, ...]:
    return tuple(record for record in records if record.to_ms <= end_ms)
