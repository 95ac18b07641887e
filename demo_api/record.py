"""`sitereel record`: the whole line in one go, on an embedded Valkey and an in-process worker."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

from actors.admission import accept, announce, check_address
from actors.broker import make_broker, ticket_sender
from actors.embedded import embedded_valkey
from actors.errors import JobUnknown, LineError
from actors.job import Job, Limits, Stage, Status
from actors.settings import Settings
from actors.store import Store, film_key
from actors.worker import working
from explorer.fence import Endpoint
from video.vault import read_blob

POLL_S = 0.1

Watch = Callable[[Job], None]


class TakeFailed(LineError):
    """The job ended without a film."""

    code = "take_failed"


def record(url: str, out: Path, limits: Limits, settings: Settings, watch: Watch) -> Job:
    """Films `url` into the file `out`, telling `watch` how the job stands a few times a second.

    The typed host may be private. Raises TakeFailed, other LineErrors and explorer's AddressRefused; `out` is
    written as a whole or not at all.
    """
    check_writable(out)
    with embedded_valkey() as redis_url:
        settings = settings.on_redis(redis_url)
        with working(settings, slots=1):
            return asyncio.run(_record(url, out, limits, settings, watch))


async def _record(url: str, out: Path, limits: Limits, settings: Settings, watch: Watch) -> Job:
    typed = str(Endpoint.of(url))
    await check_address(url, settings.allow_private_hosts | {typed})
    assert settings.redis is not None
    broker = make_broker(settings.redis)
    async with Store.opened(settings.redis, settings) as store:
        job = await accept(store, url, limits, allow_hosts=(typed,))
        await announce(ticket_sender(broker), job.id)
        async for state in _states(store, job.id):
            watch(job := state)
        if job.status is not Status.COMPLETED:
            raise TakeFailed(job.error or f"The job is {job.status}.")
        await _save(store, job.id, out)
    return job


async def _states(store: Store, job_id: str) -> AsyncIterator[Job]:
    """The job as it changes, until it has ended."""
    while True:
        job = await store.get(job_id)
        if job is None:
            raise JobUnknown("The job vanished before its film was ready.")
        yield job
        if job.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED):
            return
        await asyncio.sleep(POLL_S)


async def _save(store: Store, job_id: str, out: Path) -> None:
    """Writes the film beside `out` and puts it in place when it is whole, then forgets the job."""
    claim = await store.claim(job_id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        raise JobUnknown("The film vanished before it could be saved.")
    part = _part(out)
    try:
        with part.open("wb") as file:
            async with aclosing(read_blob(store.redis, film_key(job_id))) as chunks:
                async for chunk in chunks:
                    file.write(chunk)
        part.replace(out)
    except OSError as exc:
        raise TakeFailed(f"The film was made, but {out} could not be written: {exc.strerror}.") from exc
    finally:
        part.unlink(missing_ok=True)
    await store.finish(claim)


def check_writable(out: Path) -> None:
    """A take costs a minute: whether it can be saved is asked before. Raises TakeFailed."""
    folder = out.absolute().parent
    if out.is_dir():
        raise TakeFailed(f"{out} is a folder. Name a file with -o, such as demo.mp4.")
    if not folder.is_dir():
        raise TakeFailed(f"The folder {folder} does not exist. Nothing was filmed.")
    if not os.access(folder, os.W_OK):
        raise TakeFailed(f"The folder {folder} cannot be written to. Nothing was filmed.")


def _part(out: Path) -> Path:
    return out.with_name(f".{out.name}.part")
