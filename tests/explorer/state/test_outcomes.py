"""What is known of clicks before they are made, and for which clicks that holds."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.page.visual_diff import HEIGHT_PX, NEW_SCENE_SHARE, WIDTH_PX, Picture
from explorer.state.outcomes import KnownOutcome, OutcomeCache
from explorer.state.seen_screens import SeenScreens
from explorer.types import Box, Element, ExpectedOutcome

HOME = "http://site.test/"
TAB = Element("#tab", "button", "Tab", "tab", "", "Tab", Box(0, 0, 10, 10), landmark="main", identity="tab")
LINK = replace(TAB, selector="#a", tag="a", role="link", href=HOME + "a", identity="link")


def picture(grey: int, path: str = "") -> Picture:
    return Picture(np.full((HEIGHT_PX, WIDTH_PX, 3), grey, np.uint8), path)


class Shown:
    """Outcomes in a film that has shown one picture and these pages."""

    def __init__(self, *seen: str) -> None:
        self.seen_screens = SeenScreens()
        self.seen_screens.add(picture(0))
        self.outcomes = OutcomeCache(self.seen_screens, set(seen).__contains__)


def test_a_link_is_known_wherever_it_stands() -> None:
    outcomes, known = Shown().outcomes, KnownOutcome("page", HOME + "a")
    outcomes.add(LINK, HOME, known)

    elsewhere = replace(LINK, identity="another", href=HOME + "a/index.html", landmark="footer")

    assert outcomes.find(elsewhere, HOME + "b") == known
    assert outcomes.find(replace(LINK, href=HOME + "c"), HOME) is None


def test_a_control_is_known_on_its_page_only() -> None:
    outcomes, known = Shown().outcomes, KnownOutcome("scene")
    outcomes.add(TAB, HOME, known)

    assert outcomes.find(TAB, HOME + "index.html#part") == known
    assert outcomes.find(TAB, HOME + "b") is None
    assert outcomes.find(replace(TAB, identity="other tab"), HOME) is None


@pytest.mark.parametrize("landmark", ["header", "nav", "footer", "aside"])
def test_a_control_of_the_frame_that_all_pages_share_is_known_on_all(landmark: str) -> None:
    outcomes, known = Shown().outcomes, KnownOutcome("disclosure")
    menu = Element("#m", "button", "Menu", "button", "", "Menu", TAB.box, landmark=landmark)  # type: ignore[arg-type]
    outcomes.add(menu, HOME, known)

    assert outcomes.find(menu, HOME + "b") == known


def test_a_link_to_a_part_of_its_own_page_is_a_control_of_that_page() -> None:
    outcomes, known = Shown().outcomes, KnownOutcome("nothing")
    anchor = replace(LINK, href=HOME + "#part")
    outcomes.add(anchor, HOME, known)

    assert outcomes.find(anchor, HOME) == known
    assert outcomes.find(replace(anchor, identity="other"), HOME) is None


@pytest.mark.parametrize(
    ("known", "novelty"),
    [
        (KnownOutcome("nothing", picture=picture(255)), 0.0),
        (KnownOutcome("scene"), 0.0),
        (KnownOutcome("page", picture=picture(0)), 0.0),
        (KnownOutcome("page", picture=picture(255), rule="auth"), 0.0),
        (KnownOutcome("scene", picture=picture(255), changed=NEW_SCENE_SHARE / 2), 0.5),
        (KnownOutcome("scene", picture=picture(255)), 1 / NEW_SCENE_SHARE),
    ],
    ids=["does nothing", "not seen", "as shown before", "refused", "changes little", "new"],
)
def test_novelty_is_what_the_film_has_not_shown(known: KnownOutcome, novelty: float) -> None:
    shown = Shown()
    shown.outcomes.add(TAB, HOME, replace(known, title="A title"))

    expected_outcomes = shown.outcomes.expected_outcomes([TAB, LINK], HOME)

    assert list(expected_outcomes) == [TAB.key]
    assert expected_outcomes[TAB.key] == ExpectedOutcome(
        known.outcome, expected_outcomes[TAB.key].novelty, "A title"
    )
    assert expected_outcomes[TAB.key].novelty == pytest.approx(novelty)


def test_what_the_film_has_shown_meanwhile_is_new_no_more() -> None:
    shown = Shown()
    known = KnownOutcome("scene", picture=picture(255))
    shown.outcomes.add(TAB, HOME, known)
    before = shown.outcomes.is_worth_a_click(known)

    shown.seen_screens.add(picture(255))

    assert before
    assert not shown.outcomes.is_worth_a_click(known)
    assert shown.outcomes.expected_outcomes([TAB], HOME)[TAB.key].novelty == 0


def test_places_within_reach_count_as_long_as_nobody_has_seen_them() -> None:
    shown = Shown("site.test/a")
    known = KnownOutcome("disclosure", picture=picture(0), opens=("site.test/a", "site.test/b"))
    shown.outcomes.add(TAB, HOME, known)

    assert shown.outcomes.expected_outcomes([TAB], HOME)[TAB.key].opens == 1
    assert shown.outcomes.is_worth_a_click(known)
    assert not Shown("site.test/a", "site.test/b").outcomes.is_worth_a_click(known)


def test_what_a_guardrail_refuses_is_not_worth_a_click() -> None:
    assert not Shown().outcomes.is_worth_a_click(
        KnownOutcome("page", picture=picture(255), rule="off_domain")
    )
