"""Takes for the tests of the film: footage of drawn frames, and cuts written by hand."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from video.capture.footage import Frame
from video.capture.frame_store import FrameStore
from video.editing.composition import Box, Caption, Chapter, Composition, FrameSpec
from video.style import Canvas, Layout, Style

WIDTH, HEIGHT = 640, 360
PAGE = Box(0.0, 0.0, WIDTH, HEIGHT)
PLAIN = Style(name="plain", captions=False, zoom=False, title_card=False)
#: A small canvas on which the page fills everything, for speed.
SMALL = Layout(Canvas(WIDTH, HEIGHT, 1.0), (0, 0, WIDTH, HEIGHT), WIDTH, HEIGHT)


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """RGB pixels as a JPEG that keeps colours at full resolution."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=98, subsampling=0)
    return out.getvalue()


def picture(
    colour: Any = "white",
    box: tuple[int, int, int, int] | None = None,
    fill: Any = "black",
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> bytes:
    """A JPEG of one colour, with one filled box."""
    image = Image.new("RGB", size, colour)
    if box:
        ImageDraw.Draw(image).rectangle(box, fill=fill)
    return jpeg(np.asarray(image))


def striped(index: int) -> bytes:
    """A picture whose bar says which it is."""
    return picture("white", (index * 50, 0, index * 50 + 40, HEIGHT))


def frame_store(folder: Path, jpegs: Sequence[bytes]) -> FrameStore:
    """A reel of these pictures, 100 ms apart."""
    made = FrameStore(folder / "test.reel")
    for number, data in enumerate(jpegs):
        made.append(Frame(number * 100.0, data))
    return made


def composition_of(
    frame_specs: Sequence[FrameSpec],
    style: Style = PLAIN,
    layout: Layout = SMALL,
    *,
    captions: Sequence[Caption] = (),
    chapters: Sequence[Chapter] = (),
    title: str = "A film",
    theme: str = "",
    icon: str = "",
    settled_frames: int | None = None,
) -> Composition:
    """A cut of these looks."""
    return Composition(
        style=style,
        layout=layout,
        title=title,
        url="http://example.test/",
        theme=theme,
        icon=icon,
        frame_specs=tuple(frame_specs),
        captions=tuple(captions),
        chapters=tuple(chapters),
        settled_frames=len(frame_specs) if settled_frames is None else settled_frames,
    )


def shots(*counts: int) -> list[FrameSpec]:
    """Looks that show each frame of a reel for its number of film frames."""
    return [FrameSpec(index, PAGE) for index, count in enumerate(counts) for _ in range(count)]
