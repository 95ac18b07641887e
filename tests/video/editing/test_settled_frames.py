"""What a cut calls settled while the take runs is what the film shows in the end, whatever comes."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.markers import first, thorough
from tests.video.support.takes import prefix, random_take
from video.editing.compose import compose
from video.editing.composition import Anchor, Composition, FrameSpec
from video.editing.timeline import Timeline
from video.style import Style

STYLES = (
    Style(),
    Style(fps=60),
    Style(name="plain", title_card=False),
    Style(title_card=False, fps=60, zoom=False),
    Style(captions=False),
)


def settled(film: Composition) -> tuple[tuple[FrameSpec, ...], list[tuple[str, Anchor]]]:
    """The settled looks of a film, and the captions in them."""
    frame_specs = film.frame_specs[: film.settled_frames]
    said = sorted({spec.visible_caption.caption for spec in frame_specs if spec.visible_caption})
    return frame_specs, [(film.captions[index].text, film.captions[index].anchor) for index in said]


def agrees(early: Composition, late: Composition) -> bool:
    return settled(early) == settled(replace(late, settled_frames=early.settled_frames))


@pytest.mark.parametrize("fps", [None, 30, 60])
@pytest.mark.parametrize("seed", [*range(len(STYLES)), *map(thorough, range(len(STYLES), 24))])
def test_settled_looks_stay_whatever_comes(seed: int, fps: int | None) -> None:
    style = STYLES[seed % len(STYLES)]
    timeline, frames, rounds = random_take(seed, rounds=5, fps=fps)
    whole = compose(timeline, frames, style)
    known = [
        (end_ms, early(timeline, frames, end_ms, style)) for end_ms in rounds if end_ms <= timeline.end_ms
    ]

    for end_ms, film in known:
        assert agrees(film, whole)
        # It may also end right there, or be taken back by as much as a page that must not be shown takes.
        for back_ms in (0.0, 20.0, 60.0):
            ended = replace(timeline, end_ms=end_ms - back_ms)
            steps = tuple(step for step in timeline.steps if step.end_ms <= end_ms)
            assert agrees(film, compose(replace(ended, steps=steps), frames, style))


def early(timeline: Timeline, frames: Sequence[float], end_ms: float, style: Style) -> Composition:
    """The cut at a moment of the take, when frames of the last 60 ms may not have come yet."""
    dice = random.Random(end_ms)
    late_ms = dice.choice([0.0, dice.uniform(0, 60)])
    here = [at_ms for at_ms in frames if at_ms <= end_ms - late_ms]
    return compose(prefix(timeline, end_ms), here, style, final=False)


def test_all_of_a_finished_film_is_settled() -> None:
    timeline, frames, _ = random_take(1)
    film = compose(timeline, frames)
    assert film.settled_frames == film.film_frames


@pytest.mark.parametrize("seed", first(8, range(20)))
def test_what_is_settled_is_close_behind_what_has_happened(seed: int) -> None:
    timeline, frames, rounds = random_take(seed, fps=30)
    for end_ms in rounds[1:]:
        film = compose(prefix(timeline, end_ms), frames, Style(title_card=False), final=False)
        assert film.duration_s - film.settled_frames / 30 < 4.5
