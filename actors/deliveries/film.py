"""Delivers the film of one job under its export claim: who has that may drop the film, and nobody else."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from redis.exceptions import RedisError

from actors.cancellation import cancel_and_wait
from actors.deliveries.uploader import Limits, Upload, put
from actors.errors import FilmMissing, TransitionRefused
from actors.jobs.keys import Claim, film_key
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.webhooks.sender import DeliveryResult
from explorer.egress.policy import EgressPolicy
from video.blob_store import blob_size, read_blob
from video.errors import BlobMissing
from video.style import MEDIA_TYPES

log = logging.getLogger(__name__)

#: Renews the lease of the delivery itself; False when it is lost.
Renew = Callable[[], Awaitable[bool]]


class ClaimLost(Exception):
    """The film is being fetched by somebody, or another process delivers it."""


@dataclass(frozen=True, slots=True)
class FilmSender:
    """Sends films from Redis."""

    store: Store
    egress: EgressPolicy
    limits: Limits
    trust: ssl.SSLContext | None = None

    async def send(self, job_id: str, url: str, renew: Renew) -> DeliveryResult:
        """Sends a film and drops it here once it has arrived; otherwise it can be fetched as before.

        Raises ClaimLost, FilmMissing, and RedisError and BlobStoreUnavailable while Redis is away.
        """
        claim = await self.store.claim(job_id, Stage.READY, Stage.EXPORTING)
        if claim is None:
            if await self.store.get(job_id) is None:
                raise FilmMissing(f"The film of job {job_id} is gone.")
            raise ClaimLost
        async with self._released(claim):
            result = await self._while_leased(claim, renew, self._put(job_id, url))
            if result.delivered:
                await self._drop(claim)
            return result

    async def _put(self, job_id: str, url: str) -> DeliveryResult:
        key = film_key(job_id)
        job, size_bytes = await self.store.get(job_id), await blob_size(self.store.redis, key)
        try:
            if job is None or size_bytes is None:
                raise BlobMissing(f"There is nothing at {key}.")
            async with aclosing(read_blob(self.store.redis, key)) as chunks:
                upload = Upload(url, MEDIA_TYPES[job.format], size_bytes, chunks)
                return await put(upload, self.egress, self.limits, self.trust)
        except BlobMissing as exc:
            raise FilmMissing(f"The film of job {job_id} is gone.") from exc

    async def _drop(self, claim: Claim) -> None:
        # The field tells the script that drops the film that nobody has fetched it.
        is_ours = await self.store.renew_lease(claim, {"delivered_by": claim.token})
        if not (is_ours and await self.store.finish(claim)):
            raise ClaimLost

    async def _while_leased(
        self, claim: Claim, renew: Renew, sending: Awaitable[DeliveryResult]
    ) -> DeliveryResult:
        """What `sending` results in. Raises ClaimLost as soon as the lease of claim or delivery is lost."""
        upload, renewing = asyncio.ensure_future(sending), asyncio.create_task(self._renew(claim, renew))
        try:
            await asyncio.wait({upload, renewing}, return_when=asyncio.FIRST_COMPLETED)
            if not upload.done():
                raise ClaimLost
            return upload.result()
        finally:
            await cancel_and_wait(upload, renewing)

    async def _renew(self, claim: Claim, renew: Renew) -> None:
        """Renews both leases until one is lost."""
        while True:
            await asyncio.sleep(self.store.settings.lease_s / 4)
            try:
                if not (await self.store.renew_lease(claim, {}) and await renew()):
                    return
            except RedisError as exc:
                log.warning("Redis is unavailable during a delivery: %s", exc)

    @asynccontextmanager
    async def _released(self, claim: Claim) -> AsyncIterator[None]:
        """Lets others have the film afterwards, if it is still there."""
        try:
            yield
        finally:
            try:
                await self.store.transition(claim, Stage.READY, {})
            except TransitionRefused:
                pass  # it was dropped, or others have it
            except RedisError as exc:
                log.warning("the film of job %s is released when its lease expires: %s", claim.job_id, exc)
