"""Compares what can be read on screen: which lines a click has brought, and which figures it has changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.page.visual_diff import COLUMNS, ROWS, Blocks

#: A change that a viewer reads as one: so many new lines, a long one counting as two.
LINES_PER_SCENE = 2
LONG_LINE_CHARS = 40
#: Single figures change by themselves, as in counters; so many at once do only by what was done, and of
#: amounts of money fewer.
FIGURES_PER_SCENE, AMOUNTS_PER_SCENE = 3, 2
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\b\d+ ?(?:s|ms|sec|min|seconds?|minutes?|hours?)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"[$\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba]|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK)\b"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A block of text as it stands on screen; `x` and `y` are its centre as shares of the viewport."""

    text: str
    x: float
    y: float

    @property
    def folded(self) -> str:
        """The text without its figures."""
        return _DIGITS.sub("0", self.text)

    @property
    def key(self) -> str:
        """Identifies what it says: an amount of money with its figures, everything else without."""
        return self.text if self.is_amount else self.folded

    @property
    def has_figures(self) -> bool:
        """Whether figures stand in it that are no time."""
        return _DIGITS.search(self.text) is not None and not _CLOCK.search(self.text)

    @property
    def is_amount(self) -> bool:
        return self.has_figures and _MONEY.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class TextChange:
    """`lines` are new, in reading order; `figures` are the lines of which only the figures have changed."""

    lines: tuple[Line, ...] = ()
    figures: tuple[Line, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Identifies what has changed."""
        return frozenset(self.weights)

    @property
    def weights(self) -> dict[str, float]:
        """What each of `keys` counts, as a share of a scene."""
        counts_lines = {line.key: _weight(line) / LINES_PER_SCENE for line in self.lines}
        counts_figures = {
            line.text: 1 / (AMOUNTS_PER_SCENE if line.is_amount else FIGURES_PER_SCENE)
            for line in self.figures
        }
        return counts_lines | counts_figures

    @property
    def is_scene(self) -> bool:
        """Whether a viewer reads it as a change, whatever share of the picture it takes."""
        return sum(self.weights.values()) >= 1 - 1e-9


NO_CHANGE = TextChange()


def text_change(
    before: Iterable[Line], after: Iterable[Line], animated: Blocks | None = None, acted: bool = True
) -> TextChange:
    """Compares two readings of one page, without what stands in `animated` blocks.

    `acted` says that a control has changed its state: only then do figures count that are no amounts.
    """
    known = {line.text for line in before}
    folded = {line.folded for line in before}
    fresh = [line for line in after if line.text not in known and not _is_animated(line, animated)]
    changed = [line for line in fresh if line.folded in folded and line.has_figures]
    return TextChange(
        tuple(line for line in fresh if line.folded not in folded),
        tuple(line for line in changed if acted or line.is_amount),
    )


def _weight(line: Line) -> float:
    letters = sum(map(str.isalpha, line.text))
    return 0.0 if letters < 2 else 2.0 if letters >= LONG_LINE_CHARS else 1.0


def _is_animated(line: Line, animated: Blocks | None) -> bool:
    if animated is None:
        return False
    row, column = min(ROWS - 1, int(line.y * ROWS)), min(COLUMNS - 1, int(line.x * COLUMNS))
    return bool(animated[row, column])
