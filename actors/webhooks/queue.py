"""Queue of webhooks, one for each job and each batch that has ended.

The script that ends a job or batch also writes the webhook's record, so that it says how that ended even if
it is gone by the time of delivery. The record is deleted once it is delivered or given up, and after a day.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self, cast

from actors.jobs.callback import Callback
from actors.jobs.job import iso
from actors.jobs.keys import WEBHOOKS
from actors.jobs.store import Store
from actors.settings import Settings
from actors.webhooks.messages import Subject, subject_of

State = Literal["waiting", "delivered", "given_up"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The webhook of one end of one job or batch, leased to a dispatcher; `attempt` counts from 1."""

    id: str
    subject: Subject
    #: Which end of it: what was retried has several.
    number: int
    attempt: int
    token: str
    #: Host and port, by which concurrent deliveries are limited.
    receiver: str
    status: str
    data: dict[str, Any]
    ended_ms: int
    key: str = field(repr=False)
    callback: Callback

    @classmethod
    def decode(cls, row: dict[str, str]) -> Self:
        """From its record in Redis."""
        callback, subject = Callback.decode(row), subject_of(row)
        assert callback is not None
        return cls(
            id=row["id"],
            subject=subject,
            number=int(row["number"]),
            attempt=int(row["attempt"]),
            token=row["token"],
            receiver=row["receiver"],
            status=row["status"],
            data=subject.data(row),
            ended_ms=int(row["updated_ms"]),
            key=row.get("secret", ""),
            callback=callback,
        )

    def __str__(self) -> str:
        return f"{self.subject.name} {self.id}"

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a receiver can recognize repetitions."""
        return f"msg_{self.id}_{self.number}"

    def message(self, settings: Settings) -> bytes:
        """The body, as JSON; `settings` say how long jobs and batches are kept."""
        expires_ms = self.ended_ms + self.subject.kept_s(settings) * 1000
        links = self.subject.links(self.callback, self.id, self.key)
        data = {**self.data, "expires_at": iso(expires_ms), "links": links}
        kind = f"{self.subject.type_prefix}{self.status}"
        return json.dumps({"type": kind, "timestamp": iso(self.ended_ms), "data": data}).encode()


async def claim_due(
    store: Store, *, lease_s: float, postpone_s: float, has_secret: bool, busy: Iterable[str] = ()
) -> Delivery | None:
    """Leases the next due delivery; None when there is none for us.

    Those to `busy` receivers are postponed; without `has_secret` those that need it are left to others.
    """
    args: list[str | int] = [int(lease_s * 1000), uuid.uuid4().hex, int(has_secret), int(postpone_s * 1000)]
    found = cast(list[bytes], await store.run("claim_webhook", [WEBHOOKS], [*args, *busy]))
    texts = [text.decode() for text in found]
    return Delivery.decode(dict(zip(texts[::2], texts[1::2], strict=True))) if texts else None


async def settle(
    store: Store, delivery: Delivery, state: State, error: str = "", again_s: float = 0.0
) -> bool:
    """Writes the result of a delivery, also to its job or batch if that is there; False when the lease is
    lost."""
    keys = [WEBHOOKS, delivery.subject.prefix + delivery.id]
    args: list[str | int] = [delivery.id, delivery.token, state, int(again_s * 1000), error]
    return bool(await store.run("settle_webhook", keys, args))
