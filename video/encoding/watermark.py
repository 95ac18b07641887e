"""What a preview says in its corner, so that nobody takes it for the film."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from video.encoding.commands import WATERMARK_FILE, WATERMARK_HEIGHT_PX, WATERMARK_WIDTH_PX
from video.errors import EncodingFailed
from video.rendering.sprites import rounded_rectangle
from video.typography.text import TextStyle

WORD = "preview"
LETTERS_PX = 13
LETTERS_OPACITY, BACKGROUND_OPACITY = 0.9, 0.38
#: Brightness of letters and ground in limited range, and colour that is none.
WHITE, BLACK, GREY = 235, 16, 128


def write_watermark(folder: Path) -> None:
    """Writes the mark as ffmpeg's `yuva420p`: needs neither a decoder nor a conversion of colours.

    Raises EncodingFailed, whatever goes wrong: a film can be made without its preview.
    """
    try:
        (folder / WATERMARK_FILE).write_bytes(watermark().tobytes())
    except Exception as error:
        raise EncodingFailed(f"The preview's mark could not be drawn: {error!r}.") from error


def watermark() -> NDArray[np.uint8]:
    """White letters on a dark pill that the picture shines through: the planes Y, U, V and opacity."""
    shape = (WATERMARK_HEIGHT_PX, WATERMARK_WIDTH_PX)
    style = TextStyle(WORD, "medium", LETTERS_PX)
    text_mask = style.draw([style.text]) / 255 * LETTERS_OPACITY
    letters = np.zeros(shape)
    top, left = ((available - size) // 2 for available, size in zip(shape, text_mask.shape, strict=True))
    letters[top : top + text_mask.shape[0], left : left + text_mask.shape[1]] = text_mask
    background = rounded_rectangle(shape, 0, WATERMARK_HEIGHT_PX / 2) * BACKGROUND_OPACITY * (1 - letters)
    opacity = letters + background
    brightness = BLACK + (WHITE - BLACK) * letters / np.maximum(opacity, 1e-6)
    colour = np.full(WATERMARK_HEIGHT_PX * WATERMARK_WIDTH_PX // 2, GREY)
    planes = np.concatenate([brightness.ravel(), colour, opacity.ravel() * 255])
    return np.asarray(np.rint(planes), np.uint8)
