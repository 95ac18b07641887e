import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, cast

import pytest

from actors.broker import make_broker
from actors.embedded_redis import embedded_valkey
from actors.jobs.job import Job, Stage, Status
from actors.jobs.keys import ACTIVE, Claim, film_key
from actors.jobs.spec import JobSpec, Priority
from actors.jobs.store import Store, connect
from actors.options import Limits
from actors.pipeline import Pipeline
from actors.progress import ClaimLost, Progress, keep_claim
from actors.settings import Settings
from actors.stages.spec import StageSpec
from actors.supervision.supervisor import Report
from tests.support.jobs import exploring, job_keys, queued
from video.blob_store import BlobWriter, read_blob

pytestmark = pytest.mark.anyio

METRICS = {"state": "executing", "clicks": 3, "depth": 1, "visited_urls": [], "runtime_s": 1.0}


async def test_a_heartbeat_tells_the_news_and_ends_when_its_stage_does(store: Store) -> None:
    claim, board, ended = await exploring(store), Progress(max_clicks=10), asyncio.Event()
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
        await keep_claim(store, claim, Progress(max_clicks=10), asyncio.Event())


async def test_news_are_kept_while_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
    board, ended = Progress(max_clicks=10), asyncio.Event()
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


LACKING = {"code": "little_to_show", "message": "2 of 10 clicks were made."}
NO_POSTER = {"code": "poster_missing", "message": "The film has no poster."}
NO_CHAPTERS = {"code": "subtitles_missing", "message": "The film has neither subtitles nor chapters."}
LOOKED_AT = {"what": "Prices", "page_url": "https://example.com/", "how": "opened", "outcome": "page"}
#: What a child reports at the end of filming, with and without a film made meanwhile.
RECORDED: dict[str, Any] = {
    "kind": "done",
    "stop_reason": "max_clicks",
    "refused": [],
    "camera": {"used": "frames", "notes": ["it could"], "lost_frames": 0, "fps": 30},
    "film": None,
    "warnings": [LACKING],
    "looked_at": [LOOKED_AT],
    "extras": ["poster", "captions"],
}
FILM = {"duration_s": 5.0, "frames": 150, "width": 1280, "height": 720, "fps": 30.0, "size_bytes": 4}
DRAFT = {**FILM, "warnings": [NO_POSTER]}
ENCODED = {"kind": "done", "film": {**FILM, "warnings": [NO_CHAPTERS]}, "extras": ["poster"]}


class Stages:
    """Stands where the supervisor does: stores what a child would, and reports it."""

    def __init__(
        self,
        *,
        live: bool = False,
        fails: bool = False,
        storyboard: bool = False,
        refuses: str = "",
        endless: bool = False,
    ) -> None:
        self.live = live
        self.refuses = refuses
        self.endless = endless
        self.fails = fails
        self.storyboard = ["storyboard"] if storyboard else []
        self.orders: list[StageSpec] = []

    async def __call__(
        self, order: StageSpec, _limits_s: Mapping[str, float]
    ) -> AsyncGenerator[Report, None]:
        self.orders.append(order)
        async with aclosing(connect(order.redis_url)) as redis:
            for key, text in self._blobs(order).items():
                writer = BlobWriter(redis, key, ttl_s=60, max_bytes=100)
                await writer.write(text)
                await writer.close()
        if self.endless:
            await asyncio.Event().wait()
        if self.refuses:
            yield {"kind": "failed", "code": self.refuses, "error": "out of luck"}
        elif self.fails and order.stage is Stage.ENCODING:
            yield {"kind": "failed", "code": "encoding_failed", "error": "out of luck"}
        elif order.stage is Stage.ENCODING:
            yield ENCODED
        else:
            extras = [*RECORDED["extras"], *self.storyboard]
            yield {**RECORDED, "extras": extras, "film": DRAFT if self.live else None}

    def _blobs(self, order: StageSpec) -> dict[str, bytes]:
        poster = {order.extra_keys["poster"]: str(order.stage).encode()}
        if order.stage is Stage.ENCODING:
            return {**poster, order.film_key: b"from footage"}
        made = {
            order.footage_key: b"footage",
            order.timeline_key: b"{}",
            order.extra_keys["captions"]: b"vtt",
            **{order.extra_keys[name]: b"zip" for name in self.storyboard},
        }
        return {**poster, **made, order.film_key: b"live"} if self.live else {**poster, **made}


def line(settings: Settings, stages: Stages) -> Pipeline:
    assert settings.redis is not None
    return Pipeline(settings, make_broker(settings.redis), stages)


async def blob(store: Store, key: str) -> bytes:
    return b"".join([piece async for piece in read_blob(store.redis, key)])


async def finished(store: Store) -> Job:
    job = await store.get("j1")
    assert job is not None
    return job


async def test_a_film_made_while_filming_is_published_at_once(store: Store, settings: Settings) -> None:
    await queued(store)
    stages = Stages(live=True)

    await asyncio.to_thread(line(settings, stages).explore_and_record, "j1")

    # No second child, and nobody had to wait for a ticket
    assert [order.stage for order in stages.orders] == [Stage.EXPLORING]
    assert await store.tickets("encode") == 0
    job = await finished(store)
    assert (job.status, job.stage, job.progress) == (Status.COMPLETED, Stage.READY, 100)
    assert (job.film, job.camera_report, job.looked_at) == (DRAFT, RECORDED["camera"], (LOOKED_AT,))
    assert job.all_warnings == (LACKING, NO_POSTER)
    assert await blob(store, film_key("j1")) == b"live"
    # What comes with it is there, what is used up is not
    assert set(job.extras) == {"poster", "captions", "timeline"}
    assert await blob(store, job.extras["timeline"]) == b"{}"
    kept = {b"demo:job:j1", b"demo:film:j1", *(key.encode() for key in job.extras.values())}
    assert await job_keys(store) == kept
    for key in kept:
        assert 0 < await store.redis.ttl(key) <= settings.job_ttl_s


async def test_without_a_film_a_ticket_goes_out_and_the_footage_is_encoded(
    store: Store, settings: Settings
) -> None:
    await queued(store)
    stages = Stages()
    await asyncio.to_thread(line(settings, stages).explore_and_record, "j1")
    assert await store.tickets("encode") == 1

    await asyncio.to_thread(line(settings, stages).encode, "j1")

    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert job.all_warnings == (LACKING, NO_CHAPTERS)
    assert await blob(store, film_key("j1")) == b"from footage"
    # Extras that were made again take the place of the first ones, the others stay
    assert await blob(store, job.extras["poster"]) == b"encoding"
    assert await blob(store, job.extras["captions"]) == b"vtt"
    assert await job_keys(store) == {
        b"demo:job:j1",
        b"demo:film:j1",
        *(k.encode() for k in job.extras.values()),
    }


@pytest.mark.parametrize("damage", ["gone", "unfinished", "a chunk is missing"])
async def test_a_draft_that_is_not_whole_is_made_again_from_the_footage(
    damage: str, store: Store, settings: Settings
) -> None:
    stages, claim = Stages(live=True), await exploring(store)
    job = await finished(store)
    async for _ in stages(StageSpec.of(job, claim, settings, ""), {}):
        pass
    fields = {"draft_key": claim.film_key, "footage_key": claim.footage_key, "film": json.dumps(DRAFT)}
    fields["warnings"] = json.dumps([LACKING])
    await store.move(claim, Stage.RECORDED, fields, keep=[claim.footage_key, claim.film_key])
    fields_gone = {"gone": ["0", "meta"], "unfinished": ["meta"], "a chunk is missing": ["0"]}[damage]
    await store.redis.hdel(claim.film_key, *fields_gone)

    await asyncio.to_thread(line(settings, stages).encode, "j1")

    assert [order.stage for order in stages.orders] == [Stage.EXPLORING, Stage.ENCODING]
    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert await blob(store, film_key("j1")) == b"from footage"
    # What the draft would have come without is not told of this film
    assert job.all_warnings == (LACKING, NO_CHAPTERS)
    assert not await store.redis.exists(claim.film_key, claim.footage_key)


async def test_an_encoder_that_fails_is_tried_again_and_a_retry_needs_no_camera(
    store: Store, settings: Settings
) -> None:
    await queued(store)
    failing = Stages(fails=True)
    await asyncio.to_thread(line(settings, failing).explore_and_record, "j1")

    for attempt in (1, 2, 3):
        assert (await finished(store)).stage is Stage.RECORDED
        await asyncio.to_thread(line(settings, failing).encode, "j1")
        assert len((await finished(store)).failures) == min(attempt, 2)

    # It fails with its cause, and the take is not lost
    job = await finished(store)
    assert (job.status, job.error_code) == (Status.FAILED, "encoding_failed")
    assert "out of luck" in (job.error or "")
    assert "last of 3 attempts" in (job.error or "")
    assert job.footage_key
    assert job.timeline_key
    assert await job_keys(store) == {b"demo:job:j1", job.footage_key.encode(), job.timeline_key.encode()}
    # A retry begins where it failed
    again = await store.retry("j1")
    assert (again.status, again.stage, again.error, again.failures) == (
        Status.PROCESSING,
        Stage.RECORDED,
        None,
        (),
    )
    await asyncio.to_thread(line(settings, Stages()).encode, "j1")
    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert (job.all_warnings, job.looked_at) == ((LACKING, NO_CHAPTERS), (LOOKED_AT,))


async def test_a_site_that_cannot_be_filmed_is_tried_once(store: Store, settings: Settings) -> None:
    await queued(store)

    await asyncio.to_thread(line(settings, Stages(refuses="page_unreachable")).explore_and_record, "j1")

    job = await finished(store)
    assert (job.status, job.error_code, job.error) == (Status.FAILED, "page_unreachable", "out of luck")
    assert await job_keys(store) == {b"demo:job:j1"}


@pytest.mark.parametrize("code", ["browser_crashed", "ffmpeg_missing"])
async def test_what_dies_costs_an_attempt_and_not_the_job(
    code: str, store: Store, settings: Settings
) -> None:
    await queued(store)
    crashing = Stages(refuses=code)

    for left in (2, 1):
        await asyncio.to_thread(line(settings, crashing).explore_and_record, "j1")
        job = await finished(store)
        assert (job.status, job.stage, len(job.failures)) == (Status.PENDING, Stage.QUEUED, 3 - left)
        # with a ticket of its own
        assert await store.tickets("record") == 3 - left

    await asyncio.to_thread(line(settings, Stages(live=True)).explore_and_record, "j1")
    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert job.all_warnings == (LACKING, NO_POSTER)


async def test_a_job_that_is_filmed_again_forgets_what_its_first_take_was_told_of(
    store: Store, settings: Settings
) -> None:
    await queued(store)
    await asyncio.to_thread(line(settings, Stages()).explore_and_record, "j1")
    assert (await finished(store)).all_warnings == (LACKING,)
    await store.cancel("j1")

    again = await store.retry("j1")

    assert (again.stage, again.all_warnings, again.looked_at) == (Stage.QUEUED, (), ())


async def test_the_first_in_line_is_filmed_whatever_the_ticket_says(store: Store, settings: Settings) -> None:
    for name, priority in (("j3", "low"), ("j2", "default"), ("j1", "high")):
        spec = JobSpec("https://example.com/", Limits(1, 1, 9), priority=cast(Priority, priority))
        assert await store.create(Job(name, spec))
    stages = Stages(live=True)

    for _ in range(3):
        await asyncio.to_thread(line(settings, stages).explore_and_record, "j3")

    assert [order.film_key.split(":")[2] for order in stages.orders] == ["j1", "j2", "j3"]


async def test_nothing_is_filmed_that_redis_could_not_hold(store: Store, settings: Settings) -> None:
    await queued(store)
    await store.redis.config_set("maxmemory", 200 << 20)
    stages = Stages(live=True)

    await asyncio.to_thread(line(settings, stages).explore_and_record, "j1")
    assert stages.orders == []
    assert (await finished(store)).stage is Stage.QUEUED

    # It is once there is room
    await store.redis.config_set("maxmemory", 300 << 20)
    await asyncio.to_thread(line(settings, stages).explore_and_record, "j1")
    assert (await finished(store)).status is Status.COMPLETED


async def test_a_stage_that_is_cancelled_stops_within_a_second(store: Store, settings: Settings) -> None:
    await queued(store)
    endless = Stages(endless=True)
    working = asyncio.create_task(asyncio.to_thread(line(settings, endless).explore_and_record, "j1"))
    while not endless.orders:
        await asyncio.sleep(0.02)

    assert (await store.cancel("j1")).status is Status.CANCELLED
    began = time.monotonic()
    await working

    assert time.monotonic() - began < 1
    job = await finished(store)
    assert (job.status, job.error_code) == (Status.CANCELLED, "cancelled")
    assert await job_keys(store) == {b"demo:job:j1"}


async def test_a_storyboard_counts_though_its_film_fails(store: Store, settings: Settings) -> None:
    await queued(store)
    failing = Stages(fails=True, storyboard=True)
    await asyncio.to_thread(line(settings, failing).explore_and_record, "j1")

    for _ in range(settings.max_attempts):
        await asyncio.to_thread(line(settings, failing).encode, "j1")

    job = await finished(store)
    assert (job.status, set(job.extras)) == (Status.FAILED, {"storyboard", "timeline"})
    assert await blob(store, job.extras["storyboard"]) == b"zip"
    assert 0 < await store.redis.ttl(job.extras["storyboard"]) <= settings.job_ttl_s
