"""What the painter draws, looked at pixel by pixel."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.video.support.drawn import (
    HEIGHT,
    PAGE,
    PLAIN,
    SMALL,
    WIDTH,
    composition_of,
    frame_store,
    jpeg,
    picture,
)
from video.editing.composition import Box, Caption, Composition, FrameSpec, Pointer, Ripple, VisibleCaption
from video.errors import FootageDamaged
from video.rendering.background import DEFAULT_TONE, background, tone
from video.rendering.colour import yuv420
from video.rendering.crop import crop
from video.rendering.renderer import Renderer, fit_window
from video.rendering.sprites import caption
from video.rendering.title_card import read_icon
from video.style import CANVASES, Canvas, Layout, Style, layout
from video.typography.text import TextStyle

WHITE = picture()
STUDIO = Style(title_card=False)


def render(folder: Path, spec: FrameSpec, data: bytes = WHITE, **more: object) -> NDArray[np.uint8]:
    """The picture of one look."""
    made: Composition = composition_of([FrameSpec(0, PAGE), spec], **more)  # type: ignore[arg-type]
    return Renderer(made, frame_store(folder, [data])).render(spec).copy()


def noise(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    rows = np.random.default_rng(3).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    return np.asarray(Image.fromarray(rows).resize((width, height), Image.Resampling.BICUBIC))


def blob(x: float, y: float) -> NDArray[np.uint8]:
    """A soft spot around a place, in continuous pixels."""
    across, down = np.arange(WIDTH) + 0.5 - x, np.arange(HEIGHT) + 0.5 - y
    light = 255 * np.exp(-(across[None, :] ** 2 + down[:, None] ** 2) / (2 * 3.0**2))
    return np.repeat(np.rint(light)[..., None], 3, axis=2).astype(np.uint8)


def centre(image: NDArray[np.uint8]) -> tuple[float, float]:
    light = np.where(image[..., 0] > 8, image[..., 0], 0).astype(float)
    across, down = np.arange(image.shape[1]) + 0.5, np.arange(image.shape[0]) + 0.5
    return float((light.sum(axis=0) * across).sum() / light.sum()), float(
        (light.sum(axis=1) * down).sum() / light.sum()
    )


def test_a_page_that_is_not_zoomed_reaches_the_film_pixel_by_pixel(tmp_path: Path) -> None:
    data = jpeg(noise())
    shown = render(tmp_path, FrameSpec(0, PAGE), data)
    expected = np.asarray(Image.open(io.BytesIO(data)))[..., ::-1]
    assert np.abs(shown.astype(int) - expected).max() <= 3, "but for the JPEG decoder"


def test_a_slow_zoom_glides_and_never_shakes() -> None:
    source = blob(300.0, 200.0)
    for step in range(120):
        part = step / 119
        view = Box(180 * part**1.3, 97 * part, WIDTH * (1 - 0.4 * part), HEIGHT * (1 - 0.4 * part))
        shown = crop(source, view, WIDTH, HEIGHT)
        assert shown.shape == source.shape
        x, y = centre(shown)
        assert x == pytest.approx((300.0 - view.x) * WIDTH / view.width, abs=0.1)
        assert y == pytest.approx((200.0 - view.y) * HEIGHT / view.height, abs=0.1)


def test_a_zoom_reaches_into_every_corner() -> None:
    source = noise()
    for x in (0.0, WIDTH * 0.37):
        for y in (0.0, HEIGHT * 0.37):
            shown = crop(source, Box(x, y, WIDTH * 0.63, HEIGHT * 0.63), WIDTH, HEIGHT)
            assert shown.shape == source.shape


def test_a_view_that_begins_outside_the_page_is_moved_into_it() -> None:
    source = noise()
    for x, y in ((-20.0, 5.0), (30.0, 20.0), (1e9, -1e9)):
        assert (crop(source, Box(x, y, WIDTH, HEIGHT), WIDTH, HEIGHT) == source).all()
    corner = crop(source, Box(WIDTH - 50.0, HEIGHT - 50.0, 100.0, 60.0), WIDTH, HEIGHT)
    assert corner.shape == source.shape


def test_footage_larger_than_it_is_shown_is_averaged_so_that_lines_do_not_glitter() -> None:
    stripes = np.zeros((HEIGHT * 2, WIDTH * 2, 3), np.uint8)
    stripes[:, ::2] = 255
    for width in (1.0, 0.93):
        shown = crop(stripes, Box(3.3, 2.2, WIDTH * 2 * width - 8, HEIGHT * 2 * width - 8), WIDTH, HEIGHT)
        assert shown[40:-40, 40:-40].std() < 12


@pytest.mark.parametrize("place", [(100.0, 80.0), (100.25, 80.5), (300.9, 200.1), (630.0, 340.0)])
def test_the_tip_of_the_pointer_is_at_its_place(tmp_path: Path, place: tuple[float, float]) -> None:
    shown = render(tmp_path, FrameSpec(0, PAGE, Pointer(*place)))
    dark = np.argwhere(shown.max(axis=2) < 130)
    assert dark[:, 1].min() == pytest.approx(place[0], abs=1.5)
    assert dark[:, 0].min() == pytest.approx(place[1], abs=2)


def test_the_pointer_moves_by_parts_of_a_pixel(tmp_path: Path) -> None:
    def left(x: float) -> float:
        shown = 255 - render(tmp_path, FrameSpec(0, PAGE, Pointer(x, 100.0)))
        return centre(shown)[0]

    start = left(100.0)
    for part in range(1, 9):
        assert left(100.0 + part / 8) - start == pytest.approx(part / 8, abs=0.06)


def test_the_pointer_is_pressed_and_keeps_its_size_in_a_zoom(tmp_path: Path) -> None:
    def height(spec: FrameSpec) -> int:
        dark = np.argwhere(render(tmp_path, spec).max(axis=2) < 130)
        return int(dark[:, 0].max() - dark[:, 0].min())

    plain = height(FrameSpec(0, PAGE, Pointer(200.0, 100.0)))
    half = Box(100.0, 50.0, WIDTH / 2, HEIGHT / 2)
    assert 26 <= plain <= 32
    assert height(FrameSpec(0, PAGE, Pointer(200.0, 100.0, pressed=1.0))) < plain - 2
    assert height(FrameSpec(0, half, Pointer(200.0, 100.0))) == pytest.approx(plain, abs=1)


def test_pointer_and_ripple_follow_the_page_when_it_is_zoomed(tmp_path: Path) -> None:
    half = Box(100.0, 50.0, WIDTH / 2, HEIGHT / 2)
    shown = render(tmp_path, FrameSpec(0, half, Pointer(200.0, 100.0), (Ripple(200.0, 100.0, 0.4),)))
    dark = np.argwhere(shown.max(axis=2) < 130)
    assert dark[:, 1].min() == pytest.approx(200, abs=1.5)
    assert dark[:, 0].min() == pytest.approx(100, abs=2)
    blue = np.argwhere(shown[..., 0].astype(int) - shown[..., 2] > 40)
    assert blue[:, 1].min() < 185
    assert blue[:, 1].max() > 215


@pytest.mark.parametrize("place", [(-30.0, -30.0), (WIDTH + 5.0, 10.0), (3.0, HEIGHT - 1.0), (1e6, -1e6)])
def test_what_lies_beyond_the_edge_is_cut_off(tmp_path: Path, place: tuple[float, float]) -> None:
    spec = FrameSpec(0, PAGE, Pointer(*place), (Ripple(*place, 0.5),))
    assert render(tmp_path, spec).shape == (HEIGHT, WIDTH, 3)


def test_a_ripple_grows_and_fades(tmp_path: Path) -> None:
    def blue(age: float) -> NDArray[np.float64]:
        shown = render(tmp_path, FrameSpec(0, PAGE, ripples=(Ripple(300.0, 200.0, age),)))
        return shown[..., 0].astype(float) - shown[..., 2]

    def width(age: float) -> int:
        columns = np.flatnonzero((blue(age) > 4).any(axis=0))
        return int(columns[-1] - columns[0])

    assert width(0.0) < width(0.3) < width(0.8)
    assert blue(0.0).max() > blue(0.5).max() > blue(0.9).max()
    assert blue(1.0).max() <= 1


CAPTIONS = (Caption(0, 900, "Open Pricing"), Caption(900, 1800, "Open Docs", "top"))


def covered(shown: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is dark."""
    dark = np.argwhere(shown.max(axis=2) < 90)
    return dark[:, 1].min(), dark[:, 0].min(), dark[:, 1].max(), dark[:, 0].max()


def test_captions_stand_in_the_middle_below_or_above(tmp_path: Path) -> None:
    below = covered(
        render(tmp_path, FrameSpec(0, PAGE, visible_caption=VisibleCaption(0, 1.0)), captions=CAPTIONS)
    )
    above = covered(
        render(tmp_path, FrameSpec(0, PAGE, visible_caption=VisibleCaption(1, 1.0)), captions=CAPTIONS)
    )
    assert (below[0] + below[2]) / 2 == pytest.approx(WIDTH / 2, abs=1.5)
    assert HEIGHT * 0.6 < below[1] < below[3] < HEIGHT - 8
    assert 8 < above[1] < above[3] < HEIGHT * 0.4


def test_captions_fade(tmp_path: Path) -> None:
    shown = [
        int(
            render(
                tmp_path, FrameSpec(0, PAGE, visible_caption=VisibleCaption(0, part)), captions=CAPTIONS
            ).min()
        )
        for part in (0.0, 0.3, 0.6, 1.0)
    ]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == 255


@pytest.mark.parametrize("size", CANVASES)
def test_letters_are_large_enough_for_a_phone_and_long_captions_wrap(size: str) -> None:
    canvas = CANVASES[size]  # type: ignore[index]
    unit = min(canvas.width_px, canvas.height_px) / 720
    room = 0.86 * canvas.width_px
    short, long = caption("Open", unit, room), caption("Open the long name of a page " * 3, unit, room)
    endless = caption("word " * 90, unit, room)
    assert short
    assert long
    assert endless
    for sprite in (short, long, endless):
        pill = np.flatnonzero((sprite.transparency[..., 0] < 60).any(axis=0))
        assert pill[-1] - pill[0] <= room
    assert long.colour.shape[0] == endless.colour.shape[0] > short.colour.shape[0]
    assert TextStyle("x", "semibold", 10).size_px == 10


@pytest.mark.parametrize("text", ["港の市場", "ยินดีต้อนรับ", "سوق الميناء", "हिन्दी", "한국어", "שלום"])
def test_titles_and_captions_keep_their_words_in_every_script(tmp_path: Path, text: str) -> None:
    card, visible_caption = (
        FrameSpec(0, PAGE, card=1.0),
        FrameSpec(0, PAGE, visible_caption=VisibleCaption(0, 1.0)),
    )
    # On a dark page all that is light is letters.
    titled, untitled = (
        render(tmp_path, card, picture("black"), layout=SMALL, title=title) for title in (text, "")
    )
    once, twice = (
        render(tmp_path, visible_caption, picture("black"), captions=[Caption(0, 900, caption)])
        for caption in (text, f"{text} {text}")
    )
    light = [int((image[..., 0] > 200).sum()) for image in (titled, untitled, once, twice)]
    assert light[0] > light[1] + 200
    assert light[2] > 100
    assert light[3] == pytest.approx(2 * light[2], rel=0.25)


@pytest.mark.parametrize("text", ["", "  ", "\0\n", "\ud83d", "— …"])
def test_words_that_cannot_be_drawn_leave_no_pill(tmp_path: Path, text: str) -> None:
    shown = render(
        tmp_path, FrameSpec(0, PAGE, visible_caption=VisibleCaption(0, 1.0)), captions=[Caption(0, 900, text)]
    )
    assert shown.min() >= 250


def test_a_studio_film_shows_the_page_in_a_window_with_round_corners(tmp_path: Path) -> None:
    place = layout(STUDIO)
    left, top, width, height = place.window_px
    page = Box(0, 0, place.viewport_width_px, place.viewport_height_px)
    spec = FrameSpec(0, page)
    footage = frame_store(tmp_path, [picture(size=(width, height))])
    shown = Renderer(composition_of([spec], STUDIO, place, theme="#c02020"), footage).render(spec)
    window = shown[top : top + height, left : left + width]
    assert window[20:-20].min() == 255
    assert window[0, 0].max() < 250, "the corner is the backdrop's"
    assert window[0, 40].min() == 255, "the edge is the page's"
    blue, _, red = (int(value) for value in shown[-4, -4])
    assert red > blue + 40, "the theme is red"
    below, beside = shown[top + height + 6, 640].astype(int), shown[-2, 640].astype(int)
    assert below.sum() < beside.sum() - 20, "a shadow"


def test_a_window_follows_the_shape_of_the_page() -> None:
    assert fit_window((64, 36, 1152, 648), Box(0, 0, 1152, 648)) == (64, 36, 1152, 648)
    assert fit_window((0, 0, 1080, 1080), Box(0, 0, 1280, 720)) == (0, 237, 1080, 606)
    left, _, width, height = fit_window((64, 36, 1152, 648), Box(0, 0, 540, 960))
    assert (left + width / 2, height) == (640, 648)
    assert width / height == pytest.approx(540 / 960, abs=0.01)


def test_footage_of_a_fine_screen_is_painted_as_fine_as_the_film(tmp_path: Path) -> None:
    double = noise(WIDTH * 2, HEIGHT * 2)
    half = Box(WIDTH / 4, HEIGHT / 4, WIDTH / 2, HEIGHT / 2)
    shown = render(tmp_path, FrameSpec(0, half), jpeg(double))
    expected = double[HEIGHT // 2 : HEIGHT // 2 * 3, WIDTH // 2 : WIDTH // 2 * 3, ::-1]
    assert np.abs(shown.astype(int) - expected).max() <= 8


@pytest.mark.parametrize("theme", ["", "#fff", "none", "#808080", "rgb(1,2,3)", "#000000"])
def test_what_is_no_colour_gives_the_neutral_backdrop(theme: str) -> None:
    assert tone(theme) == DEFAULT_TONE


def test_a_backdrop_is_deep_behind_light_pages_and_pale_behind_dark_ones() -> None:
    for theme in ("", "#3776ab", "#ffd43b", "#c02020"):
        deep, pale = background((320, 180), theme, True), background((320, 180), theme, False)
        assert deep.mean() < pale.mean() - 15
        assert pale.mean() > 150


def icon() -> str:
    out = io.BytesIO()
    Image.new("RGBA", (32, 32), (255, 0, 0, 255)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("garbage", ["", "%%%", "aGVsbG8=", icon()[:60], "é"])
def test_an_icon_that_is_none_is_left_out(garbage: str) -> None:
    assert read_icon(garbage) is None


def test_a_title_card_shows_icon_and_title_and_fades_into_the_page(tmp_path: Path) -> None:
    def card(opacity: float, **more: object) -> NDArray[np.uint8]:
        return render(tmp_path, FrameSpec(0, PAGE, card=opacity), WHITE, layout=SMALL, title="A site", **more)

    full = card(1.0, icon=icon())
    assert ((full[..., 2] > 220) & (full[..., 0] < 60)).sum() > 100, "the red icon"
    assert (full.min(axis=2) > 240).sum() > 100, "white letters"
    assert full.mean() < 140, "on a dark ground"
    assert (card(1.0) != full).any()
    means = [card(opacity).mean() for opacity in (1.0, 0.7, 0.3, 0.0)]
    assert means == sorted(means)


def test_equal_looks_are_painted_once(tmp_path: Path) -> None:
    frame_specs = [
        FrameSpec(0, PAGE, Pointer(9.0, 9.0)),
        FrameSpec(0, PAGE, Pointer(9.0, 9.0)),
        FrameSpec(0, PAGE, Pointer(8.0, 9.0)),
    ]
    renderer = Renderer(composition_of(frame_specs), frame_store(tmp_path, [WHITE]))
    first = renderer.render(frame_specs[0]).copy()
    assert (renderer.render(frame_specs[1]) == first).all()
    assert (renderer.render(frame_specs[2]) != first).any()
    assert (renderer.render(frame_specs[0]) == first).all(), "whatever was painted between"


@pytest.mark.parametrize("data", [b"", b"this is no picture"])
def test_a_frame_that_is_no_picture_is_a_clear_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FootageDamaged, match="Frame 0"):
        Renderer(composition_of([FrameSpec(0, PAGE)]), frame_store(tmp_path, [data]))


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (255, 0, 0), (12, 200, 90), (119, 119, 119)])
def test_colours_become_limited_range_bt709(colour: tuple[int, int, int]) -> None:
    planes = yuv420(np.full((8, 16, 3), colour[::-1], np.uint8))
    red, green, blue = (value / 255 for value in colour)
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expected = (16 + 219 * bright, 128 + 224 * (blue - bright) / 1.8556, 128 + 224 * (red - bright) / 1.5748)
    assert planes.shape == (8 * 16 * 3 // 2,)
    for found, wanted in zip((planes[0], planes[128], planes[160]), expected, strict=True):
        assert found == pytest.approx(wanted, abs=0.6)


def test_the_plain_look_fills_what_the_page_leaves_with_bars(tmp_path: Path) -> None:
    place = Layout(Canvas(720, 720, 1.0), (0, 0, 720, 720), 720, 720)
    shown = Renderer(
        composition_of([FrameSpec(0, PAGE)], replace(PLAIN), place), frame_store(tmp_path, [WHITE])
    ).render(FrameSpec(0, PAGE))
    assert shown.shape == (720, 720, 3)
    assert shown[300:420].min() == 255
    assert shown[0].max() < 60
