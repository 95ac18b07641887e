"""The painter: draws a look as the picture of one film frame."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from video.capture.frame_store import FrameStore
from video.editing.composition import Box, Caption, Composition, FrameSpec
from video.errors import FootageDamaged
from video.rendering.background import Corners, is_light, stage
from video.rendering.colour import Picture
from video.rendering.crop import crop
from video.rendering.sprites import Sprite, caption, caption_margin, stamp_arrow, stamp_ripple
from video.rendering.title_card import title_card

#: The widest caption as a part of the canvas, and its distance from the window's edge in units.
CAPTION_SHARE = 0.86
CAPTION_EDGE = 26
#: Around a page whose shape is not the window's, in the plain look.
BARS = (32, 28, 26)


class Renderer:
    """Draws the looks of a cut from the frames of a reel, as BGR pictures of the canvas' size.

    Whatever does not change is drawn once. A picture is good until the next call, which may draw on it.
    """

    def __init__(self, cut: Composition, reel: FrameStore) -> None:
        self._cut, self._reel = cut, reel
        self.captions: Sequence[Caption] = cut.captions
        canvas = cut.layout.canvas
        self._size = (canvas.width_px, canvas.height_px)
        #: Letters grow with the canvas, the pointer with the page on it.
        self._unit = min(self._size) / 720
        self._frame_index, self._frame = -1, np.zeros((0, 0, 3), np.uint8)
        first = cut.looks[0]
        self._page = page_of(cut)
        self._window = fit(cut.layout.window_px, self._page)
        self._stage, self._corners = self._set_stage(self._picture(first.frame_index))
        self._shown: tuple[int, Box] | None = None
        self._scene = self._stage
        self._card: Picture | None = None
        self._words: dict[Caption, Sprite | None] = {}
        self._last: FrameSpec | None = None
        self._canvas = np.empty_like(self._stage)
        self._drawn = self._stage

    def paint(self, look: FrameSpec) -> Picture:
        """The picture of a look. Raises FootageDamaged when its frame is no picture."""
        if look != self._last:
            self._drawn = self._paint(look)
            self._last = look
        return self._drawn

    def _paint(self, look: FrameSpec) -> Picture:
        if look.card >= 1:
            return self._title_card()
        self._show(look.frame_index, look.view)
        if not (look.pointer or look.ripples or look.words or look.card):
            return self._scene
        np.copyto(self._canvas, self._scene)
        self._decorate(look)
        if look.card > 0:
            cv2.addWeighted(self._title_card(), look.card, self._canvas, 1 - look.card, 0, dst=self._canvas)
        return self._canvas

    def _show(self, frame_index: int, view: Box) -> None:
        """Puts the page into its window, unless it is what stands there."""
        if self._shown == (frame_index, view):
            return
        frame = self._picture(frame_index)
        scale_x, scale_y = frame.shape[1] / self._page.width, frame.shape[0] / self._page.height
        part = Box(view.x * scale_x, view.y * scale_y, view.width * scale_x, view.height * scale_y)
        left, top, width, height = self._window
        page = crop(frame, part, width, height)
        if page.shape == self._stage.shape:
            self._scene = page
        else:
            self._scene = self._stage
            self._scene[top : top + height, left : left + width] = page
            if self._corners:
                self._corners.lay(self._scene)
        self._shown = (frame_index, view)

    def _decorate(self, look: FrameSpec) -> None:
        left, top, width, height = self._window
        window = self._canvas[top : top + height, left : left + width]
        zoom_x, zoom_y = width / look.view.width, height / look.view.height
        # A page set smaller than it was filmed has a smaller pointer, but one that can still be seen.
        unit = max(width / self._page.width, 0.8 * self._unit)
        for ripple in look.ripples:
            x, y = (ripple.x - look.view.x) * zoom_x, (ripple.y - look.view.y) * zoom_y
            stamp_ripple(window, x, y, unit, ripple.age)
        if look.pointer:
            x, y = (look.pointer.x - look.view.x) * zoom_x, (look.pointer.y - look.view.y) * zoom_y
            stamp_arrow(window, x, y, unit, look.pointer.pressed)
        if look.words:
            self._say(self.captions[look.words.caption], look.words.opacity)

    def _say(self, said: Caption, opacity: float) -> None:
        width, height = self._size
        if said not in self._words:
            self._words[said] = caption(said.text, self._unit, width * CAPTION_SHARE)
        sprite, margin = self._words[said], caption_margin(self._unit)
        if sprite is None:
            return
        # Within the window, whose own distance from the canvas' edge is the same above and below.
        edge = self._cut.layout.window_px[1] + round(CAPTION_EDGE * self._unit) - margin
        top = edge if said.anchor == "top" else height - edge - sprite.colour.shape[0]
        sprite.faded(opacity).stamp(self._canvas, (width - sprite.colour.shape[1]) // 2, top)

    def _title_card(self) -> Picture:
        if self._card is None:
            first = self._cut.looks[0]
            self._show(first.frame_index, self._page)
            self._card = title_card(self._scene, self._cut.title, self._cut.url, self._cut.icon, self._unit)
        return self._card

    def _set_stage(self, first: Picture) -> tuple[Picture, Corners | None]:
        """The canvas without a page, and the corners to lay over each."""
        width, height = self._size
        if self._cut.style.name == "plain":
            return np.full((height, width, 3), BARS, np.uint8), None
        around = stage(self._size, self._cut.theme, is_light(first), self._window, self._unit)
        return around.copy(), Corners(around, self._window, self._unit)

    def _picture(self, index: int) -> Picture:
        """A frame of the reel, decoded; the last one is kept."""
        if index != self._frame_index:
            jpeg = np.frombuffer(self._reel.jpeg(index), np.uint8)
            frame = cv2.imdecode(jpeg, cv2.IMREAD_COLOR) if jpeg.size else None
            if frame is None:
                raise FootageDamaged(f"Frame {index} of the footage is no picture; film the site again.")
            self._frame, self._frame_index = np.asarray(frame, np.uint8), index
        return self._frame


def page_of(cut: Composition) -> Box:
    """The whole page in CSS pixels, as it was filmed: the widest view there is."""
    return max((look.view for look in cut.looks), key=lambda view: view.width)


def fit(window: tuple[int, int, int, int], page: Box) -> tuple[int, int, int, int]:
    """The largest part of the window, around its middle and of even size, with the page's shape."""
    left, top, width, height = window
    scale = min(width / page.width, height / page.height)
    inner = [
        room if abs(room - length * scale) < 2 else int(length * scale) // 2 * 2
        for room, length in ((width, page.width), (height, page.height))
    ]
    return left + (width - inner[0]) // 2, top + (height - inner[1]) // 2, inner[0], inner[1]


def bare(look: FrameSpec, page: Box) -> FrameSpec:
    """The look without anything that is not the page."""
    return replace(look, view=page, pointer=None, ripples=(), words=None, card=0.0)
