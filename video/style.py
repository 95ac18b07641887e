"""Style options of a film, and the layout that follows from them. Pure data."""

from dataclasses import dataclass
from typing import Literal

CameraChoice = Literal["auto", "realtime", "frames"]
StyleName = Literal["plain", "studio"]
Size = Literal["720p", "1080p", "vertical", "square"]
Format = Literal["mp4", "webm", "gif"]

MEDIA_TYPES: dict[Format, str] = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}


@dataclass(frozen=True, slots=True)
class Style:
    """Style options of a film. Times in milliseconds of film."""

    #: `plain` shows the page alone; `studio` shows it as a window on a background of the site's own colour.
    name: StyleName = "studio"
    size: Size = "720p"
    fps: Literal[30, 60] = 30
    format: Format = "mp4"
    #: Text at the edge of the picture that says what happens.
    captions: bool = True
    #: Zooms to what is clicked and to what appears.
    zoom: bool = True
    #: Opens with the site's title and icon.
    title_card: bool = True
    #: The longest pause within the film, unless a caption needs more time to be read.
    max_still_ms: float = 800.0
    #: How long the first page is shown before the first movement, and the last one after the last movement.
    lead_ms: float = 1200.0
    tail_ms: float = 1000.0
    #: A shorter film is extended to this length by holding its last frame.
    min_film_ms: float = 2000.0


@dataclass(frozen=True, slots=True)
class Canvas:
    """A film size in pixels, and the number of film pixels per CSS pixel of the page."""

    width_px: int
    height_px: int
    scale: float


#: Vertical films get the page width of a phone, wide ones that of a laptop.
CANVASES: dict[Size, Canvas] = {
    "720p": Canvas(1280, 720, 1.0),
    "1080p": Canvas(1920, 1080, 1.5),
    "vertical": Canvas(1080, 1920, 2.0),
    "square": Canvas(1080, 1080, 1.5),
}
#: The share of the canvas, in each dimension, that the page's window takes.
WINDOW_SHARE: dict[StyleName, float] = {"plain": 1.0, "studio": 0.9}


@dataclass(frozen=True, slots=True)
class Layout:
    """The position of the page on the canvas.

    The page is filmed in a viewport of exactly the window's size, so that its pixels reach the film unscaled.
    """

    canvas: Canvas
    #: The window in canvas pixels: left, top, width, height.
    window_px: tuple[int, int, int, int]
    #: The page in CSS pixels.
    viewport_width_px: int
    viewport_height_px: int


def layout(style: Style) -> Layout:
    """Computes the layout of a style; all sizes in pixels are even, as 4:2:0 video requires."""
    canvas, share = CANVASES[style.size], WINDOW_SHARE[style.name]
    # CSS pixels in steps of 4, so that a scale of 1.5 still gives even numbers.
    width = int(canvas.width_px * share / canvas.scale) // 4 * 4
    height = int(canvas.height_px * share / canvas.scale) // 4 * 4
    inner = (round(width * canvas.scale), round(height * canvas.scale))
    left, top = (canvas.width_px - inner[0]) // 2, (canvas.height_px - inner[1]) // 2
    return Layout(canvas, (left, top, *inner), width, height)
