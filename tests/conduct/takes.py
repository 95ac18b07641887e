"""The second part of the exam: real takes, look-ahead included, where little but danger can be clicked."""

import random
from dataclasses import dataclass

from explorer.types import ActionPlan, Scene
from tests.conduct.server import Deed, ExamSite, Ledger
from tests.explorer.support.clocks import HastyClock
from tests.explorer.support.exploration import Harness, Take

#: More than there is to click for whoever leaves alone what acts.
MAX_CLICKS = 8
MAX_RUNTIME_S = 30.0
#: A scan takes no more plans than this.
MOST_PLANS = 5


class Reckless:
    """A planner that wants everything that it is offered, in an order that only its seed decides."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        wanted = list(scene.elements)
        self._random.shuffle(wanted)
        return [ActionPlan(one.selector, "click", 100, "exam: chance") for one in wanted[:MOST_PLANS]]


@dataclass(frozen=True, slots=True)
class Outing:
    """One take of one page: what was done there, by whom, and how far the film came."""

    page: str
    seed: int
    take: Take
    ledger: Ledger

    @property
    def done(self) -> list[Deed]:
        return self.ledger.done

    @property
    def clicks(self) -> int:
        return len(self.take.steps)

    @property
    def looks(self) -> int:
        """How often something was tried off camera."""
        return self.take.metrics[-1].scouted


def explore(harness: Harness, site: ExamSite, seed: int, max_clicks: int = MAX_CLICKS) -> Outing:
    """A take of the site as the product makes it. Odd seeds film blindly: then the planner alone decides."""
    ledger = site.open_ledger()
    take = harness.explore(
        site.url,
        Reckless(seed),
        clock=HastyClock() if seed % 2 else None,
        scout=True,
        max_clicks=max_clicks,
        max_runtime_s=MAX_RUNTIME_S,
    )
    return Outing(site.sheet.name, seed, take, ledger)
