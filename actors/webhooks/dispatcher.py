"""Delivers webhooks of jobs and batches that have ended, with retries."""

import asyncio
import logging
import random
import ssl
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from actors.jobs.store import Store
from actors.webhook_signing import signed
from actors.webhooks.queue import Delivery, State, claim_due, settle
from actors.webhooks.sender import DeliveryResult, Timeouts, post
from explorer.egress.policy import EgressPolicy

log = logging.getLogger(__name__)

#: Attempts to write a result while Redis is away. After the last one the webhook is delivered again.
SETTLE_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """How webhooks are delivered; times in seconds."""

    #: How often a due delivery is looked for.
    poll_interval_s: float = 1.0
    #: A dispatcher that has not settled a delivery by then is dead; longer than the timeouts below.
    lease_s: float = 30.0
    #: Pauses between attempts, of which there is one more: 14 minutes in all, enough for a new deployment.
    backoff_s: tuple[float, ...] = (5.0, 20.0, 60.0, 180.0, 600.0)
    #: Random part of each pause, so that receivers that were away do not get all deliveries at once.
    jitter: float = 0.2
    #: The longest Retry-After that is respected.
    max_retry_after_s: float = 900.0
    #: Concurrent deliveries, in all and to one receiver: one that hangs must not delay the others.
    max_concurrent: int = 16
    max_per_receiver: int = 2
    timeouts: Timeouts = field(default_factory=Timeouts)


DEFAULT_POLICY = DeliveryPolicy()


async def dispatch(
    store: Store,
    policy: DeliveryPolicy = DEFAULT_POLICY,
    egress: EgressPolicy | None = None,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Delivers webhooks until cancelled, in any number of processes: each is leased to one of them."""
    settings = store.settings
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
                while len(running) < policy.max_concurrent:
                    delivery = await dispatcher.claim_due(running.values())
                    if delivery is None:
                        break
                    running[asyncio.create_task(dispatcher.deliver(delivery))] = delivery.receiver
            except RedisError as exc:
                log.warning("the webhook dispatcher cannot reach Redis: %s", exc)
            except Exception:  # a webhook that cannot be read must not keep all others from being delivered
                log.exception("a round of the webhook dispatcher failed")
            if not this.cancelling():
                await _pause(running, policy.poll_interval_s)
    finally:
        for task in running:
            task.cancel()


async def _pause(running: Mapping[asyncio.Task[None], str], interval_s: float) -> None:
    """Waits until the next round: for an interval, or until a running delivery ends."""
    if running:
        await asyncio.wait(running, timeout=interval_s, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(interval_s)


class Dispatcher:
    """Claims due deliveries, sends them, and writes their results."""

    def __init__(
        self, store: Store, policy: DeliveryPolicy, egress: EgressPolicy, trust: ssl.SSLContext | None
    ) -> None:
        self._store = store
        self._policy = policy
        self._egress = egress
        self._trust = trust
        secret = store.settings.webhook_secret
        self._secret = secret.get_secret_value() if secret else None

    async def claim_due(self, receivers: Iterable[str]) -> Delivery | None:
        """Leases the next due delivery, but none to a receiver that has too many running ones."""
        running = Counter(receivers)
        return await claim_due(
            self._store,
            lease_s=self._policy.lease_s,
            postpone_s=self._policy.poll_interval_s,
            has_secret=self._secret is not None,
            busy=[name for name, count in running.items() if count >= self._policy.max_per_receiver],
        )

    async def deliver(self, delivery: Delivery) -> None:
        """Sends one webhook and writes the result. If that fails, it is sent again after its lease."""
        try:
            result = await self._send(delivery)
        except Exception:  # a bug of ours is retried like an error of the receiver
            log.exception("the webhook of %s could not be sent", delivery)
            result = DeliveryResult("Something went wrong on our side.")
        await self._settle(delivery, result)

    async def _send(self, delivery: Delivery) -> DeliveryResult:
        secret = delivery.callback.secret or self._secret
        assert secret is not None
        body = delivery.message(self._store.settings)
        headers = signed(secret, delivery.message_id, int(time.time()), body)
        url = delivery.callback.url
        return await post(url, body, headers, self._egress, self._policy.timeouts, self._trust)

    async def _settle(self, delivery: Delivery, result: DeliveryResult) -> None:
        """Ends the delivery, or schedules the next attempt."""
        attempts = len(self._policy.backoff_s) + 1
        origin, attempt = delivery.callback.origin, delivery.attempt
        name = f"{origin} about {delivery} ({delivery.message_id}), attempt {attempt}"
        if result.delivered:
            log.info("webhook delivered to %s", name)
            await self._write(delivery, "delivered")
        elif result.transient and attempt < attempts:
            again_s = self._backoff_s(attempt, result.retry_after_s)
            log.warning("webhook not delivered to %s, again in %.0f s: %s", name, again_s, result.error)
            await self._write(delivery, "waiting", result.error, again_s)
        else:
            last = f" That was the last of {attempts} attempts." if result.transient else ""
            log.warning("webhook given up to %s: %s", name, result.error)
            await self._write(delivery, "given_up", result.error + last)

    def _backoff_s(self, attempt: int, retry_after_s: float) -> float:
        pause_s = self._policy.backoff_s[attempt - 1]
        factor = 1 + random.uniform(-self._policy.jitter, self._policy.jitter)
        return max(pause_s * factor, min(retry_after_s, self._policy.max_retry_after_s))

    async def _write(self, delivery: Delivery, state: State, error: str = "", again_s: float = 0.0) -> None:
        """Writes the result, with retries while Redis is away."""
        for left in reversed(range(SETTLE_ATTEMPTS)):
            try:
                if not await settle(self._store, delivery, state, error, again_s):
                    log.info("the webhook of %s is no longer ours", delivery)
                return
            except RedisError as exc:
                log.warning("the result of the webhook of %s was not written: %s", delivery, exc)
                if left:
                    await asyncio.sleep(self._policy.poll_interval_s)
