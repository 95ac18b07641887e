"""Lettering: text as a picture of its coverage, in the font that ships with this package.

What Inter lacks is drawn with a font of the system that has it, as fontconfig tells; what nobody has is left
out rather than drawn as a box.
"""

import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Mask = NDArray[np.uint8]
Weight = Literal["medium", "semibold"]

FOLDER = Path(__file__).parent / "fonts"
FILES: dict[Weight, str] = {"medium": "Inter-Medium.otf", "semibold": "Inter-SemiBold.otf"}
FACES: dict[Weight, str] = {"medium": "sans:weight=100", "semibold": "sans:weight=180"}
LINE_HEIGHT = 1.28
ELLIPSIS = "…"
#: How many widths are tried for lines of about equal length.
STEPS = 20
FC_MATCH_LIMIT_S = 5.0
#: No font has a glyph for a non-character, so what is drawn for it is the font's box.
NOTHING = "\U0010ffff"


class Type:
    """A font at a size, chosen so that it covers as much of `text` as any; `text` is what it covers of it."""

    def __init__(self, text: str, weight: Weight, size_px: int) -> None:
        wanted = printable(text)
        own = (str(FOLDER / FILES[weight]), 0)
        missing = [char for char in wanted if not has(*own, char)]
        offers = [own]
        if missing:
            offers += [found for chars in (wanted, missing) if (found := _system(FACES[weight], chars))]
        file, index = max(offers, key=lambda offer: sum(has(*offer, char) for char in wanted))
        text = " ".join("".join(char for char in wanted if has(file, index, char)).split())
        #: Only commas and dashes of a sentence say nothing.
        self.text = text if any(char.isalnum() for char in text) else ""
        self.size_px = size_px
        self._font = _load(file, index, size_px)

    def width(self, line: str) -> float:
        """How long a line is, in pixels."""
        return self._font.getlength(line)

    def lines(self, max_width_px: float, most: int = 2) -> list[str]:
        """The text in lines of about equal length, at most so many; what does not fit ends in an ellipsis."""
        if self.width(self.text) <= max_width_px:
            return [self.text]
        narrowest = self.width(self.text) / most
        for part in range(STEPS + 1):
            found = self._wrap(narrowest + max(max_width_px - narrowest, 0.0) * part / STEPS)
            if max(map(self.width, found)) > max_width_px:
                break
            if len(found) <= most:
                return found
        kept = self._wrap(max_width_px)[:most]
        return [*kept[:-1], self._shorten(kept[-1] + ELLIPSIS, max_width_px)]

    def draw(self, lines: list[str]) -> Mask:
        """The lines below each other, centred, on as little room as they take."""
        step = round(self.size_px * LINE_HEIGHT)
        width = int(max(map(self.width, lines), default=0)) + 3
        image = Image.new("L", (width, step * max(len(lines), 1)))
        pen = ImageDraw.Draw(image)
        # Digits and capitals, of which most lines are made, stand centred between the line's edges.
        rise = (step + self.size_px * 0.72) / 2
        for number, line in enumerate(lines):
            pen.text((width / 2, step * number + rise), line, fill=255, font=self._font, anchor="ms")
        return np.asarray(image)

    def _wrap(self, width_px: float) -> list[str]:
        """Breaks at spaces, and inside a word only where it is longer than a line."""
        lines: list[str] = []
        for word in self.text.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(joined) <= width_px:
                lines[-1] = joined
                continue
            lines.append("")
            for char in word:
                if lines[-1] and self.width(lines[-1] + char) > width_px:
                    lines.append("")
                lines[-1] += char
        return lines

    def _shorten(self, line: str, width_px: float) -> str:
        while len(line) > 1 and self.width(line) > width_px:
            line = line[: -len(ELLIPSIS) - 1].rstrip() + ELLIPSIS
        return line


def printable(text: str) -> str:
    """The text without what cannot be drawn: controls, halves of characters, selectors of emoji variants."""
    kept = (char if char.isprintable() else " " for char in text if not "\ufe00" <= char <= "\ufe0f")
    return " ".join("".join(kept).split())


@lru_cache(maxsize=4096)
def has(file: str, index: int, char: str) -> bool:
    """True when the font has a glyph for the character."""
    if char.isspace():
        return True
    try:
        font = _load(file, index, 24)
        return _shape(font, char) != _shape(font, NOTHING)
    except OSError:
        # A font of pictures, such as colour emoji, has one size only.
        return False


@lru_cache(maxsize=64)
def _load(file: str, index: int, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size_px, index=index)


def _shape(font: ImageFont.FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char)
    return mask.size, bytes(mask)


def _system(face: str, chars: str | list[str]) -> tuple[str, int] | None:
    """The file and index of the system's font for these characters, if there is fontconfig to ask."""
    codes = " ".join(f"{ord(char):x}" for char in sorted({*chars}) if not char.isspace())
    command = ["fc-match", "-f", "%{file}\n%{index}", f"{face}:charset={codes}"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=FC_MATCH_LIMIT_S, check=True)
        file, index = found.stdout.splitlines()
        _load(file, int(index), 24)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return file, int(index)
