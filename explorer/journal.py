"""The journal of an exploration: what a film can be cut from, while it comes to be."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from explorer.hand import Hand
from explorer.memory import Refusals
from explorer.settle import Settler
from explorer.story import SiteLook, Story, Visit
from explorer.types import Clock, Element, Step, StopReason

T = TypeVar("T", bound="_Over")


class _Over(Protocol):
    """Something that was over at a moment."""

    @property
    def to_ms(self) -> float: ...


class Journal:
    """Collects steps and visits; pointer, scrolls, waits and refusals are kept by those who make them."""

    def __init__(self, clock: Clock, hand: Hand, settler: Settler, refusals: Refusals) -> None:
        self._clock = clock
        self._hand = hand
        self._settler = settler
        self._refusals = refusals
        self.steps: list[Step] = []
        self.visits: list[Visit] = []
        self.look = SiteLook()
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

    def story(self, stop: StopReason) -> Story:
        """All of it, when the exploration is over."""
        return Story(
            start_ms=self.start_ms,
            end_ms=self._clock.now_ms() if self.end_ms is None else self.end_ms,
            stop_reason=stop,
            steps=tuple(self.steps),
            visits=tuple(self.visits),
            refused=self._refusals.all(),
            pointer=tuple(self._hand.trail),
            scrolls=tuple(self._hand.scrolls),
            waits=tuple(self._settler.waits),
            look=self.look,
        )

    def so_far(self) -> Story:
        """What was known at the last good moment; its stop reason means nothing."""
        end_ms = self.good_ms
        return Story(
            start_ms=self.start_ms,
            end_ms=end_ms,
            stop_reason="nothing_left",
            steps=tuple(step for step in self.steps if step.end_ms <= end_ms),
            visits=tuple(visit for visit in self.visits if visit.at_ms <= end_ms),
            refused=self._refusals.all(),
            pointer=tuple(sample for sample in self._hand.trail if sample.at_ms <= end_ms),
            scrolls=_over(self._hand.scrolls, end_ms),
            waits=_over(self._settler.waits, end_ms),
            look=self.look,
        )


def role_of(element: Element) -> str:
    """The element's role; what unfolds details is told from other buttons."""
    return "summary" if element.tag == "summary" else element.role


def _over(records: Sequence[T], end_ms: float) -> tuple[T, ...]:
    return tuple(record for record in records if record.to_ms <= end_ms)
