"""What a film has lost is counted from the codes of its pictures."""

import pytest

from tests.benchmark.frames.codes import CLOCK_WRAP_MS, Code
from tests.benchmark.frames.motion import Motion, Seen, measure


def film(painted: list[int], step_ms: float, page_step_ms: float, began_ms: int = 0) -> Motion:
    """A film with a picture every `step_ms`, of a page that paints one every `page_step_ms`."""
    return measure(
        [
            Seen(index * step_ms, Code(0, each, round(began_ms + each * page_step_ms) % CLOCK_WRAP_MS, 0))
            for index, each in enumerate(painted)
        ]
    )


def test_a_perfect_film_loses_nothing() -> None:
    motion = film(list(range(60)), 1000 / 60, 1000 / 60)
    assert motion.repeated == motion.skipped == motion.unreadable == 0
    assert motion.distinct_per_s == pytest.approx(60)
    assert motion.film_s == pytest.approx(1)
    assert motion.judder_ms < 1


def test_a_film_at_half_the_rate_repeats_nothing() -> None:
    motion = film(list(range(0, 60, 2)), 1000 / 30, 1000 / 60)
    assert motion.repeated == 0
    assert motion.skipped == pytest.approx(0.5)


def test_each_repeated_picture_is_a_lost_frame() -> None:
    motion = film([0, 1, 1, 3, 4], 20, 20)
    assert motion.repeated == pytest.approx(1 / 4)
    assert motion.skipped == pytest.approx(1 / 4)
    assert motion.judder_ms == pytest.approx((2 * 20**2 / 4) ** 0.5)


def test_the_clock_may_wrap() -> None:
    assert film([0, 1, 2], 20, 20, began_ms=CLOCK_WRAP_MS - 30).judder_ms == 0


def test_a_cut_and_a_new_page_are_no_loss() -> None:
    seen = [Code(0, 5, 100, 0), Code(0, 6, 120, 0), Code(0, 90, 1800, 0), Code(1, 1, 2000, 0), None]
    motion = measure([Seen(index * 20, code) for index, code in enumerate(seen)])
    assert motion.repeated == motion.skipped == 0
    assert motion.unreadable == 1
    assert motion.last_clock_ms == 2000
