"""The title card: the site's icon, title and host over its own first picture, out of focus."""

import base64
import binascii
import io
from urllib.parse import urlsplit

import cv2
import numpy as np
from PIL import Image

from video.rendering.colour import Picture
from video.rendering.sprites import Sprite, rounded_rectangle
from video.typography.text import TextStyle

TITLE_SIZE = 54
HOST_SIZE = 26
TILE = 104
ICON = 64
#: An icon is enlarged no more than this; what is then still smaller stands small on its tile.
MAX_ICON_SCALE = 2.0
MAX_ICON_PX = 2048
GAP = 26
#: How much of the picture is left, and the ink that takes its place (BGR).
DIM, INK = 0.34, (30, 22, 18)


def title_card(scene: Picture, title: str, url: str, icon: str, unit: float) -> Picture:
    """The card as a picture of the scene's size."""
    height, width = scene.shape[:2]
    card = _blurred_background(scene, unit)
    parts = [
        part for part in (_tile(icon, unit), _title(title, unit, width), _host(url, unit, width)) if part
    ]
    gap = round(GAP * unit)
    total_height = sum(part.colour.shape[0] for part in parts) + gap * max(len(parts) - 1, 0)
    top = (height - total_height) // 2
    for part in parts:
        part.draw_on(card, (width - part.colour.shape[1]) // 2, top)
        top += part.colour.shape[0] + gap
    return card


def read_icon(icon: str) -> Image.Image | None:
    """The picture in a base64 PNG; None for "", for garbage and for what is absurdly large."""
    try:
        image = Image.open(io.BytesIO(base64.b64decode(icon, validate=True)), formats=["PNG"])
        if not icon or max(image.size) > MAX_ICON_PX:
            return None
        return image.convert("RGBA")
    except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _blurred_background(scene: Picture, unit: float) -> Picture:
    """Blurred on a quarter of the pixels each way, which nobody sees, and darkened."""
    height, width = scene.shape[:2]
    small = cv2.resize(scene, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 4.5 * unit)
    large = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.rint(large * DIM + np.array(INK) * (1 - DIM)), 0, 255).astype(np.uint8)


def _title(title: str, unit: float, width: int) -> Sprite | None:
    style = TextStyle(title, "semibold", round(TITLE_SIZE * unit))
    return Sprite.of((255, 255, 255), style.draw(style.lines(width * 0.8)) / 255) if style.text else None


def _host(url: str, unit: float, width: int) -> Sprite | None:
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    style = TextStyle(host, "medium", round(HOST_SIZE * unit))
    lines = style.lines(width * 0.8, max_lines=1)
    return Sprite.of((255, 255, 255), style.draw(lines) / 255 * 0.72) if style.text else None


def _tile(icon: str, unit: float) -> Sprite | None:
    """The icon on a white tile with round corners."""
    image = read_icon(icon)
    if image is None:
        return None
    side, max_px = round(TILE * unit), round(ICON * unit)
    scale = min(max_px / max(image.size), MAX_ICON_SCALE * unit)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    tile = Image.new("RGBA", (side, side), "white")
    small = image.resize(size, Image.Resampling.LANCZOS)
    tile.alpha_composite(small, ((side - size[0]) // 2, (side - size[1]) // 2))
    shape = rounded_rectangle((side, side), 0, 24 * unit)[..., None]
    pixels = np.asarray(tile.convert("RGB"))[..., ::-1] * shape
    transparency = np.repeat(255 * (1 - shape), 3, axis=2)
    return Sprite(np.rint(pixels).astype(np.uint8), np.rint(transparency).astype(np.uint8))
