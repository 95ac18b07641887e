"""Ranks elements by keywords: by where they lead, where they stand and what they say, without a network."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.languages.overlay_phrases import says
from explorer.planning.account_menu import is_account_menu
from explorer.planning.base_scores import (
    ACCEPT_COOKIES,
    CHOICE_ROLES,
    CLOSES_DIALOG,
    FIELD,
    FOOTER_CONTROL,
    MAX_DEMOTED,
    TOOL_AFTER_VIEWS,
    VIEWS_BEFORE_TOOLS,
    WORTH_A_LOOK_AT_START,
    Score,
    accepts_cookies,
    control_score,
    demotion,
    folder_of,
    fragment_score,
    is_view,
    kind_of,
    label_of,
    narrows,
    obstacle_score,
    page_score,
    quoted,
    refuses_cookies,
)
from explorer.planning.diversity import MAX_PLANS as MAX_PLANS
from explorer.planning.diversity import Ranked, diversified
from explorer.planning.keyword_weights import BOOST, COLOUR, CONSENT, PARTS
from explorer.planning.main_pages import fits_main_pages as fits_main_pages
from explorer.planning.main_pages import looks_inside
from explorer.planning.repetition import (
    FURTHER_ROW_SCORE,
    history_bonus,
    is_further_of_group,
    is_further_row,
    is_just_revealed,
    is_reused,
    is_row_left,
    limited_by_history,
    menu_part_bonus,
    revealed_bonus,
)
from explorer.planning.scoring import CLEARLY_NEW, LITTLE, scale_by_success_rate, score_expected, shows_new
from explorer.planning.wishes import (
    MAYBE_FOCUS,
    TOWARDS_FOCUS,
    goal_bonus,
    is_goal_page,
    out_of_reach,
    pending_focus,
    unrelated_share,
)
from explorer.types import ActionPlan, Element, Scene
from explorer.urls import page_key

#: With fewer steps a film is nearly empty: then a click that shows little is better than none.
FEW_STEPS = 3

#: Words such as "pricing" raise a score within its kind.
BOOST_SCORE = 6
#: A palette takes much of the view, and says little of what can be made with it.
COLOUR_PENALTY = 16
#: Who asks for a page other than the front page wants to see that: so many clicks are made on it first.
DEEP_START_SCORE, CLICKS_AT_START = 44, 3
#: What lies behind an open dialog cannot be clicked before that is closed.
BEHIND_DIALOG_PENALTY = 50
#: A link for a new tab mostly leads to another site.
NEW_TAB_PENALTY = 20
#: Earlier in the document wins within a kind, and never by enough to change the kind.
POSITION_PENALTY = 6
#: What nothing is known of is left out from here on, where controls of its kind have shown too little.
UNPROMISING_SCORE = 6.0
#: So many clicks a page gets in a row where enough are left.
CLICKS_INSIDE = 4

_ANCHOR = re.compile(r"#(?![/!])")


class KeywordPlanner:
    """Ranks by navigation order, words and kinds: equal scenes get equal answers."""

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """The best `MAX_PLANS` choices, best first, with priorities from 100 to 0; empty if all was seen."""
        return [
            ActionPlan(r.element.selector, "click", max(0, min(100, round(r.score))), f"keywords: {r.why}")
            for r in diversified(rank(scene), scene)
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
    #: Whether clicks are left for all main pages: then the menu is shown in its order.
    fits: bool
    #: What the page itself is known to show comes before other pages still.
    stay: bool
    on_goal_page: bool
    #: The entries of the focus that nothing on this page is about.
    out_of_reach: frozenset[str]
    #: How often each label was clicked.
    clicked: Counter[str]
    last_label: str
    #: How many parts the site's menu has.
    menu_parts: int
    #: Offers what shows little, too.
    accept_little: bool = False

    @classmethod
    def of(cls, scene: Scene) -> "_Ranking":
        here = page_key(scene.url)
        seen = frozenset({here, *map(page_key, scene.visited_urls)})
        fits = fits_main_pages(scene)
        labels = [label_of(element) for element in scene.elements]
        return cls(
            scene=scene,
            here=here,
            seen=seen,
            open_dialog=any(e.landmark == "dialog" and e.in_view for e in scene.elements),
            cookie_banner=any(CONSENT.search(label) or says("necessary", label) for label in labels),
            refusable=any(map(refuses_cookies, labels)),
            look_inside=looks_inside(scene, fits),
            fits=fits,
            stay=fits and 0 < scene.clicks_here < CLICKS_INSIDE,
            on_goal_page=is_goal_page(scene.wishes, scene.url, scene.title),
            out_of_reach=out_of_reach(scene),
            clicked=Counter(label.casefold().strip() for label in scene.history),
            last_label=scene.history[-1].casefold().strip() if scene.history else "",
            menu_parts=len({e.group for e in scene.elements if e.href and e.group}),
        )

    def score_all(self) -> Iterator[Ranked]:
        """Everything worth offering, in document order."""
        count = max(1, len(self.scene.elements))
        for index, element in enumerate(self.scene.elements):
            if found := self._score(element):
                score, why, family = found
                score -= POSITION_PENALTY * index / count
                yield Ranked(element, score, f"{why} {quoted(element)}", family)

    def _score(self, element: Element) -> tuple[float, str, str] | None:
        """Score, reason and family; None for what must not or need not be clicked."""
        urgent = self._by_focus(element)
        bonus, match = goal_bonus(element, self.scene, self.on_goal_page)
        if not urgent and self._is_over(element, serves_goal=bonus > 0):
            return None
        target = page_key(element.href) if element.href else ""
        is_fragment = target == self.here and _ANCHOR.search(element.href) is not None
        if target and target in self.seen and not is_fragment:
            return None
        if self.cookie_banner and self.refusable and accepts_cookies(element):
            return None
        score, reason = self._adjusted(element, *self._base(element, is_fragment))
        family = _family(element, reason)
        if urgent:
            return urgent + score / 10, "focus", family
        if self._is_stale_reuse(element) or (valued := self._by_outcome(element, score, reason)) is None:
            return None
        score, reason = valued
        score += history_bonus(element, self.scene, self.clicked, score, varied=self.fits)
        score += menu_part_bonus(element, self.scene, self.menu_parts)
        score += revealed_bonus(element, self.scene) if self.fits else 0
        if not match:
            score = limited_by_history(element, self.scene, self.clicked, score)
            score *= unrelated_share(element, self.scene)
        if self._is_unpromising(element, score + bonus):
            return None
        if self._finishes_start() and element.landmark in {"main", ""} and score > FURTHER_ROW_SCORE:
            bonus += DEEP_START_SCORE
        return score + bonus, f"{reason}, {match}" if match else reason, family

    def _by_focus(self, element: Element) -> float:
        """What it is worth as the focus to be shown, or as the way there; 0 for others."""
        scene, expected = self.scene, self.scene.expected_outcomes.get(element.key)
        if worth := pending_focus(element, scene.pending_focus, element.key in scene.pending_keys):
            return worth
        if expected is None:  # a menu may hold what is nowhere in sight
            return MAYBE_FOCUS if self.out_of_reach and element.reveals else 0.0
        return TOWARDS_FOCUS if expected.focus & self.out_of_reach else 0.0

    def _is_over(self, element: Element, *, serves_goal: bool) -> bool:
        """Whether enough was shown of what it belongs to: two rows of one list, a control's other name."""
        expected = self.scene.expected_outcomes.get(element.key)
        is_new = expected is not None and expected.novelty >= CLEARLY_NEW
        if element.strip == "shown" or (element.role == "radio" and "checked=true" in element.state):
            return True
        if element.spot in self.scene.renamed_spots and not (is_new or says("next", label_of(element))):
            return True
        if not (element.href or is_new) and kind_of(element) in self.scene.hopeless_kinds:
            return True
        return is_further_row(element, self.scene) and not (
            serves_goal or is_row_left(element, self.scene, is_new)
        )

    def _is_unpromising(self, element: Element, score: float) -> bool:
        tried = kind_of(element) in self.scene.success_rates and not (element.href or self.accept_little)
        return tried and element.key not in self.scene.expected_outcomes and score < UNPROMISING_SCORE

    def _base(self, element: Element, is_fragment: bool) -> Score:
        if element.landmark == "dialog" and label_of(element) == self.last_label:
            return MAX_DEMOTED, "carries out what the dialog is for"
        if found := obstacle_score(element, self.cookie_banner):
            return found
        if is_fragment:
            return fragment_score(element)
        if element.href:
            return page_score(element)
        expected = self.scene.expected_outcomes.get(element.key)
        is_new = expected is not None and shows_new(expected, is_view(element))
        is_revealed = self.fits and is_just_revealed(element, self.scene)
        if is_revealed and element.role in CHOICE_ROLES:
            return FIELD, "switch of what has just come"
        is_tool = element.use in {"draw", "cell"}
        if is_tool and (self.scene.clicks_here >= VIEWS_BEFORE_TOOLS or self.scene.clicks_left <= 2):
            return TOOL_AFTER_VIEWS, "tool to be used"
        if is_revealed or (self._finishes_start() and (element.fills != "select" or narrows(element))):
            return control_score(element, True, WORTH_A_LOOK_AT_START)
        stays = self.stay and is_new and not is_further_of_group(element, self.scene)
        return control_score(element, self.look_inside or stays)

    def _finishes_start(self) -> bool:
        return self.scene.is_deep_start and self.scene.clicks_here < CLICKS_AT_START

    def _adjusted(self, element: Element, score: float, reason: str) -> Score:
        """The base score with penalties and boosts, except for answers to cookie banners and dialogs."""
        if score >= ACCEPT_COOKIES or reason == CLOSES_DIALOG:
            return score, reason
        if demoted := demotion(element):
            highest, why = demoted
            return min(score, highest), why
        in_menu = bool(element.href) and element.landmark == "nav" and self.fits
        label = label_of(element)
        is_part = not element.href and PARTS.search(label) is not None
        score += BOOST_SCORE if (BOOST.search(label) or is_part) and not in_menu else 0
        score -= COLOUR_PENALTY if COLOUR.search(label) and not element.href else 0
        score -= BEHIND_DIALOG_PENALTY if self.open_dialog and element.landmark != "dialog" else 0
        score -= NEW_TAB_PENALTY if element.new_tab else 0
        return score, reason

    def _is_stale_reuse(self, element: Element) -> bool:
        """Whether it was used before, and would mostly show what it has shown then."""
        known = element.key in self.scene.expected_outcomes
        return is_reused(element) and not known and not element.fills and not says("next", label_of(element))

    def _by_outcome(self, element: Element, score: float, reason: str) -> Score | None:
        """The score with what is known of the outcome; None when it is known to show nothing new."""
        expected = self.scene.expected_outcomes.get(element.key)
        if expected is None and not element.href and not element.use:
            score = scale_by_success_rate(score, self.scene.success_rates, kind_of(element))
        valued = score_expected(
            score,
            reason,
            expected,
            demoted=score <= FOOTER_CONTROL or is_account_menu(expected),
            avoid_repeats=self.scene.avoid_repeats,
            accept_little=self.accept_little,
            view=is_view(element),
        )
        turns = expected is not None and expected.outcome == "page" and expected.novelty >= LITTLE
        if turns and not element.href and says("next", label_of(element)):
            return max(valued or (0.0, ""), (FURTHER_ROW_SCORE, f"{reason} (goes on)"))
        return valued


def _family(element: Element, reason: str) -> str:
    kind = folder_of(element.href) if element.href else element.role
    return f"{element.landmark} {kind} {reason}"
