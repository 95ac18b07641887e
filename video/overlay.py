"""The overlay: pointer and click ripples as an ASS script of vector drawings, which ffmpeg burns in.

The page is never touched, so hit-testing stays honest and a film can be cut again in another style. Sizes are
pixels of a film 720 high and scale with the film. No text is drawn, so no font is needed.
"""

from collections.abc import Iterator
from itertools import groupby
from math import ceil

from video.cut import Click, Cut

#: The pointer's outline from its tip, clockwise; 26 px high.
ARROW = ((0, 0), (16.3, 16.3), (9.2, 16.9), (13.0, 25.3), (9.1, 27.0), (5.4, 18.4), (0, 23.2))
#: The shadow falls to the lower right, far enough to show beyond the arrow's own outline.
SHADOW = (2.0, 3.5)
SHADOW_BLUR = 2.0
RIPPLE_MS = 450
RIPPLE_RADIUS = 26.0
RING_WIDTH = 3.0
#: How long the pointer stays pressed (drawn a little smaller) after a click.
PRESS_MS = 130
PRESSED_PERCENT = 86
#: Drawings are in eighths of a pixel (`\\p4`), because ASS coordinates are whole numbers.
UNIT = 8
#: A circle of radius 1 is four Bézier curves with handles this long.
HANDLE = 0.5523

HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
ScaledBorderAndShadow: yes
WrapStyle: 2

[V4+ Styles]
Format: Name, PrimaryColour, OutlineColour, Outline, Shadow, Alignment
Style: arrow,&H00FFFFFF,&H00221C1A,{outline:.2f},0,7
Style: shadow,&H58000000,&HFF000000,0,0,7
Style: ring,&H30F6823B,&HFF000000,0,0,5
Style: disc,&HA0F6823B,&HFF000000,0,0,5

[Events]
Format: Layer, Start, End, Style, Text
"""


def overlay(cut: Cut) -> str:
    """The ASS script of a cut; without a pointer or clicks it has no events."""
    scale = cut.height_px / 720
    head = HEAD.format(width=cut.width_px, height=cut.height_px, outline=1.5 * scale)
    lines = [line for click in cut.clicks for line in _ripple(click, cut, scale)]
    return head + "\n".join([*lines, *_pointer(cut, scale), ""])


def boundary_cs(frame: int, fps: int) -> int:
    """Centiseconds that separate `frame` from the one before it, whatever is shown at frame / fps seconds.

    ASS times are whole centiseconds and 1/30 s is not, so events begin and end half-way between two frames:
    each frame lies well inside exactly one event.
    """
    return max(round((frame - 0.5) * 100 / fps), 0)


def _pointer(cut: Cut, scale: float) -> Iterator[str]:
    """Two events, shadow and arrow, for each run of frames in which the pointer looks the same."""
    shape = _polygon(scale)
    pressed = {
        first + offset
        for first in (_frame_of(click, cut.fps) for click in cut.clicks)
        for offset in range(round(PRESS_MS * cut.fps / 1000))
    }
    looks = ((f"{spot.x:.2f}", f"{spot.y:.2f}", frame in pressed) for frame, spot in enumerate(cut.pointer))
    frame = 0
    for (x, y, down), run in groupby(looks):
        end = frame + sum(1 for _ in run)
        size = f"\\fscx{PRESSED_PERCENT}\\fscy{PRESSED_PERCENT}" if down else ""
        below = f"\\pos({float(x) + SHADOW[0] * scale:.2f},{float(y) + SHADOW[1] * scale:.2f})"
        yield _event(
            1, frame, end, cut.fps, "shadow", f"{below}\\blur{SHADOW_BLUR * scale:.2f}{size}\\p4", shape
        )
        yield _event(2, frame, end, cut.fps, "arrow", f"\\pos({x},{y}){size}\\p4", shape)
        frame = end


def _ripple(click: Click, cut: Cut, scale: float) -> Iterator[str]:
    """A disc and a ring that grow, slowing down, and fade."""
    start = _frame_of(click, cut.fps)
    end = start + ceil(RIPPLE_MS * cut.fps / 1000)
    radius = RIPPLE_RADIUS * scale
    ring = _circle(radius, radius, False) + " " + _circle(radius, radius - RING_WIDTH * scale, True)
    grow = f"\\pos({click.x:.2f},{click.y:.2f})\\fscx20\\fscy20\\t(0,{RIPPLE_MS},0.5,\\fscx100\\fscy100)"
    fade = f"\\t(0,{RIPPLE_MS},\\1a&HFF&)"
    yield _event(0, start, end, cut.fps, "disc", grow + fade + "\\p4", _circle(radius, radius, False))
    yield _event(0, start, end, cut.fps, "ring", grow + fade + "\\p4", ring)


def _frame_of(click: Click, fps: int) -> int:
    """The first film frame that shows the click as made."""
    return ceil(click.film_ms * fps / 1000)


def _event(layer: int, start: int, end: int, fps: int, style: str, tags: str, shape: str) -> str:
    """One line of the script, shown from film frame `start` up to but not including `end`."""
    times = f"{_clock(boundary_cs(start, fps))},{_clock(boundary_cs(end, fps))}"
    return f"Dialogue: {layer},{times},{style},{{{tags}}}{shape}"


def _clock(centiseconds: int) -> str:
    minutes, rest = divmod(centiseconds, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _polygon(scale: float) -> str:
    points = [_point(x * scale, y * scale) for x, y in ARROW]
    return f"m {points[0]} l {' '.join(points[1:])}"


def _circle(centre: float, radius: float, backwards: bool) -> str:
    """A circle around (centre, centre); one inside another and drawn backwards is a hole."""
    r, h, turn = radius, radius * HANDLE, -1 if backwards else 1
    arcs = [
        ((r, h), (h, r), (0, r)),
        ((-h, r), (-r, h), (-r, 0)),
        ((-r, -h), (-h, -r), (0, -r)),
        ((h, -r), (r, -h), (r, 0)),
    ]
    curves = " ".join("b " + " ".join(_point(centre + x, centre + turn * y) for x, y in arc) for arc in arcs)
    return f"m {_point(centre + r, centre)} {curves}"


def _point(x: float, y: float) -> str:
    return f"{round(x * UNIT)} {round(y * UNIT)}"
