"""`python -m tests.benchmark.healing`: how many lost elements are found again, and how many wrongly.

The elements are those of npm packages in two releases, which are installed below `build/sites` first, and
of the repository's own pages, changed as releases change them. Half of the packages and pages are for tuning
`explorer/healing/similarity.py`; only the other half says how good it is.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator

from tests.benchmark.console import screen
from tests.benchmark.healing import mutations, releases
from tests.benchmark.healing.cases import Outcome, Tally
from tests.benchmark.healing.report import failures, tables, timing
from tests.benchmark.healing.trial import a_browser
from tests.benchmark.must_show.install import NotInstalled


def main() -> int:
    options = _options()
    try:
        outcomes = asyncio.run(_gather(options.only))
    except (NotInstalled, releases.NotBroken) as exc:
        print(f"The benchmark was stopped: {exc}", file=sys.stderr)
        return 1
    if not outcomes:
        print(f"No page is named like {options.only!r}.", file=sys.stderr)
        return 1
    for line in failures(outcomes):
        screen.print(line, markup=False)
    screen.print(*tables(outcomes), timing(outcomes), sep="\n")
    judged = Tally.of(one for one in outcomes if one.half == "judging")
    return 0 if judged.reaches_targets else 1


async def _gather(only: str) -> list[Outcome]:
    return [one async for one in _outcomes(only)]


async def _outcomes(only: str) -> AsyncIterator[Outcome]:
    async with a_browser() as browser:
        for release in releases.known():
            if only in release.name:
                async for one in releases.outcomes(browser, release):
                    yield one
        with mutations.places() as places:
            for place in places:
                if only in place.name:
                    async for one in mutations.outcomes(browser, place):
                        yield one


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.healing", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="only pages named like this")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
