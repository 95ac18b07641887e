"""The coverage benchmark: every policy explores every site, and is told how much of each it has shown."""

import argparse
import asyncio
import json
from pathlib import Path

from tests.benchmark.console import screen
from tests.benchmark.coverage.oracle import STORE
from tests.benchmark.coverage.policies import POLICIES
from tests.benchmark.coverage.report import Score, policy_table, summary_table
from tests.benchmark.coverage.sites import absent, opened
from tests.benchmark.coverage.takes import Take, keep, studio, take


def add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("coverage")
    group.add_argument("--sites", type=Path, metavar="DIR", help="where the sample sites are installed")
    group.add_argument("--site", default="", metavar="NAME", help="only sites named like this")
    group.add_argument("--policy", action="append", choices=list(POLICIES), help="only this (repeatable)")
    group.add_argument("--storyboards", type=Path, metavar="DIR", help="keep what was seen in this folder")


def cover(options: argparse.Namespace) -> None:
    """Explores, and prints the tables."""
    if missing := absent(options.sites):
        screen.print(f"Left out, as --sites names no folder that holds them: {', '.join(missing)}")
    oracles = known()
    scores: dict[str, list[Score]] = {}
    for done in asyncio.run(explored(options)):
        scores.setdefault(done.policy, []).append(Score.of(done, oracles))
    for policy, each in scores.items():
        screen.print(policy_table(policy, each))
    screen.print(summary_table(scores))


async def explored(options: argparse.Namespace) -> list[Take]:
    """All takes, one at a time: what runs beside one would be measured with it."""
    takes = []
    with opened(options.sites, options.site) as places:
        async with studio(places) as (browser, proxy):
            for name in options.policy or POLICIES:
                for place in places:
                    done = await take(browser, proxy, place, POLICIES[name])
                    screen.print(f"{name}: {place.name}: {done.error or f'{done.clicks} clicks'}")
                    if options.storyboards:
                        keep(
                            done, options.storyboards / name.replace(" ", "-") / place.name.replace("/", "-")
                        )
                    takes.append(done)
    return takes


def known() -> dict[str, int]:
    """The most scenes that any known film of ten clicks shows, by site."""
    return {name: entry["best"] for name, entry in json.loads(STORE.read_text(encoding="utf-8")).items()}
