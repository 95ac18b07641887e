"""The cut as pure arithmetic: what is kept, what is left out, and what each film frame shows."""

import random
from bisect import bisect_right
from itertools import pairwise

import pytest

from video.cut import Cut, Span, Spot, Style, cut
from video.errors import NoFootage
from video.timeline import Sample, Step, Timeline

FRAME_MS = 1000 / 30
STYLE = Style()


def timeline(
    start_ms: float = 0.0,
    end_ms: float = 10_000.0,
    pointer: tuple[Sample, ...] = (),
    clicks: tuple[float, ...] = (),
) -> Timeline:
    steps = tuple(Step(at, at, at, "Go", "click", "u", 30.0, 40.0) for at in clicks)
    return Timeline(1280, 720, start_ms, end_ms, "t", "u", steps, pointer)


def moving(from_ms: float, to_ms: float, every_ms: float = 20.0) -> list[float]:
    return [from_ms + every_ms * n for n in range(int((to_ms - from_ms) / every_ms) + 1)]


def shown(film: Cut) -> list[int]:
    """The footage frame of every film frame."""
    return [shot.frame_index for shot in film.shots for _ in range(shot.film_frames)]


def length_ms(film: Cut) -> float:
    return sum(span.to_ms - span.from_ms for span in film.spans)


@pytest.mark.parametrize(
    ("frames", "start", "end", "spans"),
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
def test_spans(frames: list[float], start: float, end: float, spans: list[tuple[float, float]]) -> None:
    film = cut(timeline(start, end), frames)
    assert [(span.from_ms, span.to_ms) for span in film.spans] == spans


def test_a_film_without_any_click_or_change_lasts_two_seconds_of_one_picture() -> None:
    film = cut(timeline(500, 700), [20.0])
    assert [shot.frame_index for shot in film.shots] == [0]
    assert film.film_frames == 61
    assert film.pointer == ()


def test_the_film_opens_on_the_picture_that_stood_when_the_page_had_settled() -> None:
    film = cut(timeline(800, 3000), [10.0, 400.0, 790.0, 850.0, 2000.0])
    assert shown(film)[0] == 2
    assert set(shown(film)) == {2, 3, 4}


def test_the_film_opens_on_the_first_picture_when_none_is_older() -> None:
    assert shown(cut(timeline(0, 3000), [40.0, 900.0]))[0] == 0


def test_nothing_after_the_end_is_shown_although_it_was_filmed() -> None:
    film = cut(timeline(0, 2000), [0.0, 1900.0, 2000.5, 2100.0])
    assert max(shown(film)) == 1


def test_the_last_picture_is_shown_even_if_it_comes_with_the_end() -> None:
    assert shown(cut(timeline(0, 3000), [0.0, *moving(1000, 2990, 10), 3000.0]))[-1] == 201


@pytest.mark.parametrize("frames", [[], [5000.0]])
def test_a_take_without_a_picture_before_its_end_cannot_be_cut(frames: list[float]) -> None:
    with pytest.raises(NoFootage):
        cut(timeline(0, 2000), frames)


def test_of_frames_in_the_same_slot_the_last_wins() -> None:
    film = cut(timeline(0, 4000), [0.0, 101.0, 110.0, 120.0, 140.0])
    assert 1 not in shown(film)
    assert 2 not in shown(film)
    assert {0, 3, 4} == set(shown(film))


def test_an_animation_that_never_stops_is_kept_at_true_speed() -> None:
    film = cut(timeline(0, 8000), moving(0, 8000))
    assert film.film_frames == 8 * 30 + 1


def test_a_moving_pointer_is_activity_and_a_resting_one_is_not() -> None:
    pointer = tuple(Sample(at, at / 10, 5.0) for at in moving(3000, 4000, 16))
    film = cut(timeline(0, 9000, pointer), [0.0])
    assert [(span.from_ms, span.to_ms) for span in film.spans] == [(1800, pointer[-1].at_ms + 1000)]


def test_a_click_that_changes_nothing_is_still_shown_with_time_for_its_ripple() -> None:
    film = cut(timeline(0, 9000, clicks=(6000.0,)), [0.0])
    assert film.clicks[0].film_ms == 1200
    assert length_ms(film) >= 600 + 450


def test_clicks_outside_the_film_are_left_out() -> None:
    assert cut(timeline(1000, 5000, clicks=(900.0, 5001.0)), [0.0, 2000.0]).clicks == ()


def test_the_pointer_stands_at_its_first_place_from_the_first_frame() -> None:
    film = cut(timeline(0, 5000, (Sample(3000, 7.0, 9.0), Sample(3016, 8.0, 9.0))), [0.0])
    assert film.pointer[0] == Spot(7.0, 9.0)
    assert len(film.pointer) == film.film_frames


def test_the_pointer_moves_on_a_line_between_samples() -> None:
    film = cut(timeline(0, 4000, (Sample(0, 0.0, 0.0), Sample(100, 50.0, 10.0))), moving(0, 4000))
    assert film.pointer[1].x == pytest.approx(FRAME_MS / 2)
    assert film.pointer[1].y == pytest.approx(FRAME_MS / 10)


def test_the_pointer_rests_until_just_before_its_next_sample() -> None:
    pointer = (Sample(0, 10.0, 10.0), Sample(2000, 40.0, 10.0), Sample(2016, 44.0, 10.0))
    film = cut(timeline(0, 4000, pointer), moving(0, 4000))
    assert film.pointer[59] == Spot(10.0, 10.0)
    assert film.pointer[60].x == pytest.approx(40.0)
    assert film.pointer[-1] == Spot(44.0, 10.0)


def test_a_moment_that_was_left_out_maps_to_the_edge_of_the_gap() -> None:
    film = cut(timeline(0, 9000), [0.0, 500.0, 6500.0])
    assert film.spans == (Span(0, 900, 0), Span(6100, 7500, 900))
    assert film.film_ms(3000) == 900
    assert film.film_ms(6100) == 900
    assert film.take_ms(900) == 6100
    assert film.take_ms(899) == 899
    assert film.take_ms(1e9) == 7500


def test_sixty_frames_a_second_are_one_setting_away() -> None:
    film = cut(timeline(0, 3000), moving(0, 3000, 1000 / 60), Style(fps=60))
    assert shown(film) == list(range(181))


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_take_the_cut_keeps_its_promises(seed: int) -> None:
    take, frames = random_take(random.Random(seed))
    film = cut(take, frames)
    moments = [film.take_ms(number * 1000 / film.fps) for number in range(film.film_frames)]

    assert film.film_frames == sum(shot.film_frames for shot in film.shots)
    assert film.film_frames >= STYLE.min_film_ms * 30 / 1000
    assert length_ms(film) <= film.film_frames * FRAME_MS <= max(length_ms(film), 2000) + 2 * FRAME_MS
    assert all(a <= b for a, b in pairwise(moments)), "the film never runs backwards"
    assert take.start_ms <= moments[0]
    assert moments[-1] <= take.end_ms
    assert all(a < b for a, b in pairwise(shot.frame_index for shot in film.shots))
    assert frames[max(shown(film))] <= take.end_ms
    assert len(film.pointer) in (0, film.film_frames)
    for index, at_ms in zip(shown(film), moments, strict=True):
        assert index == max(bisect_right(frames, at_ms + 1e-6) - 1, 0), "each picture at its time"


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_take_pauses_are_bounded_and_moving_pictures_kept(seed: int) -> None:
    take, frames = random_take(random.Random(1000 + seed))
    film = cut(take, frames)
    active = sorted(
        at
        for at in {*frames, *(s.at_ms for s in take.pointer), *(s.click_ms for s in take.steps)}
        if take.start_ms < at <= take.end_ms
    )
    on_film = [film.film_ms(at) for at in active]

    for a, b in pairwise(zip(active, on_film, strict=True)):
        assert b[1] - a[1] == pytest.approx(min(b[0] - a[0], STYLE.max_still_ms)), "true speed but for pauses"
    if active:
        assert on_film[0] <= STYLE.lead_ms + 1e-6
        assert length_ms(film) - on_film[-1] <= STYLE.tail_ms + 1e-6
    pictures = [index for index, at in enumerate(frames) if take.start_ms < at <= take.end_ms]
    kept = set(shown(film))
    for index in pictures:
        alone = index + 1 not in pictures or frames[index + 1] - frames[index] >= FRAME_MS
        assert not alone or index in kept, "no picture that stood for a film frame is lost"


def random_take(dice: random.Random) -> tuple[Timeline, list[float]]:
    """Bursts of frames and pointer moves with pauses between, all with jitter."""
    frames, pointer, clicks = [dice.uniform(0, 50)], [], []
    now = frames[0]
    for _ in range(dice.randrange(12)):
        now += dice.choice([dice.uniform(1, 300), dice.uniform(500, 6000)])
        kind = dice.randrange(3)
        for _ in range(dice.randrange(1, 60)):
            now += dice.choice([16.7, 33.4, dice.uniform(0.5, 80)])
            if kind != 1:
                frames.append(now)
            if kind != 0:
                pointer.append(
                    Sample(now + dice.uniform(0, 0.4), dice.uniform(0, 1280), dice.uniform(0, 720))
                )
        clicks.append(now)
    start = dice.uniform(frames[0], max(now / 3, frames[0]))
    return timeline(start, start + dice.uniform(0, now), tuple(pointer), tuple(clicks)), frames
