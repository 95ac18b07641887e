from dataclasses import replace
from pathlib import Path

import pytest

from actors.job import Stage
from actors.order import Order
from actors.settings import Settings
from actors.store import EXTRAS, Claim, Store
from actors.storyboard import NAME
from actors.uplink import EXTRA_FILES, MAX_EXTRA_BYTES, store_extras
from explorer.types import Wishes
from tests.jobs import queued
from video.vault import read_blob

pytestmark = pytest.mark.anyio


@pytest.fixture
async def order(store: Store, settings: Settings, tmp_path: Path) -> Order:
    return Order.of(await queued(store), Claim("j1", Stage.ENCODING, "token", 2), settings, str(tmp_path))


def test_every_extra_has_a_file() -> None:
    assert {*EXTRA_FILES, NAME} == set(EXTRAS)


async def test_what_lies_beside_the_film_is_stored_under_its_own_key(
    order: Order, store: Store, tmp_path: Path
) -> None:
    for name, file in EXTRA_FILES.items():
        (tmp_path / file).write_text(f"a {name}")

    assert await store_extras(order, tmp_path) == ["poster", "sheet", "captions"]

    for name in EXTRA_FILES:
        key = order.extra_keys[name]
        assert b"".join([piece async for piece in read_blob(store.redis, key)]) == f"a {name}".encode()
        assert await store.redis.ttl(key) > 0


async def test_a_film_may_go_without_its_extras(order: Order, store: Store, tmp_path: Path) -> None:
    assert await store_extras(order, tmp_path) == []

    # One that is too large is left out, and the next is stored all the same
    with (tmp_path / "poster.png").open("wb") as file:
        file.truncate(MAX_EXTRA_BYTES + 1)
    (tmp_path / "captions.vtt").write_text("WEBVTT")

    assert await store_extras(order, tmp_path) == ["captions"]


async def test_an_order_arrives_as_it_was_sent(order: Order) -> None:
    wishes = Wishes("orders", ("/orders",), ("css=#x",), ("docs.example.com",), "click", True, False, True)
    for sent in (order, replace(order, wishes=wishes, storyboard=True, openai_vision=True)):
        assert Order.decode(sent.encode().decode()) == sent
