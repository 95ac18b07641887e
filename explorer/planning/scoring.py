"""Adjusts scores by what is known of a click's outcome."""

from collections.abc import Mapping

from explorer.state.outcomes import MANY_LINKS
from explorer.types import ExpectedOutcome

#: A click that is known to show something new is worth at least this, whatever it is.
NEW_SCENE_SCORE = 50.0
#: The same for what a film can do without, such as a legal page: more than what shows nothing new.
NEW_SCENE_SCORE_OF_DEMOTED = 24.0
#: How much of its own score such a click keeps, and what each unit of novelty adds, up to three.
KEPT_SHARE, NOVELTY_SCORE, MAX_NOVELTY = 0.5, 2, 3.0
#: What shows little new, for each unit of novelty: only when nothing else is left anywhere.
LITTLE_NEW_SCORE = 3.0
#: What can be read anew, and another view of a strip or menu, however little of the picture it takes.
TEXT_SCORE, VIEW_SCORE, KEPT_SHARE_OF_TEXT = 46.0, 40.0, 0.35
#: The same on the first look inside a page: before other pages.
INSIDE_SCORE, FROM_INSIDE = 104.0, 90.0
#: A menu is worth at most this by what lies in it: less than anything that is known to show something new.
MENU_SCORE, SMALL_MENU_SCORE = 52.0, 42.0
#: So much at most is added for links to unseen pages that it brings besides.
MAX_OPENS_SCORE = 6
#: On camera a picture may come out a little more similar than off camera: by scrolling, by what is open.
CLEARLY_NEW = 1.15
#: Below this novelty it is what was shown before; two clicks of half a scene may make one.
SEEN, HALF_NEW = 0.25, 0.6
#: What is noticed at all: 0.4 % of the picture.
LITTLE = 0.04
#: A kind of control that has never shown anything keeps this part of its score: it may do so yet.
MIN_SUCCESS_SHARE = 0.2


def score_expected(
    score: float,
    reason: str,
    expected: ExpectedOutcome | None,
    *,
    demoted: bool = False,
    avoid_repeats: bool = False,
    accept_little: bool = False,
    view: bool = False,
) -> tuple[float, str] | None:
    """Score and reason with the expected outcome; None when it is known to show nothing new.

    `avoid_repeats` leaves out what shows little new as well, `accept_little` keeps it. `view` says that it
    switches to another view of the page, or opens a part of it, where little of the picture says much.
    """
    if expected is None:
        return score, reason
    if expected.outcome == "nothing":
        return None
    if expected.novelty >= CLEARLY_NEW:
        least = NEW_SCENE_SCORE_OF_DEMOTED if demoted else NEW_SCENE_SCORE
        novelty = NOVELTY_SCORE * min(MAX_NOVELTY, expected.novelty)
        most = max(100.0, score)
        return min(most, least + score * KEPT_SHARE + novelty), f"{reason} (shows something new)"
    if found := _by_text(score, expected, view):
        worth, why = found
        worth += min(MAX_OPENS_SCORE, expected.opens)
        return (min(worth, NEW_SCENE_SCORE_OF_DEMOTED) if demoted else worth), f"{reason} ({why})"
    if expected.opens:
        most = MENU_SCORE if expected.opens >= MANY_LINKS else SMALL_MENU_SCORE
        return min(most, score + expected.opens), f"{reason} (opens {expected.opens} more)"
    if expected.novelty < (LITTLE if accept_little else HALF_NEW if avoid_repeats else SEEN):
        return None
    return LITTLE_NEW_SCORE * expected.novelty, f"{reason} (shows little new)"


def shows_new(expected: ExpectedOutcome, view: bool) -> bool:
    """Whether a click is known to show something new, by picture, text or view."""
    if expected.outcome == "nothing":
        return False
    return expected.novelty >= CLEARLY_NEW or expected.text >= 1 or (view and expected.novelty >= SEEN)


def _by_text(score: float, expected: ExpectedOutcome, view: bool) -> tuple[float, str] | None:
    """What a click is worth by what can be read then, or as another view."""
    inside, kept = score >= FROM_INSIDE, KEPT_SHARE_OF_TEXT * score
    if expected.text >= 1:
        return INSIDE_SCORE if inside else TEXT_SCORE + kept, "shows new text"
    if not view or not shows_new(expected, view):
        return None
    return INSIDE_SCORE if inside else VIEW_SCORE + kept, "shows another view"


def scale_by_success_rate(score: float, success_rates: Mapping[str, float], kind: str) -> float:
    """Scales the score of a click with an unknown outcome by how often its kind has shown something."""
    if kind not in success_rates:
        return score
    return score * (MIN_SUCCESS_SHARE + (1 - MIN_SUCCESS_SHARE) * success_rates[kind])
