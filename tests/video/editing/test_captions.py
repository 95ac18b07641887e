"""Captions and chapters: when they are shown, where, and under which titles."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.video.support.takes import random_take
from video.editing.caption_text import reading_ms
from video.editing.captions import captions, chapters, clean_titles, visible_caption
from video.editing.compose import compose
from video.editing.composition import Box, Caption, VisibleCaption
from video.editing.cursor import Path
from video.editing.pacing import Pace, pace
from video.editing.timeline import Area, Sample, Step, Timeline, Visit
from video.style import Style

WHOLE = Box(0, 0, 1152, 648)
FRAMES = [number * 20.0 for number in range(1_000)]
STYLE = Style(title_card=False)


def step(at_ms: float, label: str = "Pricing", x: float = 300.0, y: float = 100.0) -> Step:
    return Step(at_ms - 900, at_ms, at_ms + 600, label, "click", "u", x, y, "link", "page")


def timeline(*steps: Step, visits: tuple[Visit, ...] = ()) -> Timeline:
    return Timeline(1152, 648, 0.0, 20_000.0, "t", "u", steps=steps, visits=visits)


def paced(take: Timeline) -> Pace:
    return pace(take, FRAMES, STYLE)


def said(*steps: Step, views: tuple[Box | None, ...] = (), pointer: tuple[Sample, ...] = ()) -> list[Caption]:
    made = captions(steps, views or (None,) * len(steps), WHOLE, Path(pointer), paced(timeline(*steps)))
    return list(made)


def test_a_caption_comes_when_the_pointer_sets_off_and_stays_until_the_click_was_seen() -> None:
    (only,) = said(step(5_000))
    assert only.text == "Open Pricing"
    assert only.start_ms == pytest.approx(4_100)
    assert only.end_ms == pytest.approx(5_900)


def test_a_long_caption_stays_until_it_is_read() -> None:
    label = "The complete guide to lighting rooms"
    (only,) = said(step(5_000, label))
    assert only.end_ms - only.start_ms == pytest.approx(reading_ms(f"Open {label}"))


def test_the_next_caption_ends_the_one_before() -> None:
    first, second = said(step(5_000), step(6_500))
    assert first.end_ms == second.start_ms


@pytest.mark.parametrize(
    ("made", "view", "anchor"),
    [
        (step(5_000, y=100), None, "bottom"),
        (step(5_000, y=500), None, "top"),
        (step(5_000, y=400), None, "bottom"),
        (step(5_000, y=400), Box(0, 0, 853, 480), "top"),
        (replace(step(5_000, y=470), target=Area(280, 450, 100, 60)), None, "top"),
        (replace(step(5_000, y=300), appeared=Area(280, 320, 300, 250)), None, "top"),
        (replace(step(5_000, y=100), appeared=Area(280, 120, 300, 500)), None, "bottom"),
    ],
    ids=[
        "high",
        "low",
        "in the middle",
        "low in what is shown",
        "a target that reaches down",
        "what comes up reaches down",
        "what comes up is everywhere",
    ],
)
def test_a_caption_keeps_clear_of_the_click(made: Step, view: Box | None, anchor: str) -> None:
    (only,) = said(made, views=(view,))
    assert only.anchor == anchor


def test_a_caption_keeps_clear_of_the_pointers_last_way() -> None:
    (only,) = said(step(5_000, y=400), pointer=(Sample(4_800, 300, 600), Sample(4_900, 300, 400)))
    assert only.anchor == "top"


def test_words_fade_in_and_out() -> None:
    up = [Caption(1_000, 2_000, "a"), Caption(2_000, 3_000, "b")]
    starts = [1_000.0, 2_000.0]
    assert visible_caption(up, starts, 999) is None
    assert visible_caption(up, starts, 1_075) == VisibleCaption(0, 0.5)
    assert visible_caption(up, starts, 1_500) == VisibleCaption(0, 1.0)
    assert visible_caption(up, starts, 1_925) == VisibleCaption(0, 0.5)
    assert visible_caption(up, starts, 2_150) == VisibleCaption(1, 1.0)
    assert visible_caption(up, starts, 3_000) is None


def test_subtitles_are_there_when_the_picture_has_no_words() -> None:
    film = compose(timeline(step(5_000)), FRAMES, Style(captions=False))
    assert [caption.text for caption in film.captions] == ["Open Pricing"]
    assert all(spec.visible_caption is None for spec in film.frame_specs)


@pytest.mark.parametrize("seed", range(30))
def test_captions_never_overlap_and_chapters_have_no_gaps(seed: int) -> None:
    take, frames, _ = random_take(seed)
    film = compose(take, frames, Style())
    for a, b in pairwise(film.captions):
        assert a.start_ms <= a.end_ms <= b.start_ms
    assert film.chapters[0].start_ms == 0
    assert film.chapters[-1].end_ms == pytest.approx(film.duration_s * 1000)
    for one, two in pairwise(film.chapters):
        assert one.end_ms == two.start_ms
        assert one.title != two.title


def test_each_page_is_a_chapter_from_its_visit_on() -> None:
    visits = (
        Visit(0, "u", "Lumen"),
        Visit(5_000, "u/p", "Pricing | Lumen"),
        Visit(9_000, "u/d", "Docs | Lumen"),
    )
    take = timeline(visits=visits)
    made = chapters(take, paced(take), 20_000)
    assert [(round(one.start_ms), one.title) for one in made] == [
        (0, "Lumen"),
        (5_000, "Pricing"),
        (9_000, "Docs"),
    ]


def test_a_page_that_is_over_in_a_second_is_no_chapter() -> None:
    visits = (Visit(0, "u", "Lumen"), Visit(5_000, "u/p", "Moved"), Visit(5_900, "u/d", "Docs"))
    take = timeline(visits=visits)
    assert [one.title for one in chapters(take, paced(take), 20_000)] == ["Lumen", "Docs"]


def test_a_page_visited_again_at_once_goes_on() -> None:
    visits = (Visit(0, "u", "Lumen"), Visit(5_000, "u/#a", "Lumen"))
    take = timeline(visits=visits)
    assert len(chapters(take, paced(take), 20_000)) == 1


@pytest.mark.parametrize(
    ("titles", "cleaned"),
    [
        (["Lumen", "Pricing | Lumen"], ["Lumen", "Pricing"]),
        (["Lumen: lamps", "A | Lumen", "B | Lumen", "C | Lumen docs"], ["Lumen: lamps", "A", "B", "C"]),
        (["Acme \u2013 Home", "Acme \u2013 News"], ["Home", "News"]),
        (["One - two", "Three - four"], ["One \u2013 two", "Three \u2013 four"]),
        (["Button \u22c5 Storybook", "Page \u22c5 Storybook"], ["Button", "Page"]),
        (["Pricing | Lumen"], ["Pricing \u2013 Lumen"]),
        (["", "Docs"], ["", "Docs"]),
        (["State-of-the-art", "Well-known"], ["State-of-the-art", "Well-known"]),
    ],
)
def test_what_titles_have_in_common_is_left_out(titles: list[str], cleaned: list[str]) -> None:
    assert clean_titles(titles) == cleaned
