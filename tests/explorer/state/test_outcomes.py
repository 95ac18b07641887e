"""What is known of clicks before they are made, and for which clicks that holds."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.page.visual_diff import HEIGHT_PX, NEW_SCENE, WIDTH_PX, Picture
from explorer.state.outcomes import KnownOutcome, OutcomeCache
from explorer.state.seen_screens import SeenScreens
from explorer.types import Box, Element, Prospect

HOME = "http://site.test/"
TAB = Element("#tab", "button", "Tab", "tab", "", "Tab", Box(0, 0, 10, 10), landmark="main", identity="tab")
LINK = replace(TAB, selector="#a", tag="a", role="link", href=HOME + "a", identity="link")


def picture(grey: int, path: str = "") -> Picture:
    return Picture(np.full((HEIGHT_PX, WIDTH_PX, 3), grey, np.uint8), path)


class Shown:
    """A gallery with one picture, and an atlas over it that has seen these places."""

    def __init__(self, *seen: str) -> None:
        self.seen_screens = SeenScreens()
        self.seen_screens.add(picture(0))
        self.outcomes = OutcomeCache(self.seen_screens, set(seen).__contains__)


def test_a_link_is_known_wherever_it_stands() -> None:
    outcomes, sighting = Shown().outcomes, KnownOutcome("page", HOME + "a")
    outcomes.note(LINK, HOME, sighting)

    elsewhere = replace(LINK, identity="another", href=HOME + "a/index.html", landmark="footer")

    assert outcomes.find(elsewhere, HOME + "b") == sighting
    assert outcomes.find(replace(LINK, href=HOME + "c"), HOME) is None


def test_a_control_is_known_on_its_page_only() -> None:
    outcomes, sighting = Shown().outcomes, KnownOutcome("scene")
    outcomes.note(TAB, HOME, sighting)

    assert outcomes.find(TAB, HOME + "index.html#part") == sighting
    assert outcomes.find(TAB, HOME + "b") is None
    assert outcomes.find(replace(TAB, identity="other tab"), HOME) is None


@pytest.mark.parametrize("landmark", ["header", "nav", "footer", "aside"])
def test_a_control_of_the_frame_that_all_pages_share_is_known_on_all(landmark: str) -> None:
    outcomes, sighting = Shown().outcomes, KnownOutcome("disclosure")
    menu = Element("#m", "button", "Menu", "button", "", "Menu", TAB.box, landmark=landmark)  # type: ignore[arg-type]
    outcomes.note(menu, HOME, sighting)

    assert outcomes.find(menu, HOME + "b") == sighting


def test_a_link_to_a_part_of_its_own_page_is_a_control_of_that_page() -> None:
    outcomes, sighting = Shown().outcomes, KnownOutcome("nothing")
    anchor = replace(LINK, href=HOME + "#part")
    outcomes.note(anchor, HOME, sighting)

    assert outcomes.find(anchor, HOME) == sighting
    assert outcomes.find(replace(anchor, identity="other"), HOME) is None


@pytest.mark.parametrize(
    ("sighting", "novelty"),
    [
        (KnownOutcome("nothing", picture=picture(255)), 0.0),
        (KnownOutcome("scene"), 0.0),
        (KnownOutcome("page", picture=picture(0)), 0.0),
        (KnownOutcome("page", picture=picture(255), rule="auth"), 0.0),
        (KnownOutcome("scene", picture=picture(255), changed=NEW_SCENE / 2), 0.5),
        (KnownOutcome("scene", picture=picture(255)), 1 / NEW_SCENE),
    ],
    ids=["does nothing", "not seen", "as shown before", "refused", "changes little", "new"],
)
def test_novelty_is_what_the_film_has_not_shown(sighting: KnownOutcome, novelty: float) -> None:
    shown = Shown()
    shown.outcomes.note(TAB, HOME, replace(sighting, title="A title"))

    prospects = shown.outcomes.prospects([TAB, LINK], HOME)

    assert list(prospects) == [TAB.key]
    assert prospects[TAB.key] == Prospect(sighting.outcome, prospects[TAB.key].novelty, "A title")
    assert prospects[TAB.key].novelty == pytest.approx(novelty)


def test_what_the_film_has_shown_meanwhile_is_new_no_more() -> None:
    shown = Shown()
    sighting = KnownOutcome("scene", picture=picture(255))
    shown.outcomes.note(TAB, HOME, sighting)
    before = shown.outcomes.is_news(sighting)

    shown.seen_screens.add(picture(255))

    assert before
    assert not shown.outcomes.is_news(sighting)
    assert shown.outcomes.prospects([TAB], HOME)[TAB.key].novelty == 0


def test_places_within_reach_count_as_long_as_nobody_has_seen_them() -> None:
    shown = Shown("site.test/a")
    sighting = KnownOutcome("disclosure", picture=picture(0), opens=("site.test/a", "site.test/b"))
    shown.outcomes.note(TAB, HOME, sighting)

    assert shown.outcomes.prospects([TAB], HOME)[TAB.key].opens == 1
    assert shown.outcomes.is_news(sighting)
    assert not Shown("site.test/a", "site.test/b").outcomes.is_news(sighting)


def test_what_a_guardrail_speaks_against_is_no_news() -> None:
    assert not Shown().outcomes.is_news(KnownOutcome("page", picture=picture(255), rule="off_domain"))
