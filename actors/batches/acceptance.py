"""Accepts a batch. Every row is made into a job for trial: nothing is accepted that could not be filmed."""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from redis.exceptions import OutOfMemoryError, RedisError

from actors.batches.batch import Batch, BatchRow
from actors.batches.columns import DELIVER_TO, FILM_PREFIX, URL
from actors.batches.errors import Problems
from actors.batches.rows import Table
from actors.batches.store import BatchStore
from actors.batches.template import JobTemplate
from actors.deliveries.address import check_delivery_address
from actors.errors import StoreUnavailable
from actors.jobs.callback import Callback
from actors.jobs.idempotency import IdempotencyKey, reserve
from actors.jobs.secrets import SecretInputs, seal
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import check_callback
from explorer.egress.policy import EgressPolicy
from explorer.script.errors import ScriptInvalid

log = logging.getLogger(__name__)

MAX_CONCURRENCY = 50


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """What is asked for besides the rows."""

    template: JobTemplate
    max_concurrency: int
    tolerated_failures: int | None = None
    callback: Callback | None = None


def today() -> str:
    """What `{{date}}` stands for, in UTC."""
    return datetime.now(UTC).date().isoformat()


def checked_rows(template: JobTemplate, table: Table, date: str, settings: Settings) -> list[BatchRow]:
    """The rows, each with its host. Raises RowsInvalid with line and column of each problem."""
    problems, rows = Problems("line" if table.encoding else "row"), []
    addresses = _Addresses(EgressPolicy(settings.allow_private_hosts, settings.own_services), problems)
    for row, line in zip(table.rows, table.lines, strict=True):
        deliver_to = addresses.checked(row.values.get(DELIVER_TO, ""), line)
        values = template.values(row.values, row.number, len(table.rows), date)
        try:
            spec = template.spec(row.values, values, settings)
        except ScriptInvalid as exc:
            for one in exc.problems:
                column = one.field.removeprefix("variables.")
                if column in table.names:
                    problems.add(line, column, one.message)
                else:
                    problems.add(line, "", f"{one.field} {one.message}")
            continue
        shown = {name: value for name, value in row.values.items() if name != DELIVER_TO}
        rows.append(BatchRow(shown, urlsplit(spec.url).hostname or "", deliver_to))
    problems.check()
    return rows


class _Addresses:
    """Checks the addresses that films are delivered to: each is that of one film."""

    def __init__(self, egress: EgressPolicy, problems: Problems) -> None:
        self._egress = egress
        self._problems = problems
        self._now_s = time.time()
        self._lines: dict[str, int] = {}

    def checked(self, address: str, line: int) -> str:
        """An address as it is, or "" for none; notes what is wrong with it."""
        try:
            if address:
                check_delivery_address(address, self._egress, self._now_s)
        except ValueError as exc:
            self._problems.add(line, DELIVER_TO, str(exc))
        first = self._lines.setdefault(address, line)
        if address and first != line:
            self._problems.add(line, DELIVER_TO, f"is the address of {self._problems.unit} {first} too")
        return address


def notices(template: JobTemplate, table: Table) -> Iterator[str]:
    """What is to be said of rows that are accepted: how they were read, and columns that nothing uses."""
    yield from table.notices
    used = template.names | {URL, DELIVER_TO}
    unused = [name for name in table.names if name not in used and not name.startswith(FILM_PREFIX)]
    if unused:
        yield f"Nothing uses the column{'s' if len(unused) > 1 else ''} {', '.join(unused)}."


async def accept(
    store: Store,
    spec: BatchSpec,
    rows: Sequence[BatchRow],
    date: str,
    told: Sequence[str] = (),
    secrets: SecretInputs | None = None,
    once: IdempotencyKey | None = None,
) -> Batch:
    """Creates a batch whose rows were checked, or returns the one that an equal request has made before.

    Raises CallbackRefused, SecretsUnavailable where its secrets cannot be kept, StoreUnavailable when Redis
    did not answer in time, KeyReused or KeyInFlight. Nothing is accepted then.
    """
    batch = Batch(
        uuid.uuid4().hex,
        spec.template,
        max_concurrency=spec.max_concurrency,
        tolerated_failures=spec.tolerated_failures,
        callback=spec.callback,
        date=date,
        notices=tuple(told),
    )
    if spec.callback:
        await check_callback(spec.callback.url, store.settings)
    sealed = seal(store.settings, secrets) if secrets else b""
    batches = BatchStore(store)
    try:
        if once and (made := await reserve(store, once, batch.id)):
            return await batches.find(made)
        await batches.create(batch, rows, sealed, once.record if once else "")
        return await batches.find(batch.id)
    except OutOfMemoryError as exc:
        raise StoreUnavailable("Redis has no memory left for this batch. Nothing was accepted.") from exc
    except (RedisError, TimeoutError) as exc:
        raise StoreUnavailable("Redis did not answer. Nothing was accepted; try again later.") from exc
