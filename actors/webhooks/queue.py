"""The line of calls: what those who asked are told when a job has ended.

The script that ends a job writes the call's record in the same breath, so that it says how the job ended even
if the film has left before it is made. It is gone once it was made or given up, and after a day.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self, cast

from actors.jobs.callback import Callback
from actors.jobs.job import Status, iso
from actors.jobs.keys import CALLS, JOB
from actors.jobs.store import Store

State = Literal["waiting", "delivered", "given_up"]
#: What is told of a film, as in a job's status.
FILM = (
    *("format", "duration_s", "frames", "width", "height", "fps", "size_bytes"),
    *("subtitles", "chapters"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One end of one job, leased to a courier; `attempt` counts from 1."""

    job_id: str
    #: Which end of the job: one that is retried has several.
    number: int
    attempt: int
    token: str
    #: Host and port, by which calls to the same place are counted.
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
        """From its record."""
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
        """The same for every attempt, so that a receiver knows what it has had before."""
        return f"msg_{self.job_id}_{self.number}"

    def message(self, ttl_s: int) -> bytes:
        """What is sent, as JSON; `ttl_s` is how long jobs are kept."""
        film = self.film if self.status is Status.COMPLETED else {}
        data = {
            "job_id": self.job_id,
            "url": self.url,
            "status": self.status,
            "error": self.error,
            "error_code": self.error_code,
            "warnings": [*self.warnings, *film.get("warnings", ())],
            "film": {name: film[name] for name in FILM if name in film} or None,
            "expires_at": iso(self.ended_ms + ttl_s * 1000),
            "links": self.callback.links(self.job_id, self.key),
        }
        told = {"type": f"demo.{self.status}", "timestamp": iso(self.ended_ms), "data": data}
        return json.dumps(told).encode()


async def claim_due(
    store: Store, *, lease_s: float, aside_s: float, has_secret: bool, enough: Iterable[str] = ()
) -> Delivery | None:
    """Leases the call that is due; None when there is none for us.

    Those to receivers that have `enough` go aside; without `has_secret` those that want it are left alone.
    """
    args: list[str | int] = [int(lease_s * 1000), uuid.uuid4().hex, int(has_secret), int(aside_s * 1000)]
    found = cast(list[bytes], await store.run("claim_webhook", [CALLS], [*args, *enough]))
    texts = [text.decode() for text in found]
    return Delivery.decode(dict(zip(texts[::2], texts[1::2], strict=True))) if texts else None


async def settle(store: Store, call: Delivery, state: State, error: str = "", again_s: float = 0.0) -> bool:
    """Notes what came of a call, in the job too if it is there; False when it is no longer ours."""
    keys = [CALLS, JOB + call.job_id]
    args: list[str | int] = [call.job_id, call.token, state, int(again_s * 1000), error]
    return bool(await store.run("settle_webhook", keys, args))
