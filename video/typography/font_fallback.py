"""Font fallback: which font draws each letter of a text."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

from PIL import Image

from video.typography.bitmap_font import BitmapFont
from video.typography.installed_fonts import is_known
from video.typography.line_breaking import clusters
from video.typography.system_fonts import INVISIBLE, Ink, Outlines, find
from video.typography.unicode_scripts import NAMED, Script, script_of, scripts_in

Weight = Literal["medium", "semibold"]

FOLDER = Path(__file__).parent / "fonts"
FILES: dict[Weight, str] = {"medium": "Inter-Medium.otf", "semibold": "Inter-SemiBold.otf"}
#: As fontconfig counts: regular is 80, bold 200.
WEIGHTS: dict[Weight, int] = {"medium": 100, "semibold": 180}


class Face(Protocol):
    """A font at a size. It draws text of one direction, along a baseline."""

    def has_glyph(self, cluster: str) -> bool:
        """True when nothing of it would be a box."""

    def length(self, text: str, right_to_left: bool) -> float:
        """How far the pen moves, in pixels."""

    def ink(self, text: str, right_to_left: bool) -> Ink:
        """What is drawn, around the pen."""

    def draw(self, image: Image.Image, x: float, y: float, text: str, right_to_left: bool) -> None:
        """Draws to the right of (x, y), a point on the baseline."""


class FontFallback:
    """The fonts for one text, at one size: its own first, then the system's for each script, then bitmaps."""

    def __init__(self, text: str, weight: Weight, size_px: int) -> None:
        self._weight, self._size_px = weight, size_px
        self._own = Outlines(str(FOLDER / FILES[weight]), 0, size_px)
        self._bitmaps = BitmapFont(size_px)
        self._han = _han(text)
        self._letters: dict[Script | None, set[str]] = {}
        for char in {*text} - INVISIBLE:
            self._letters.setdefault(self._script(char), set()).add(char)
        self._chosen: dict[str, Face | None] = {}
        #: The text, or what can be drawn of it; letters in fancy dress may have become plain ones.
        self.text = "".join(map(self._drawable, clusters(text)))

    def of(self, cluster: str) -> Face | None:
        """The font for a letter with its marks; None when nobody has it."""
        if cluster not in self._chosen:
            offers = (face for face in self._offers(cluster) if face.has_glyph(cluster))
            self._chosen[cluster] = next(offers, None)
        return self._chosen[cluster]

    def _offers(self, cluster: str) -> Iterator[Face]:
        yield self._own
        script = self._script(cluster[0])
        for letters in (self._letters.get(script, set()), {*cluster}):
            if face := self._system(script, frozenset(filter(is_known, letters))):
                yield face
        yield self._bitmaps

    def _system(self, script: Script | None, letters: frozenset[str]) -> Outlines | None:
        """The machine's font for the letters, if it has one for any of them."""
        if not letters:
            return None
        family, language = (f"{script.family},sans", script.language) if script else ("sans", "en")
        found = find(f"{family}:weight={WEIGHTS[self._weight]}", language, letters)
        return Outlines(*found, self._size_px, language) if found else None

    def _script(self, char: str) -> Script | None:
        script = script_of(char)
        return self._han if script and script.name == "Chinese" else script

    def _drawable(self, cluster: str) -> str:
        """The letter with its marks, its plain form (NFKC: A for a mathematical one), or it without marks."""
        bare = "".join(char for char in cluster if unicodedata.category(char)[0] != "M")
        offers = (cluster, unicodedata.normalize("NFKC", cluster), bare)
        return next(filter(self._has, offers), "")

    def _has(self, text: str) -> bool:
        return all(map(self.of, clusters(text)))


def _han(text: str) -> Script:
    """Whose Han characters those of the text are, as far as what stands beside them tells."""
    names = {script.name for script in scripts_in(text)}
    return NAMED[next((name for name in ("Japanese", "Korean") if name in names), "Chinese")]
