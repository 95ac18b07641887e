"""The cut as pure arithmetic: what each film frame shows."""

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.video.support.takes import random_take
from video.editing.compose import compose
from video.editing.composition import Box, Composition, VisibleCaption
from video.editing.timeline import Sample, Step, Timeline
from video.errors import NoFootage
from video.style import Style

FRAME_MS = 1000 / 30
STYLE = Style(title_card=False)


def timeline(
    start_ms: float = 0.0,
    end_ms: float = 10_000.0,
    pointer: tuple[Sample, ...] = (),
    clicks: tuple[float, ...] = (),
) -> Timeline:
    steps = tuple(Step(at, at, at, "Go", "click", "u", 30.0, 40.0) for at in clicks)
    return Timeline(1152, 648, start_ms, end_ms, "t", "u", steps=steps, pointer=pointer)


def moving(from_ms: float, to_ms: float, every_ms: float = 20.0) -> list[float]:
    return [from_ms + every_ms * n for n in range(int((to_ms - from_ms) / every_ms) + 1)]


def shown(film: Composition) -> list[int]:
    """The footage frame of every film frame."""
    return [spec.frame_index for spec in film.frame_specs]


def test_a_film_without_any_click_or_change_lasts_two_seconds_of_one_picture() -> None:
    film = compose(timeline(500, 700), [20.0], STYLE)
    assert set(film.frame_specs) == {film.frame_specs[0]}
    assert film.film_frames == 60
    assert film.frame_specs[0].pointer is None


def test_the_film_opens_on_the_picture_that_stood_when_the_page_had_settled() -> None:
    film = compose(timeline(800, 3000), [10.0, 400.0, 790.0, 850.0, 2000.0], STYLE)
    assert shown(film)[0] == 2
    assert set(shown(film)) == {2, 3, 4}


def test_the_film_opens_on_the_first_picture_when_none_is_older() -> None:
    assert shown(compose(timeline(0, 3000), [40.0, 900.0], STYLE))[0] == 0


def test_nothing_after_the_end_is_shown_although_it_was_filmed() -> None:
    film = compose(timeline(0, 2000), [0.0, 1900.0, 2000.5, 2100.0], STYLE)
    assert max(shown(film)) == 1


def test_the_last_picture_is_shown_even_if_it_comes_with_the_end() -> None:
    assert shown(compose(timeline(0, 3000), [0.0, *moving(1000, 2990, 10), 3000.0], STYLE))[-1] == 201


@pytest.mark.parametrize("frames", [[], [5000.0]])
def test_a_take_without_a_picture_before_its_end_cannot_be_cut(frames: list[float]) -> None:
    with pytest.raises(NoFootage):
        compose(timeline(0, 2000), frames, STYLE)


def test_of_frames_in_the_same_slot_the_last_wins() -> None:
    film = compose(timeline(0, 4000), [0.0, 104.0, 110.0, 120.0, 140.0], STYLE)
    assert {0, 3, 4} == set(shown(film))


def test_an_animation_that_never_stops_is_kept_at_true_speed() -> None:
    film = compose(timeline(0, 8000), moving(0, 8000), STYLE)
    assert film.film_frames == 8 * 30 + 1


def test_a_click_that_changes_nothing_is_still_shown_with_time_for_its_ripple() -> None:
    film = compose(timeline(0, 9000, (Sample(0, 30, 40),), clicks=(6000.0,)), [0.0], STYLE)
    rippling = [number for number, spec in enumerate(film.frame_specs) if spec.ripples]
    assert rippling == list(range(36, 36 + 14))
    assert [spec.ripples[0].age for spec in film.frame_specs[36:39]] == [0.0, 0.0741, 0.1481]


def test_clicks_outside_the_film_are_left_out() -> None:
    film = compose(timeline(1000, 5000, clicks=(900.0, 5001.0)), [0.0, 2000.0], STYLE)
    assert film.captions == ()
    assert not any(spec.ripples for spec in film.frame_specs)


def test_the_pointer_is_there_from_the_first_frame_and_pressed_at_the_click() -> None:
    film = compose(timeline(0, 5000, (Sample(3000, 7.0, 9.0),), clicks=(3200.0,)), [0.0], STYLE)
    pointers = [spec.pointer for spec in film.frame_specs if spec.pointer]
    assert len(pointers) == film.film_frames
    assert (pointers[0].x, pointers[0].y, pointers[0].pressed) == (7.0, 9.0, 0.0)
    assert max(pointer.pressed for pointer in pointers) == 1.0


def test_captions_are_words_in_the_frames_of_their_time() -> None:
    film = compose(timeline(0, 9000, clicks=(5000.0,)), moving(0, 9000), STYLE)
    first = next(number for number, spec in enumerate(film.frame_specs) if spec.visible_caption)
    assert first == 151
    assert film.frame_specs[160].visible_caption == VisibleCaption(0, 1.0)
    assert film.captions[0].text == "Go"


def test_the_title_card_stands_on_the_first_picture_and_fades() -> None:
    take = timeline(100, 9000, (Sample(0, 7.0, 9.0),))
    film = compose(take, moving(0, 9000), Style())
    cards = [spec.card for spec in film.frame_specs]
    assert cards[:54] == [1.0] * 54
    assert 0 < cards[60] < 1
    assert set(cards[66:]) == {0.0}
    assert len({spec.frame_index for spec in film.frame_specs[:67]}) == 1, "the page stands still under it"
    assert film.frame_specs[10].pointer is None
    assert film.frame_specs[60].pointer is not None
    assert film.duration_s == pytest.approx(compose(take, moving(0, 9000), STYLE).duration_s + 2.2)


def test_without_zoom_every_frame_shows_the_whole_page() -> None:
    take, frames, _ = random_take(3)
    film = compose(take, frames, replace(STYLE, zoom=False))
    assert {spec.view for spec in film.frame_specs} == {Box(0, 0, 1152, 648)}


@pytest.mark.parametrize("fps", [30, 60])
def test_footage_at_the_films_rate_is_shown_one_to_one(fps: int) -> None:
    style = replace(STYLE, fps=60) if fps == 60 else STYLE
    film = compose(timeline(0, 3000), moving(0, 3000, 1000 / fps), style)
    assert shown(film) == list(range(3 * fps + 1))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_take_the_cut_keeps_its_promises(seed: int) -> None:
    take, frames, _ = random_take(seed, rounds=4)
    film = compose(take, frames, STYLE)
    indexes = shown(film)

    assert film.film_frames >= STYLE.min_film_ms * 30 / 1000
    assert all(a <= b for a, b in pairwise(indexes)), "the film never runs backwards"
    assert indexes[0] >= bisect_right(frames, take.start_ms) - 1, "nothing before the start"
    assert frames[indexes[-1]] <= take.end_ms
    assert len({spec.pointer is None for spec in film.frame_specs}) == 1
    assert len(film.captions) == len([s for s in take.steps if take.start_ms <= s.click_ms <= take.end_ms])
