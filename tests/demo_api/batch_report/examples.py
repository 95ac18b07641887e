"""A report with an item in every state, and texts that mean harm."""

from actors.batches.batch import Batch, Item
from actors.batches.report import Report, ReportItem
from actors.batches.states import BatchStatus, ItemStatus
from actors.batches.template import JobTemplate
from actors.options import ExplorationOptions, FilmOptions

BEGAN_MS = 1_764_021_780_000
MARKUP = "<script>alert(1)</script> & \"quotes\" <img src=x onerror='x'>"
SECRET_PLACE = "https://bucket.example/put?signature=s3cr3t"


def item(number: int, status: ItemStatus = ItemStatus.COMPLETED, **more: object) -> Item:
    """An item that took as many seconds as its number."""
    known: dict[str, object] = {
        "values": {"company": f"Company {number}", "deliver_to": SECRET_PLACE},
        "name": f"{number:02}-company-{number}",
        "job_id": f"job{number}",
        "attempts": 1,
    }
    if status is ItemStatus.COMPLETED:
        known |= {"took_s": float(number), "film_s": 20.5, "size_bytes": 1_600_000, "steps": 3}
    return Item(number, status, **(known | more))  # type: ignore[arg-type]  # each is what its field takes


def report(*items: Item, screenshots: tuple[str, ...] = ()) -> Report:
    batch = Batch(
        "7c9e6679f3b84d2e8a1b0c5d4e3f2a10",
        JobTemplate(ExplorationOptions(), FilmOptions()),
        max_concurrency=2,
        status=BatchStatus.COMPLETED,
        total=len(items),
        created_ms=BEGAN_MS,
        ended_ms=BEGAN_MS + 754_000,
    )
    return Report(batch, [ReportItem(one, screenshots) for one in items], BEGAN_MS + 900_000)


def every_state() -> Report:
    past = {"status": "failed", "job_id": "old", "error": f"Timed out {MARKUP}", "error_code": "step_failed"}
    return report(
        item(1, exported=True),
        item(2, healed=2, retries=1, attempts=2, history=({**past, "ended_ms": BEGAN_MS},)),
        item(
            3, ItemStatus.FAILED, error=f"No button {MARKUP}\nwas found.", error_code="step_failed", steps=2
        ),
        *(item(4 + place, status) for place, status in enumerate(ItemStatus)),
        screenshots=("cart", MARKUP),
    )
