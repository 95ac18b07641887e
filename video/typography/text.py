"""Text rendering: text as a picture of its coverage, in the font that ships with this package.

What Inter lacks is drawn with a font of the system that has it, each script with its own; what no font has,
with coarse bitmaps that ship with the package too. Pictures (emoji) are left out: they are no words.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video.typography.bidi import base_level, levels, visual_order
from video.typography.font_fallback import Face, FontFallback, Weight
from video.typography.line_breaking import clusters, pieces, words
from video.typography.system_fonts import INVISIBLE, Ink
from video.typography.unicode_scripts import is_emoji

Mask = NDArray[np.uint8]

LINE_HEIGHT = 1.28
#: Digits and capitals, of which most lines are made, stand centred between the line's edges.
CAPITALS = 0.72
#: What is kept free between the marks of two lines.
LEADING = 0.06
#: Round what is drawn: its outline is known for whole pixels, and it may lie between them.
EDGE_PX = 1
ELLIPSIS = "…"
#: How many widths are tried for lines of about equal length.
STEPS = 20
#: The keys of emoji, and what chooses between a letter's pictures.
STYLE_SELECTORS = {"\u20e3", *map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))}


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line in one font and one direction."""

    text: str
    face: Face
    right_to_left: bool

    @property
    def length(self) -> float:
        return self.face.length(self.text, self.right_to_left)


class TextStyle:
    """A text in fonts that have its letters; `text` is what of it can be drawn."""

    def __init__(self, text: str, weight: Weight, size_px: int) -> None:
        self._faces = FontFallback(printable(text), weight, size_px)
        text = " ".join(self._faces.text.split())
        #: Only commas and dashes of a sentence say nothing.
        self.text = text if any(char.isalnum() for char in text) else ""
        self.size_px = size_px
        self._base = base_level(self.text)

    def width(self, line: str) -> float:
        """How long a line is, in pixels."""
        return sum(run.length for run in self._runs(line))

    def lines(self, max_width_px: float, max_lines: int = 2) -> list[str]:
        """The text in lines of about equal length, at most so many; what does not fit ends in an ellipsis.

        They end at spaces where they can, else where the script lets them.
        """
        if self.width(self.text) <= max_width_px:
            return [self.text]
        for parts in (words(self.text), self._pieces(max_width_px)):
            if found := self._balanced(parts, max_width_px, max_lines):
                return found
        kept = _wrap(parts, [*map(self.width, parts)], max_width_px)[:max_lines]
        return [*kept[:-1], self._ellipsize(kept[-1], max_width_px)]

    def draw(self, lines: list[str]) -> Mask:
        """The lines below each other, centred, on as little room as they take."""
        rows = [self._runs(line) for line in lines]
        inks = [_ink(row) for row in rows]
        lengths = [sum(run.length for run in row) for row in rows]
        overhang = max(
            (max(-ink[0], ink[2] - length) for ink, length in zip(inks, lengths, strict=True)), default=0
        )
        width = int(max(lengths, default=0)) + 3 + 2 * math.ceil(max(overhang, 0))
        baselines, height = self._baselines(inks)
        image = Image.new("L", (width, height))
        for row, length, y in zip(rows, lengths, baselines, strict=True):
            x = (width - length) / 2
            for run in row:
                run.face.draw(image, x, y, run.text, run.right_to_left)
                x += run.length
        return np.asarray(image)

    def _runs(self, line: str) -> list[Run]:
        """The line's parts from left to right."""
        bidi_levels = levels(line, self._base)
        found: list[tuple[str, Face, int]] = []
        index = 0
        for cluster in clusters(line):
            if face := self._faces.of(cluster):
                found.append((cluster, face, bidi_levels[index]))
            index += len(cluster)
        runs = [
            (Run("".join(text for text, _, _ in parts), face, level % 2 == 1), level)
            for (face, level), group in groupby(found, key=lambda part: part[1:])
            if (parts := [*group])
        ]
        return [runs[index][0] for index in visual_order([level for _, level in runs])]

    def _baselines(self, inks: Sequence[Ink]) -> tuple[list[float], int]:
        """How far down each line stands, and how high all are: some scripts reach far above or below."""
        step = round(self.size_px * LINE_HEIGHT)
        ascent = (step + self.size_px * CAPITALS) / 2
        if not inks:
            return [], step
        distances = [below[3] - above[1] + self.size_px * LEADING for below, above in pairwise(inks)]
        first = max(ascent, EDGE_PX - inks[0][1])
        baselines = [*accumulate((max(step, math.ceil(gap)) for gap in distances), initial=first)]
        return baselines, math.ceil(round(baselines[-1] + max(step - ascent, inks[-1][3] + EDGE_PX), 3))

    def _pieces(self, max_width_px: float) -> list[str]:
        """Parts of the text that fit into a line."""
        found = pieces(self.text)
        return [part for piece in found for part in self._split_to_fit(piece, max_width_px)]

    def _split_to_fit(self, piece: str, max_width_px: float) -> list[str]:
        return [piece] if self.width(piece) <= max_width_px else clusters(piece)

    def _balanced(self, parts: list[str], max_width_px: float, max_lines: int) -> list[str]:
        """Lines of about equal length; none when it takes too many, or one would be too long."""
        widths = [*map(self.width, parts)]
        narrowest = self.width(self.text) / max_lines
        for part in range(STEPS + 1):
            found = _wrap(parts, widths, narrowest + max(max_width_px - narrowest, 0.0) * part / STEPS)
            if len(found) <= max_lines and max(map(self.width, found)) <= max_width_px:
                return found
        return []

    def _ellipsize(self, line: str, width_px: float) -> str:
        kept = clusters(line)
        while len(kept) > 1 and self.width("".join(kept).rstrip() + ELLIPSIS) > width_px:
            kept.pop()
        return "".join(kept).rstrip() + ELLIPSIS


def printable(text: str) -> str:
    """The text without what is no letter: controls, halves of characters, emoji and how they are to look."""
    kept = "".join(map(_replace_unprintable, unicodedata.normalize("NFC", text)))
    return " ".join(filter(None, (word.strip("".join(INVISIBLE)) for word in kept.split())))


def _replace_unprintable(char: str) -> str:
    if char in INVISIBLE or (char.isprintable() and char not in STYLE_SELECTORS and not is_emoji(char)):
        return char
    # Marks of direction and soft hyphens are inside words, all others are between them.
    return "" if char in STYLE_SELECTORS or is_emoji(char) or unicodedata.category(char) == "Cf" else " "


def _wrap(parts: Sequence[str], widths: Sequence[float], width_px: float) -> list[str]:
    """As many parts in a line as fit."""
    lines: list[str] = []
    filled = math.inf
    for part, width in zip(parts, widths, strict=True):
        if filled + width > width_px:
            lines.append("")
            filled = 0.0
        lines[-1] += part
        filled += width
    return [line.strip() for line in lines]


def _ink(row: Sequence[Run]) -> Ink:
    """What is drawn of a line, around its beginning on the baseline."""
    starts = accumulate((run.length for run in row), initial=0.0)
    inks = [(x, *run.face.ink(run.text, run.right_to_left)) for x, run in zip(starts, row, strict=False)]
    if not inks:
        return 0, 0, 0, 0
    return (
        min(x + left for x, left, _, _, _ in inks),
        min(top for _, _, top, _, _ in inks),
        max(x + right for x, _, _, right, _ in inks),
        max(bottom for _, _, _, _, bottom in inks),
    )
