"""Compares elements with the goal and the focus of the film."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from explorer.planning.base_scores import demotion
from explorer.types import Element, Scene, Wishes

#: The first word shared with the goal lifts content over the main navigation, each further one lifts a bit
#: more; an entry of the focus lifts a page of the footer nearly to content.
GOAL_FIRST, GOAL_MORE, FOCUS = 36.0, 10.0, 45.0
#: What a click is known to bring to read counts half as much as its name, and so does what stands on a page
#: that is about the goal.
GOAL_BY_TEXT, GOAL_PAGE = 0.5, 40.0
#: What nothing is known of there is tried before other pages.
UNTRIED_ON_GOAL_PAGE = 72.0
#: So many clicks what nothing is known of there goes before.
UNTRIED_CLICKS = 4
#: Where a goal was given, all that has nothing to do with it keeps this share of its score.
UNRELATED_SHARE = 0.6
#: What the focus names comes before everything else until it was shown, next what is known to lead there.
PENDING_FOCUS, TOWARDS_FOCUS, MAYBE_FOCUS, EXACT_NAME = 200.0, 150.0, 100.0, 20.0
#: Words that a goal needs for its grammar only.
_FILLER = frozenset(
    re.findall(
        r"\w+",
        "a an and any are as at be by can demo do every film for from get give go how i in into is it its"
        " let make me my of on one or our page pages part please section see show site so some tell that the"
        " their them then this to tour us use users video visit want we website what where which who with"
        " work works you your",
    )
)
_WORD = re.compile(r"[^\W_]{2,}")
#: Words that share so many first letters are one: filter, filters, filtering.
_STEM = 5
#: Sites name the same things differently.
_SYNONYMS = tuple(
    frozenset(word[:_STEM] for word in group.split())
    for group in (
        "price prices pricing plan plans cost costs tariff fee fees",
        "documentation docs doc guide guides manual tutorial reference",
        "product products shop store catalog catalogue",
        "chart charts graph graphs diagram statistics analytics report reports dashboard",
        "team people about company",
        "search find filter",
        "draw drawing paint sketch",
        "news blog articles posts",
        "settings preferences options configuration",
        "photo photos picture pictures image images gallery",
        "install installation setup download started quickstart",
        "formula formulas function functions calculation",
        "order orders checkout cart basket purchase",
        "invoice invoices billing payment payments",
        "calendar schedule appointment appointments events",
        "message messages inbox mail chat",
    )
)


def pending_focus(element: Element, pending: Iterable[str], in_region: bool) -> float:
    """What an element is worth that the focus names and the film has not shown; 0 for others."""
    found = [wish for wish in pending if is_about(element, wish)]
    exact = any(wish.casefold().strip() == (element.label or element.text).casefold() for wish in found)
    return PENDING_FOCUS + EXACT_NAME * exact if found or in_region else 0.0


def goal_match(
    element: Element, wishes: Wishes, title: str, focused: bool, words: str = ""
) -> tuple[float, str]:
    """What goal and focus add to a score, and why; `focused` when a selector of the focus holds it.

    `title` is that of the page it is known to lead to, `words` what can be read then.
    """
    if focused or any(is_about(element, wish) for wish in wishes.focus):
        return FOCUS, "focus"
    goal = stems(wishes.goal)
    if not goal:
        return 0.0, ""
    goal |= _synonyms(goal)
    shared = len(goal & stems_of(element, title))
    if shared:
        return GOAL_FIRST + GOAL_MORE * (shared - 1), "goal"
    return (GOAL_FIRST * GOAL_BY_TEXT, "goal by what it shows") if goal & stems(words) else (0.0, "")


def goal_bonus(element: Element, scene: Scene, on_goal_page: bool) -> tuple[float, str]:
    """What goal and focus add to a score in this scene, and why; 0 for what has nothing to do with them."""
    expected = scene.expected_outcomes.get(element.key)
    title, words = (expected.title, expected.words) if expected else ("", "")
    title = title if element.href else ""  # a control stays on a page that has the same title already
    bonus, match = goal_match(element, scene.wishes, title, element.key in scene.focused, words)
    if not bonus and on_goal_page and element.landmark in {"main", ""} and not demotion(element):
        is_untried = expected is None and not element.href and scene.clicks_here < UNTRIED_CLICKS
        return UNTRIED_ON_GOAL_PAGE if is_untried else GOAL_PAGE, "on a page of the goal"
    return bonus, match


def unrelated_share(element: Element, scene: Scene) -> float:
    """What remains of a score where there is a goal and the element has nothing to do with it."""
    is_apart = element.landmark == "dialog" or element.key in scene.revealed
    return 1.0 if is_apart or not scene.wishes.goal else UNRELATED_SHARE


def is_goal_page(wishes: Wishes, url: str, title: str) -> bool:
    """Whether a page other than the site's first is about the goal."""
    path = unquote(urlsplit(url).path)
    goal = stems(wishes.goal)
    return path.strip("/") != "" and bool((goal | _synonyms(goal)) & stems(f"{path} {title}"))


def _synonyms(goal: frozenset[str]) -> frozenset[str]:
    """The stems that mean the same as one of the goal's."""
    return frozenset().union(*(group for group in _SYNONYMS if group & goal))


def stems(text: str) -> frozenset[str]:
    """The words that carry meaning, cut to a stem."""
    return frozenset(_stems(text))


def stems_of(element: Element, title: str = "") -> frozenset[str]:
    """The stems of what an element says, of its destination's path, and of that page's title if known."""
    path = unquote(urlsplit(element.href).path)
    return stems(" ".join((element.label, element.text, element.title, element.placeholder, path, title)))


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if word not in _FILLER:
            yield word[:_STEM]


def is_about(element: Element, wish: str) -> bool:
    """Whether an entry of the focus names the element; selectors are resolved elsewhere."""
    return names(wish, element.href, f"{element.label} {element.text} {element.title}")


def names(wish: str, url: str, text: str) -> bool:
    """Whether an entry of the focus is a path that `url` lies below, or words that stand in `text`."""
    if wish.startswith("css="):
        return False
    if wish.startswith("/"):
        path = urlsplit(url).path
        return path == wish or path.startswith((wish.rstrip("/") + "/", wish + "."))
    words = f" {' '.join(_WORD.findall(text.casefold()))} "
    return f" {' '.join(_WORD.findall(wish.casefold()))} " in words


def out_of_reach(scene: Scene) -> frozenset[str]:
    """The entries of the focus that are to be shown, and that nothing on this page is about."""
    in_regions = bool(scene.pending_keys)
    return frozenset(
        wish
        for wish in scene.pending_focus
        if not (wish.startswith("css=") and in_regions) and not any(is_about(e, wish) for e in scene.elements)
    )
