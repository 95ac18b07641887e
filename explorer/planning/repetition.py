"""What earlier clicks take from a score: rows of one list, names, kinds and groups clicked before."""

from collections import Counter

from explorer.languages.overlay_phrases import says
from explorer.planning.base_scores import demotion, is_nameless_switch, is_view, kind_of, label_of
from explorer.planning.keyword_weights import BOOST, COLOUR
from explorer.planning.scoring import shows_new
from explorer.state.frontier import REUSE_SEPARATOR
from explorer.types import Element, Scene

#: A kind of control that was clicked before makes room for others, up to a limit.
SAME_KIND_PENALTY, MAX_SAME_KIND_PENALTY = 3, 12
#: Where there are clicks for all main pages, what is known to show something new is worth more if nothing of
#: its kind was clicked yet.
FIRST_OF_KIND_SCORE = 5
#: So does a name that was clicked before: each article of a list may have the same "Read more".
SAME_NAME_PENALTY = 12
#: Of one list so many rows are clicked; after that only pages that show something new, and last of all. So is
#: what nothing is known of, of a kind that has shown nothing.
ROWS_OF_A_LIST, MAX_ROWS_OF_A_LIST, FURTHER_ROW_SCORE, DEAD_KIND_SCORE = 2, 4, 12.0, 2.0
#: A film of fewer steps shows a third and a fourth row of one list rather than end.
SHORT_FILM_STEPS = 7
#: What the click before has revealed is used next, before others of its kind: that is what it was opened for.
#: A page that a menu has revealed is one of many.
REVEALED_SCORE, REVEALED_PAGE_SCORE = 24, 8
#: So often "next" is pressed before everything else was shown.
NEXT_IN_A_ROW = 5
#: So many views of a strip are shown before other things come first.
VIEWS_OF_A_STRIP, FURTHER_VIEW_PENALTY = 4, 25
#: How the name of a group of two or three begins (`Element.group`).
FEW = "few "
#: The same of what stands side by side, such as the menus of a bar; of two or three, such as the tabs of one
#: box among others, one.
CLICKS_OF_A_GROUP, CLICKS_OF_FEW, FURTHER_OF_A_GROUP_PENALTY = 3, 1, 12
#: Where a menu has so many parts, each page that was shown of one makes room for the others'.
PARTS_OF_A_MENU, SAME_PART_PENALTY, MAX_SAME_PART_PENALTY = 3, 5, 15
#: Who asks for a page other than the front page wants to see that part of the site: so many pages of it.
START_PART_SCORE, PAGES_OF_START_PART = 28, 4
#: The last click is boosted by words such as "pricing", to end the film well, only above what shows little.
LAST_BOOST_SCORE, LAST_BOOST_FROM = 8, 30


def history_bonus(
    element: Element, scene: Scene, clicked: Counter[str], score: float, *, varied: bool
) -> float:
    """What earlier clicks take from a score, and what the film's last click adds.

    `clicked` counts the labels of earlier clicks; `varied` says that the first of a kind is worth more.
    """
    bonus = 0.0
    if (not element.href or element.route) and not is_reused(element):
        times = scene.kind_counts.get(kind_of(element), 0)
        expected = scene.expected_outcomes.get(element.key)
        is_first = varied and not times and expected is not None and shows_new(expected, is_view(element))
        bonus += FIRST_OF_KIND_SCORE if is_first else 0
        bonus -= min(MAX_SAME_KIND_PENALTY, SAME_KIND_PENALTY * times)
        bonus -= FURTHER_VIEW_PENALTY if element.strip and times >= VIEWS_OF_A_STRIP else 0
        bonus -= FURTHER_OF_A_GROUP_PENALTY if is_further_of_group(element, scene) else 0
    if scene.clicks_left == 1 and BOOST.search(label_of(element)) and score + bonus > LAST_BOOST_FROM:
        bonus += LAST_BOOST_SCORE
    if not element.fills and not element.opens_on_hover and not is_reused(element):
        bonus -= SAME_NAME_PENALTY * clicked[label_of(element)]
    return bonus


def menu_part_bonus(element: Element, scene: Scene, parts: int) -> float:
    """What the part of the menu that a link stands in adds to its score; `parts` is how many there are."""
    is_entry = element.href or (element.landmark == "nav" and element.reveals)
    if not is_entry or not element.group:
        return 0.0
    shown = scene.row_counts.get(element.group, 0)
    if element.group == scene.start_group:
        return START_PART_SCORE if shown < PAGES_OF_START_PART else 0.0
    return -min(MAX_SAME_PART_PENALTY, SAME_PART_PENALTY * shown) if parts >= PARTS_OF_A_MENU else 0.0


def is_just_revealed(element: Element, scene: Scene) -> bool:
    """Whether the step before has revealed it, and not as one of many things to be set."""
    is_setting = element.fills not in {"", "search"}
    is_apart = element.landmark in {"footer", "dialog"} or COLOUR.search(label_of(element)) is not None
    is_guess = is_one_of_many(element) and element.key not in scene.expected_outcomes
    comes_next = element.key in scene.revealed and element.in_view
    return comes_next and not (is_setting or is_apart or is_guess or is_nameless_switch(element))


def is_one_of_many(element: Element) -> bool:
    """Whether it stands beside many of its kind, such as the entries of a menu."""
    return not element.href and element.group != "" and not element.group.startswith(FEW)


def revealed_bonus(element: Element, scene: Scene) -> float:
    """What it adds that the step before has revealed it."""
    if not is_just_revealed(element, scene):
        return 0.0
    expected = scene.expected_outcomes.get(element.key)
    is_new = expected is None or shows_new(expected, is_view(element))
    if not is_new or demotion(element):
        return 0.0
    return REVEALED_PAGE_SCORE if element.href else REVEALED_SCORE


def limited_by_history(element: Element, scene: Scene, clicked: Counter[str], score: float) -> float:
    """The score of what comes only when nothing else is left: further rows, kinds that did nothing."""
    goes_on = is_reused(element) and says("next", label_of(element))
    if is_further_row(element, scene) or (goes_on and clicked[label_of(element)] >= NEXT_IN_A_ROW):
        return min(score, FURTHER_ROW_SCORE)
    is_unknown = element.key not in scene.expected_outcomes
    is_dead = is_unknown and not element.href and kind_of(element) in scene.dead_kinds
    return min(score, DEAD_KIND_SCORE) if is_dead else score


def is_further_row(element: Element, scene: Scene) -> bool:
    """Whether enough rows of its list were clicked."""
    return scene.row_counts.get(element.row, 0) >= ROWS_OF_A_LIST


def is_row_left(element: Element, scene: Scene, is_new: bool) -> bool:
    """Whether a further row may be shown when nothing else is left: pages, and others in a short film."""
    expected = scene.expected_outcomes.get(element.key)
    is_page = bool(element.href) and expected is not None and expected.outcome == "page"
    is_short = len(scene.history) < SHORT_FILM_STEPS
    return is_new and (is_page or (is_short and scene.row_counts.get(element.row, 0) < MAX_ROWS_OF_A_LIST))


def is_further_of_group(element: Element, scene: Scene) -> bool:
    """Whether enough was clicked of what it stands beside."""
    most = CLICKS_OF_FEW if element.group.startswith(FEW) else CLICKS_OF_A_GROUP
    return not element.href and scene.row_counts.get(element.group, 0) >= most


def is_reused(element: Element) -> bool:
    """Whether it was used before, in another state of its page."""
    return REUSE_SEPARATOR in element.key
