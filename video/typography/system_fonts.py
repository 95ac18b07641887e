"""System fonts: which font of the machine has which letters, asked of fontconfig, and how they are drawn."""

import subprocess
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont, features

from video.typography.arabic_joining import move_pre_base_vowels, to_visual

FC_MATCH_LIMIT_S = 5.0
#: No font has a glyph for a non-character, so what is drawn for it is the font's box.
NOTHING = "\U0010ffff"
#: Joiners and places to break: they are never drawn, whatever the font.
INVISIBLE = frozenset("\u200b\u200c\u200d")

#: Left, top, right and bottom around a pen on the baseline, in pixels.
Ink = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Outlines:
    """A font of the machine at a size, for text of one direction."""

    file: str
    index: int
    size_px: int
    language: str = "en"

    def has_glyph(self, cluster: str) -> bool:
        """True when nothing of it would be a box."""
        return all(char in INVISIBLE or has_glyph(self.file, self.index, char) for char in cluster)

    def length(self, text: str, right_to_left: bool) -> float:
        """How far the pen moves, in pixels."""
        text, direction, language = self._shaping(text, right_to_left)
        return self._font().getlength(text, direction=direction, language=language)

    def ink(self, text: str, right_to_left: bool) -> Ink:
        """What is drawn, around the pen."""
        text, direction, language = self._shaping(text, right_to_left)
        return self._font().getbbox(text, anchor="ls", direction=direction, language=language)

    def draw(self, image: Image.Image, x: float, y: float, text: str, right_to_left: bool) -> None:
        """Draws to the right of (x, y), a point on the baseline."""
        text, direction, language = self._shaping(text, right_to_left)
        pen = ImageDraw.Draw(image)
        pen.text(
            (x, y), text, fill=255, font=self._font(), anchor="ls", direction=direction, language=language
        )

    def _font(self) -> ImageFont.FreeTypeFont:
        return load(self.file, self.index, self.size_px)

    def _shaping(self, text: str, right_to_left: bool) -> tuple[str, str | None, str | None]:
        """The text as Pillow wants it, and what it has to be told about it."""
        if shapes():
            return text, "rtl" if right_to_left else "ltr", self.language
        return to_visual(move_pre_base_vowels(text), right_to_left, self.has_glyph), None, None


@lru_cache(maxsize=1)
def shapes() -> bool:
    """True when letters can be joined, reordered and put above each other as their script wants it.

    Pillow brings HarfBuzz and Raqm along, and finds FriBidi on the machine or does without all three.
    """
    return bool(features.check("raqm"))


@lru_cache(maxsize=8192)
def has_glyph(file: str, index: int, char: str, size_px: int = 24) -> bool:
    """True when the font has a glyph for the character."""
    if char.isspace():
        return True
    try:
        # Shaping would put a circle under a mark that stands alone, which is neither glyph nor box.
        font = load(file, index, size_px, ImageFont.Layout.BASIC)
        return _shape(font, char) != _shape(font, NOTHING)
    except OSError:
        # A font of pictures, such as colour emoji, has one size only.
        return False


@lru_cache(maxsize=256)
def find(face: str, language: str, chars: frozenset[str]) -> tuple[str, int] | None:
    """The file and index of the system's font for these characters, if there is fontconfig to ask."""
    codes = " ".join(f"{ord(char):x}" for char in sorted(chars))
    command = ["fc-match", "-f", "%{file}\n%{index}", f"{face}:lang={language}:charset={codes}"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=FC_MATCH_LIMIT_S, check=True)
        file, index = found.stdout.splitlines()
        load(file, int(index), 24)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return file, int(index)


@lru_cache(maxsize=128)
def load(
    file: str, index: int, size_px: int, engine: ImageFont.Layout | None = None
) -> ImageFont.FreeTypeFont:
    """The font at a size; OSError when it is none, or has no such size."""
    return ImageFont.truetype(file, size_px, index=index, layout_engine=engine)


def _shape(font: ImageFont.FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char)
    return mask.size, bytes(mask)
