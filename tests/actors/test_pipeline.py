import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict, replace
from typing import Any, cast

import pytest

from actors.broker import make_broker
from actors.embedded_redis import embedded_valkey
from actors.jobs.connection import connect
from actors.jobs.job import Job
from actors.jobs.keys import ACTIVE, Claim, film_key
from actors.jobs.spec import JobSpec, Priority, ScriptSpec
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from actors.pipeline import Pipeline
from actors.progress import ClaimLost, Progress, keep_claim
from actors.settings import Settings
from actors.stages.reports import Failed, FilmEncoded, MetricsChanged, Result, StepTaken, Update, WriteSent
from actors.stages.spec import StageSpec
from explorer.types import Metrics, TakeWarning
from tests.support.jobs import exploring, job_keys, queued
from tests.support.reports import FILM, TAKE, step
from video.blob_store import BlobWriter, read_blob
from video.warnings import FilmWarning

pytestmark = pytest.mark.anyio

#: A busy machine takes its time.
WITHIN_S = 30.0
METRICS = Metrics("executing", clicks=3, depth=1, runtime_s=1.0)


async def test_a_heartbeat_tells_the_news_and_ends_when_its_stage_does(store: Store) -> None:
    claim, progress, ended = await exploring(store), Progress(max_clicks=10), asyncio.Event()
    progress.note(MetricsChanged(METRICS))
    beating = asyncio.create_task(keep_claim(store, claim, progress, ended))
    while progress.fields:
        await asyncio.sleep(0.05)

    ended.set()
    await beating

    job = await store.get("j1")
    assert job is not None
    assert job.metrics == {**asdict(METRICS), "visited_urls": []}
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
    progress, ended = Progress(max_clicks=10), asyncio.Event()
    progress.note(StepTaken(step(1)))
    async with Store.opened(url, settings) as store:
        claim = Claim("j1", Stage.EXPLORING, "token", 1)
        beating = asyncio.create_task(keep_claim(store, claim, progress, ended))
        while "Redis is away" not in caplog.text:
            await asyncio.sleep(0.05)
        progress.note(StepTaken(step(2)))
        ended.set()
        await beating

    assert [row["number"] for row in json.loads(str(progress.fields["steps"]))] == [1, 2]


LACKING = TakeWarning("little_to_show", "2 of 10 clicks were made.")
NO_POSTER = FilmWarning("poster_missing", "The film has no poster.")
NO_CHAPTERS = FilmWarning("subtitles_missing", "The film has neither subtitles nor chapters.")
#: What a child reports at the end of filming, with and without a film made meanwhile.
RECORDED = TAKE
DRAFT = replace(FILM, warnings=(NO_POSTER,))
ENCODED = FilmEncoded(replace(FILM, warnings=(NO_CHAPTERS,)), ("poster",))
LOOKED_AT = asdict(TAKE.looked_at[0])


def rows(*warnings: TakeWarning | FilmWarning) -> tuple[dict[str, Any], ...]:
    """Warnings as a job has them."""
    return tuple(map(asdict, warnings))


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
        writes: bool = False,
    ) -> None:
        self.writes = writes
        self.live = live
        self.refuses = refuses
        self.endless = endless
        self.fails = fails
        self.storyboard = ["storyboard"] if storyboard else []
        self.specs: list[StageSpec] = []

    async def __call__(
        self, spec: StageSpec, _limits_s: Mapping[str, float]
    ) -> AsyncGenerator[Update | Result, None]:
        self.specs.append(spec)
        async with aclosing(connect(spec.storage.redis_url)) as redis:
            for key, text in self._blobs(spec).items():
                writer = BlobWriter(redis, key, ttl_s=60, max_bytes=100)
                await writer.write(text)
                await writer.close()
        if self.writes:
            yield WriteSent()
        if self.endless:
            await asyncio.Event().wait()
        if self.refuses:
            yield Failed(self.refuses, "out of luck")
        elif self.fails and spec.stage is Stage.ENCODING:
            yield Failed("encoding_failed", "out of luck")
        elif spec.stage is Stage.ENCODING:
            yield ENCODED
        else:
            extras = (*RECORDED.extras, *self.storyboard)
            yield replace(RECORDED, extras=extras, film=DRAFT if self.live else None)

    def _blobs(self, spec: StageSpec) -> dict[str, bytes]:
        storage = spec.storage
        poster = {storage.extra_keys["poster"]: str(spec.stage).encode()}
        if spec.stage is Stage.ENCODING:
            return {**poster, storage.film_key: b"from footage"}
        made = {
            storage.footage_key: b"footage",
            storage.timeline_key: b"{}",
            storage.extra_keys["captions"]: b"vtt",
            **{storage.extra_keys[name]: b"zip" for name in self.storyboard},
        }
        return {**poster, **made, storage.film_key: b"live"} if self.live else {**poster, **made}


def pipeline(settings: Settings, stages: Stages) -> Pipeline:
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

    await asyncio.to_thread(pipeline(settings, stages).explore_and_record, "j1")

    # No second child, and nobody had to wait for a ticket
    assert [spec.stage for spec in stages.specs] == [Stage.EXPLORING]
    assert await store.tickets("encode") == 0
    job = await finished(store)
    assert (job.status, job.stage, job.progress) == (Status.COMPLETED, Stage.READY, 100)
    assert job.film == {**asdict(DRAFT), "warnings": [asdict(NO_POSTER)]}
    assert job.camera_report == {**asdict(RECORDED.camera), "notes": ["it could"]}
    assert job.looked_at == (LOOKED_AT,)
    assert job.all_warnings == rows(LACKING, NO_POSTER)
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
    await asyncio.to_thread(pipeline(settings, stages).explore_and_record, "j1")
    assert await store.tickets("encode") == 1

    await asyncio.to_thread(pipeline(settings, stages).encode, "j1")

    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert job.all_warnings == rows(LACKING, NO_CHAPTERS)
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
    fields = {
        "draft_key": claim.film_key,
        "footage_key": claim.footage_key,
        "film": json.dumps(asdict(DRAFT)),
    }
    fields["warnings"] = json.dumps(rows(LACKING))
    await store.transition(claim, Stage.RECORDED, fields, keep=[claim.footage_key, claim.film_key])
    fields_gone = {"gone": ["0", "meta"], "unfinished": ["meta"], "a chunk is missing": ["0"]}[damage]
    await store.redis.hdel(claim.film_key, *fields_gone)

    await asyncio.to_thread(pipeline(settings, stages).encode, "j1")

    assert [spec.stage for spec in stages.specs] == [Stage.EXPLORING, Stage.ENCODING]
    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert await blob(store, film_key("j1")) == b"from footage"
    # What the draft would have come without is not told of this film
    assert job.all_warnings == rows(LACKING, NO_CHAPTERS)
    assert not await store.redis.exists(claim.film_key, claim.footage_key)


async def test_an_encoder_that_fails_is_tried_again_and_a_retry_needs_no_camera(
    store: Store, settings: Settings
) -> None:
    await queued(store)
    failing = Stages(fails=True)
    await asyncio.to_thread(pipeline(settings, failing).explore_and_record, "j1")

    for attempt in (1, 2, 3):
        assert (await finished(store)).stage is Stage.RECORDED
        await asyncio.to_thread(pipeline(settings, failing).encode, "j1")
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
    await asyncio.to_thread(pipeline(settings, Stages()).encode, "j1")
    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert (job.all_warnings, job.looked_at) == (rows(LACKING, NO_CHAPTERS), (LOOKED_AT,))


async def test_a_site_that_cannot_be_filmed_is_tried_once(store: Store, settings: Settings) -> None:
    await queued(store)

    await asyncio.to_thread(pipeline(settings, Stages(refuses="page_unreachable")).explore_and_record, "j1")

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
        await asyncio.to_thread(pipeline(settings, crashing).explore_and_record, "j1")
        job = await finished(store)
        assert (job.status, job.stage, len(job.failures)) == (Status.PENDING, Stage.QUEUED, 3 - left)
        # with a ticket of its own
        assert await store.tickets("record") == 3 - left

    await asyncio.to_thread(pipeline(settings, Stages(live=True)).explore_and_record, "j1")
    job = await finished(store)
    assert job.status is Status.COMPLETED
    assert job.all_warnings == rows(LACKING, NO_POSTER)


@pytest.mark.parametrize(("repeatable", "attempts"), [(False, 1), (True, 2)])
async def test_a_script_that_has_written_is_played_again_only_if_it_says_so(
    repeatable: bool, attempts: int, store: Store, settings: Settings
) -> None:
    script = {"url": "https://a.test/", "steps": [{"click": {"target": "Buy"}}], "repeatable": repeatable}
    await queued(store, script=ScriptSpec(script, ()))
    crashing = Stages(refuses="browser_crashed", writes=True)

    for _ in range(2):
        await asyncio.to_thread(pipeline(settings, crashing).explore_and_record, "j1")

    job = await finished(store)
    assert len(crashing.specs) == attempts
    expected = (Status.PENDING, None) if repeatable else (Status.FAILED, "script_interrupted")
    assert (job.status, job.error_code) == expected


async def test_a_job_that_is_filmed_again_forgets_what_its_first_take_was_told_of(
    store: Store, settings: Settings
) -> None:
    await queued(store)
    await asyncio.to_thread(pipeline(settings, Stages()).explore_and_record, "j1")
    assert (await finished(store)).all_warnings == rows(LACKING)
    await store.cancel("j1")

    again = await store.retry("j1")

    assert (again.stage, again.all_warnings, again.looked_at) == (Stage.QUEUED, (), ())


async def test_the_first_in_line_is_filmed_whatever_the_ticket_says(store: Store, settings: Settings) -> None:
    for name, priority in (("j3", "low"), ("j2", "default"), ("j1", "high")):
        spec = JobSpec("https://example.com/", Limits(1, 1, 9), priority=cast(Priority, priority))
        assert await store.create(Job(name, spec))
    stages = Stages(live=True)

    for _ in range(3):
        await asyncio.to_thread(pipeline(settings, stages).explore_and_record, "j3")

    assert [spec.job_id for spec in stages.specs] == ["j1", "j2", "j3"]


async def test_nothing_is_filmed_that_redis_could_not_hold(store: Store, settings: Settings) -> None:
    await queued(store)
    await store.redis.config_set("maxmemory", 200 << 20)
    stages = Stages(live=True)

    await asyncio.to_thread(pipeline(settings, stages).explore_and_record, "j1")
    assert stages.specs == []
    assert (await finished(store)).stage is Stage.QUEUED

    # It is once there is room
    await store.redis.config_set("maxmemory", 300 << 20)
    await asyncio.to_thread(pipeline(settings, stages).explore_and_record, "j1")
    assert (await finished(store)).status is Status.COMPLETED


async def test_a_stage_that_is_cancelled_stops(store: Store, settings: Settings) -> None:
    await queued(store)
    endless = Stages(endless=True)
    working = asyncio.create_task(asyncio.to_thread(pipeline(settings, endless).explore_and_record, "j1"))
    while not endless.specs:
        await asyncio.sleep(0.02)

    assert (await store.cancel("j1")).status is Status.CANCELLED
    async with asyncio.timeout(WITHIN_S):
        await working

    job = await finished(store)
    assert (job.status, job.error_code) == (Status.CANCELLED, "cancelled")
    assert await job_keys(store) == {b"demo:job:j1"}


async def test_a_storyboard_counts_though_its_film_fails(store: Store, settings: Settings) -> None:
    await queued(store)
    failing = Stages(fails=True, storyboard=True)
    await asyncio.to_thread(pipeline(settings, failing).explore_and_record, "j1")

    for _ in range(settings.max_attempts):
        await asyncio.to_thread(pipeline(settings, failing).encode, "j1")

    job = await finished(store)
    assert (job.status, set(job.extras)) == (Status.FAILED, {"storyboard", "timeline"})
    assert await blob(store, job.extras["storyboard"]) == b"zip"
    assert 0 < await store.redis.ttl(job.extras["storyboard"]) <= settings.job_ttl_s
