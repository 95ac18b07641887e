"""Follows one batch on a server, and saves each film into the folder as soon as it is ready."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from actors.batches.states import ENDED, RETRIED, BatchStatus, ItemStatus
from actors.errors import JobGone, JobUnknown
from demo_api.addresses import JobAddress
from demo_api.batches.folder import BatchFolder, RemoteBatch
from demo_api.client.batch_client import BatchClient
from demo_api.client.client import RETRY_LIMIT_S
from demo_api.client.output_files import FileRefused
from demo_api.client.status_events import Json
from demo_api.errors import ApiError

T = TypeVar("T")

POLL_S = 1.0
#: Running films that are told at a time.
MAX_SHOWN = 3
#: Why nothing is begun: films failed five times in a row on all hosts that are left.
HOSTS_FAIL = "hosts"
#: Code of a film that is on the server no more, and never came here.
FILM_GONE = "film_gone"
GONE = "The film is not on the server any more: it was fetched by somebody else, or its time is over."
NO_JOB = frozenset({JobGone.code, JobUnknown.code})
#: What a folder records of an item, however that has ended.
FACTS = ("attempts", "took_s", "film_s", "bytes", "steps", "healed")


@dataclass(frozen=True, slots=True)
class RunningFilm:
    """A film that is being made: its row, and its job's stage and progress in percent."""

    row: int
    stage: str
    progress: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where all films of the folder stand; `waits_for` is why nothing is begun: capacity, hosts or resume."""

    total: int
    there: int
    failed: int
    running: tuple[RunningFilm, ...] = ()
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class FilmEnded:
    """The film of this row was saved, or there is none: the folder's record says which."""

    row: int


BatchEvent = Standing | FilmEnded


@dataclass(slots=True)
class Following:
    """Follows a batch until it has ended, or until too many films fail on all its hosts."""

    client: BatchClient
    folder: BatchFolder
    batch: RemoteBatch
    poll_s: float = POLL_S
    #: Whether an earlier run has begun it; films that are gone are then left for another batch.
    is_continued: bool = False
    #: Hosts that the rest of the batch waits for.
    stalled: tuple[str, ...] = ()
    _known: dict[ItemStatus, int] = field(default_factory=dict)
    _seen: set[tuple[int, str, int]] = field(default_factory=set)

    async def events(self) -> AsyncGenerator[BatchEvent]:
        """Yields what happens. Raises ApiError, and FileRefused when a film cannot be written."""
        while True:
            status = await self._patiently(lambda: self.client.batch_status(self.batch.address))
            has_ended = status["status"] in ENDED
            async for row in self._ended_films(status["counts"], every=has_ended):
                yield FilmEnded(row)
            yield await self._standing(status)
            if has_ended:
                return
            if status["status"] == BatchStatus.PAUSED and status["waits_for"] == HOSTS_FAIL:
                self.stalled = tuple(status["held_hosts"])
                return
            await asyncio.sleep(self.poll_s)

    @property
    def settled(self) -> set[int]:
        """Rows whose films have come, or have failed."""
        return {row for row, *_ in self._seen}

    async def _ended_films(self, counts: Json, *, every: bool) -> AsyncIterator[int]:
        """Saves films that are ready, and yields the rows of these and of what has failed."""
        for state in (ItemStatus.COMPLETED, *RETRIED):
            if counts[state] == self._known.get(state, 0) and not every:
                continue
            for item in await self._items(state):
                row = self._row(item)
                attempt = (row, item["status"], item["attempts"])
                if attempt not in self._seen and await self._settle(row, item):
                    self._seen.add(attempt)
                    yield row
            self._known[state] = counts[state]

    async def _items(self, state: ItemStatus) -> list[Json]:
        async def read() -> list[Json]:
            return [item async for item in self.client.batch_items(self.batch.address, state)]

        return await self._patiently(read)

    async def _settle(self, row: int, item: Json) -> bool:
        """Saves a film, or notes why there is none; returns whether that is news."""
        if self.folder.file(row).exists():
            return False
        outcome = {"state": item["status"], "error": item["error"], "error_code": item["error_code"]}
        if item["status"] == ItemStatus.COMPLETED and (error := await self._save(row, item)):
            if error.code == FILM_GONE and self.is_continued:
                return False
            outcome = {"state": "failed", "error": str(error), "error_code": error.code}
        self.folder.note(row, **outcome, **{name: item[name] for name in FACTS})
        return True

    async def _save(self, row: int, item: Json) -> ApiError | None:
        """Saves a film, after which the server deletes it; returns why it cannot be had.

        Raises FileRefused, and ApiError when the server is out of reach.
        """
        if item["exported"] or item["links"] is None:
            return ApiError(GONE, FILM_GONE)
        job, file = JobAddress.parse(item["links"]["export"]), self.folder.file(row)
        try:
            await self._patiently(lambda: self.client.export(job, file))
        except OSError as exc:
            why = exc.strerror or exc
            raise FileRefused(f"{file} could not be written: {why}. Films that came before stay.") from exc
        except ApiError as exc:
            if exc.is_transient:
                raise
            return ApiError(GONE, FILM_GONE) if exc.code in NO_JOB else exc
        return None

    async def _standing(self, status: Json) -> Standing:
        films, paused = self.folder.films, status["status"] == BatchStatus.PAUSED
        return Standing(
            total=len(films),
            there=len(films) - len(self.folder.missing()),
            failed=sum(film.state in RETRIED for film in films),
            running=await self._running() if status["counts"][ItemStatus.RUNNING] else (),
            waits_for=status["waits_for"] or ("resume" if paused else ""),
        )

    async def _running(self) -> tuple[RunningFilm, ...]:
        """The first films that are being made, as far as the server tells."""
        running = []
        with suppress(ApiError):
            async for item in self.client.batch_items(self.batch.address, ItemStatus.RUNNING, MAX_SHOWN):
                if item["links"]:
                    job = await self.client.status(JobAddress.parse(item["links"]["status"]))
                    running.append(RunningFilm(self._row(item), job["stage"], job["progress"]))
        return tuple(running)

    def _row(self, item: Json) -> int:
        return self.batch.rows[int(item["item"]) - 1]

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Calls again what a restart of the server would mend. Raises ApiError after the limit."""
        now, failing_since = asyncio.get_running_loop().time, None
        while True:
            try:
                return await call()
            except ApiError as exc:
                failing_since = now() if failing_since is None else failing_since
                if not exc.is_transient or now() - failing_since > RETRY_LIMIT_S:
                    raise
                await asyncio.sleep(max(self.poll_s, exc.retry_after_s or 0))
