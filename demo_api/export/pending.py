"""Downloads whose last byte was sent, while delivery is not confirmed yet."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: Longer than a confirmation takes; after that, the request is answered with the state in the store.
WAIT_LIMIT_S = 1.0


class PendingDownloads:
    """Lets requests for a job wait until its download is confirmed, so that none sees it as still running."""

    def __init__(self) -> None:
        self._pending: dict[str, asyncio.Event] = {}

    @contextmanager
    def track(self, job_id: str) -> Iterator[None]:
        """Marks a download as pending while the context is active."""
        confirmed = self._pending[job_id] = asyncio.Event()
        try:
            yield
        finally:
            del self._pending[job_id]
            confirmed.set()

    async def wait(self, job_id: str) -> None:
        """Waits until no download of this job is pending, for WAIT_LIMIT_S at most."""
        if confirmed := self._pending.get(job_id):
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_LIMIT_S):
                    await confirmed.wait()
