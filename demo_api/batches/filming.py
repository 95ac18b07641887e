"""Films what a folder still lacks: goes on with its batch on a server, or requests another one."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from actors.batches.states import RETRIED, BatchStatus
from actors.errors import BatchUnknown
from demo_api.batches.folder import BatchFolder, RemoteBatch
from demo_api.batches.following import HOSTS_FAIL, POLL_S, BatchEvent, Following
from demo_api.batches.plan import Plan
from demo_api.client.batch_client import BatchClient
from demo_api.errors import ApiError


@dataclass(slots=True)
class Filming:
    """One run over the films that are missing."""

    client: BatchClient
    plan: Plan
    folder: BatchFolder
    #: Address of a server where a batch outlives this process; None for an embedded one.
    server: str | None = None
    poll_s: float = POLL_S
    _following: Following | None = None

    async def events(self) -> AsyncGenerator[BatchEvent]:
        """Yields what happens until nothing is left to wait for. Raises ApiError and FileRefused."""
        settled: set[int] = set()
        if batch := await self._unfinished():
            following = self._follow(batch, is_continued=True)
            async for event in following.events():
                yield event
            settled = following.settled
        missing = [row for row in self.folder.missing() if row not in settled]
        if missing and not self.stalled:
            following = self._follow(await self._request(missing))
            async for event in following.events():
                yield event

    @property
    def stalled(self) -> Sequence[str]:
        """Hosts on which too many films failed in a row, so that the rest was not begun."""
        return self._following.stalled if self._following else ()

    async def cancel(self) -> None:
        """Cancels the batch, and what runs of it. Raises ApiError."""
        if self._following:
            await self.client.steer_batch(self._following.batch.address, "cancel")

    def _follow(self, batch: RemoteBatch, *, is_continued: bool = False) -> Following:
        self._following = Following(self.client, self.folder, batch, self.poll_s, is_continued)
        return self._following

    async def _unfinished(self) -> RemoteBatch | None:
        """The folder's batch if it is still on the server; what failed of it is tried again."""
        batch = self.folder.batch
        if batch is None or batch.server != self.server or not self.folder.missing():
            return None
        try:
            status = await self.client.batch_status(batch.address)
        except ApiError as exc:
            if exc.code != BatchUnknown.code:
                raise
            self.folder.remember(None)
            return None
        items = [item async for item in self.client.batch_items(batch.address)]
        failed = [item["item"] for item in items if item["status"] in RETRIED]
        if failed:
            await self.client.retry_batch(batch.address, failed, self.plan.secrets)
            self._wait_for([batch.rows[number - 1] for number in failed])
        if status["status"] == BatchStatus.PAUSED and status["waits_for"] == HOSTS_FAIL:
            await self.client.steer_batch(batch.address, "resume")
        return batch

    async def _request(self, rows: list[int]) -> RemoteBatch:
        """Requests the films of these rows."""
        self._wait_for(rows)
        address = await self.client.run_batch(self.plan.body(frozenset(rows), self.folder.date))
        batch = RemoteBatch(server=self.server or "", id=address.id, key=address.key, rows=rows)
        if self.server is not None:
            self.folder.remember(batch)
        return batch

    def _wait_for(self, rows: Sequence[int]) -> None:
        for row in rows:
            self.folder.note(row, state="waiting", error=None, error_code=None)
