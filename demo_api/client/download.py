"""Brings a film from a server into files; before it what lies beside it, which goes with the film."""

import asyncio
from pathlib import Path

from demo_api.addresses import JobAddress
from demo_api.client.client import Client, Counted
from demo_api.client.output_files import Files, save
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Json
from demo_api.errors import ApiError


async def completed(client: Client, job: JobAddress) -> Json:
    """The status of a job whose film can be fetched. Raises ApiError with what has become of another."""
    status = await client.status(job)
    if status["status"] == "completed":
        return status
    if status.get("error"):
        raise ApiError(status["error"], status.get("error_code") or "take_failed")
    raise ApiError(f"There is no film: the job is {status['status']}.", "not_completed")


async def fetch(
    client: Client, job: JobAddress, status: Json, files: Files, counted: Counted = lambda *_: None
) -> RecordingResult:
    """The film of a completed job, and what was asked for beside it as far as there is any.

    `files` have been checked. Raises ApiError; the film then is still on the server.
    """
    saved = {}
    for name, path in files.extras.items():
        try:
            await asyncio.to_thread(save, path, await client.extra(job, name))
            saved[name] = path
        except ApiError as exc:
            if exc.code != "artifact_missing":
                raise
        except OSError as exc:
            raise _unwritten(path, exc) from exc
    try:
        await client.export(job, files.film, counted)
    except OSError as exc:
        raise _unwritten(files.film, exc) from exc
    return RecordingResult(status, files, saved)


def _unwritten(path: Path, exc: OSError) -> ApiError:
    return ApiError(
        f"{path} could not be written: {exc.strerror or exc}. The film is still on the server: ask again.",
        "file_unwritable",
    )
