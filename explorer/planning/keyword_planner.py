"""Ranks elements by keywords: by where they lead, where they stand and what they say, without a network."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.languages.overlay_phrases import says
from explorer.planning.base_scores import (
    CLOSES_DIALOG,
    FOOTER_CONTROL,
    Score,
    accepts_cookies,
    control_score,
    demotion,
    folder_of,
    fragment_score,
    label_of,
    obstacle_score,
    page_score,
    refuses_cookies,
)
from explorer.planning.keyword_weights import BOOST, CONSENT
from explorer.planning.scoring import goal_match, scale_by_success_rate, score_expected
from explorer.state.frontier import REUSE_SEPARATOR
from explorer.types import ActionPlan, Element, Scene
from explorer.urls import page_key

#: A scan proposes at most this many plans.
MAX_PLANS = 5
#: With fewer steps a film is nearly empty: then a click that shows little is better than none.
FEW_STEPS = 3
#: Where a site has too many main pages for the clicks, one click in so many looks inside a page.
LOOK_INSIDE_EVERY = 3

#: Words such as "pricing" raise a score within its kind, and more so the last one, to end the film well.
BOOST_SCORE, LAST_BOOST_SCORE = 6, 8
#: The last click is boosted only above what shows little.
LAST_BOOST_FROM = 30
#: What lies behind an open dialog cannot be clicked before that is closed.
BEHIND_DIALOG_PENALTY = 50
#: A link for a new tab mostly leads to another site.
NEW_TAB_PENALTY = 20
#: Earlier in the document wins within a kind, and never by enough to change the kind.
POSITION_PENALTY = 6
#: A kind of control that was clicked before makes room for others, up to a limit.
SAME_KIND_PENALTY, MAX_SAME_KIND_PENALTY = 3, 12
#: So does a name that was clicked before: each article of a list may have the same "Read more".
SAME_NAME_PENALTY = 12
#: What each page costs that was seen in the same folder, up to five: little in a navigation, whose order
#: is a ranking already.
SEEN_SIBLING_PENALTY, SEEN_NAVIGATION_SIBLING_PENALTY, MAX_SEEN_SIBLINGS = 8, 3, 5
#: What a sibling among the chosen plans costs, likewise.
CHOSEN_SIBLING_PENALTY, CHOSEN_NAVIGATION_SIBLING_PENALTY = 14.0, 4.0

_ANCHOR = re.compile(r"#(?![/!])")
_MAX_QUOTED = 40


@dataclass(frozen=True, slots=True)
class Ranked:
    """One offered element with its score (higher is better), why, and the family it shares with siblings."""

    element: Element
    score: float
    why: str
    family: str


class KeywordPlanner:
    """Ranks by navigation order, words and kinds: equal scenes get equal answers."""

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """The best `MAX_PLANS` choices, best first, with priorities from 100 to 0; empty if all was seen."""
        return [
            ActionPlan(r.element.selector, "click", max(0, min(100, round(r.score))), f"keywords: {r.why}")
            for r in _diversified(rank(scene), scene)
        ]


def rank(scene: Scene) -> list[Ranked]:
    """Everything worth offering, best first. Links to pages that were seen already are left out."""
    ranking = _Ranking.of(scene)
    ranked = list(ranking.score_all())
    if not ranked and len(scene.history) < FEW_STEPS:
        ranked = list(replace(ranking, accept_little=True).score_all())
    return sorted(ranked, key=lambda one: -one.score)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What scoring one element needs to know about its scene."""

    scene: Scene
    here: str
    seen: frozenset[str]
    open_dialog: bool
    cookie_banner: bool
    #: Whether cookies can be refused: then they are not accepted.
    refusable: bool
    look_inside: bool
    #: How often each label was clicked.
    clicked: Counter[str]
    #: Offers what shows little, too.
    accept_little: bool = False

    @classmethod
    def of(cls, scene: Scene) -> "_Ranking":
        here = page_key(scene.url)
        seen = frozenset({here, *map(page_key, scene.visited_urls)})
        labels = [label_of(element) for element in scene.elements]
        return cls(
            scene=scene,
            here=here,
            seen=seen,
            open_dialog=any(e.landmark == "dialog" and e.in_view for e in scene.elements),
            cookie_banner=any(CONSENT.search(label) or says("necessary", label) for label in labels),
            refusable=any(map(refuses_cookies, labels)),
            look_inside=_looks_inside(scene, seen),
            clicked=Counter(label.casefold().strip() for label in scene.history),
        )

    def score_all(self) -> Iterator[Ranked]:
        """Everything worth offering, in document order."""
        count = max(1, len(self.scene.elements))
        for index, element in enumerate(self.scene.elements):
            if found := self._score(element):
                score, why, family = found
                score -= POSITION_PENALTY * index / count
                yield Ranked(element, score, f"{why} {_quoted(element)}", family)

    def _score(self, element: Element) -> tuple[float, str, str] | None:
        """Score, reason and family; None for what must not or need not be clicked."""
        target = page_key(element.href) if element.href else ""
        is_fragment = target == self.here and _ANCHOR.search(element.href) is not None
        if target and target in self.seen and not is_fragment:
            return None
        if self.cookie_banner and self.refusable and accepts_cookies(element):
            return None
        score, reason = self._adjusted(element, *self._base(element, is_fragment))
        family = _family(element, reason)
        if self._is_stale_reuse(element) or (valued := self._by_outcome(element, score, reason)) is None:
            return None
        score, reason = valued
        score += self._history_bonus(element, score)
        expected = self.scene.expected_outcomes.get(element.key)
        bonus, match = goal_match(
            element,
            self.scene.wishes,
            expected.title if expected else "",
            element.key in self.scene.focused,
        )
        return score + bonus, f"{reason}, {match}" if match else reason, family

    def _base(self, element: Element, is_fragment: bool) -> Score:
        if found := obstacle_score(element, self.cookie_banner):
            return found
        if is_fragment:
            return fragment_score(element)
        return page_score(element) if element.href else control_score(element, self.look_inside)

    def _adjusted(self, element: Element, score: float, reason: str) -> Score:
        """The base score with penalties and boosts, except for answers to cookie banners and dialogs."""
        if score > 100 or reason == CLOSES_DIALOG:
            return score, reason
        if demoted := demotion(element):
            highest, why = demoted
            return min(score, highest), why
        score += BOOST_SCORE if BOOST.search(label_of(element)) else 0
        score -= BEHIND_DIALOG_PENALTY if self.open_dialog and element.landmark != "dialog" else 0
        score -= NEW_TAB_PENALTY if element.new_tab else 0
        return score, reason

    def _is_stale_reuse(self, element: Element) -> bool:
        """Whether it was used before, and would mostly show what it has shown then."""
        known = element.key in self.scene.expected_outcomes
        return _is_reused(element) and not known and not element.fills and not says("next", label_of(element))

    def _by_outcome(self, element: Element, score: float, reason: str) -> Score | None:
        """The score with what is known of the outcome; None when it is known to show nothing new."""
        expected = self.scene.expected_outcomes.get(element.key)
        if expected is None and not element.href:
            score = scale_by_success_rate(score, self.scene.success_rates, kind_of(element))
        return score_expected(
            score,
            reason,
            expected,
            demoted=score <= FOOTER_CONTROL,
            avoid_repeats=self.scene.avoid_repeats,
            accept_little=self.accept_little,
        )

    def _history_bonus(self, element: Element, score: float) -> float:
        """What earlier clicks take from a score, and what the film's last click adds."""
        bonus = 0.0
        if (not element.href or element.route) and not _is_reused(element):
            times = self.scene.kind_counts.get(kind_of(element), 0)
            bonus -= min(MAX_SAME_KIND_PENALTY, SAME_KIND_PENALTY * times)
        is_last = self.scene.clicks_left == 1
        if is_last and BOOST.search(label_of(element)) and score + bonus > LAST_BOOST_FROM:
            bonus += LAST_BOOST_SCORE
        if not element.fills and not _is_reused(element):
            bonus -= SAME_NAME_PENALTY * self.clicked[label_of(element)]
        return bonus


def _looks_inside(scene: Scene, seen: frozenset[str]) -> bool:
    """Whether this page's content comes before other pages.

    Each page gets one look inside while enough clicks are left for all main pages and a last one; where
    these are too many, one click in three.
    """
    main = {page_key(e.href) for e in scene.elements if e.href and e.landmark in {"nav", "header"}} - seen
    enough = scene.clicks_left > len(main) + 1
    turn = len(scene.history) % LOOK_INSIDE_EVERY == LOOK_INSIDE_EVERY - 1
    return scene.clicks_here == 0 and (enough or turn)


def _diversified(ranked: list[Ranked], scene: Scene) -> Iterator[Ranked]:
    """The best few, where each choice makes its siblings less attractive, as do siblings seen before."""
    seen = Counter(folder_of(url) for url in scene.visited_urls)
    rest = [_less_seen_siblings(one, seen[folder_of(one.element.href)]) for one in ranked]
    for _ in range(min(MAX_PLANS, len(rest))):
        best = max(rest, key=lambda one: one.score)
        yield best
        rest = [
            replace(one, score=one.score - _sibling_penalty(one)) if one.family == best.family else one
            for one in rest
            if one is not best
        ]


def _less_seen_siblings(one: Ranked, siblings_seen: int) -> Ranked:
    if not _is_deep(one):
        return one
    is_navigation = one.element.landmark == "nav"
    each = SEEN_NAVIGATION_SIBLING_PENALTY if is_navigation else SEEN_SIBLING_PENALTY
    return replace(one, score=one.score - each * min(MAX_SEEN_SIBLINGS, siblings_seen))


def _sibling_penalty(one: Ranked) -> float:
    is_navigation = one.element.landmark in {"nav", "header"} and not _is_deep(one)
    return CHOSEN_NAVIGATION_SIBLING_PENALTY if is_navigation else CHOSEN_SIBLING_PENALTY


def _is_deep(one: Ranked) -> bool:
    return bool(one.element.href) and folder_of(one.element.href).count("/") > 0


def _is_reused(element: Element) -> bool:
    return REUSE_SEPARATOR in element.key


def kind_of(element: Element) -> str:
    """The kind of control that an element is, for success rates and counts."""
    if element.href:
        return f"link {element.landmark}"
    parts = (
        element.fills or element.role or element.tag,
        element.landmark,
        "opens" if element.reveals else "",
    )
    return " ".join(filter(None, parts))


def _family(element: Element, reason: str) -> str:
    kind = folder_of(element.href) if element.href else element.role
    return f"{element.landmark} {kind} {reason}"


def _quoted(element: Element) -> str:
    name = " ".join((element.label or element.text or element.tag).split())
    return f'"{name if len(name) <= _MAX_QUOTED else name[: _MAX_QUOTED - 1] + "…"}"'
