"""How batches and their items are told to clients."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from actors.batches.batch import Batch, Item
from actors.batches.states import BatchStatus, DeliveryStatus, ItemStatus
from actors.batches.store import BatchStore
from actors.jobs.job import iso
from actors.jobs.links import batch_links_of
from demo_api.schemas.json_object import parse_body
from demo_api.schemas.links import Links
from demo_api.schemas.secrets import SecretFields
from demo_api.schemas.status import CallbackOut


class BatchLinks(BaseModel):
    """Paths of a batch's endpoints. Where a token is set, they contain the batch's key."""

    status: str
    items: str
    report: str
    export: str

    @classmethod
    def of(cls, batch: Batch, *, with_key: bool = False) -> Self:
        return cls(**batch_links_of(batch.id, batch.secret if with_key else None))


class BatchAccepted(BaseModel):
    """The response to `POST /demo/batch/run`."""

    batch_id: str
    status: Literal[BatchStatus.PENDING] = BatchStatus.PENDING
    total: int = Field(description="how many films are made")
    notices: list[str] = Field(description="how the rows were read, where that is not plain")
    links: BatchLinks
    callback_secret: str | None = Field(None, description="signs the webhook, and is shown once")

    @classmethod
    def of(cls, batch: Batch, *, with_key: bool = False) -> Self:
        return cls(
            batch_id=batch.id,
            total=batch.total,
            notices=list(batch.notices),
            links=BatchLinks.of(batch, with_key=with_key),
            callback_secret=batch.callback.secret if batch.callback else None,
        )


class RowOut(BaseModel):
    """A row as it was understood."""

    row: int
    name: str
    host: str
    values: dict[str, str]


class RowProblemOut(BaseModel):
    """What is wrong with a cell: `line` is one of the file, or the row's number in a list."""

    line: int
    column: str
    message: str


class BatchCheck(BaseModel):
    """The response to `POST /demo/batch/check`."""

    problems: list[RowProblemOut] = Field(description="none if the batch can be started")
    more_problems: int = Field(default=0, description="how many there are besides those that are listed")
    notices: list[str] = []
    total: int = 0
    encoding: str = ""
    delimiter: str = ""
    headers: list[str] = Field(
        default=[], description="what the columns are called in the file, also where something is wrong"
    )
    columns: list[str] = Field(default=[], description="the names of the columns that are used")
    variables: list[str] = Field(default=[], description="the names that a column may have")
    rows: list[RowOut] = Field(default=[], description="the first rows")


class CountsOut(BaseModel):
    """How many items are in each state; and how many were retried, exported and healed."""

    total: int
    waiting: int
    running: int
    needs_operator: int
    completed: int
    failed: int
    cancelled: int
    skipped: int
    retried: int
    exported: int
    healed: int

    @classmethod
    def of(cls, batch: Batch, counts: Mapping[ItemStatus, int]) -> Self:
        return cls(
            total=batch.total,
            retried=batch.retried,
            exported=batch.exported,
            healed=batch.healed,
            **{str(status): count for status, count in counts.items()},
        )


class BatchStatusOut(BaseModel):
    """The response to `GET /demo/batch/status/<id>`."""

    batch_id: str
    status: BatchStatus
    counts: CountsOut
    max_concurrency: int
    tolerated_failures: int | None
    waits_for: str | None = Field(
        description="why nothing is begun: capacity (Redis is full) or hosts (too many films failed there)"
    )
    held_hosts: list[str] = Field(description="left alone after five failures in a row, until it is resumed")
    notices: list[str]
    secrets: list[str] = Field(description="names of the script's secrets, which a retry after the end needs")
    created_at: str
    updated_at: str
    ended_at: str | None
    expires_at: str | None = Field(description="when a batch that has ended is deleted, with its films")
    callback: CallbackOut | None
    links: BatchLinks

    @classmethod
    async def read(cls, batches: BatchStore, batch: Batch, *, with_key: bool = False) -> Self:
        ended, ttl_ms = batch.ended_ms, batches.store.settings.kept_batch_s * 1000
        callback = batch.callback
        return cls(
            batch_id=batch.id,
            status=batch.status,
            counts=CountsOut.of(batch, await batches.counts(batch.id)),
            max_concurrency=batch.max_concurrency,
            tolerated_failures=batch.tolerated_failures,
            waits_for=batch.waits_for or None,
            held_hosts=await batches.held_hosts(batch.id),
            notices=list(batch.notices),
            secrets=list(batch.template.secrets),
            created_at=iso(batch.created_ms),
            updated_at=iso(batch.updated_ms),
            ended_at=iso(ended) if ended else None,
            expires_at=iso(ended + ttl_ms) if ended else None,
            callback=CallbackOut.model_validate({"url": callback.origin, **batch.callback_report})
            if callback
            else None,
            links=BatchLinks.of(batch, with_key=with_key),
        )


class PastAttemptOut(BaseModel):
    """How an earlier attempt at an item has ended."""

    status: ItemStatus
    job_id: str | None
    error: str | None
    error_code: str | None
    ended_at: str


class ItemOut(BaseModel):
    """One film of a batch."""

    item: int = Field(description="its number, from 1")
    row: int = Field(description="the same, as `{{row}}` says it")
    name: str = Field(description="of the film's file, without its ending")
    values: dict[str, str] = Field(description="what the columns of its row hold, but for deliver_to")
    status: ItemStatus
    job_id: str | None
    error: str | None
    error_code: str | None
    attempts: int
    history: list[PastAttemptOut]
    took_s: float | None = Field(description="from the queue to the end")
    film_s: float | None
    bytes: int | None
    steps: int
    healed: int
    exported: bool = Field(description="whether its film was fetched or delivered, and dropped here")
    delivery: DeliveryStatus | None = Field(
        description="where the delivery of its film stands; null without deliver_to or before there is a film"
    )
    delivery_error: str | None = Field(description="why the last attempt at its delivery did not succeed")
    links: Links | None = Field(description="of its job, while there is one")

    @classmethod
    def of(cls, item: Item, links: Links | None) -> Self:
        return cls(
            item=item.number,
            row=item.number,
            name=item.name,
            values=dict(item.values),
            status=item.status,
            job_id=item.job_id,
            error=item.error,
            error_code=item.error_code,
            attempts=item.attempts,
            history=[_past(one) for one in item.history],
            took_s=item.took_s,
            film_s=item.film_s,
            bytes=item.size_bytes,
            steps=item.steps,
            healed=item.healed,
            exported=item.exported,
            delivery=item.delivery,
            delivery_error=item.delivery_error,
            links=links,
        )


class ItemsOut(BaseModel):
    """The response to `GET /demo/batch/items/<id>`: one page of items."""

    items: list[ItemOut]
    next: int | None = Field(description="give this as `after` for the next page; null at the end")

    @classmethod
    def of(cls, items: Sequence[ItemOut], limit: int, total: int) -> Self:
        more = len(items) == limit and items[-1].item < total
        return cls(items=list(items), next=items[-1].item if more else None)


class BatchRetryRequest(SecretFields):
    """The body of `POST /demo/batch/retry`: which items, and secret inputs, which are not kept."""

    model_config = ConfigDict(extra="forbid")

    items: list[int] | None = Field(
        None,
        max_length=1000,
        description="numbers of items, also of completed ones whose delivery has failed; "
        "all failed ones if left out",
    )

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Parses and validates a body. Raises RequestInvalid with each invalid field."""
        return parse_body(cls, body)


def _past(attempt: Mapping[str, Any]) -> PastAttemptOut:
    told = {name: value for name, value in attempt.items() if name != "ended_ms"}
    return PastAttemptOut(**told, ended_at=iso(int(attempt["ended_ms"])))
