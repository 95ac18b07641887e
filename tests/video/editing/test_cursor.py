"""The drawn pointer: smooth where the real one was sampled unevenly, in time for the click."""

import random
from itertools import pairwise

import pytest

from video.editing.composition import PagePoint
from video.editing.cursor import Clicks, Path
from video.editing.timeline import Sample, Step


def stroke(jitter_ms: float, seed: int = 1) -> list[Sample]:
    """From (100, 100) to (700, 400) in 600 ms, sampled unevenly."""
    dice = random.Random(seed)
    samples = []
    for n in range(37):
        t = n / 36
        t = t * t * t * (t * (6 * t - 15) + 10)
        at_ms = 1_000 + n * 600 / 36 + (dice.uniform(0, jitter_ms) if 0 < n < 36 else 0)
        samples.append(Sample(at_ms, 100 + 600 * t, 100 + 300 * t))
    return sorted(samples)


def test_it_stands_where_it_first_was_and_where_it_last_was() -> None:
    path = Path(stroke(0))
    assert path.at(0) == PagePoint(100, 100)
    assert path.at(9_000) == PagePoint(700, 400)


def test_it_has_arrived_well_before_the_click() -> None:
    assert Path(stroke(0)).at(1_600 + 65) == PagePoint(700, 400)


@pytest.mark.parametrize("seed", range(10))
def test_uneven_sampling_does_not_shake_it(seed: int) -> None:
    path = Path(stroke(12, seed))
    xs = [path.at(900 + n * 1000 / 60).x for n in range(60)]
    speeds = [b - a for a, b in pairwise(xs)]
    assert min(speeds) >= 0, "it never goes back"
    # Evenly sampled, its speed changes by 2.7 px a frame at most; unevenly and not smoothed, by 20.
    assert max(abs(b - a) for a, b in pairwise(speeds)) < 5


def test_it_stays_close_to_where_the_real_one_was() -> None:
    path, samples = Path(stroke(0)), stroke(0)
    assert all(abs(path.at(sample.at_ms).x - sample.x) < 6 for sample in samples)


def test_after_a_rest_it_sets_off_and_does_not_leap() -> None:
    path = Path([Sample(0, 10, 10), Sample(3_000, 40, 10), Sample(3_016, 44, 10)])
    assert path.at(2_900) == PagePoint(10, 10)
    assert 10 < path.at(2_990).x < 40
    assert path.at(3_100) == PagePoint(44, 10)


def test_a_stall_of_the_machine_is_bridged() -> None:
    path = Path([Sample(0, 0, 0), Sample(200, 100, 0)])
    assert path.at(100).x == pytest.approx(50, abs=2)


def test_without_samples_there_is_no_path() -> None:
    assert not Path([])


def test_it_is_pressed_around_the_click_and_released() -> None:
    clicks = Clicks([Step(0, 1_000, 2_000, "Go", "click", "u", 5, 6)], [1_000.0])
    assert clicks.pressed(940) == 0
    assert 0 < clicks.pressed(990) < 1
    assert clicks.pressed(1_050) == 1
    assert 0 < clicks.pressed(1_150) < 1
    assert clicks.pressed(1_220) == 0


def test_a_click_makes_a_ripple_that_grows_old() -> None:
    clicks = Clicks([Step(0, 1_000, 2_000, "Go", "click", "u", 5, 6)], [1_000.0])
    assert clicks.ripples(999) == ()
    assert [(ripple.x, ripple.y, ripple.age) for ripple in clicks.ripples(1_225)] == [(5, 6, 0.5)]
    assert clicks.ripples(1_450) == ()
