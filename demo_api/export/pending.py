"""Downloads whose last byte was sent, while delivery is not confirmed yet."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: Longer than a confirmation takes; after that, the request is answered with the state in the store.
WAIT_LIMIT_S = 1.0


class PendingDownloads:
    """Lets requests for a job or batch wait until its download is confirmed, so that none sees it running."""

    def __init__(self) -> None:
        self._pending: dict[str, asyncio.Event] = {}

    @contextmanager
    def track(self, *ids: str) -> Iterator[None]:
        """Marks the download of these jobs or batches as pending while the context is active."""
        confirmed = asyncio.Event()
        self._pending.update(dict.fromkeys(ids, confirmed))
        try:
            yield
        finally:
            for each in ids:
                self._pending.pop(each, None)
            confirmed.set()

    async def wait(self, job_or_batch_id: str) -> None:
        """Waits until no download of this job or batch is pending, for WAIT_LIMIT_S at most."""
        if confirmed := self._pending.get(job_or_batch_id):
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_LIMIT_S):
                    await confirmed.wait()
