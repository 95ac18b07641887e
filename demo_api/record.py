"""`sitereel record`: the whole line in one go, on an embedded Valkey and an in-process worker."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from actors.admission import accept, announce, check_address, style_of, wishes_of
from actors.broker import make_broker, ticket_sender
from actors.embedded import embedded_valkey
from actors.errors import JobUnknown, LineError
from actors.job import CameraWish, Job, Limits, Stage, Status
from actors.keys import film_key
from actors.settings import Settings
from actors.store import Store
from actors.worker import working
from explorer.fence import Endpoint
from explorer.types import Wishes
from video.storyboard import StoryboardDamaged, unpack
from video.style import Style
from video.vault import read_blob

POLL_S = 0.1

Watch = Callable[[Job], None]


class TakeFailed(LineError):
    """The job ended without a film."""

    code = "take_failed"


@dataclass(frozen=True, slots=True)
class Wish:
    """All that a take is asked for, besides its address; `storyboard` is a folder."""

    limits: Limits
    style: Style
    camera: CameraWish
    wishes: Wishes
    storyboard: Path | None


def record(
    url: str,
    out: Path,
    limits: Limits,
    settings: Settings,
    watch: Watch,
    *,
    style: Style | None = None,
    camera: CameraWish | None = None,
    extras: Mapping[str, Path] | None = None,
    wishes: Wishes | None = None,
    storyboard: Path | None = None,
) -> Job:
    """Films `url` into the file `out`, telling `watch` how the job stands a few times a second.

    `extras` names files for what comes with the film, such as `poster`; one that was not made is not written.
    `storyboard` is a folder for pictures of all steps, which are saved even if the film then fails.
    The typed host may be private. Raises TakeFailed, other LineErrors and explorer's AddressRefused; `out` is
    written as a whole or not at all.
    """
    extras = extras or {}
    for path in (out, *extras.values()):
        check_writable(path)
    if storyboard:
        check_folder(storyboard)
    with embedded_valkey() as redis_url:
        settings = settings.on_redis(redis_url)
        with working(settings, slots=1, grace_s=0):
            wish = Wish(
                limits,
                style or style_of(settings),
                camera or settings.camera,
                wishes or wishes_of(settings),
                storyboard,
            )
            return asyncio.run(_record(url, out, wish, extras, settings, watch))


async def _record(
    url: str,
    out: Path,
    wish: Wish,
    extras: Mapping[str, Path],
    settings: Settings,
    watch: Watch,
) -> Job:
    typed = str(Endpoint.of(url))
    await check_address(url, settings.allow_private_hosts | {typed})
    assert settings.redis is not None
    broker = make_broker(settings.redis)
    async with Store.opened(settings.redis, settings) as store:
        job = await accept(
            store,
            url,
            wish.limits,
            wish.style,
            wish.camera,
            allow_hosts=(typed,),
            wishes=wish.wishes,
            storyboard=wish.storyboard is not None,
        )
        await announce(ticket_sender(broker), job.id)
        async for state in _states(store, job.id):
            watch(job := state)
        if wish.storyboard and "storyboard" in job.extras:
            await _save_storyboard(store, job.extras["storyboard"], wish.storyboard)
        if job.status is not Status.COMPLETED:
            raise TakeFailed(job.error or f"The job is {job.status}.")
        await _save(store, job, out, extras)
    return job


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


async def _save(store: Store, job: Job, out: Path, extras: Mapping[str, Path]) -> None:
    """Saves the film and what comes with it, then forgets the job."""
    claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        raise JobUnknown("The film vanished before it could be saved.")
    await _save_blob(store, film_key(job.id), out)
    for name, path in extras.items():
        if name in job.extras:
            await _save_blob(store, job.extras[name], path)
    await store.finish(claim)


async def _save_blob(store: Store, key: str, out: Path) -> None:
    """Writes beside `out` and puts it in place when it is whole."""
    part = _part(out)
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


def check_folder(folder: Path) -> None:
    """Raises TakeFailed for what cannot become a folder, or not be written to."""
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise TakeFailed(f"{nearest} is no folder. Nothing was filmed.")
    if not os.access(nearest, os.W_OK):
        raise TakeFailed(f"The folder {nearest} cannot be written to. Nothing was filmed.")


def check_writable(out: Path) -> None:
    """A take costs a minute: whether it can be saved is asked before. Raises TakeFailed."""
    folder = out.absolute().parent
    if out.is_dir():
        raise TakeFailed(f"{out} is a folder. Name a file, such as demo.mp4.")
    if not folder.is_dir():
        raise TakeFailed(f"The folder {folder} does not exist. Nothing was filmed.")
    if not os.access(folder, os.W_OK):
        raise TakeFailed(f"The folder {folder} cannot be written to. Nothing was filmed.")


def _part(out: Path) -> Path:
    return out.with_name(f".{out.name}.part")
