"""A dispatcher that looks and tries again in hundredths of a second, and what its receivers have heard."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from standardwebhooks import Webhook

from actors.jobs.callback import Callback
from actors.jobs.keys import WEBHOOK, WEBHOOKS
from actors.jobs.store import Store
from actors.settings import Settings
from actors.webhook_signing import new_secret
from actors.webhooks.dispatcher import DeliveryPolicy, dispatch
from actors.webhooks.sender import Timeouts
from tests.support.webhook_receiver import Heard, Receiver

SECRET = new_secret()
#: Looks and tries again in hundredths of a second, but gives a busy machine time to answer.
QUICK = DeliveryPolicy(
    poll_interval_s=0.02,
    lease_s=15.0,
    backoff_s=(0.05,) * 5,
    jitter=0.0,
    timeouts=Timeouts(connect_s=5.0, total_s=5.0),
)


def calling(receiver: Receiver, **terms: Any) -> Callback:
    return Callback(receiver.url, **{"secret": SECRET, **terms})


def listing(settings: Settings, *receivers: Receiver, **more: Any) -> Settings:
    """Settings by which these may be called."""
    hosts = frozenset(receiver.host for receiver in receivers)
    return settings.model_copy(update={"allow_private_hosts": hosts, **more})


@asynccontextmanager
async def dispatching(settings: Settings, policy: DeliveryPolicy = QUICK) -> AsyncIterator[Store]:
    """One dispatcher with a connection of its own, as in a process of its own."""
    assert settings.redis is not None
    async with Store.opened(settings.redis, settings) as store:
        dispatch_task = asyncio.create_task(dispatch(store, policy))
        try:
            yield store
        finally:
            dispatch_task.cancel()
            with suppress(asyncio.CancelledError):
                await dispatch_task


async def eventually(check: Callable[[], Awaitable[Any]]) -> Any:
    """What it finds when it finds something."""
    deadline_s = time.monotonic() + 20
    while not (found := await check()):
        assert time.monotonic() < deadline_s, "it never came to that"
        await asyncio.sleep(0.005)
    return found


async def is_over(store: Store, job_id: str = "j1") -> bool:
    return await store.redis.zscore(WEBHOOKS, job_id) is None and not await store.redis.exists(
        WEBHOOK + job_id
    )


def verified(heard: Heard, secret: str = SECRET) -> dict[str, Any]:
    told: dict[str, Any] = Webhook(secret).verify(heard.body, heard.headers)
    return told
