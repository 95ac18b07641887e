"""The one-time download of a batch: one archive of all films that are ready, with the report at its end."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Literal

from redis.exceptions import RedisError

from actors.batches.batch import Batch, Item
from actors.batches.report import PAGE, Report, read_report
from actors.batches.states import ItemStatus
from actors.batches.store import BatchStore
from actors.errors import ExportInProgress, JobGone, JobUnknown, NothingToExport, TransitionRefused
from actors.jobs.job import Job
from actors.jobs.keys import Claim, film_key
from actors.jobs.states import Stage
from demo_api.batch_report.formats import Archived, csv_text, json_text
from demo_api.export.pending import PendingDownloads
from demo_api.export.zip_stream import ZipStream, unique_names
from video.blob_store import blob_size, is_complete, read_blob

log = logging.getLogger(__name__)

#: Why an item has no file in the archive.
LeftOut = Literal[
    "not_completed", "already_fetched", "being_downloaded", "film_missing", "completed_meanwhile"
]
#: Without its ending, in which no film may be called so.
REPORT = "report"


@dataclass(frozen=True, slots=True)
class _Film:
    """A film that is ours until the archive was delivered."""

    item: Item
    job: Job
    size_bytes: int


class BatchContents:
    """A batch's films as one archive, each under a claim from when it is begun; see `Contents`."""

    def __init__(self, batches: BatchStore, batch: Batch, pending: PendingDownloads) -> None:
        self._batches = batches
        self._pending = pending
        self._store = batches.store
        self._batch = batch
        self._token = uuid.uuid4().hex
        self._claims: dict[str, Claim] = {}
        self._films = self._claim_films()
        self._first: _Film | None = None
        self._files: dict[int, str] = {}
        self._left_out: dict[int, LeftOut] = {}

    @classmethod
    async def begin(cls, batches: BatchStore, batch: Batch, pending: PendingDownloads) -> "BatchContents":
        """Claims the archive and its first film. Raises ExportInProgress and NothingToExport."""
        contents = cls(batches, batch, pending)
        if not await batches.lease_export(batch.id, "claim", contents._token):
            raise ExportInProgress(
                "The films of this batch are being downloaded now. If that download breaks off, they can be "
                "downloaded again."
            )
        try:
            contents._first = await anext(contents._films, None)
            if contents._first is None:
                raise contents._nothing()
        except BaseException:
            await contents.release()
            raise
        return contents

    def __str__(self) -> str:
        return f"batch {self._batch.id}"

    @property
    def ids(self) -> tuple[str, ...]:
        return (self._batch.id, *self._claims)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        archive, names = ZipStream(), await self._names()
        film = self._first
        while film is not None:
            name = f"{names[film.item.number - 1]}.{film.job.format}"
            self._files[film.item.number] = name
            blob = read_blob(self._store.redis, film_key(film.job.id))
            pieces = archive.add(name, film.item.ended_ms or 0, film.size_bytes, blob)
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
            film = await anext(self._films, None)
        report = await read_report(self._batches, self._batch)
        archived = self._archived(report)
        for ending, text in (("json", json_text), ("csv", csv_text)):
            written = await asyncio.to_thread(text, report, archived)
            yield archive.add_text(f"{REPORT}.{ending}", report.made_ms, written)
        yield archive.end()

    async def renew(self) -> bool:
        if not await self._batches.lease_export(self._batch.id, "renew", self._token):
            return False
        for claim in list(self._claims.values()):
            if not await self._store.renew_lease(claim, {}):
                return False
        return True

    async def delete(self) -> None:
        for job_id, claim in list(self._claims.items()):
            if not await self._store.finish(claim):
                log.warning("job %s was exported with its batch, but its claim was lost before that", job_id)
            del self._claims[job_id]
        await self._batches.lease_export(self._batch.id, "release", self._token)

    async def release(self) -> None:
        try:
            await self._films.aclose()
            for claim in self._claims.values():
                with suppress(TransitionRefused):  # it is not ours any more
                    await self._store.transition(claim, Stage.READY, {})
            await self._batches.lease_export(self._batch.id, "release", self._token)
        except RedisError as exc:
            log.warning("the export of %s is released when its leases expire: %s", self, exc)

    async def _claim_films(self) -> AsyncGenerator[_Film, None]:
        """Claims one film after the other, in the order of the rows, and notes why others are left out."""
        async for item in completed_items(self._batches, self._batch):
            found = await self._claim(item)
            if isinstance(found, _Film):
                yield found
            else:
                self._left_out[item.number] = found

    async def _claim(self, item: Item) -> _Film | LeftOut:
        if item.exported or item.job_id is None:
            return "already_fetched"
        await self._pending.wait(item.job_id)
        claim = await self._store.claim(item.job_id, Stage.READY, Stage.EXPORTING)
        if claim is None:
            return await self._why_not(item.job_id)
        self._claims[item.job_id] = claim
        key, job = film_key(item.job_id), await self._store.get(item.job_id)
        size_bytes = await blob_size(self._store.redis, key)
        if job is not None and size_bytes is not None and await is_complete(self._store.redis, key):
            return _Film(item, job, size_bytes)
        del self._claims[item.job_id]
        with suppress(TransitionRefused):
            await self._store.transition(claim, Stage.READY, {})
        return "film_missing"

    async def _why_not(self, job_id: str) -> LeftOut:
        """Why a completed job could not be claimed."""
        try:
            await self._store.find(job_id)
        except JobGone:
            return "already_fetched"
        except JobUnknown:
            return "film_missing"
        return "being_downloaded"

    def _nothing(self) -> Exception:
        if "being_downloaded" in self._left_out.values():
            return ExportInProgress("The films that are left of this batch are being downloaded one by one.")
        return nothing_to_export(self._batch)

    async def _names(self) -> list[str]:
        """A name for the film of each item, in order: the same in every archive of the batch."""
        names: list[str] = []
        while len(names) < self._batch.total:
            names += [item.name for item in await self._batches.items(self._batch, len(names), PAGE)]
        return list(unique_names(names, [REPORT]))

    def _archived(self, report: Report) -> Archived:
        """Each item's file, or why it has none."""
        left_out: dict[int, str] = {}
        for one in report.items:
            number, is_completed = one.item.number, one.item.status is ItemStatus.COMPLETED
            if number not in self._files:
                known = self._left_out.get(number, "completed_meanwhile" if is_completed else None)
                left_out[number] = known or "not_completed"
        return Archived(self._files, left_out)


async def completed_items(batches: BatchStore, batch: Batch) -> AsyncIterator[Item]:
    """Yields the completed items in order, read a page at a time."""
    after = 0
    while items := await batches.items(batch, after, PAGE, ItemStatus.COMPLETED):
        for item in items:
            yield item
        after = items[-1].number


async def check_not_empty(batches: BatchStore, batch: Batch) -> None:
    """Raises NothingToExport when no film of the batch is there."""
    async for item in completed_items(batches, batch):
        if item.job_id and not item.exported and await blob_size(batches.store.redis, film_key(item.job_id)):
            return
    raise nothing_to_export(batch)


def nothing_to_export(batch: Batch) -> NothingToExport:
    return NothingToExport(
        f"There is no film to export: none is ready, or all that were have been fetched. The batch is "
        f"{batch.status}.",
        batch.status,
    )


def archive_headers(batch: Batch) -> dict[str, str]:
    """The headers of the archive, whose size is known only at its end."""
    return {
        "content-type": "application/zip",
        "content-disposition": f'attachment; filename="sitereel-batch-{batch.id[:8]}.zip"',
        "accept-ranges": "none",
    }
