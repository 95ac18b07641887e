"""Records of a batch: what was asked for, where it stands, and where each of its items stands."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from actors.batches.states import ENDED, BatchStatus, DeliveryStatus, ItemStatus
from actors.batches.template import JobTemplate
from actors.jobs.callback import Callback


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row as it was accepted: what its columns hold, by name."""

    values: Mapping[str, str]
    host: str
    #: Where its film is sent to. It is a secret, and no part of `values`.
    deliver_to: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands in Redis. Times are epoch milliseconds of Redis's clock."""

    id: str
    template: JobTemplate
    max_concurrency: int
    #: So many items may fail; None for any number.
    tolerated_failures: int | None = None
    callback: Callback | None = None
    #: The day on which it was accepted, which `{{date}}` stands for: an item that is retried says the same.
    date: str = ""
    #: Where the rows came from, for whoever reads the status, and what was noticed when they were read.
    notices: tuple[str, ...] = ()
    #: Opens it, its report and its films to whoever was given its links.
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    total: int = 0
    status: BatchStatus = BatchStatus.PENDING
    #: Why nothing is begun though items wait: `capacity` or `hosts`.
    waits_for: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    ended_ms: int | None = None
    exported: int = 0
    healed: int = 0
    retried: int = 0
    callback_report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED and self.ended_ms is not None

    def encode(self, ttl_s: int) -> dict[str, str]:
        """The fields that a new batch is created with; `ttl_s` is how long it is kept once it has ended."""
        tolerated = {} if self.tolerated_failures is None else {"tolerated_failures": self.tolerated_failures}
        fields = {
            "id": self.id,
            "template": self.template.encode(),
            "max_concurrency": self.max_concurrency,
            "date": self.date,
            "notices": json.dumps(self.notices),
            "secret": self.secret,
            "ttl_s": ttl_s,
            **tolerated,
            **(self.callback.encode() if self.callback else {}),
        }
        return {name: str(value) for name, value in fields.items()}

    @classmethod
    def decode(cls, row: Mapping[bytes, bytes]) -> Self:
        """From a Redis hash."""
        text = {key.decode(): value.decode() for key, value in row.items()}
        return cls(
            id=text["id"],
            template=JobTemplate.decode(text["template"]),
            max_concurrency=int(text["max_concurrency"]),
            tolerated_failures=int(text["tolerated_failures"]) if "tolerated_failures" in text else None,
            callback=Callback.decode(text),
            date=text["date"],
            notices=tuple(json.loads(text["notices"])),
            secret=text["secret"],
            total=int(text["total"]),
            status=BatchStatus(text["status"]),
            waits_for=text.get("waits_for", ""),
            created_ms=int(text["created_ms"]),
            updated_ms=int(text["updated_ms"]),
            ended_ms=int(text["ended_ms"]) if "ended_ms" in text else None,
            exported=int(text.get("exported", 0)),
            healed=int(text.get("healed", 0)),
            retried=int(text.get("retried", 0)),
            callback_report=json.loads(text.get("callback_report", "{}")),
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One film of a batch; `number` is the number of its row, from 1."""

    number: int
    status: ItemStatus = ItemStatus.WAITING
    values: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    #: Its job, which may be gone when the film was fetched.
    job_id: str | None = None
    attempts: int = 0
    error: str | None = None
    error_code: str | None = None
    #: How earlier attempts have ended: `status`, `job_id`, `error`, `error_code`, `ended_ms`.
    history: tuple[dict[str, Any], ...] = ()
    began_ms: int | None = None
    ended_ms: int | None = None
    took_s: float | None = None
    film_s: float | None = None
    size_bytes: int | None = None
    steps: int = 0
    healed: int = 0
    #: How often something failed on the way and was tried again: within a take, and whole stages.
    retries: int = 0
    exported: bool = False
    #: Where the delivery of its film stands once there is one, and the last error of it.
    delivery: DeliveryStatus | None = None
    delivery_error: str | None = None

    @classmethod
    def decode(cls, number: int, row: Mapping[bytes, bytes], values: Mapping[str, str], name: str) -> Self:
        """From a Redis hash, and its row."""
        text = {key.decode(): value.decode() for key, value in row.items()}
        return cls(
            number=number,
            status=ItemStatus(text.get("status", "waiting")),
            values=values,
            name=name,
            job_id=text.get("job_id"),
            attempts=int(text.get("attempts", 0)),
            error=text.get("error"),
            error_code=text.get("error_code") or None,
            history=tuple(json.loads(text.get("history", "[]"))),
            began_ms=int(text["began_ms"]) if "began_ms" in text else None,
            ended_ms=int(text["ended_ms"]) if "ended_ms" in text else None,
            took_s=int(text["took_ms"]) / 1000 if "took_ms" in text else None,
            film_s=float(text["film_s"]) if "film_s" in text else None,
            size_bytes=int(text["bytes"]) if "bytes" in text else None,
            steps=int(text.get("steps", 0)),
            healed=int(text.get("healed", 0)),
            retries=int(text.get("retries", 0)),
            exported="exported" in text,
            delivery=DeliveryStatus(text["delivery"]) if "delivery" in text else None,
            delivery_error=text.get("delivery_error"),
        )
