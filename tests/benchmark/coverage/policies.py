"""Who chooses what to click: the product, and the plain policies that it is measured beside."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from explorer.planning.keyword_planner import KeywordPlanner
from explorer.protocols import Planner
from explorer.types import ActionPlan, Element, Scene, Wishes
from explorer.urls import page_key

#: As many as a planner may return.
MOST_PLANS = 5
SEED = 20_240


@dataclass(frozen=True, slots=True)
class Policy:
    """A planner for each take, and what the explorer is wished to do besides."""

    name: str
    planner: Callable[[], Planner]
    wishes: Wishes


class RandomPlanner:
    """Any of what is offered; the same ones for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._random = random.Random(seed)

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        offered = list(scene.elements)
        self._random.shuffle(offered)
        return _plans(offered, "random")


class DocumentOrder:
    """What comes first in the document."""

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        return _plans(list(scene.elements), "document order")


class BreadthFirst:
    """Links in the order in which they were seen, those of earlier pages first; buttons are not clicked."""

    def __init__(self) -> None:
        self._queue: dict[str, int] = {}

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        seen = {page_key(scene.url), *map(page_key, scene.visited_urls)}
        links = [element for element in scene.elements if element.href and page_key(element.href) not in seen]
        for link in links:
            self._queue.setdefault(page_key(link.href), len(self._queue))
        links.sort(key=lambda link: self._queue[page_key(link.href)])
        return _plans(links, "breadth first")


def _plans(elements: list[Element], who: str) -> list[ActionPlan]:
    """Priorities say the order alone: from 100 down, as a planner's do."""
    return [
        ActionPlan(element.selector, "click", 100 - number, f"{who}: {element.label or element.tag}")
        for number, element in enumerate(elements[:MOST_PLANS])
    ]


_PLAIN = Wishes(scout=False, interact="click")
POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("ours", KeywordPlanner, Wishes()),
        Policy("keyword only", KeywordPlanner, Wishes(scout=False)),
        Policy("breadth first", BreadthFirst, _PLAIN),
        Policy("document order", DocumentOrder, _PLAIN),
        Policy("random", RandomPlanner, _PLAIN),
    )
}
