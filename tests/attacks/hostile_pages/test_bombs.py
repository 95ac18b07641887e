"""A few bombs by the product's own line; `python -m tests.attacks.hostile_pages` films all."""

from collections.abc import Iterator

import pytest

from tests.attacks.hostile_pages.bomb import FILM
from tests.attacks.hostile_pages.catalogue import BOMBS
from tests.attacks.hostile_pages.field import ProvingGround, proving_ground
from tests.support.markers import thorough

#: One that asks without end, one that bends what looks at it, and one that is not what it says.
SOME = {
    "alert-loop": FILM,
    "override-query": FILM,
    "certificate-self-signed": "certificate_invalid",
}


@pytest.fixture(scope="module")
def ground() -> Iterator[ProvingGround]:
    with proving_ground({name: BOMBS[name] for name in SOME}) as opened:
        yield opened


@pytest.mark.parametrize(
    "name", ["certificate-self-signed", thorough("alert-loop"), thorough("override-query")]
)
def test_a_bomb_ends_within_its_bounds(ground: ProvingGround, name: str) -> None:
    result = ground.film(BOMBS[name])

    assert (result.end, result.faults) == (SOME[name], ())


def test_each_bomb_says_how_it_may_end() -> None:
    assert all(bomb.ends and "" in bomb.pages for bomb in BOMBS.values())
    assert len(BOMBS) > 150
