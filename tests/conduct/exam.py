"""The exam as a whole: sites and browsers opened, and one part after the other."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.conduct.clicker import careless, miscounted
from tests.conduct.controls import Sheet
from tests.conduct.judging import Judgement, judge
from tests.conduct.layout import mostly_danger
from tests.conduct.server import ExamSite
from tests.conduct.takes import Outing, explore
from tests.explorer.support.exploration import Harness, open_harness


@contextmanager
def sites(sheets: Sequence[Sheet], stay: bool = False) -> Iterator[list[ExamSite]]:
    """One for each sheet."""
    with ExitStack() as opened:
        yield [opened.enter_context(ExamSite(sheet, stay)) for sheet in sheets]


@contextmanager
def theatre_of(sheets: Sequence[Sheet]) -> Iterator[tuple[Harness, list[ExamSite]]]:
    """The sites of these sheets, and browsers that may visit them."""
    with sites(sheets) as opened, open_harness(*(site.host for site in opened)) as harness:
        yield harness, opened


def judge_all(sheets: Sequence[Sheet]) -> list[Judgement]:
    """What becomes of each control, by discovery and guardrails on the real page."""
    with theatre_of(sheets) as (harness, opened):
        return judge(harness, opened)


def take_all(
    sheets: Sequence[Sheet], seeds: Sequence[int], told: Callable[[Outing], None] = lambda outing: None
) -> list[Outing]:
    """A take of each page and seed, where little but danger is left; each is `told` as it ends."""
    outings = []
    with theatre_of([mostly_danger(sheet) for sheet in sheets]) as (harness, opened):
        for site in opened:
            for seed in seeds:
                outings.append(explore(harness, site, seed))
                told(outings[-1])
    return outings


def count_all(sheets: Sequence[Sheet]) -> list[str]:
    """Which dangerous controls the sites do not count when they are used; must be none."""

    async def click() -> list[str]:
        with sites(sheets, stay=True) as opened:
            async with careless() as browser:
                return [fault for site in opened for fault in await miscounted(browser, site)]

    return asyncio.run(click())
