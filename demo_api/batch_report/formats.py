"""The report of a batch as JSON and as CSV. Pure."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actors.batches.columns import DELIVER_TO
from actors.batches.report import Report, ReportItem
from actors.jobs.job import iso

#: A spreadsheet would take a cell that begins so for a formula; also as full-width forms, which some fold.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Excel reads UTF-8 as such only behind a byte order mark.
BOM = "\ufeff"
#: Columns with what a row held are called so, as their names might be those of the report's own.
ROW_PREFIX = "row."


@dataclass(frozen=True, slots=True)
class Archived:
    """What a report within an archive says besides: by number of the item, its file, or why it has none."""

    files: Mapping[int, str] = field(default_factory=dict)
    left_out: Mapping[int, str] = field(default_factory=dict)


def as_json(report: Report, archived: Archived | None = None) -> dict[str, Any]:
    """The report as an object."""
    batch, totals = report.batch, report.totals
    return {
        "batch_id": batch.id,
        "status": batch.status,
        "created_at": iso(batch.created_ms),
        "ended_at": iso(batch.ended_ms) if batch.ended_ms else None,
        "reported_at": iso(report.made_ms),
        "totals": {
            "total": batch.total,
            **{str(status): count for status, count in report.counts.items()},
            "exported": totals.exported,
            "attempts": totals.attempts,
            "retries": totals.retries,
            "healed": totals.healed,
            "steps": totals.steps,
            "steps_per_job": totals.steps_per_job,
            "success_rate": totals.success_rate,
            "mean_s": totals.mean_s,
            "p95_s": totals.p95_s,
            "film_s": totals.film_s,
            "bytes": totals.size_bytes,
        },
        "items": [
            {
                **_told(one),
                "values": _values(one),
                "history": [_past(attempt) for attempt in one.item.history],
                **_archived(one, archived),
            }
            for one in report.items
        ],
    }


def json_text(report: Report, archived: Archived | None = None) -> str:
    """The report as JSON text."""
    return json.dumps(as_json(report, archived), indent=1, ensure_ascii=False)


def csv_text(report: Report, archived: Archived | None = None) -> str:
    """The items as RFC 4180 CSV for spreadsheets, with what their rows held."""
    columns = sorted({name for one in report.items for name in _values(one)})
    rows = [
        {
            **_told(one),
            **{ROW_PREFIX + name: value for name, value in _values(one).items()},
            **_archived(one, archived),
        }
        for one in report.items
    ]
    archive_columns = ["file", "left_out"] if archived else []
    names = [*TOLD, *archive_columns, *(ROW_PREFIX + name for name in columns)]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return BOM + written.getvalue()


#: What is told of each item, in this order.
TOLD = (
    *("item", "name", "status", "job_id", "attempts", "retries", "steps", "healed", "error_code", "error"),
    *("took_s", "film_s", "bytes", "exported", "screenshots"),
)


def _told(one: ReportItem) -> dict[str, Any]:
    item = one.item
    known = {
        "item": item.number,
        "bytes": item.size_bytes,
        "screenshots": list(one.screenshots),
    }
    return {name: known[name] if name in known else getattr(item, name) for name in TOLD}


def _values(one: ReportItem) -> dict[str, str]:
    """What the row held, without the address that the film is delivered to: it is a secret."""
    return {name: value for name, value in one.item.values.items() if name != DELIVER_TO}


def _archived(one: ReportItem, archived: Archived | None) -> dict[str, str | None]:
    if archived is None:
        return {}
    number = one.item.number
    return {"file": archived.files.get(number), "left_out": archived.left_out.get(number)}


def _past(attempt: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in attempt.items() if name != "ended_ms"}
    return {**told, "ended_at": iso(int(attempt["ended_ms"]))}


def _cell(value: object) -> str:
    """The text of a cell, which no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            text = "; ".join(value)
        case _:
            text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
