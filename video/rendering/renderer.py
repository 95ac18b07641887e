"""Renders a look as the picture of one film frame."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from video.capture.frame_store import FrameStore
from video.editing.composition import Box, Caption, Composition, FrameSpec, Highlight
from video.errors import FootageDamaged
from video.rendering.background import Corners, is_light, render_backdrop
from video.rendering.colour import Picture
from video.rendering.crop import crop
from video.rendering.sprites import Sprite, caption, caption_margin, draw_cursor, draw_ripple
from video.rendering.title_card import title_card

#: The widest caption as a part of the canvas, and its distance from the window's edge in units.
CAPTION_SHARE = 0.86
CAPTION_EDGE = 26
#: Around a page whose shape is not the window's, in the plain look.
BAR_COLOUR = (32, 28, 26)
#: How dark the rest of the page is around what is highlighted, and how far around it that stays light.
DIM_SHARE, HIGHLIGHT_EDGE_PX = 0.6, 8


class Renderer:
    """Draws the looks of a cut from the frames of a reel, as BGR pictures of the canvas' size.

    Whatever does not change is drawn once. A picture is good until the next call, which may draw on it.
    """

    def __init__(self, composition: Composition, frame_store: FrameStore) -> None:
        self._composition, self._frame_store = composition, frame_store
        self.captions: Sequence[Caption] = composition.captions
        canvas = composition.layout.canvas
        self._size = (canvas.width_px, canvas.height_px)
        #: Letters grow with the canvas, the pointer with the page on it.
        self._unit = min(self._size) / 720
        self._frame_index, self._frame = -1, np.zeros((0, 0, 3), np.uint8)
        first = composition.frame_specs[0]
        self._page = full_page(composition)
        self._window = fit_window(composition.layout.window_px, self._page)
        self._backdrop, self._corners = self._render_backdrop(self._decode_frame(first.frame_index))
        self._placed: tuple[int, Box] | None = None
        self._page_scene = self._backdrop
        self._card: Picture | None = None
        self._caption_sprites: dict[Caption, Sprite | None] = {}
        self._last_spec: FrameSpec | None = None
        self._canvas = np.empty_like(self._backdrop)
        self._rendered = self._backdrop

    def render(self, spec: FrameSpec) -> Picture:
        """The picture of a look. Raises FootageDamaged when its frame is no picture."""
        if spec != self._last_spec:
            self._rendered = self._render(spec)
            self._last_spec = spec
        return self._rendered

    def _render(self, spec: FrameSpec) -> Picture:
        if spec.card >= 1:
            return self._title_card()
        self._place_page(spec.frame_index, spec.view)
        if not (spec.pointer or spec.ripples or spec.visible_caption or spec.card or spec.highlight):
            return self._page_scene
        np.copyto(self._canvas, self._page_scene)
        self._draw_overlays(spec)
        if spec.card > 0:
            cv2.addWeighted(self._title_card(), spec.card, self._canvas, 1 - spec.card, 0, dst=self._canvas)
        return self._canvas

    def _place_page(self, frame_index: int, view: Box) -> None:
        """Puts the page into its window, unless it is what stands there."""
        if self._placed == (frame_index, view):
            return
        frame = self._decode_frame(frame_index)
        scale_x, scale_y = frame.shape[1] / self._page.width, frame.shape[0] / self._page.height
        part = Box(view.x * scale_x, view.y * scale_y, view.width * scale_x, view.height * scale_y)
        left, top, width, height = self._window
        page = crop(frame, part, width, height)
        if page.shape == self._backdrop.shape:
            self._page_scene = page
        else:
            self._page_scene = self._backdrop
            self._page_scene[top : top + height, left : left + width] = page
            if self._corners:
                self._corners.draw_on(self._page_scene)
        self._placed = (frame_index, view)

    def _draw_overlays(self, spec: FrameSpec) -> None:
        left, top, width, height = self._window
        window = self._canvas[top : top + height, left : left + width]
        zoom_x, zoom_y = width / spec.view.width, height / spec.view.height
        # A page set smaller than it was filmed has a smaller pointer, but one that can still be seen.
        unit = max(width / self._page.width, 0.8 * self._unit)
        if spec.highlight:
            dim_around(window, spec.highlight, spec.view)
        for ripple in spec.ripples:
            x, y = (ripple.x - spec.view.x) * zoom_x, (ripple.y - spec.view.y) * zoom_y
            draw_ripple(window, x, y, unit, ripple.age)
        if spec.pointer:
            x, y = (spec.pointer.x - spec.view.x) * zoom_x, (spec.pointer.y - spec.view.y) * zoom_y
            draw_cursor(window, x, y, unit, spec.pointer.pressed)
        if spec.visible_caption:
            self._draw_caption(self.captions[spec.visible_caption.caption], spec.visible_caption.opacity)

    def _draw_caption(self, shown: Caption, opacity: float) -> None:
        width, height = self._size
        if shown not in self._caption_sprites:
            self._caption_sprites[shown] = caption(shown.text, self._unit, width * CAPTION_SHARE)
        sprite, margin = self._caption_sprites[shown], caption_margin(self._unit)
        if sprite is None:
            return
        # Within the window, whose own distance from the canvas' edge is the same above and below.
        edge = self._composition.layout.window_px[1] + round(CAPTION_EDGE * self._unit) - margin
        top = edge if shown.anchor == "top" else height - edge - sprite.colour.shape[0]
        sprite.faded(opacity).draw_on(self._canvas, (width - sprite.colour.shape[1]) // 2, top)

    def _title_card(self) -> Picture:
        if self._card is None:
            first = self._composition.frame_specs[0]
            self._place_page(first.frame_index, self._page)
            self._card = title_card(
                self._page_scene,
                self._composition.title,
                self._composition.url,
                self._composition.icon,
                self._unit,
            )
        return self._card

    def _render_backdrop(self, first: Picture) -> tuple[Picture, Corners | None]:
        """The canvas without a page, and the corners to lay over each."""
        width, height = self._size
        if self._composition.style.name == "plain":
            return np.full((height, width, 3), BAR_COLOUR, np.uint8), None
        backdrop = render_backdrop(
            self._size, self._composition.theme, is_light(first), self._window, self._unit
        )
        return backdrop.copy(), Corners(backdrop, self._window, self._unit)

    def _decode_frame(self, index: int) -> Picture:
        """A frame of the reel, decoded; the last one is kept."""
        if index != self._frame_index:
            jpeg = np.frombuffer(self._frame_store.jpeg(index), np.uint8)
            frame = cv2.imdecode(jpeg, cv2.IMREAD_COLOR) if jpeg.size else None
            if frame is None:
                raise FootageDamaged(f"Frame {index} of the footage is no picture; film the site again.")
            self._frame, self._frame_index = np.asarray(frame, np.uint8), index
        return self._frame


def dim_around(window: Picture, highlight: Highlight, view: Box) -> None:
    """Darkens all of the page in the window but the highlighted part."""
    height, width = window.shape[:2]
    zoom_x, zoom_y = width / view.width, height / view.height
    area, edge = highlight.area, HIGHLIGHT_EDGE_PX
    left = round(max(0.0, (area.x - view.x - edge) * zoom_x))
    top = round(max(0.0, (area.y - view.y - edge) * zoom_y))
    right = round(min(width, (area.x + area.width - view.x + edge) * zoom_x))
    bottom = round(min(height, (area.y + area.height - view.y + edge) * zoom_y))
    kept = window[top:bottom, left:right].copy()
    np.copyto(window, cv2.convertScaleAbs(window, alpha=1 - DIM_SHARE * highlight.share))
    window[top:bottom, left:right] = kept


def full_page(composition: Composition) -> Box:
    """The whole page in CSS pixels, as it was filmed: the widest view there is."""
    return max((spec.view for spec in composition.frame_specs), key=lambda view: view.width)


def fit_window(window: tuple[int, int, int, int], page: Box) -> tuple[int, int, int, int]:
    """The largest part of the window, around its middle and of even size, with the page's shape."""
    left, top, width, height = window
    scale = min(width / page.width, height / page.height)
    size = [
        available if abs(available - length * scale) < 2 else int(length * scale) // 2 * 2
        for available, length in ((width, page.width), (height, page.height))
    ]
    return left + (width - size[0]) // 2, top + (height - size[1]) // 2, size[0], size[1]


def without_overlays(spec: FrameSpec, page: Box) -> FrameSpec:
    """The look without anything that is not the page."""
    return replace(spec, view=page, pointer=None, ripples=(), visible_caption=None, card=0.0, highlight=None)
