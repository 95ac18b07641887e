"""Adjusts scores by what is known of a click's outcome, and by the goal and focus of the film."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from explorer.state.outcomes import MANY_LINKS
from explorer.types import Element, ExpectedOutcome, Wishes

#: A click that is known to show something new is worth at least this, whatever it is.
NEW_SCENE_SCORE = 50.0
#: The same for what a film can do without, such as a legal page: more than what shows nothing new.
NEW_SCENE_SCORE_OF_DEMOTED = 24.0
#: How much of its own score such a click keeps, and what each unit of novelty adds, up to three.
KEPT_SHARE, NOVELTY_SCORE, MAX_NOVELTY = 0.5, 2, 3.0
#: What shows little new, for each unit of novelty: only when nothing else is left anywhere.
LITTLE_NEW_SCORE = 3.0
#: A menu is worth at most this by what lies in it: less than anything that is known to show something new.
MENU_SCORE, SMALL_MENU_SCORE = 52.0, 42.0
#: On camera a picture may come out a little more similar than off camera: by scrolling, by what is open.
CLEARLY_NEW = 1.15
#: Below this novelty it is what was shown before; two clicks of half a scene may make one.
SEEN, HALF_NEW = 0.25, 0.6
#: What is noticed at all: 0.4 % of the picture.
LITTLE = 0.04
#: The first word shared with the goal lifts content over the main navigation, each further one lifts a bit
#: more; an entry of the focus lifts a page of the footer nearly to content.
GOAL_FIRST, GOAL_MORE, FOCUS = 24.0, 8.0, 45.0
#: A kind of control that has never shown anything keeps this part of its score: it may do so yet.
MIN_SUCCESS_SHARE = 0.2
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


def score_expected(
    score: float,
    reason: str,
    expected: ExpectedOutcome | None,
    *,
    demoted: bool = False,
    avoid_repeats: bool = False,
    accept_little: bool = False,
) -> tuple[float, str] | None:
    """Score and reason with the expected outcome; None when it is known to show nothing new.

    `avoid_repeats` leaves out what shows little new as well, `accept_little` keeps it.
    """
    if expected is None:
        return score, reason
    if expected.outcome == "nothing":
        return None
    if expected.novelty >= CLEARLY_NEW:
        least = NEW_SCENE_SCORE_OF_DEMOTED if demoted else NEW_SCENE_SCORE
        novelty = NOVELTY_SCORE * min(MAX_NOVELTY, expected.novelty)
        return min(100.0, least + score * KEPT_SHARE + novelty), f"{reason} (shows something new)"
    if expected.opens:
        most = MENU_SCORE if expected.opens >= MANY_LINKS else SMALL_MENU_SCORE
        return min(most, score + expected.opens), f"{reason} (opens {expected.opens} more)"
    if expected.novelty < (LITTLE if accept_little else HALF_NEW if avoid_repeats else SEEN):
        return None
    return LITTLE_NEW_SCORE * expected.novelty, f"{reason} (shows little new)"


def goal_match(element: Element, wishes: Wishes, title: str, focused: bool) -> tuple[float, str]:
    """What goal and focus add to a score, and why; `focused` when a selector of the focus holds it."""
    if focused or any(is_about(element, wish) for wish in wishes.focus):
        return FOCUS, "focus"
    goal = stems(wishes.goal)
    if not goal:
        return 0.0, ""
    shared = len(goal & stems_of(element, title))
    return (GOAL_FIRST + GOAL_MORE * (shared - 1), "goal") if shared else (0.0, "")


def scale_by_success_rate(score: float, success_rates: Mapping[str, float], kind: str) -> float:
    """Scales the score of a click with an unknown outcome by how often its kind has shown something."""
    if kind not in success_rates:
        return score
    return score * (MIN_SUCCESS_SHARE + (1 - MIN_SUCCESS_SHARE) * success_rates[kind])


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
