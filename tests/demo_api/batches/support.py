"""Batches on a real API whose films are made of nothing, by the pipeline's own transitions."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from actors.batches.feeder import feed
from actors.jobs.job import Job
from actors.jobs.keys import WAITING
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.batches.plan import Plan
from tests.actors.batches.support import fail_next, film_next, hurry

PAUSE_S = 0.02
SCRIPT = {
    "url": "http://1.1.1.1/",
    "variables": {"who": "Ann"},
    "steps": [{"caption": "{{who}}, {{row}} of {{row_count}}"}],
}


def plan_of(settings: Settings, *names: str, **more: Any) -> Plan:
    """The plan of a batch with a row for each name."""
    csv = "\n".join(("who", *names)).encode()
    asked = {"template": {"script": SCRIPT}, "csv": csv, "name": "{{row}}-{{who}}", **more}
    return Plan.of(asked, settings)


@contextmanager
def crew(settings: Settings, fails: Callable[[Job], bool] = lambda job: False) -> Iterator[list[str]]:
    """Makes films of whatever is asked for, in a thread of its own; gives the captions as they are filmed."""
    done, captions = threading.Event(), list[str]()
    thread = threading.Thread(target=lambda: asyncio.run(_work(settings, fails, done, captions)), daemon=True)
    thread.start()
    try:
        yield captions
    finally:
        done.set()
        thread.join(10)


async def _work(
    settings: Settings, fails: Callable[[Job], bool], done: threading.Event, captions: list[str]
) -> None:
    assert settings.redis is not None
    async with Store.opened(settings.redis, settings) as store:
        while not done.is_set():
            await hurry(store)
            await feed(store, _no_ticket)
            waiting = cast(list[bytes], await store.redis.zrange(WAITING["record"], 0, 0))
            if not waiting:
                await asyncio.sleep(PAUSE_S)
                continue
            job = await store.get(waiting[0].decode())
            assert job is not None
            assert job.spec.script is not None
            captions.append(job.spec.script.script["steps"][0]["caption"])
            await (fail_next(store) if fails(job) else film_next(store))


def _no_ticket(queue: str, job_id: str) -> None:
    """The crew finds the jobs by itself."""
