"""Downloads the artifacts of a film, then the film, after which the server deletes both."""

import asyncio
from pathlib import Path

from actors.errors import ArtifactMissing, NotCompleted
from demo_api.addresses import JobAddress
from demo_api.client.client import Client, OnProgress
from demo_api.client.output_files import Files, save
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Json
from demo_api.errors import ApiError

FILE_UNWRITABLE = "file_unwritable"
#: Code of a job that ended without a film, where its status has none.
TAKE_FAILED = "take_failed"


async def completed(client: Client, job: JobAddress) -> Json:
    """Returns the status of a completed job. Raises ApiError with the job's own error, or its status."""
    status = await client.status(job)
    if status["status"] == "completed":
        return status
    if status.get("error"):
        raise ApiError(status["error"], status.get("error_code") or TAKE_FAILED)
    raise ApiError(f"There is no film: the job is {status['status']}.", NotCompleted.code)


async def fetch(
    client: Client, job: JobAddress, status: Json, files: Files, on_progress: OnProgress = lambda *_: None
) -> RecordingResult:
    """Downloads the film of a completed job, and those of the requested artifacts that exist.

    `files` have been checked. Raises ApiError; the film is then still on the server.
    """
    saved = {}
    for name, path in files.artifacts.items():
        try:
            await asyncio.to_thread(save, path, await client.artifact(job, name))
            saved[name] = path
        except ApiError as exc:
            if exc.code != ArtifactMissing.code:
                raise
        except OSError as exc:
            raise _write_error(path, exc) from exc
    try:
        await client.export(job, files.film, on_progress)
    except OSError as exc:
        raise _write_error(files.film, exc) from exc
    return RecordingResult(status, files, saved)


def _write_error(path: Path, exc: OSError) -> ApiError:
    return ApiError(
        f"{path} could not be written: {exc.strerror or exc}. "
        "The film is still on the server: download it again.",
        FILE_UNWRITABLE,
    )
