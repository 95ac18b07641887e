"""`python -m tests.benchmark.batches`: what feeding and asking for large batches costs, without filming.

Ten batches of a thousand rows of a script, against a real Valkey and API; jobs are brought to their end by
the pipeline's own transitions.
"""

import argparse
import asyncio
import os
import statistics
import time
import uuid
from collections.abc import Sequence

import httpx
import psutil

from actors.batches.acceptance import checked_rows
from actors.batches.batch import Batch
from actors.batches.feeder import feed
from actors.batches.rows import table_of
from actors.batches.states import ItemStatus
from actors.batches.store import BatchStore
from actors.batches.template import JobTemplate
from actors.embedded_redis import embedded_valkey
from actors.jobs.keys import PACE
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from demo_api.server import make_server
from tests.benchmark.console import screen
from tests.conftest import serving

ROWS, AT_ONCE, ASKED = 1_000, 50, 200
DATE = "2026-11-30"
SCRIPT = {
    "url": "http://93.184.215.14/",
    "variables": {"company": "x"},
    "steps": [{"caption": "Hello {{company}}"}, {"click": "Pricing"}, {"hold": 1}],
}


def main() -> int:
    options = _options()
    with embedded_valkey() as url:
        settings = Settings(redis_url=url, rate_limit="off")
        with serving(make_server(settings)) as address:
            asyncio.run(_measure(settings, address, options.batches))
    return 0


async def _measure(settings: Settings, address: str, batches: int) -> None:
    assert settings.redis is not None
    screen.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {batches} batches of {ROWS} rows")
    process = psutil.Process()
    async with Store.opened(settings.redis, settings) as store:
        ids = [await _accept(store) for _ in range(batches)]
        before = process.memory_info().rss
        fed_ms = await _run_all(store, batches * ROWS)
        screen.print(f"feeding: {_figures(fed_ms)} an item")
        screen.print(f"status: {_figures(_asked(address, ids, 'status'))}")
        screen.print(f"items, 100 a page: {_figures(_asked(address, ids, 'items'))}")
        grown = (process.memory_info().rss - before) / (1 << 20)
        screen.print(f"memory of API and feeder: {grown:+.1f} MiB after {batches * ROWS} items")


async def _accept(store: Store) -> str:
    """Creates a batch, and says what the checks of its rows have cost."""
    rows = [
        {"url": f"http://93.184.{number // 250}.{1 + number % 250}/", "company": f"Company {number}"}
        for number in range(ROWS)
    ]
    template = JobTemplate(ExplorationOptions(), FilmOptions(), script=SCRIPT)
    began_s = time.perf_counter()
    checked = checked_rows(template, table_of(rows), DATE, store.settings)
    took_ms = (time.perf_counter() - began_s) * 1000
    batch = Batch(uuid.uuid4().hex, template, AT_ONCE, date=DATE)
    await BatchStore(store).create(batch, checked)
    screen.print(f"checked and accepted {ROWS} rows: {took_ms / ROWS:.2f} ms a row")
    return batch.id


async def _run_all(store: Store, items: int) -> list[float]:
    """Feeds and fails items until none is left; returns what feeding has cost for each item, in ms."""
    batches, costs, done = BatchStore(store), [], 0
    while done < items:
        async for key in store.redis.scan_iter(f"{PACE}*", count=1000):
            await store.redis.unlink(key)  # the pauses between two films of a host are not what is measured
        before = await _running(batches)
        began_s = time.perf_counter()
        await feed(store, lambda queue, job_id: None)
        took_ms = (time.perf_counter() - began_s) * 1000
        fed = await _running(batches) - before
        costs += [took_ms / fed] * fed if fed else []
        while claim := await store.claim_next(Stage.QUEUED, Stage.EXPLORING):
            await store.end(claim, Status.FAILED, {"error": "simulated", "error_code": "x"})
            done += 1
    return costs


async def _running(batches: BatchStore) -> int:
    counts = [await batches.counts(batch_id) for batch_id in await batches.going_on()]
    return sum(each[ItemStatus.RUNNING] for each in counts)


def _asked(address: str, ids: Sequence[str], what: str) -> list[float]:
    with httpx.Client(base_url=address, trust_env=False) as client:
        return [_ask_ms(client, f"/demo/batch/{what}/{ids[n % len(ids)]}") for n in range(ASKED)]


def _ask_ms(client: httpx.Client, path: str) -> float:
    began_s = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - began_s) * 1000


def _figures(values: Sequence[float]) -> str:
    """Median and 95th percentile."""
    return f"{statistics.median(values):.2f} ms median, {statistics.quantiles(values, n=20)[-1]:.2f} ms p95"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.batches", description=__doc__)
    parser.add_argument("--batches", type=int, default=10, help="how many, of a thousand rows each")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
