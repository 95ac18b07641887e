"""The report of a batch: what has become of each item, and the totals."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean

from actors.batches.batch import Batch, Item
from actors.batches.states import ItemStatus
from actors.batches.store import BatchStore

#: So many items are read at a time.
PAGE = 100


@dataclass(frozen=True, slots=True)
class ReportItem:
    """An item, with the names of the pictures that its script has taken, while its job has them."""

    item: Item
    screenshots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all items; times are those of completed items, and None where there are none."""

    attempts: int
    retries: int
    healed: int
    exported: int
    steps: int
    film_s: float
    size_bytes: int
    #: Completed items among those that were completed or failed.
    success_rate: float | None
    mean_s: float | None
    p95_s: float | None
    #: Steps of a job, of those that were completed or failed.
    steps_per_job: float | None


@dataclass(frozen=True)
class Report:
    """A batch as it stood at a moment."""

    batch: Batch
    items: Sequence[ReportItem]
    made_ms: int = field(default_factory=lambda: int(time.time() * 1000))

    @cached_property
    def counts(self) -> dict[ItemStatus, int]:
        """How many items are in each state."""
        states = [one.item.status for one in self.items]
        return {status: states.count(status) for status in ItemStatus}

    @cached_property
    def totals(self) -> Totals:
        items = [one.item for one in self.items]
        tried = [one for one in items if one.status in (ItemStatus.COMPLETED, ItemStatus.FAILED)]
        done = [one for one in tried if one.status is ItemStatus.COMPLETED]
        times_s = [one.took_s for one in done if one.took_s is not None]
        return Totals(
            attempts=sum(one.attempts for one in items),
            retries=sum(one.retries for one in items),
            healed=sum(one.healed for one in items),
            exported=sum(one.exported for one in items),
            steps=sum(one.steps for one in items),
            film_s=round(sum(one.film_s or 0 for one in items), 3),
            size_bytes=sum(one.size_bytes or 0 for one in items),
            success_rate=round(len(done) / len(tried), 4) if tried else None,
            mean_s=round(fmean(times_s), 3) if times_s else None,
            p95_s=percentile(times_s, 0.95) if times_s else None,
            steps_per_job=round(sum(one.steps for one in tried) / len(tried), 2) if tried else None,
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that so large a share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


async def read_report(batches: BatchStore, batch: Batch) -> Report:
    """Reads all items, a page at a time."""
    found: list[ReportItem] = []
    while len(found) < batch.total:
        items = await batches.items(batch, len(found), PAGE)
        pictures = await batches.pictures([item.job_id or "" for item in items])
        found += [ReportItem(item, names) for item, names in zip(items, pictures, strict=True)]
    return Report(await batches.find(batch.id), found)
