"""Delivers films of batches that are due, with retries."""

import asyncio
import logging
import random
import ssl
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from redis.exceptions import RedisError

from actors.cancellation import cancel_and_wait
from actors.deliveries.address import expires_at, said
from actors.deliveries.film import ClaimLost, FilmSender
from actors.deliveries.queue import Delivery, DeliveryQueue, Outcome
from actors.deliveries.uploader import Limits
from actors.errors import FilmMissing, SecretsGone
from actors.jobs.secrets import decrypt
from actors.jobs.store import Store
from actors.webhooks.sender import DeliveryResult
from explorer.egress.policy import EgressPolicy
from video.errors import BlobStoreUnavailable

log = logging.getLogger(__name__)

#: Attempts to write an outcome while Redis is away. After the last one the film is delivered again.
SETTLE_ATTEMPTS = 3
KEPT = "the film was kept and can be fetched"


@dataclass(frozen=True, slots=True)
class UploadPolicy:
    """How films are delivered; times in seconds."""

    #: How often a due delivery is looked for.
    poll_interval_s: float = 1.0
    #: How soon a film that somebody is fetching is looked at again.
    postpone_s: float = 5.0
    #: Pauses between attempts, of which there is one more: 14 minutes in all.
    backoff_s: tuple[float, ...] = (5.0, 20.0, 60.0, 180.0, 600.0)
    #: Random part of each pause, so that receivers that were away do not get all films at once.
    jitter: float = 0.2
    #: The longest Retry-After that is respected.
    max_retry_after_s: float = 900.0
    #: Concurrent deliveries, in all and to one receiver: one that hangs must not delay the others.
    max_concurrent: int = 8
    max_per_receiver: int = 4
    limits: Limits = field(default_factory=Limits)


DEFAULT_POLICY = UploadPolicy()


async def deliver(
    store: Store,
    policy: UploadPolicy = DEFAULT_POLICY,
    egress: EgressPolicy | None = None,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Delivers films until cancelled, in any number of processes: each is leased to one of them.

    Without SECRETS_KEY it leaves all of them to others, and returns at once.
    """
    settings = store.settings
    if settings.secrets_key is None:
        return
    egress = egress or EgressPolicy(settings.allow_private_hosts, settings.own_services)
    dispatcher = Dispatcher(store, policy, egress, trust)
    running: dict[asyncio.Task[None], str] = {}
    this = asyncio.current_task()
    assert this is not None
    try:
        # Python 3.11's `wait_for`, with which redis-py sends, loses a cancellation that comes just then.
        while not this.cancelling():
            running = {task: receiver for task, receiver in running.items() if not task.done()}
            try:
                await dispatcher.begin_due(running)
            except RedisError as exc:
                log.warning("deliveries cannot reach Redis: %s", exc)
            except Exception:  # a delivery that cannot be read must not keep all others from being made
                log.exception("a round of deliveries failed")
            if not this.cancelling():
                await _pause(running, policy.poll_interval_s)
    finally:
        await cancel_and_wait(*running)


async def _pause(running: Mapping[asyncio.Task[None], str], interval_s: float) -> None:
    """Waits until the next round: for an interval, or until a running delivery ends."""
    if running:
        await asyncio.wait(running, timeout=interval_s, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(interval_s)


class Dispatcher:
    """Leases due deliveries, makes them, and writes what has become of them."""

    def __init__(
        self, store: Store, policy: UploadPolicy, egress: EgressPolicy, trust: ssl.SSLContext | None
    ) -> None:
        self._store = store
        self._queue = DeliveryQueue(store)
        self._policy = policy
        self._sender = FilmSender(store, egress, policy.limits, trust)

    async def begin_due(self, running: dict[asyncio.Task[None], str]) -> None:
        """Begins the deliveries that are due, as many as may run, and adds them to `running`."""
        policy = self._policy
        while len(running) < policy.max_concurrent:
            counts = Counter(running.values())
            delivery = await self._queue.claim_due(
                lease_s=self._store.settings.lease_s,
                postpone_s=policy.poll_interval_s,
                busy=[name for name, count in counts.items() if count >= policy.max_per_receiver],
            )
            if delivery is None:
                return
            running[asyncio.create_task(self.deliver(delivery))] = delivery.receiver

    async def deliver(self, delivery: Delivery) -> None:
        """Makes one attempt at a delivery. If its outcome cannot be written, another follows its lease."""
        try:
            url = decrypt(self._store.settings, delivery.sealed).decode()
        except SecretsGone:
            await self._fail(delivery, "The address was kept under another SECRETS_KEY")
            return
        expires_s = expires_at(url)
        if expires_s is not None and expires_s <= time.time():
            await self._fail(delivery, f"The address has expired at {said(expires_s)}", forget=True)
            return
        try:
            result = await self._sender.send(delivery.job_id, url, partial(self._renew_lease, delivery))
        except ClaimLost:
            log.info("%s: it is being fetched, or another process has it", delivery)
            await self._write(delivery, "postponed", again_s=self._policy.postpone_s)
            return
        except FilmMissing:
            await self._write(delivery, "failed", "The film is gone: its time was over.", forget=True)
            return
        except (RedisError, BlobStoreUnavailable) as exc:
            log.warning("%s: Redis is away: %s", delivery, exc)
            result = DeliveryResult("Redis did not answer")
        except Exception:  # a bug of ours is retried like an error of the receiver
            log.exception("%s: it could not be delivered", delivery)
            result = DeliveryResult("Something went wrong on our side")
        await self._settle(delivery, result, expires_s)

    async def _renew_lease(self, delivery: Delivery) -> bool:
        return await self._queue.renew_lease(delivery, self._store.settings.lease_s)

    async def _settle(self, delivery: Delivery, result: DeliveryResult, expires_s: float | None) -> None:
        """Notes success, schedules the next attempt, or gives the delivery up."""
        attempts = len(self._policy.backoff_s) + 1
        if result.delivered:  # the script that dropped the film has written it
            log.info("%s: delivered", delivery)
            return
        if not result.transient:
            await self._fail(delivery, result.error)
            return
        if delivery.attempt >= attempts:
            await self._fail(delivery, f"{result.error} at the last of {attempts} attempts")
            return
        again_s = self._backoff_s(delivery.attempt, result.retry_after_s)
        if expires_s is not None and expires_s <= time.time() + again_s:
            await self._fail(delivery, f"{result.error}, and the address expires before another attempt")
            return
        log.warning("%s: not delivered, again in %.0f s: %s", delivery, again_s, result.error)
        error = f"{result.error}; attempt {delivery.attempt + 1} of {attempts} follows."
        await self._write(delivery, "waiting", error, again_s=again_s)

    async def _fail(self, delivery: Delivery, error: str, *, forget: bool = False) -> None:
        log.warning("%s: given up: %s", delivery, error)
        await self._write(delivery, "failed", f"{error}; {KEPT}.", forget=forget)

    def _backoff_s(self, attempt: int, retry_after_s: float) -> float:
        pause_s = self._policy.backoff_s[attempt - 1]
        factor = 1 + random.uniform(-self._policy.jitter, self._policy.jitter)
        return max(pause_s * factor, min(retry_after_s, self._policy.max_retry_after_s))

    async def _write(
        self,
        delivery: Delivery,
        outcome: Outcome,
        error: str = "",
        *,
        again_s: float = 0.0,
        forget: bool = False,
    ) -> None:
        """Writes an outcome, with retries while Redis is away."""
        for left in reversed(range(SETTLE_ATTEMPTS)):
            try:
                if not await self._queue.settle(delivery, outcome, error, again_s=again_s, forget=forget):
                    log.info("%s: it is no longer ours", delivery)
                return
            except RedisError as exc:
                log.warning("%s: its outcome was not written: %s", delivery, exc)
                if left:
                    await asyncio.sleep(self._policy.poll_interval_s)
