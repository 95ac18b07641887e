"""Queue of deliveries: one for each completed item of a batch whose row has an address.

The script that completes an item makes its delivery due, and the one that drops the film ends it, so that no
process that dies in between leaves it half done.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from actors.jobs.keys import DELIVERIES
from actors.jobs.scripts import scripts
from actors.jobs.store import Args, Store

LUA = Path(__file__).parent / "lua"

#: What becomes of an attempt without success: another one follows, it did not count, or there is none.
Outcome = Literal["waiting", "postponed", "failed"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of one film, leased to one process; `attempt` counts from 1."""

    batch_id: str
    item: int
    job_id: str
    attempt: int
    #: Host and port, by which concurrent deliveries are limited.
    receiver: str
    token: str
    #: Where to, encrypted.
    sealed: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"film {self.item} of batch {self.batch_id} to {self.receiver}, attempt {self.attempt}"


class DeliveryQueue:
    """Deliveries in Redis. Raises redis-py's errors as `Store` does."""

    def __init__(self, store: Store) -> None:
        redis = store.redis
        self._scripts = {name: redis.register_script(text) for name, text in scripts(LUA).items()}

    async def claim_due(
        self, *, lease_s: float, postpone_s: float, busy: Iterable[str] = ()
    ) -> Delivery | None:
        """Leases the next delivery that is due; None when there is none. Those to `busy` are postponed."""
        token = uuid.uuid4().hex
        found = await self._run("claim_delivery", [int(lease_s * 1000), token, int(postpone_s * 1000), *busy])
        if not found:
            return None
        batch_id, item, job_id, attempt, receiver, sealed = found
        return Delivery(batch_id.decode(), item, job_id.decode(), attempt, receiver.decode(), token, sealed)

    async def renew_lease(self, delivery: Delivery, lease_s: float) -> bool:
        """Renews the lease; False when it is lost."""
        args: Args = [delivery.batch_id, delivery.item, delivery.token, int(lease_s * 1000)]
        return bool(await self._run("renew_delivery", args))

    async def settle(
        self,
        delivery: Delivery,
        outcome: Outcome,
        error: str = "",
        *,
        again_s: float = 0.0,
        forget: bool = False,
    ) -> bool:
        """Writes what has become of an attempt; False if the lease is lost. `forget` deletes the address."""
        args: Args = [delivery.batch_id, delivery.item, delivery.token, outcome]
        args += [int(again_s * 1000), error, int(forget)]
        return bool(await self._run("settle_delivery", args))

    async def _run(self, name: str, args: Args) -> Any:
        return await self._scripts[name](keys=[DELIVERIES], args=args)
