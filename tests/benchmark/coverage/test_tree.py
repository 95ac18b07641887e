"""The best tree shows the most scenes that so many clicks can."""

import pytest

from tests.benchmark.coverage.tree import best_tree, shown


def best(parents: list[int], scenes: list[int], clicks: int) -> int:
    return shown(best_tree(parents, scenes, clicks), scenes)


def test_a_start_alone_is_one_scene() -> None:
    assert best([0], [0], 10) == 1


def test_no_more_clicks_are_made_than_there_are() -> None:
    assert best([0] * 21, list(range(21)), 10) == 11


def test_the_same_scene_counts_once() -> None:
    assert best([0, 0, 0, 0], [0, 1, 1, 0], 10) == 2


@pytest.mark.parametrize(("clicks", "expected"), [(1, 2), (3, 4), (4, 4), (7, 7)])
def test_a_menu_without_a_scene_of_its_own_is_opened_when_it_pays(clicks: int, expected: int) -> None:
    # Node 1 looks like the start; 2, 3 and 4 lie behind it, 5 beside it.
    assert best([0, 0, 1, 1, 1, 0, 5, 6], [0, 0, 1, 2, 3, 4, 5, 6], clicks) == expected


def test_a_leaf_gives_way_to_a_better_one() -> None:
    # The only way to scenes 2 and 3 leads through a repeat of scene 1, so the first click is wasted on it.
    assert best([0, 0, 0, 2, 2], [0, 1, 1, 2, 3], 3) == 4
