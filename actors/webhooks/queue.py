"""Queue of webhooks, one for each job that has ended.

The script that ends a job also writes the webhook's record, so that it says how the job ended even if the job
is gone by the time of delivery. The record is deleted once it is delivered or given up, and after a day.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self, cast

from actors.jobs.callback import Callback
from actors.jobs.job import iso
from actors.jobs.keys import JOB, WEBHOOKS
from actors.jobs.states import Status
from actors.jobs.store import Store

State = Literal["waiting", "delivered", "given_up"]
#: The fields of a film, as in a job's status.
FILM_FIELDS = (
    *("format", "duration_s", "frames", "width", "height", "fps", "size_bytes"),
    *("subtitles", "chapters"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The webhook of one end of one job, leased to a dispatcher; `attempt` counts from 1."""

    job_id: str
    #: Which end of the job: one that was retried has several.
    number: int
    attempt: int
    token: str
    #: Host and port, by which concurrent deliveries are limited.
    receiver: str
    url: str
    status: Status
    error: str | None
    error_code: str | None
    warnings: list[dict[str, Any]]
    film: dict[str, Any]
    ended_ms: int
    key: str = field(repr=False)
    callback: Callback

    @classmethod
    def decode(cls, row: dict[str, str]) -> Self:
        """From its record in Redis."""
        callback = Callback.decode(row)
        assert callback is not None
        return cls(
            job_id=row["id"],
            number=int(row["number"]),
            attempt=int(row["attempt"]),
            token=row["token"],
            receiver=row["receiver"],
            url=row["url"],
            status=Status(row["status"]),
            error=row.get("error") or None,
            error_code=row.get("error_code") or None,
            warnings=json.loads(row.get("warnings", "[]")),
            film=json.loads(row.get("film", "{}")),
            ended_ms=int(row["updated_ms"]),
            key=row.get("secret", ""),
            callback=callback,
        )

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a receiver can recognize repetitions."""
        return f"msg_{self.job_id}_{self.number}"

    def message(self, ttl_s: int) -> bytes:
        """The body, as JSON; `ttl_s` is how long jobs are kept."""
        film = self.film if self.status is Status.COMPLETED else {}
        data = {
            "job_id": self.job_id,
            "url": self.url,
            "status": self.status,
            "error": self.error,
            "error_code": self.error_code,
            "warnings": [*self.warnings, *film.get("warnings", ())],
            "film": {name: film[name] for name in FILM_FIELDS if name in film} or None,
            "expires_at": iso(self.ended_ms + ttl_s * 1000),
            "links": self.callback.links(self.job_id, self.key),
        }
        message = {"type": f"demo.{self.status}", "timestamp": iso(self.ended_ms), "data": data}
        return json.dumps(message).encode()


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
    """Writes the result of a delivery, also to the job if it is there; False when the lease is lost."""
    keys = [WEBHOOKS, JOB + delivery.job_id]
    args: list[str | int] = [delivery.job_id, delivery.token, state, int(again_s * 1000), error]
    return bool(await store.run("settle_webhook", keys, args))
