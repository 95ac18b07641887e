"""The overlay script: exactly one pointer on every frame, ripples where clicks are."""

import re
from itertools import pairwise

import pytest

from video.cut import Click, Cut, Shot, Span, Spot
from video.overlay import RIPPLE_MS, boundary_cs, overlay

EVENT = re.compile(r"Dialogue: \d,(\d+):(\d+):(\d+)\.(\d+),(\d+):(\d+):(\d+)\.(\d+),(\w+),\{([^}]*)\}(.*)")


def film(
    pointer: tuple[Spot, ...], clicks: tuple[Click, ...] = (), fps: int = 30, height_px: int = 720
) -> Cut:
    frames = max(len(pointer), 60)
    spans = (Span(0.0, frames * 1000 / fps, 0.0),)
    width_px = height_px * 16 // 9
    return Cut(fps, width_px, height_px, "t", spans, (Shot(0, frames),), pointer, clicks)


def events(script: str, style: str) -> list[tuple[int, int, str, str]]:
    """(start and end in centiseconds, tags, drawing) of each event of a style."""
    found = []
    for match in EVENT.finditer(script):
        h, m, s, c, h2, m2, s2, c2 = map(int, match.groups()[:8])
        if match[9] == style:
            times = (h * 3600 + m * 60 + s) * 100 + c, (h2 * 3600 + m2 * 60 + s2) * 100 + c2
            found.append((*times, match[10], match[11]))
    return found


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_every_frame_lies_well_between_two_boundaries(fps: int) -> None:
    for frame in range(40_000):
        shown_ms = frame * 1000 / fps
        assert boundary_cs(frame, fps) * 10 <= max(shown_ms - 3, 0)
        assert shown_ms + 3 <= boundary_cs(frame + 1, fps) * 10


@pytest.mark.parametrize("fps", [30, 60])
def test_exactly_one_arrow_covers_each_frame(fps: int) -> None:
    pointer = tuple(Spot(10 + (n // 3) * 1.5, 20.0) for n in range(5000))
    arrows = events(overlay(film(pointer, fps=fps)), "arrow")
    assert arrows[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(arrows))
    for frame in (0, 1, 2, 3, 1234, 4998, 4999):
        shown_ms = int(frame * 1000 / fps)
        covering = [tags for start, end, tags, _ in arrows if start * 10 <= shown_ms < end * 10]
        assert len(covering) == 1
        assert f"\\pos({pointer[frame].x:.2f},20.00)" in covering[0]


def test_a_resting_pointer_is_one_event() -> None:
    script = overlay(film((Spot(5.0, 6.0),) * 300))
    assert len(events(script, "arrow")) == len(events(script, "shadow")) == 1


def test_the_pointer_is_placed_to_a_fraction_of_a_pixel() -> None:
    assert "\\pos(10.33,20.67)" in events(overlay(film((Spot(10.333, 20.666),))), "arrow")[0][2]


def test_a_take_without_a_pointer_has_an_empty_overlay() -> None:
    assert "Dialogue" not in overlay(film(()))


def test_a_click_ripples_for_its_time_around_its_place() -> None:
    script = overlay(film((Spot(50.0, 60.0),) * 90, (Click(1000.0, 50.0, 60.0),)))
    for style in ("ring", "disc"):
        (start, end, tags, drawing) = events(script, style)[0]
        assert start == boundary_cs(30, 30)
        assert end - start == pytest.approx(RIPPLE_MS / 10, abs=5)
        assert "\\pos(50.00,60.00)" in tags
        assert drawing.startswith("m ")


def test_the_pointer_is_pressed_for_a_moment_after_the_click() -> None:
    script = overlay(film((Spot(50.0, 60.0),) * 90, (Click(1000.0, 50.0, 60.0),)))
    up, down, up_again = events(script, "arrow")
    assert "fscx" not in up[2] + up_again[2]
    assert "fscx86" in down[2]
    assert (down[0], down[1]) == (boundary_cs(30, 30), boundary_cs(34, 30))


def test_drawings_grow_with_the_film() -> None:
    def height(script: str) -> int:
        return max(map(int, re.findall(r"-?\d+ (-?\d+)", events(script, "arrow")[0][3])))

    spots = (Spot(0.0, 0.0),)
    assert height(overlay(film(spots))) == 27 * 8
    assert height(overlay(film(spots, height_px=1440))) == 54 * 8
