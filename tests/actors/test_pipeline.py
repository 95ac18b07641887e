import asyncio

import pytest

from actors.board import Board, ClaimLost, keep_claim
from actors.embedded import embedded_valkey
from actors.job import Stage
from actors.settings import Settings
from actors.store import ACTIVE, Claim, Store
from tests.jobs import exploring

pytestmark = pytest.mark.anyio

METRICS = {"state": "executing", "clicks": 3, "depth": 1, "visited_urls": [], "runtime_s": 1.0}


async def test_a_heartbeat_tells_the_news_and_ends_when_its_stage_does(store: Store) -> None:
    claim, board, ended = await exploring(store), Board(max_clicks=10), asyncio.Event()
    board.note({"kind": "metrics", "metrics": METRICS})
    beating = asyncio.create_task(keep_claim(store, claim, board, ended))
    while board.news:
        await asyncio.sleep(0.05)

    ended.set()
    await beating

    job = await store.get("j1")
    assert job is not None
    assert job.metrics == METRICS
    assert job.progress == 21


async def test_a_heartbeat_without_a_claim_is_an_error(store: Store) -> None:
    claim = await exploring(store)
    await store.redis.zadd(ACTIVE, {"j1": 1})
    await store.reap()

    with pytest.raises(ClaimLost):
        await keep_claim(store, claim, Board(max_clicks=10), asyncio.Event())


async def test_news_are_kept_while_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
    board, ended = Board(max_clicks=10), asyncio.Event()
    board.note({"kind": "step", "step": {"number": 1}})
    async with Store.opened(url, settings) as store:
        claim = Claim("j1", Stage.EXPLORING, "token", 1)
        beating = asyncio.create_task(keep_claim(store, claim, board, ended))
        while "Redis is away" not in caplog.text:
            await asyncio.sleep(0.05)
        board.note({"kind": "step", "step": {"number": 2}})
        ended.set()
        await beating

    assert board.news["steps"] == '[{"number": 1}, {"number": 2}]'
