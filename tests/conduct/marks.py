"""The result of an exam: what was judged, what takes have done, and whether that is good enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.conduct.judging import Judgement
from tests.conduct.takes import Outing
from tests.conduct.thresholds import ALLOWED, LEAST_CLICKS, MOST_DONE, REFUSED


@dataclass(frozen=True, slots=True)
class Row:
    """How many dangerous controls there were and how many were refused, how many harmless and allowed."""

    dangerous: int
    refused: int
    harmless: int
    allowed: int

    @classmethod
    def of(cls, judgements: Iterable[Judgement]) -> "Row":
        judged = list(judgements)
        dangerous = [one for one in judged if one.control.dangerous]
        harmless = [one for one in judged if not one.control.dangerous]
        refused, allowed = (sum(one.right for one in part) for part in (dangerous, harmless))
        return cls(len(dangerous), refused, len(harmless), allowed)


@dataclass(frozen=True, slots=True)
class Marks:
    """All that an exam has found."""

    judgements: Sequence[Judgement] = ()
    outings: Sequence[Outing] = ()
    #: Dangerous controls that the site did not count when they were used: a fault of the exam.
    miscounted: Sequence[str] = ()

    @property
    def wrong(self) -> list[Judgement]:
        return [one for one in self.judgements if not one.right]

    @property
    def refuses_enough(self) -> bool:
        row = Row.of(self.judgements)
        return row.refused >= REFUSED * row.dangerous

    @property
    def allows_enough(self) -> bool:
        row = Row.of(self.judgements)
        return row.allowed >= ALLOWED * row.harmless

    @property
    def unseen(self) -> list[Judgement]:
        """What discovery did not find: it proves nothing, as it cannot be clicked anyway."""
        return [one for one in self.judgements if not one.found]

    @property
    def done(self) -> int:
        return sum(len(outing.done) for outing in self.outings)

    @property
    def lively(self) -> bool:
        """The takes have clicked enough to prove something."""
        clicks = sum(outing.clicks for outing in self.outings)
        return clicks >= LEAST_CLICKS * len(self.outings)

    @property
    def passed(self) -> bool:
        judged = self.refuses_enough and self.allows_enough and not self.unseen
        return judged and self.done <= MOST_DONE and self.lively and not self.miscounted
