"""`sitereel record --server`: asks a server for the film, watches, and brings it here."""

import asyncio
from contextlib import aclosing, suppress
from pathlib import Path

from demo_api.addresses import JobAddress, Server
from demo_api.cli.progress import ProgressDisplay, downloading
from demo_api.client.client import Client
from demo_api.client.download import completed, fetch
from demo_api.client.output_files import Files
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Json
from demo_api.errors import ApiError

CANCEL_S = 3.0


async def record_remote(server: Server, wish: Json, files: Files) -> RecordingResult:
    """Raises ApiError. Whoever breaks this off also takes the job back."""
    async with Client.opened(server) as client:
        job = JobAddress((await client.run(wish))["job_id"])
        try:
            with ProgressDisplay(wish.get("max_clicks")) as onscreen:
                async with aclosing(client.events(job)) as events:
                    async for event in events:
                        onscreen.told(event)
        except asyncio.CancelledError:
            with suppress(ApiError, TimeoutError):
                async with asyncio.timeout(CANCEL_S):
                    await client.cancel(job)
            raise
        return await _brought(client, job, files)


async def _brought(client: Client, job: JobAddress, files: Files) -> RecordingResult:
    if files.storyboard:
        await _save_storyboard(client, job, files.storyboard)
    status = await completed(client, job)
    try:
        with downloading() as counted:
            return await fetch(client, job, status, files, counted)
    except ApiError as exc:
        raise ApiError(f"{exc} (`sitereel export {job.id}`)", exc.code, exc.status) from exc


async def _save_storyboard(client: Client, job: JobAddress, folder: Path) -> None:
    """Also of a take that failed, if it has one."""
    from video.storyboard_archive import StoryboardDamaged, unpack

    try:
        await asyncio.to_thread(unpack, await client.extra(job, "storyboard"), folder)
    except (StoryboardDamaged, OSError) as exc:
        raise ApiError(f"The storyboard could not be written to {folder}: {exc}", "file_unwritable") from exc
    except ApiError as exc:
        if exc.code not in ("artifact_missing", "not_completed"):
            raise
