"""Records a film on an embedded Valkey and an in-process worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from actors.broker import make_broker, ticket_sender
from actors.embedded_redis import embedded_valkey
from actors.errors import JobUnknown, PipelineError
from actors.jobs.job import Job
from actors.jobs.keys import film_key
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import announce, submit
from actors.worker import working
from demo_api.client.download import TAKE_FAILED
from demo_api.client.output_files import Files, part_of
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import ENDED, Event, Json, StatusDiff
from demo_api.schemas.job_status import JobStatus
from demo_api.schemas.jobs import RunRequest
from demo_api.schemas.script import script_of_job
from explorer.egress.policy import Endpoint
from explorer.script.export import as_yaml
from video.blob_store import read_blob
from video.storyboard_archive import StoryboardDamaged, unpack

POLL_S = 0.1

OnEvent = Callable[[Event], None]


class TakeFailed(PipelineError):
    """The job ended without a film; `code` is that of its error."""

    code = TAKE_FAILED

    def __init__(self, sentence: str, code: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code or type(self).code


def record(request: RunRequest, files: Files, settings: Settings, on_event: OnEvent) -> RecordingResult:
    """Records the requested film into `files`, and reports each event.

    Artifacts that the film does not have are not written. The storyboard is saved even if the job then
    fails. The requested host may be private. Raises TakeFailed, other PipelineErrors and AddressRefused;
    every file is written atomically.
    """
    with embedded_valkey() as redis_url:
        settings = settings.on_redis(redis_url)
        with working(settings, slots=1, grace_s=0):
            return asyncio.run(_record(request, files, settings, on_event))


async def _record(
    request: RunRequest, files: Files, settings: Settings, on_event: OnEvent
) -> RecordingResult:
    host = str(Endpoint.of(request.url))
    assert settings.redis is not None
    broker = make_broker(settings.redis)
    diff = StatusDiff()

    def status_of(job: Job) -> Json:
        return JobStatus.of(job, settings.job_ttl_s).model_dump(mode="json")

    async with Store.opened(settings.redis, settings) as store:
        spec = replace(request.spec(settings, allow_hosts=(host,)), storyboard=files.storyboard is not None)
        job = await submit(store, spec, secrets=request.secret_inputs)
        await announce(ticket_sender(broker), job.id)
        async for state in _poll(store, job.id):
            job = state
            for event in diff.since(status_of(job)):
                on_event(event)
        if files.script:
            _save_script(job, files.script)
        if files.storyboard and "storyboard" in job.extras:
            await _save_storyboard(store, job.extras["storyboard"], files.storyboard)
        if job.status is not Status.COMPLETED:
            error = job.error or f"The job is {job.status}."
            if "screenshot" in job.extras:
                picture = files.film.with_name(f"{files.film.stem}-failed.jpg")
                await _save_blob(store, job.extras["screenshot"], picture)
                error = f"{error} It is in {picture}."
            raise TakeFailed(error, job.error_code)
        return RecordingResult(status_of(job), files, await _save(store, job, files))


async def _poll(store: Store, job_id: str) -> AsyncIterator[Job]:
    """Yields the job's current state at intervals, until it has ended."""
    task = asyncio.current_task()
    while True:
        job = await store.get(job_id)
        if task and task.cancelling():
            raise asyncio.CancelledError  # redis-py may swallow a cancellation that meets a response
        if job is None:
            raise JobUnknown("The job was deleted before its film was ready.")
        yield job
        if job.status in ENDED:
            return
        await asyncio.sleep(POLL_S)


async def _save(store: Store, job: Job, files: Files) -> dict[str, Path]:
    """Saves the film and its artifacts, then deletes the job; returns the files of the artifacts."""
    claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        raise JobUnknown("The film was deleted before it could be saved.")
    await _save_blob(store, film_key(job.id), files.film)
    saved = {name: path for name, path in files.artifacts.items() if name in job.extras}
    for name, path in saved.items():
        await _save_blob(store, job.extras[name], path)
    await store.finish(claim)
    return saved


def _save_script(job: Job, out: Path) -> None:
    """Writes the job's script as YAML. Raises TakeFailed."""
    try:
        out.write_text(as_yaml(script_of_job(job)), encoding="utf-8")
    except OSError as exc:
        raise TakeFailed(f"{out} could not be written: {exc.strerror}.") from exc


async def _save_blob(store: Store, key: str, out: Path) -> None:
    """Writes a blob atomically. Raises TakeFailed."""
    part = part_of(out)
    try:
        with part.open("wb") as file:
            async with aclosing(read_blob(store.redis, key)) as chunks:
                async for chunk in chunks:
                    file.write(chunk)
        part.replace(out)
    except OSError as exc:
        raise TakeFailed(f"The film was recorded, but {out} could not be written: {exc.strerror}.") from exc
    finally:
        part.unlink(missing_ok=True)


async def _save_storyboard(store: Store, key: str, folder: Path) -> None:
    """Unpacks the storyboard into a folder. Raises TakeFailed."""
    data = b"".join([chunk async for chunk in read_blob(store.redis, key)])
    try:
        await asyncio.to_thread(unpack, data, folder)
    except (StoryboardDamaged, OSError) as exc:
        raise TakeFailed(f"The storyboard could not be written to {folder}: {exc}") from exc
