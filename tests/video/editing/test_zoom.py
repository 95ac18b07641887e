"""The zoom: what is in view when, smoothly, and never without what happens."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.video.support.takes import random_take
from video.editing.compose import compose
from video.editing.composition import Box, FrameSpec
from video.editing.cursor import Path
from video.editing.pacing import pace
from video.editing.timeline import Area, Sample, Scroll, Step, Stretch, Timeline
from video.editing.zoom import MAX_PIXEL_FACTOR, Zoom, fit_view, keep_pointer_in_view, max_factor, zoom
from video.style import Style

STYLE = Style(title_card=False)
WHOLE = Box(0, 0, 1152, 648)
FRAMES = [number * 20.0 for number in range(1_000)]


BESIDE = Area(0, 0, 0, 0)


def click(
    at_ms: float,
    outcome: str = "scene",
    x: float = 300.0,
    y: float = 200.0,
    appeared: Area | None = BESIDE,
) -> Step:
    """A click on a small target; a scene comes up right below it unless told otherwise."""
    end_ms = at_ms + (600 if outcome == "page" else 1_700)
    made = Step(at_ms - 900, at_ms, end_ms, "Go", "click", "u", x, y, "", outcome)
    appeared = Area(x - 40, y + 20, 200, 150) if appeared is BESIDE else appeared
    return replace(made, target=Area(x - 40, y - 15, 80, 30), appeared=appeared)


def planned(
    *steps: Step,
    style: Style = STYLE,
    scrolls: tuple[Scroll, ...] = (),
    waits: tuple[Stretch, ...] = (),
) -> Zoom:
    timeline = Timeline(1152, 648, 0.0, 20_000.0, "t", "u", steps=steps, pointer=tuple(walk(*steps)))
    timeline = replace(timeline, scrolls=scrolls, waits=waits)
    path = Path(timeline.pointer)
    return zoom(timeline, steps, path, pace(timeline, FRAMES, style), style)


def walk(*steps: Step) -> list[Sample]:
    """The pointer comes to each step within 700 ms, and rests 200 ms before the click."""
    samples, x, y = [Sample(0, 576, 389)], 576.0, 389.0
    for step in steps:
        for n in range(36):
            t = n / 35
            t = t * t * t * (t * (6 * t - 15) + 10)
            samples.append(Sample(step.click_ms - 900 + n * 20, x + (step.x - x) * t, y + (step.y - y) * t))
        x, y = step.x, step.y
    return samples


def test_it_comes_close_to_what_is_clicked_and_goes_back() -> None:
    seen = planned(click(5_000))
    assert seen.at(4_000) == WHOLE
    assert seen.at(5_000).width == pytest.approx(1152 / MAX_PIXEL_FACTOR)
    assert seen.at(6_500).width == pytest.approx(1152 / MAX_PIXEL_FACTOR), "what came up is looked at"
    assert seen.at(9_000) == WHOLE


def test_target_and_what_came_up_are_in_view_with_room_around_them() -> None:
    view = planned(click(5_000)).at(5_500)
    assert view.x <= 260 - 40
    assert view.y <= 185 - 40
    assert view.x + view.width >= 460 + 40
    assert view.y + view.height >= 370 + 40


def test_a_page_that_opens_is_seen_whole_within_a_second_of_the_click() -> None:
    seen = planned(click(5_000, "page"))
    assert seen.at(5_000).width < 1152
    assert seen.at(6_000) == WHOLE


def test_a_click_that_shows_nothing_or_everywhere_is_seen_whole() -> None:
    assert not planned(click(5_000, "nothing")).moves
    assert not planned(click(5_000, appeared=None)).moves
    assert not planned(click(5_000, appeared=Area(20, 20, 1_100, 600))).moves


def test_the_view_is_whole_again_when_the_page_begins_to_scroll() -> None:
    seen = planned(click(5_000), scrolls=(Scroll(7_600, 8_200, 500),))
    assert seen.at(6_500).width < 1152
    assert seen.at(7_600) == WHOLE


def test_the_view_is_whole_again_when_it_goes_to_another_page_by_itself() -> None:
    seen = planned(click(5_000), waits=(Stretch(7_600, 8_200),))
    assert seen.at(7_600) == WHOLE


def test_it_waits_with_coming_close_until_the_page_was_scrolled_to_the_target() -> None:
    step = replace(click(5_000), start_ms=3_000.0)
    seen = planned(step, scrolls=(Scroll(3_010, 4_000, 300),))
    assert seen.at(4_050) == WHOLE
    assert seen.moves[0].start_ms >= 4_050


def test_clicks_close_to_each_other_are_one_stay() -> None:
    seen = planned(click(5_000), click(7_700, x=320.0), click(10_400, x=340.0))
    assert len(seen.moves) == 2, "in and out"
    assert len({seen.at(at_ms) for at_ms in range(5_500, 11_000, 100)}) == 1


def test_it_pans_to_a_click_that_follows_farther_away() -> None:
    far = click(7_800, x=1_000.0, y=500.0, appeared=Area(900, 520, 100, 60))
    seen = planned(click(5_000), far)
    assert len(seen.moves) == 3
    assert all(seen.at(at_ms).width < 1_000 for at_ms in range(5_200, 9_500, 100)), "without going out"


def test_it_does_not_come_close_again_at_once() -> None:
    seen = planned(click(5_000, "page"), click(7_200, "page"))
    assert len(seen.moves) == 2


def test_the_film_begins_and_ends_whole() -> None:
    steps = (click(1_000), click(19_000))
    timeline = Timeline(1152, 648, 0.0, 20_000.0, "t", "u", steps=steps, pointer=tuple(walk(*steps)))
    frame_specs = compose(timeline, FRAMES, STYLE).frame_specs
    assert any(spec.view != WHOLE for spec in frame_specs)
    assert all(spec.view == WHOLE for spec in frame_specs[:30] + frame_specs[-30:])


def test_without_zoom_everything_is_whole() -> None:
    seen = planned(click(5_000), style=replace(STYLE, zoom=False))
    assert seen.at(5_500) == WHOLE


@pytest.mark.parametrize(
    ("scale", "size", "most"), [(1.0, "720p", 1.35), (1.5, "1080p", 1.35), (2.0, "720p", 1.6)]
)
def test_footage_with_more_pixels_may_be_seen_closer(scale: float, size: str, most: float) -> None:
    take = Timeline(1152, 648, 0, 1, "t", "u", scale=scale)
    style = Style(size="1080p") if size == "1080p" else Style()
    assert max_factor(take, style) == pytest.approx(most)


def test_footage_with_fewer_pixels_than_the_film_is_not_enlarged_even_more() -> None:
    take = Timeline(1152, 648, 0, 1, "t", "u", scale=1.0)
    assert max_factor(take, Style(size="1080p")) < 1.0


def test_what_hardly_gains_is_not_framed() -> None:
    assert fit_view(Box(0, 0, 1_000, 10), WHOLE, 1.35) is None
    corner = fit_view(Box(1_100, 600, 40, 40), WHOLE, 1.35)
    assert corner is not None
    assert corner.x + corner.width == pytest.approx(1152)


def test_the_view_follows_a_pointer_that_would_leave_it() -> None:
    view = Box(100, 100, 800, 450)
    assert keep_pointer_in_view(view, 500, 300, WHOLE) is view
    assert keep_pointer_in_view(view, 95, 300, WHOLE) == Box(83, 100, 800, 450)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_take_the_view_is_smooth_and_shows_what_happens(seed: int) -> None:
    take, frames, _ = random_take(seed, rounds=6)
    frame_specs = compose(take, frames, STYLE).frame_specs
    for spec in frame_specs:
        view = spec.view
        assert view.x >= 0
        assert view.y >= 0
        assert view.x + view.width <= 1152.01
        assert view.y + view.height <= 648.01
        assert view.width / view.height == pytest.approx(1152 / 648, rel=1e-4)
        assert view.width >= 1152 / MAX_PIXEL_FACTOR - 0.01
        assert spec.pointer is None or is_in(spec)
    # Smootherstep's steepest second derivative is 5.8 of its way a time squared.
    widths = [spec.view.width for spec in frame_specs]
    steps = [b - a for a, b in pairwise(widths)]
    assert max((abs(b - a) for a, b in pairwise(steps)), default=0) < 5.8 * 300 * (33.4 / 700) ** 2


def is_in(spec: FrameSpec) -> bool:
    view, tip = spec.view, spec.pointer
    assert tip is not None
    return view.x <= tip.x <= view.x + view.width and view.y <= tip.y <= view.y + view.height
