"""A worker films a batch and delivers its film; where to is told to no process, and left nowhere."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest

from actors.settings import Settings
from actors.worker import working
from tests.actors.deliveries.test_dispatcher import KEY
from tests.conftest import Serve
from tests.end_to_end.conftest import Client
from tests.end_to_end.test_script import stored
from tests.site.server import SiteServer
from tests.support.canaries import SIGN, watching
from tests.support.upload_receiver import FilmStore, storing

PATIENCE_S = 120.0


@contextmanager
def store_in_a_thread() -> Iterator[FilmStore]:
    """A store that works while this thread waits for others."""
    opened: list[FilmStore] = []
    loop, ready = asyncio.new_event_loop(), threading.Event()
    over = asyncio.Event()

    async def serve() -> None:
        async with storing() as store:
            opened.append(store)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


@pytest.mark.thorough
def test_a_film_of_a_batch_is_delivered_by_the_worker_that_made_it(
    settings: Settings, serve: Serve, site: SiteServer, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with store_in_a_thread() as films:
        hosts = settings.allow_private_hosts | {films.host}
        settings = settings.model_copy(update={"allow_private_hosts": hosts, "secrets_key": KEY})
        row = {"url": site.url + "lab/dead.html", "deliver_to": films.url()}
        with serve(settings) as address, watching(psutil.Process()) as watch:
            client = Client(address)
            batch_id = client.http.post("/demo/batch/run", json={"rows": [row]}).json()["batch_id"]
            with working(settings, slots=1):
                item = _delivered(client, batch_id)
            left = stored(redis_url)

    [received] = films.received
    assert received.headers["content-type"] == "video/mp4"
    assert received.body[4:8] == b"ftyp"
    assert len(received.body) == item["bytes"] > 10_000
    assert (item["delivery"], item["exported"], item["links"]) == ("delivered", True, None)
    assert {"child", "browser", "ffmpeg"} <= watch.read.keys()
    assert watch.leaks == set()
    assert SIGN.encode() not in left
    assert SIGN not in caplog.text


def _delivered(client: Client, batch_id: str) -> dict[str, Any]:
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        [item] = client.http.get(f"/demo/batch/items/{batch_id}").json()["items"]
        if item["delivery"] in ("delivered", "failed"):
            return dict(item)
        assert time.monotonic() < deadline_s, item
        time.sleep(0.2)
