"""Server-sent events: complete, resumed, for several clients, and across restarts."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import pytest

from actors.jobs.events import Frame, is_watched, show
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.progress import Progress, renew_lease
from actors.settings import Settings
from actors.stages.reports import ElementRefused, MetricsChanged, StepTaken
from explorer.types import ActionPlan, Metrics, Point, Refusal, Step
from tests.conftest import Serve
from tests.support.jobs import exploring, failed, queued, ready

pytestmark = pytest.mark.anyio

WITHIN_S = 10.0
PLAN = ActionPlan("role=link", "click", 97, "keywords: navigation")
MADE = Step(1, PLAN, "Features", "http://localhost/", 1.0, 2.0, 3.0, Point(4.0, 5.0), "page")
#: As clients are told of it.
STEP = {
    "number": 1,
    "plan": {"selector": "role=link", "action": "click", "priority": 97, "reason": "keywords: navigation"},
    "label": "Features",
    "page_url": "http://localhost/",
    "start_ms": 1.0,
    "click_ms": 2.0,
    "end_ms": 3.0,
    "outcome": "page",
}
REFUSED = Refusal("blacklist", "Buy now", "its text says 'buy'")


@pytest.fixture
def settings(redis_url: str) -> Settings:
    # The jobs of these tests have nobody who renews their lease.
    return Settings(redis_url=redis_url, lease_s=60.0)


@dataclass
class Heard:
    """Parses events as an EventSource does."""

    kinds: list[str] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Any]:
        return [data for name, data in zip(self.kinds, self.data, strict=True) if name == kind]


def hear(lines: Iterator[str], heard: Heard, enough: Callable[[Heard], bool] = lambda heard: False) -> Heard:
    """Reads events until the stream ends or there are enough."""
    kind = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            heard.ids.append(value)
        elif name == "event":
            kind = value
        elif name == "data":
            heard.kinds.append(kind)
            heard.data.append(json.loads(value))
            if enough(heard):
                break
    return heard


def watch(
    address: str, job_id: str, after: str = "", enough: Callable[[Heard], bool] = lambda heard: False
) -> Heard:
    headers = {"last-event-id": after} if after else {}
    with httpx.stream("GET", f"{address}/demo/events/{job_id}", headers=headers, timeout=WITHIN_S) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        return hear(answer.iter_lines(), Heard(), enough)


class Watching(threading.Thread):
    """A client that reads events in the background."""

    def __init__(self, address: str, job_id: str, after: str = "") -> None:
        super().__init__(daemon=True)
        self.heard = Heard()
        self._url = f"{address}/demo/events/{job_id}"
        self._headers = {"last-event-id": after} if after else {}
        self.start()

    def run(self) -> None:
        with httpx.stream("GET", self._url, headers=self._headers, timeout=30) as answer:
            hear(answer.iter_lines(), self.heard)

    def until(self, enough: Callable[[Heard], bool]) -> None:
        deadline = time.monotonic() + WITHIN_S
        while not enough(self.heard):
            assert time.monotonic() < deadline, self.heard
            time.sleep(0.01)


async def test_events_are_streamed_from_the_first_stage_to_the_end(
    settings: Settings, store: Store, serve: Serve
) -> None:
    claim = await exploring(store)
    running = Progress(max_clicks=10)
    running.note(MetricsChanged(Metrics("planning", clicks=1, depth=0, runtime_s=1.5)))
    running.note(StepTaken(MADE))
    running.note(ElementRefused(REFUSED))
    await renew_lease(store, claim, running)
    await store.end(claim, Status.FAILED, {"error": "no luck", "error_code": "x"})

    with serve(settings) as address:
        heard = watch(address, "j1")

    assert heard.kinds == ["stage", "stage", "progress", "step", "refused", "stage", "done"]
    assert [data["stage"] for data in heard.of("stage")] == ["queued", "exploring", "exploring"]
    progress = {"progress": 7, "state": "planning", "clicks": 1, "max_clicks": 10, "depth": 0, "runtime": 1.5}
    assert heard.of("progress") == [progress]
    assert heard.of("step") == [STEP]
    assert heard.of("refused") == [asdict(REFUSED)]
    assert heard.of("done") == [{"status": "failed", "error": "no luck", "error_code": "x"}]
    assert len(heard.ids) == len(heard.kinds)


async def test_a_reconnected_client_receives_missed_events_once(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await failed(store)
    with serve(settings) as address:
        whole = watch(address, "j1")
        for number in range(len(whole.ids) - 1):
            assert watch(address, "j1", whole.ids[number]).ids == whole.ids[number + 1 :]

        # At the end there is nothing to wait for, which stops an EventSource
        url = f"{address}/demo/events/j1"
        assert httpx.get(url, headers={"last-event-id": whole.ids[-1]}).status_code == 204
        nonsense = httpx.get(url, headers={"last-event-id": "yesterday"})
        assert (nonsense.status_code, nonsense.json()["code"]) == (422, "request_invalid")
        assert nonsense.json()["errors"][0]["field"] == "Last-Event-ID"


async def test_watchers_go_on_across_a_restart_of_the_api(
    settings: Settings, store: Store, serve: Serve
) -> None:
    claim = await exploring(store)
    with serve(settings) as address:
        first = Watching(address, "j1")
        first.until(lambda heard: len(heard.ids) == 2)
    first.join(WITHIN_S)
    assert not first.is_alive()

    # While no API runs the job goes on
    running = Progress(max_clicks=10)
    running.note(StepTaken(MADE))
    await renew_lease(store, claim, running)
    with serve(settings) as address:
        second = Watching(address, "j1", after=first.heard.ids[-1])
        second.until(lambda heard: "step" in heard.kinds)
        await store.cancel("j1")
        second.join(WITHIN_S)

    assert first.heard.kinds == ["stage", "stage"]
    assert second.heard.kinds == ["step", "stage", "done"]
    assert second.heard.of("done")[0]["status"] == "cancelled"


async def test_frames_are_sent_while_watched_and_only_the_newest(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await exploring(store)
    assert not await is_watched(store.redis, "j1")
    await show(store.redis, "j1", Frame("", 1.0, 4, 3, b"old"))
    await show(store.redis, "j1", Frame("", 2.0, 4, 3, b"new"))

    with serve(settings) as address:
        watching = Watching(address, "j1")
        watching.until(lambda heard: bool(heard.of("frame")))
        assert await is_watched(store.redis, "j1")
        await show(store.redis, "j1", Frame("", 3.0, 4, 3, b"newest"))
        watching.until(lambda heard: len(heard.of("frame")) == 2)
        await store.cancel("j1")
        watching.join(WITHIN_S)

    frames = watching.heard.of("frame")
    assert [base64.b64decode(frame["jpeg"]) for frame in frames] == [b"new", b"newest"]
    assert frames[0] == {"at_ms": 2.0, "width": 4, "height": 3, "jpeg": base64.b64encode(b"new").decode()}
    # They are not part of what can be asked for again
    assert len(watching.heard.ids) == len(watching.heard.kinds) - 2


async def test_without_frame_watchers_no_frames_are_captured(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await exploring(store)
    await show(store.redis, "j1", Frame("", 1.0, 4, 3, b"old"))
    with serve(settings) as address:
        watching = Watching(address, "j1?frames=0")
        watching.until(lambda heard: len(heard.ids) == 2)
        await store.cancel("j1")
        watching.join(WITHIN_S)
    assert watching.heard.kinds == ["stage", "stage", "stage", "done"]
    assert not await is_watched(store.redis, "j1")


async def test_many_watch_one_job_and_all_hear_the_same(
    settings: Settings, store: Store, serve: Serve
) -> None:
    claim = await exploring(store)
    with serve(settings) as address:
        watchers = [Watching(address, "j1") for _ in range(20)]
        for watcher in watchers:
            watcher.until(lambda heard: len(heard.ids) == 2)
        # One connection reads for all of them
        clients = [row for row in await store.redis.client_list() if row["cmd"] == "xread"]
        assert len(clients) == 1
        await store.end(claim, Status.FAILED, {"error": "no luck", "error_code": "x"})
        for watcher in watchers:
            watcher.join(WITHIN_S)

    assert {tuple(watcher.heard.ids) for watcher in watchers} == {tuple(watchers[0].heard.ids)}
    assert watchers[0].heard.kinds[-1] == "done"


async def test_a_retried_job_streams_its_events_from_the_start(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await failed(store)
    await store.retry("j1")
    await store.cancel("j1")
    with serve(settings) as address:
        heard = watch(address, "j1")

    assert [(data["status"], data["stage"]) for data in heard.of("stage")] == [
        ("pending", "queued"),
        ("cancelled", "queued"),
    ]
    assert [data["status"] for data in heard.of("done")] == ["cancelled"]


async def test_an_export_sends_no_events_and_ends_the_stream(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await ready(store, b"film")
    with serve(settings) as address:
        before = watch(address, "j1").ids
        claim = await store.claim("j1", Stage.READY, Stage.EXPORTING)
        assert claim is not None
        assert watch(address, "j1").ids == before
        assert await store.finish(claim)
        assert httpx.get(f"{address}/demo/events/j1").status_code == 410
        assert httpx.get(f"{address}/demo/events/none").status_code == 404
    assert not [key for key in await store.redis.keys("*") if b"j1" in key]


async def test_a_job_whose_time_is_over_ends_its_watchers_stream(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await queued(store)
    with serve(settings) as address:
        watching = Watching(address, "j1")
        watching.until(lambda heard: bool(heard.ids))
        await store.redis.delete("demo:job:j1", "demo:events:j1")
        watching.join(WITHIN_S)
    assert watching.heard.kinds == ["stage", "gone"]


async def test_a_watcher_stays_while_redis_is_away(settings: Settings, store: Store, serve: Serve) -> None:
    await queued(store)
    with serve(settings) as address:
        watching = Watching(address, "j1")
        watching.until(lambda heard: bool(heard.ids))
        # All connections are cut, as by a restart
        await store.redis.client_kill_filter(_type="normal", skipme=True)
        await store.cancel("j1")
        watching.join(WITHIN_S)
    assert watching.heard.kinds == ["stage", "stage", "done"]
