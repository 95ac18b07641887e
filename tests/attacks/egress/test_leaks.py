"""The short version of `python -m tests.attacks.egress`: a part of each family, and canaries."""

import asyncio

import pytest

from explorer.browser.chromium import find_chromium
from tests.attacks.egress.all import every_vector
from tests.attacks.egress.attack import Outcome, Run, attack
from tests.attacks.egress.canaries import CANARIES, Canary
from tests.attacks.egress.report import details
from tests.attacks.egress.vectors import Vector, count
from tests.support.markers import first

#: Of five vectors one, and fewer of those that need a tab of their own.
SHORT = [one for number, one in enumerate(every_vector()[::5]) if not one.top or number % 8 == 0]
SETTLE_S = 0.7
CANARY_SETTLE_S = 3.0
#: The other canaries are left to the command.
SHORT_CANARIES = (CANARIES[0], CANARIES[2])


def outcome_of(
    vectors: list[Vector], *removed: str, added: tuple[str, ...] = (), settle_s: float = SETTLE_S
) -> Outcome:
    return asyncio.run(attack(Run("short", find_chromium(), removed, added, settle_s=settle_s), vectors))


def test_a_hostile_page_reaches_nothing_that_it_must_not() -> None:
    outcome = outcome_of(SHORT)

    assert outcome.holds, details(outcome)
    assert outcome.rules["private_address"] > 10, "the page did try"


@pytest.mark.parametrize("canary", first(1, SHORT_CANARIES), ids=lambda canary: str(canary.name))
def test_a_leak_shows_when_a_guard_is_taken_away(canary: Canary) -> None:
    families = canary.families[-1:] or ("elements", "workers")
    few = [one for one in every_vector() if one.family in families][::3]

    # Longer, for here something has to come: UDP comes last, and on a busy machine late.
    assert canary.sings(outcome_of(few, *canary.removed, added=canary.added, settle_s=CANARY_SETTLE_S))


def test_there_are_many_vectors_and_no_two_alike() -> None:
    vectors = every_vector()

    assert len(vectors) > 500
    assert len(count(vectors)) > 20
    assert len({(one.family, one.name) for one in vectors}) == len(vectors)
