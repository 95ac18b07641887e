"""The pace: what is shown of a take, in whole film frames, and what is left out."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.video.support.takes import random_take
from video.editing.pacing import Pace, Reading, pace
from video.editing.timeline import Sample, Scroll, Step, Stretch, Timeline
from video.style import Style

FRAME_MS = 1000 / 30
STYLE = Style()


def timeline(start_ms: float = 0.0, end_ms: float = 10_000.0, clicks: Sequence[float] = ()) -> Timeline:
    steps = tuple(Step(at, at, at, "Go", "click", "u", 30.0, 40.0) for at in clicks)
    return Timeline(1152, 648, start_ms, end_ms, "t", "u", steps=steps)


def moving(from_ms: float, to_ms: float, every_ms: float = 20.0) -> list[float]:
    return [from_ms + every_ms * n for n in range(int((to_ms - from_ms) / every_ms) + 1)]


def stretches(shown: Pace) -> list[tuple[float, float]]:
    """What is shown, in milliseconds of the take: each span up to its gap, the last up to its last moment."""
    edges = [(span.first, span.first + span.count) for span in shown.spans]
    edges[-1] = (edges[-1][0], edges[-1][1] - 1)
    return [(round(first * 1000 / shown.fps, 1), round(stop * 1000 / shown.fps, 1)) for first, stop in edges]


@pytest.mark.parametrize(
    ("frames", "start", "end", "expected"),
    [
        ([0.0], 500, 9000, [(500, 2500)]),
        ([0.0, 3000.0], 500, 9000, [(1800, 4000)]),
        ([0.0, 700.0], 500, 9000, [(500, 1700)]),
        ([0.0, 1000.0, 1800.0], 500, 2000, [(500, 2000)]),
        ([0.0, 1000.0, 5000.0], 900, 9000, [(900, 1400), (4600, 6000)]),
        ([0.0, 1000.0, 5000.0], 900, 5200, [(900, 1400), (4600, 5200)]),
        ([0.0, 1000.0, 5000.0], 900, 4000, [(900, 2000)]),
        ([0.0, 100.0, 200.0], 900, 900, [(900, 900)]),
    ],
    ids=[
        "a still page is held for the shortest film",
        "a long lead is trimmed",
        "a short lead is kept",
        "a pause of just the limit is kept",
        "a long pause loses its middle",
        "the tail ends with the take",
        "what comes after the end is no activity",
        "a take without length",
    ],
)
def test_stillness_is_shortened(
    frames: list[float], start: float, end: float, expected: list[tuple[float, float]]
) -> None:
    assert stretches(pace(timeline(start, end), frames, STYLE)) == expected


def test_pointer_clicks_and_scrolls_are_activity_as_frames_are() -> None:
    still = timeline(0, 9_000, clicks=[7_000.0])
    take = replace(still, pointer=(Sample(3_000, 1, 1),), scrolls=(Scroll(5_000, 5_500, 90),))
    assert stretches(pace(take, [0.0], STYLE)) == [
        (1_800, 3_400),
        (4_600, 5_900),
        (6_600, 8_000),
    ]


def test_of_a_long_wait_only_the_ends_are_shown_though_a_spinner_turns() -> None:
    take = replace(timeline(0, 9_000), waits=(Stretch(1_000.0, 7_000.0),))
    assert stretches(pace(take, moving(0, 9_000), STYLE)) == [(0, 1_800), (6_200, 9_000)]


def test_a_short_wait_is_shown_whole() -> None:
    take = replace(timeline(0, 9_000), waits=(Stretch(1_000.0, 3_400.0),))
    assert stretches(pace(take, moving(0, 9_000), STYLE)) == [(0, 9_000)]


def test_a_pause_lasts_until_its_caption_is_read_when_the_next_one_begins() -> None:
    frames = [0.0, *moving(1_000, 1_200), *moving(8_000, 9_000)]
    read = [Reading(1_000.0, 2_000.0), Reading(7_990.0, 1_000.0)]
    first, second = stretches(pace(timeline(0, 9_000), frames, STYLE, read))
    assert first[1] - 1_000 == pytest.approx(2_000, abs=2 * FRAME_MS)
    assert second[0] == 7_600


def test_a_pause_under_one_and_the_same_caption_is_as_short_as_others() -> None:
    frames = [0.0, *moving(1_000, 1_200), *moving(8_000, 9_000)]
    shown = pace(timeline(0, 9_000), frames, STYLE, [Reading(1_000.0, 2_600.0)])
    assert stretches(shown)[0][1] == 1_600


def test_the_last_caption_is_read_before_the_film_ends() -> None:
    frames = [0.0, *moving(1_000, 1_200)]
    shown = pace(timeline(0, 9_000), frames, STYLE, [Reading(1_100.0, 2_600.0)])
    assert stretches(shown)[-1][1] == pytest.approx(3_700, abs=2 * FRAME_MS)


@pytest.mark.parametrize("fps", [30, 60])
def test_footage_at_the_films_own_rate_is_shown_frame_by_frame_across_all_gaps(fps: int) -> None:
    style = Style(fps=60) if fps == 60 else Style()
    grid = [number * 1000 / fps for number in range(20 * fps)]
    frames = [at for at in grid if not 3_000 < at < 7_013 and not 9_000 < at < 12_345]
    frames = [at + (0.04 if number % 2 else -0.04) for number, at in enumerate(frames)]
    shown = pace(timeline(517.3, 18_000), frames, style)
    indexes = [sum(at <= moment + 1 for at in frames) for moment in shown.moments()]
    while_moving = [b - a for a, b in pairwise(indexes) if b != a]
    assert set(while_moving) == {1}, "none is missed"
    repeated = sum(a == b for a, b in pairwise(indexes))
    assert 2 * 0.7 * fps <= repeated <= 2 * 0.8 * fps, "none is shown twice but in the two pauses"


def test_what_was_left_out_maps_to_the_edge_of_its_gap() -> None:
    shown = pace(timeline(0, 9_000), [0.0, 500.0, 6_500.0], STYLE)
    assert shown.film_ms(500) == pytest.approx(500)
    assert shown.film_ms(3_000) == shown.film_ms(6_000) == pytest.approx(27 * FRAME_MS)
    assert shown.film_ms(6_500) == pytest.approx(27 * FRAME_MS + 400)
    assert shown.film_ms(-5) == 0


def test_the_card_holds_the_first_moment() -> None:
    shown = pace(timeline(100, 9_000), moving(200, 2_000), STYLE, card_ms=1_000)
    moments = [*shown.moments()]
    assert moments[:30] == [moments[0]] * 30
    assert moments[30] == moments[0]
    assert moments[31] > moments[0]
    assert shown.film_ms(100) == pytest.approx(1_000)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_the_take_the_pace_keeps_its_promises(seed: int) -> None:
    take, frames, _ = random_take(seed, rounds=5)
    shown = pace(take, frames, STYLE)
    moments = [*shown.moments()]
    assert len(moments) == shown.film_frames
    assert all(a < b for a, b in pairwise(moments))
    assert take.start_ms <= moments[0]
    assert moments[-1] <= take.end_ms + FRAME_MS
    events = {*(sample.at_ms for sample in take.pointer), *(step.click_ms for step in take.steps)}
    events |= {edge for scroll in take.scrolls for edge in scroll[:2]}
    active = sorted({*frames, *events})
    active = [at_ms for at_ms in active if take.start_ms < at_ms <= take.end_ms]
    loading = [wait for wait in take.waits if wait.to_ms - wait.from_ms > 2_500]
    for a, b in pairwise(active):
        if not any(wait.from_ms < b and a < wait.to_ms for wait in loading):
            on_film_ms = shown.film_ms(b) - shown.film_ms(a)
            assert min(b - a, 800) - 2 * FRAME_MS <= on_film_ms <= min(b - a, 800) + 1e-6
