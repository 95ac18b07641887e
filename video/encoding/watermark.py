"""What a preview says in its corner, so that nobody takes it for the film."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from video.encoding.commands import MARK_FILE, MARK_HEIGHT_PX, MARK_WIDTH_PX
from video.errors import EncodingFailed
from video.rendering.sprites import rounded
from video.typography.text import TextStyle

WORD = "preview"
LETTERS_PX = 13
LETTERS_OPACITY, GROUND_OPACITY = 0.9, 0.38
#: Brightness of letters and ground in limited range, and colour that is none.
WHITE, BLACK, GREY = 235, 16, 128


def write_watermark(folder: Path) -> None:
    """Writes the mark as ffmpeg's `yuva420p`: needs neither a decoder nor a conversion of colours.

    Raises EncodingFailed, whatever goes wrong: a film can be made without its preview.
    """
    try:
        (folder / MARK_FILE).write_bytes(watermark().tobytes())
    except Exception as error:
        raise EncodingFailed(f"The preview's mark could not be drawn: {error!r}.") from error


def watermark() -> NDArray[np.uint8]:
    """White letters on a dark pill that the picture shines through: the planes Y, U, V and opacity."""
    shape = (MARK_HEIGHT_PX, MARK_WIDTH_PX)
    kind = TextStyle(WORD, "medium", LETTERS_PX)
    drawn = kind.draw([kind.text]) / 255 * LETTERS_OPACITY
    letters = np.zeros(shape)
    top, left = ((room - size) // 2 for room, size in zip(shape, drawn.shape, strict=True))
    letters[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    ground = rounded(shape, 0, MARK_HEIGHT_PX / 2) * GROUND_OPACITY * (1 - letters)
    opacity = letters + ground
    brightness = BLACK + (WHITE - BLACK) * letters / np.maximum(opacity, 1e-6)
    colour = np.full(MARK_HEIGHT_PX * MARK_WIDTH_PX // 2, GREY)
    planes = np.concatenate([brightness.ravel(), colour, opacity.ravel() * 255])
    return np.asarray(np.rint(planes), np.uint8)
