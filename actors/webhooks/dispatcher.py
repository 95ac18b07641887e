"""The courier: tells those who asked to be called that their job has ended, until they have heard it."""

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
from actors.webhooks.sender import DeliveryResult, Limits, post
from explorer.egress.policy import EgressPolicy

log = logging.getLogger(__name__)

#: A note that cannot be written is made by nobody: the call is made again then.
SETTLE_TRIES = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How a courier goes about it; times in seconds."""

    #: How often it looks for a call when nothing happens.
    round_s: float = 1.0
    #: After this long a courier that has not come back is dead; longer than the limits below.
    lease_s: float = 30.0
    #: Pauses between attempts, of which there is one more: 14 minutes in all, enough for a new deployment.
    backoff_s: tuple[float, ...] = (5.0, 20.0, 60.0, 180.0, 600.0)
    #: So much more or less, so that receivers who were away are not called by all at once.
    jitter: float = 0.2
    #: The longest that a receiver can have us wait.
    most_wait_s: float = 900.0
    #: Calls at a time, and to one receiver: one that hangs must not hold up the others.
    at_once: int = 16
    to_one: int = 2
    limits: Limits = field(default_factory=Limits)


PACE = Pace()


async def dispatch(
    store: Store, pace: Pace = PACE, fence: EgressPolicy | None = None, trust: ssl.SSLContext | None = None
) -> None:
    """Runs until cancelled. Any number of processes may run it: each call is made by one of them."""
    courier = Dispatcher(store, pace, fence or _fence(store), trust)
    running: dict[asyncio.Task[None], str] = {}
    this = asyncio.current_task()
    assert this is not None
    try:
        # Python 3.11's `wait_for`, by which redis-py sends, loses a cancellation that comes just then.
        while not this.cancelling():
            running = {task: receiver for task, receiver in running.items() if not task.done()}
            try:
                while len(running) < pace.at_once and (call := await courier.claim_due(running.values())):
                    running[asyncio.create_task(courier.make(call))] = call.receiver
            except RedisError as exc:
                log.warning("the courier cannot reach Redis: %s", exc)
            except Exception:  # a call that cannot be read must not keep all others from being made
                log.exception("a round of the courier failed")
            if not this.cancelling():
                await _pause(running, pace.round_s)
    finally:
        for task in running:
            task.cancel()


async def _pause(running: Mapping[asyncio.Task[None], str], round_s: float) -> None:
    """Until the next round: when a call was made there is room for another."""
    if running:
        await asyncio.wait(running, timeout=round_s, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(round_s)


def _fence(store: Store) -> EgressPolicy:
    settings = store.settings
    return EgressPolicy(settings.allow_private_hosts, settings.own_services)


class Dispatcher:
    """Takes calls and makes them."""

    def __init__(self, store: Store, pace: Pace, fence: EgressPolicy, trust: ssl.SSLContext | None) -> None:
        self._store = store
        self._pace = pace
        self._fence = fence
        self._trust = trust
        secret = store.settings.webhook_secret
        self._secret = secret.get_secret_value() if secret else None

    async def claim_due(self, receivers: Iterable[str]) -> Delivery | None:
        """The next call that is due, unless there are enough to its receiver."""
        counted = Counter(receivers)
        return await claim_due(
            self._store,
            lease_s=self._pace.lease_s,
            aside_s=self._pace.round_s,
            has_secret=self._secret is not None,
            enough=[receiver for receiver, open_ in counted.items() if open_ >= self._pace.to_one],
        )

    async def make(self, call: Delivery) -> None:
        """Makes a call and notes what came of it. If it cannot be noted, it is made again after its lease."""
        try:
            verdict = await self._send(call)
        except Exception:  # whatever it is, it may come again, and not for ever
            log.exception("the call about job %s could not be made", call.job_id)
            verdict = DeliveryResult("Something went wrong on our side.")
        await self._settle(call, verdict)

    async def _send(self, call: Delivery) -> DeliveryResult:
        secret = call.callback.secret or self._secret
        assert secret is not None
        body = call.message(self._store.settings.job_ttl_s)
        headers = signed(secret, call.message_id, int(time.time()), body)
        return await post(call.callback.url, body, headers, self._fence, self._pace.limits, self._trust)

    async def _settle(self, call: Delivery, verdict: DeliveryResult) -> None:
        tries = len(self._pace.backoff_s) + 1
        told = f"{call.callback.origin} about job {call.job_id} ({call.message_id}), attempt {call.attempt}"
        if verdict.taken:
            log.info("called %s", told)
            await self._note(call, "delivered")
        elif verdict.passing and call.attempt < tries:
            again_s = self._wait_s(call.attempt, verdict.wait_s)
            log.warning("could not call %s, again in %.0f s: %s", told, again_s, verdict.error)
            await self._note(call, "waiting", verdict.error, again_s)
        else:
            last = f" That was the last of {tries} attempts." if verdict.passing else ""
            log.warning("gave up calling %s: %s", told, verdict.error)
            await self._note(call, "given_up", verdict.error + last)

    def _wait_s(self, attempt: int, asked_s: float) -> float:
        pause_s = self._pace.backoff_s[attempt - 1]
        spread = 1 + random.uniform(-self._pace.jitter, self._pace.jitter)
        return max(pause_s * spread, min(asked_s, self._pace.most_wait_s))

    async def _note(self, call: Delivery, state: State, error: str = "", again_s: float = 0.0) -> None:
        for left in reversed(range(SETTLE_TRIES)):
            try:
                if not await settle(self._store, call, state, error, again_s):
                    log.info("the call about job %s is no longer ours", call.job_id)
                return
            except RedisError as exc:
                log.warning("what came of the call about job %s was not noted: %s", call.job_id, exc)
                if left:
                    await asyncio.sleep(self._pace.round_s)
