"""Ranks what can be clicked without asking anybody: by where it leads, where it stands and what it says."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from explorer.languages.overlay_phrases import says, says_only
from explorer.planning.keyword_weights import BOOST, CALL, CLOSE_SIGN, CONSENT, DEMOTED
from explorer.planning.scoring import discounted, foreseen, wished
from explorer.state.frontier import AGAIN
from explorer.types import ActionPlan, Element, Scene
from explorer.urls import page_key

#: A scan proposes at most this many plans.
MAX_PLANS = 5

_CLOSES = "closes the open dialog"
SAME_NAME = 12
#: With fewer steps a film is nearly empty.
FEW_STEPS = 3
_ANCHOR = re.compile(r"#(?![/!])")
#: What is out of view by no more than this is a short way to scroll; a viewport is 720 px high.
_NEAR_PX = 900
_CHOICE_ROLES = frozenset({"checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"})


@dataclass(frozen=True, slots=True)
class Ranked:
    """One offered element with its score (higher is better), why, and the family it shares with siblings."""

    element: Element
    score: float
    why: str
    family: str


class KeywordPlanner:
    """Ranks by navigation order, words and kinds, without a network: equal scenes get equal answers."""

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """The best `MAX_PLANS` choices, best first, with priorities from 100 to 0; empty if all was seen."""
        return [
            ActionPlan(r.element.selector, "click", max(0, min(100, round(r.score))), f"keywords: {r.why}")
            for r in _varied(rank(scene), scene)
        ]


def rank(scene: Scene) -> list[Ranked]:
    """Everything worth offering, best first. Links to pages that were seen already are left out."""
    view = _View.of(scene)
    ranked = list(view.judge_all())
    if not ranked and len(scene.history) < FEW_STEPS:
        # A click that changes little is better than an empty film.
        ranked = list(replace(view, content=True).judge_all())
    return sorted(ranked, key=lambda one: -one.score)


@dataclass(frozen=True, slots=True)
class _View:
    """What judging one element needs to know about its scene."""

    here: str
    seen: frozenset[str]
    dialog: bool
    consent: bool
    rejectable: bool
    look_inside: bool
    last: bool
    count: int
    scene: Scene
    names: Counter[str]
    #: Content with what shows little.
    content: bool = False

    @classmethod
    def of(cls, scene: Scene) -> "_View":
        here = page_key(scene.url)
        seen = frozenset({here, *map(page_key, scene.visited_urls)})
        said = [(e, _words(e)) for e in scene.elements]
        main = {page_key(e.href) for e in scene.elements if e.href and e.landmark in {"nav", "header"}} - seen
        return cls(
            here=here,
            seen=seen,
            dialog=any(e.landmark == "dialog" and e.in_view for e, _ in said),
            consent=any(CONSENT.search(words) or says("necessary", words) for _, words in said),
            rejectable=any(_rejects(words) for _, words in said),
            # One look inside each page, and a click to end it, while enough are left for all main pages;
            # where these are too many, with every third click.
            look_inside=scene.clicks_here == 0
            and (scene.clicks_left > len(main) + 1 or len(scene.history) % 3 == 2),
            last=scene.clicks_left == 1,
            count=max(1, len(scene.elements)),
            scene=scene,
            names=Counter(label.casefold().strip() for label in scene.history),
        )

    def judge_all(self) -> Iterator[Ranked]:
        """Everything worth offering, in document order."""
        for index, element in enumerate(self.scene.elements):
            if found := self.judge(element, index):
                yield found

    def judge(self, element: Element, index: int) -> Ranked | None:
        target = page_key(element.href) if element.href else ""
        fragment_only = target == self.here and _ANCHOR.search(element.href) is not None
        if target and target in self.seen and not fragment_only:
            return None
        if self._agrees(element) and self.rejectable:
            return None  # nobody agrees to cookies who can refuse them
        score, kind = self._base(element, fragment_only)
        score, kind = self._adjust(element, score, kind)
        valued = self._value(element, score, kind)
        if valued is None:
            return None
        # Earlier wins within a kind, and never by enough to change the kind.
        score, why = valued
        return Ranked(
            element, score - 6 * index / self.count, f"{why} {_quoted(element)}", _family(element, kind)
        )

    def _value(self, element: Element, score: float, kind: str) -> tuple[float, str] | None:
        """What is known of it and what was wished for, on top of what it is; None for a dead click."""
        prospect, kind_of_it = self.scene.prospects.get(element.key), kind_of(element)
        again = AGAIN in element.key
        if again and prospect is None and not element.fills and not says("next", _words(element)):
            return None  # mostly it would show what it has shown before
        if prospect is None and not element.href:
            score = discounted(score, self.scene.payoffs, kind_of_it)
        valued = foreseen(score, kind, prospect, score <= 12, self.scene.tired, self.content)
        if valued is None:
            return None
        score, why = valued
        # A kind that was shown often makes room for others; and the last click should end well.
        score -= min(12, 3 * self.scene.kinds.get(kind_of_it, 0)) if not element.href and not again else 0
        score += 8 if self.last and BOOST.search(_words(element)) and score > 30 else 0
        # So does a name that was clicked before: each article of a list may have the same "Read more".
        score -= SAME_NAME * self.names[_words(element)] if not element.fills and not again else 0
        title = prospect.title if prospect else ""
        more, wish = wished(element, self.scene.wishes, title, element.key in self.scene.focused)
        return score + more, f"{why}, {wish}" if wish else why

    def _base(self, element: Element, fragment_only: bool) -> tuple[float, str]:
        if found := self._obstacle(element):
            return found
        if fragment_only:
            return 22, "place on this page"
        return _page_score(element) if element.href else self._control_score(element)

    def _obstacle(self, element: Element) -> tuple[float, str] | None:
        """Cookie banners and open dialogs come before everything else."""
        words = _words(element)
        if self.consent and not element.href and _rejects(words):
            return 106, "cookie banner, only what is necessary"
        if self._agrees(element):
            return 105, "cookie banner, accept"
        if element.landmark != "dialog":
            return None
        closes = says_only("close", words) or says("later", words) or CLOSE_SIGN.search(words)
        return (84, _CLOSES) if closes else (96, "inside the open dialog")

    def _agrees(self, element: Element) -> bool:
        """Whether this lets a cookie banner have its way."""
        words = _words(element)
        agrees = (says("accept", words) or says_only("fine", words)) and not says("manage", words)
        return self.consent and not element.href and agrees and not _rejects(words)

    def _control_score(self, element: Element) -> tuple[float, str]:
        for applies, score, why in _CONTROLS:
            if applies(element):
                near = element.in_view or abs(element.box.y) < _NEAR_PX
                if self.look_inside and element.landmark in {"main", ""} and near and score >= 52:
                    return (100 if element.in_view else 94), f"{why} inside the page,"
                return score, why
        return 34, "control"

    def _adjust(self, element: Element, score: float, why: str) -> tuple[float, str]:
        words = _words(element)
        if score > 100 or why == _CLOSES:
            return score, why
        if demoted := _demoted(words, element):
            return min(score, 8), demoted
        if element.download or element.form_action:
            return min(score, 4), "download" if element.download else "form"
        boost = 6 if BOOST.search(words) else 0
        behind = 50 if self.dialog and element.landmark != "dialog" else 0
        return score + boost - behind - (20 if element.new_tab else 0), why


def _page_score(element: Element) -> tuple[float, str]:
    """The value of a page nobody has seen, by where the link to it stands."""
    if element.landmark == "footer":
        return 18, "footer, unseen page"
    if "/" not in page_key(element.href):
        return 40, "home page"
    if element.landmark == "nav" or (element.landmark == "header" and element.box.y < 160):
        deep = _prefix(element.href).count("/") > 0
        return (72, "section navigation, unseen page") if deep else (82, "main navigation, unseen page")
    if element.in_view and CALL.search(_words(element)) and element.landmark in {"main", "header", ""}:
        return 74, "call to action, unseen page"
    if element.landmark == "aside":
        return 56, "side column, unseen page"
    return 64, "content, unseen page"


_CONTROLS: tuple[tuple[Callable[[Element], bool], float, str], ...] = (
    (lambda e: e.landmark == "footer", 12, "control in the footer"),
    (lambda e: e.fills == "search", 62, "search"),
    (lambda e: e.fills == "select", 48, "choice"),
    (lambda e: bool(e.fills), 50, "field"),
    (lambda e: e.role == "tab" and e.reveals, 58, "tab"),
    (lambda e: e.role == "tab", 14, "tab that is open already"),
    (lambda e: e.reveals and e.landmark == "nav", 71, "menu among the page links"),
    (lambda e: e.reveals, 55, "opens something"),
    (lambda e: e.role in {"menuitem", "treeitem"}, 52, "menu item"),
    (lambda e: e.role in _CHOICE_ROLES, 26, "switch"),
    (lambda e: e.role == "link", 20, "link without an address"),
    (lambda e: bool(CALL.search(_words(e))), 50, "call to action"),
    (lambda e: e.role in {"button", "option"}, 42, "button"),
)


def _varied(ranked: list[Ranked], scene: Scene) -> Iterator[Ranked]:
    """The best few, where each choice makes its siblings less attractive, as do siblings seen before."""
    seen = Counter(_prefix(url) for url in scene.visited_urls)
    rest = [_faded(one, seen[_prefix(one.element.href)]) for one in ranked]
    for _ in range(min(MAX_PLANS, len(rest))):
        best = max(rest, key=lambda one: one.score)
        yield best
        rest = [
            replace(one, score=one.score - _step(one)) if one.family == best.family else one
            for one in rest
            if one is not best
        ]


def _faded(one: Ranked, siblings_seen: int) -> Ranked:
    each = 3 if one.element.landmark == "nav" else 8
    return replace(one, score=one.score - each * min(5, siblings_seen)) if _is_deep(one) else one


def _step(one: Ranked) -> float:
    """What a sibling costs: little in the main navigation, whose order is a ranking already."""
    return 4.0 if one.element.landmark in {"nav", "header"} and not _is_deep(one) else 14.0


def _is_deep(one: Ranked) -> bool:
    return bool(one.element.href) and _prefix(one.element.href).count("/") > 0


def kind_of(element: Element) -> str:
    """The kind of control that something is, by which is learned what pays off."""
    if element.href:
        return f"link {element.landmark}"
    parts = (
        element.fills or element.role or element.tag,
        element.landmark,
        "opens" if element.reveals else "",
    )
    return " ".join(filter(None, parts))


def _family(element: Element, why: str) -> str:
    kind = _prefix(element.href) if element.href else element.role
    return f"{element.landmark} {kind} {why}"


def _prefix(url: str) -> str:
    """The folder a page lies in, by which pages of one template are told from others."""
    return page_key(url).rpartition("/")[0]


def _demoted(words: str, element: Element) -> str | None:
    found = next((name for name, pattern in DEMOTED if pattern.search(words)), None)
    # A button that says "next" is a step of something on this page.
    return None if found == "pagination" and not element.href and says("next", words) else found


def _rejects(words: str) -> bool:
    return says("reject", words) or says("necessary", words)


def _words(element: Element) -> str:
    return f"{element.label or element.text}".casefold().strip()


def _quoted(element: Element) -> str:
    name = " ".join((element.label or element.text or element.tag).split())
    return f'"{name if len(name) <= 40 else name[:39] + "…"}"'
