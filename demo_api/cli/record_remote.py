"""`sitereel record --server`: requests a film from a server, follows the job, and downloads the film."""

import asyncio
from contextlib import aclosing, suppress
from pathlib import Path

from actors.errors import ArtifactMissing, NotCompleted
from demo_api.addresses import JobAddress, Server
from demo_api.cli.progress import ProgressDisplay, download_bar
from demo_api.client.client import Client
from demo_api.client.download import FILE_UNWRITABLE, completed, fetch
from demo_api.client.output_files import Files, save
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Json
from demo_api.errors import ApiError

CANCEL_S = 3.0


async def record_remote(
    server: Server, body: Json, files: Files, script_length: int | None = None
) -> RecordingResult:
    """Records on a server. Cancels the job when it is cancelled itself. Raises ApiError."""
    async with Client.opened(server) as client:
        job = JobAddress((await client.run(body))["job_id"])
        try:
            with ProgressDisplay(body.get("max_clicks"), script_length) as display:
                async with aclosing(client.events(job)) as events:
                    async for event in events:
                        display.show(event)
        except asyncio.CancelledError:
            with suppress(ApiError, TimeoutError):
                async with asyncio.timeout(CANCEL_S):
                    await client.cancel(job)
            raise
        return await _download(client, job, files)


async def _download(client: Client, job: JobAddress, files: Files) -> RecordingResult:
    if files.script:
        await _save_script(client, job, files.script)
    if files.storyboard:
        await _save_storyboard(client, job, files.storyboard)
    status = await completed(client, job)
    try:
        with download_bar() as on_progress:
            return await fetch(client, job, status, files, on_progress)
    except ApiError as exc:
        raise ApiError(f"{exc} (`sitereel export {job.id}`)", exc.code, exc.status) from exc


async def _save_script(client: Client, job: JobAddress, out: Path) -> None:
    """Saves the job's script as YAML."""
    try:
        save(out, await client.artifact(job, "script"))
    except OSError as exc:
        raise ApiError(f"{out} could not be written: {exc.strerror}.", FILE_UNWRITABLE) from exc


async def _save_storyboard(client: Client, job: JobAddress, folder: Path) -> None:
    """Saves the storyboard if there is one; a failed job may have one too."""
    from video.storyboard_archive import StoryboardDamaged, unpack

    try:
        await asyncio.to_thread(unpack, await client.artifact(job, "storyboard"), folder)
    except (StoryboardDamaged, OSError) as exc:
        raise ApiError(f"The storyboard could not be written to {folder}: {exc}", FILE_UNWRITABLE) from exc
    except ApiError as exc:
        if exc.code not in (ArtifactMissing.code, NotCompleted.code):
            raise
