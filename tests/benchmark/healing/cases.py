"""Cases of the healing benchmark: an element of a page, what became of it, and what healing made of that."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Half = Literal["tuning", "judging"]


class Verdict(StrEnum):
    """What healing did: `right` and `wrong` name an element, `refused` names none."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One element on a changed page: the `kind` of change, whether it `exists`, what was `taken` for it."""

    page: str
    kind: str
    element: str
    exists: bool
    verdict: Verdict
    taken: str
    score: float
    took_ms: float
    half: Half

    @property
    def is_failure(self) -> bool:
        """A wrong element, or none though the one that was sought is there."""
        return self.verdict is Verdict.WRONG or (self.exists and self.verdict is Verdict.REFUSED)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of many cases, as shares from 0 to 1.

    `healed` of the elements that exist, `refused` of those that are gone, `wrong` of all cases.
    """

    existing: int
    gone: int
    healed: float
    wrong: float
    refused: float

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Tally":
        """Counts; a share of nothing is 0 for what is wrong, and 1 for the rest."""
        listed = list(outcomes)
        existing = [one for one in listed if one.exists]
        gone = [one for one in listed if not one.exists]
        healed = sum(one.verdict is Verdict.RIGHT for one in existing)
        wrong = sum(one.verdict is Verdict.WRONG for one in listed)
        refused = sum(one.verdict is Verdict.REFUSED for one in gone)
        return cls(
            len(existing),
            len(gone),
            healed / len(existing) if existing else 1.0,
            wrong / len(listed) if listed else 0.0,
            refused / len(gone) if gone else 1.0,
        )

    @property
    def reaches_targets(self) -> bool:
        return self.healed >= MIN_HEALED and self.wrong <= MAX_WRONG and self.refused >= MIN_REFUSED


#: A wrong heal is a film that clicks on the wrong thing: worse than a step that fails and says so.
MIN_HEALED = 0.85
MAX_WRONG = 0.01
MIN_REFUSED = 0.98


#: With this one the halves are of like size; it was chosen by size alone.
SALT = 9


def half_of(name: str) -> Half:
    """The half to which all cases of one package or page belong; the similarity is tuned on one alone."""
    return "judging" if hashlib.sha256(f"{SALT}{name}".encode()).digest()[0] % 2 else "tuning"
