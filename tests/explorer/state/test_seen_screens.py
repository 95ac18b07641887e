"""Screens that the film has shown, and how new another one is."""

import pytest

from explorer.page.visual_diff import NEW_SCENE_SHARE
from explorer.state.seen_screens import SeenScreens
from tests.explorer.page.test_visual_diff import BLOCKS, picture


def test_a_screen_counts_as_new_sooner_on_another_path() -> None:
    seen_screens, little = SeenScreens(), round(0.06 * BLOCKS)
    assert seen_screens.add(picture())

    assert seen_screens.novelty(picture(little)) == pytest.approx(0.06 / NEW_SCENE_SHARE)
    assert seen_screens.novelty(picture(little, "/other")) == pytest.approx(1.5)
    assert not seen_screens.add(picture(little))
    assert seen_screens.add(picture(little, "/other"))


def test_everything_is_new_while_nothing_was_shown() -> None:
    assert SeenScreens().novelty(picture()) > 1
