"""The benchmark's own data and counting."""

import re

from tests.benchmark.healing.cases import Half, Outcome, Tally, Verdict, half_of
from tests.benchmark.healing.mutations import GONE, KINDS, MUTATE, SITE
from tests.benchmark.healing.releases import known
from tests.conduct.controls import every_sheet


def outcome(verdict: Verdict, exists: bool = True, half: Half = "judging") -> Outcome:
    return Outcome("page", "text", "button Save", exists, verdict, "", 0.0, 1.0, half)


def test_more_than_a_hundred_elements_come_from_real_releases_and_more_are_mutated() -> None:
    pairs = [pair for release in known() for pair in release.pairs]
    pages = len(SITE) + len(every_sheet())

    assert sum(pair.new != "" for pair in pairs) >= 100
    assert sum(pair.new == "" for pair in pairs) >= 30
    assert pages * len(KINDS) >= 140
    assert pages * len(GONE) >= 60


def test_no_element_is_listed_twice() -> None:
    for release in known():
        selectors = [pair.old for pair in release.pairs]
        assert len(set(selectors)) == len(selectors), release.name


def test_a_package_is_in_one_half_with_all_its_pages_and_neither_half_is_small() -> None:
    sizes: dict[Half, int] = {"tuning": 0, "judging": 0}
    for release in known():
        sizes[half_of(release.package)] += len(release.pairs)

    assert min(sizes.values()) >= 100


def test_every_change_is_known_to_the_script_that_makes_it() -> None:
    listed = re.search(r"const all = \{ (.+) \};", MUTATE)

    assert listed
    assert {step for steps in (KINDS | GONE).values() for step in steps} == set(listed[1].split(", "))


def test_a_wrong_element_counts_as_wrong_whether_the_right_one_exists_or_not() -> None:
    tally = Tally.of([outcome(Verdict.RIGHT), outcome(Verdict.WRONG), outcome(Verdict.WRONG, exists=False)])

    assert (tally.healed, tally.refused) == (0.5, 0.0)
    assert round(tally.wrong, 2) == 0.67
    assert not tally.reaches_targets


def test_the_targets_are_reached_by_healing_most_and_refusing_what_is_gone() -> None:
    healed = [outcome(Verdict.RIGHT)] * 86 + [outcome(Verdict.REFUSED)] * 14
    gone = [outcome(Verdict.REFUSED, exists=False)] * 50

    assert Tally.of([*healed, *gone]).reaches_targets
    assert not Tally.of([*healed, *healed[-2:], *gone]).reaches_targets
