"""`sitereel record`: the whole line in one go, on an embedded Valkey and an in-process worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from actors.broker import make_broker, ticket_sender
from actors.embedded_redis import embedded_valkey
from actors.errors import JobUnknown, PipelineError
from actors.jobs.job import Job, Stage, Status
from actors.jobs.keys import film_key
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import announce, submit
from actors.worker import working
from demo_api.client.output_files import Files, part_of
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Event, Json, StatusDiff
from demo_api.schemas.jobs import JobStatus, RunRequest
from explorer.egress.policy import Endpoint
from video.blob_store import read_blob
from video.storyboard_archive import StoryboardDamaged, unpack

POLL_S = 0.1

Watch = Callable[[Event], None]


class TakeFailed(PipelineError):
    """The job ended without a film; `code` is that of its error."""

    code = "take_failed"

    def __init__(self, sentence: str, code: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code or type(self).code


def record(asked: RunRequest, files: Files, settings: Settings, watch: Watch) -> RecordingResult:
    """Films what is wished for into `files`, telling `watch` what happens.

    Of what comes with the film, such as `poster`, what was not made is not written. The storyboard is saved
    even if the film then fails. The typed host may be private. Raises TakeFailed, other LineErrors and
    explorer's AddressRefused; every file is written as a whole or not at all.
    """
    with embedded_valkey() as redis_url:
        settings = settings.on_redis(redis_url)
        with working(settings, slots=1, grace_s=0):
            return asyncio.run(_record(asked, files, settings, watch))


async def _record(asked: RunRequest, files: Files, settings: Settings, watch: Watch) -> RecordingResult:
    typed = str(Endpoint.of(asked.url))
    assert settings.redis is not None
    broker = make_broker(settings.redis)
    changes = StatusDiff()

    def told(job: Job) -> Json:
        return JobStatus.of(job, settings.job_ttl_s).model_dump(mode="json")

    async with Store.opened(settings.redis, settings) as store:
        spec = replace(asked.spec(settings, allow_hosts=(typed,)), storyboard=files.storyboard is not None)
        job = await submit(store, spec)
        await announce(ticket_sender(broker), job.id)
        async for state in _states(store, job.id):
            for event in changes.since(told(job := state)):
                watch(event)
        if files.storyboard and "storyboard" in job.extras:
            await _save_storyboard(store, job.extras["storyboard"], files.storyboard)
        if job.status is not Status.COMPLETED:
            raise TakeFailed(job.error or f"The job is {job.status}.", job.error_code)
        return RecordingResult(told(job), files, await _save(store, job, files))


async def _states(store: Store, job_id: str) -> AsyncIterator[Job]:
    """The job as it changes, until it has ended."""
    watching = asyncio.current_task()
    while True:
        job = await store.get(job_id)
        if watching and watching.cancelling():
            raise asyncio.CancelledError  # redis-py may swallow it when it meets an answer: Ctrl-C was lost
        if job is None:
            raise JobUnknown("The job vanished before its film was ready.")
        yield job
        if job.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED):
            return
        await asyncio.sleep(POLL_S)


async def _save(store: Store, job: Job, files: Files) -> dict[str, Path]:
    """Saves the film and what comes with it, which it answers, then forgets the job."""
    claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        raise JobUnknown("The film vanished before it could be saved.")
    await _save_blob(store, film_key(job.id), files.film)
    there = {name: path for name, path in files.extras.items() if name in job.extras}
    for name, path in there.items():
        await _save_blob(store, job.extras[name], path)
    await store.finish(claim)
    return there


async def _save_blob(store: Store, key: str, out: Path) -> None:
    """Writes beside `out` and puts it in place when it is whole."""
    part = part_of(out)
    try:
        with part.open("wb") as file:
            async with aclosing(read_blob(store.redis, key)) as chunks:
                async for chunk in chunks:
                    file.write(chunk)
        part.replace(out)
    except OSError as exc:
        raise TakeFailed(f"The film was made, but {out} could not be written: {exc.strerror}.") from exc
    finally:
        part.unlink(missing_ok=True)


async def _save_storyboard(store: Store, key: str, folder: Path) -> None:
    """Unpacks it into the folder. Raises TakeFailed."""
    data = b"".join([piece async for piece in read_blob(store.redis, key)])
    try:
        await asyncio.to_thread(unpack, data, folder)
    except (StoryboardDamaged, OSError) as exc:
        raise TakeFailed(f"The storyboard could not be written to {folder}: {exc}") from exc
