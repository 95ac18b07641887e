"""What a click is worth beyond its kind: what is known to come of it, and what was wished for."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from explorer.state.outcomes import MANY
from explorer.types import Element, Prospect, Wishes

#: So much is a click worth at least that is known to show something new, whatever it is.
NEWS = 50.0
NEWS_OF_DEMOTED = 24.0
#: What shows nothing new is for when nothing else is left anywhere.
STALE = 3.0
#: A menu is worth at most this by what lies in it: less than anything that is known to show something new.
MENU, SMALL_MENU = 52.0, 42.0
#: On camera a picture may come out a little more similar than off camera: by scrolling, by what is open.
CLEARLY_NEW = 1.15
#: Below this it is what was shown before; two clicks of half a scene may make one.
SEEN, HALF_NEW = 0.25, 0.6
#: What is noticed at all: 0.4 % of the picture.
LITTLE = 0.04
GOAL_FIRST, GOAL_MORE, FOCUS = 24.0, 8.0, 45.0
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


def foreseen(
    score: float,
    why: str,
    prospect: Prospect | None,
    demoted: bool,
    tired: bool = False,
    content: bool = False,
) -> tuple[float, str] | None:
    """Score and reason with what is known of the click; None when it is known to show nothing new.

    A film that is `tired` leaves out what shows little new, too; one that is `content` has nothing better.
    """
    if prospect is None:
        return score, why
    if prospect.outcome == "nothing":
        return None
    if prospect.novelty < CLEARLY_NEW and prospect.opens:
        most = MENU if prospect.opens >= MANY else SMALL_MENU
        return min(most, score + prospect.opens), f"{why} (opens {prospect.opens} more)"
    if prospect.novelty < CLEARLY_NEW:
        if prospect.novelty < (LITTLE if content else HALF_NEW if tired else SEEN):
            return None
        return STALE * prospect.novelty, f"{why} (shows little new)"
    floor = NEWS_OF_DEMOTED if demoted else NEWS
    return min(100.0, floor + score / 2 + 2 * min(3.0, prospect.novelty)), f"{why} (shows something new)"


def wished(element: Element, wishes: Wishes, title: str, focused: bool) -> tuple[float, str]:
    """What goal and focus add to a score, and why; `focused` when a selector of the focus holds it."""
    if focused or any(is_about(element, wish) for wish in wishes.focus):
        return FOCUS, "focus"
    goal = stems(wishes.goal)
    if not goal:
        return 0.0, ""
    shared = len(goal & stems_of(element, title))
    return (GOAL_FIRST + GOAL_MORE * (shared - 1), "goal") if shared else (0.0, "")


def discounted(score: float, payoffs: Mapping[str, float], kind: str) -> float:
    """The score of a click that nothing is known of, by how often its kind has shown something so far."""
    return score * (0.2 + 0.8 * payoffs[kind]) if kind in payoffs else score


def stems(text: str) -> frozenset[str]:
    """The words that carry meaning, cut to a stem."""
    return frozenset(_stems(text))


def stems_of(element: Element, title: str = "") -> frozenset[str]:
    """Those of all that an element says, of where it leads, and of that page's title if it is known."""
    path = unquote(urlsplit(element.href).path)
    return stems(" ".join((element.label, element.text, element.title, element.placeholder, path, title)))


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if word not in _FILLER:
            yield word[:_STEM]


def is_about(element: Element, wish: str) -> bool:
    """Whether an entry of the focus names the element; of a selector that cannot be told here."""
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
