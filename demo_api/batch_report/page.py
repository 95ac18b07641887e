"""The report of a batch as one page that needs nothing else: no scripts, no other files. Pure."""

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from pathlib import Path

from actors.batches.report import Report, ReportItem
from actors.jobs.job import iso

CSS = (Path(__file__).parent / "page.css").read_text()
#: Only this very style sheet, and nothing else at all.
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
#: Stands where a figure is not known, or there is none.
NOTHING = "—"
COLUMNS = ("Film", "State", "Time", "Length", "Size", "Steps", "Attempts", "Fetched")


def page(report: Report) -> str:
    """The report as HTML."""
    batch = report.batch
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>\n" for name, text in _summary(report)
    )
    head = "".join(f'<th scope="col"{_class(name)}>{name}</th>' for name in COLUMNS)
    ended = f", ended {_moment(batch.ended_ms)}" if batch.ended_ms else ""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Batch {escape(batch.id[:8])}: report</title>
<style>{CSS}</style>
</head>
<body>
<header>
<h1>{batch.total:,} film{"" if batch.total == 1 else "s"}: batch {escape(batch.status)}</h1>
<p>Batch {escape(batch.id)}. Begun {_moment(batch.created_ms)}{ended}. As of {_moment(report.made_ms)}.</p>
</header>
<main>
<dl>
{tiles}</dl>
<h2>Each film</h2>
<table>
<thead><tr>{head}</tr></thead>
{"".join(map(_rows, report.items))}</table>
</main>
</body>
</html>
"""


def _rows(one: ReportItem) -> str:
    """One item: a line of figures, and below it what there is to say."""
    item = one.item
    healed = f" ({item.healed} healed)" if item.healed else ""
    retries = f" ({item.retries} {'retry' if item.retries == 1 else 'retries'})" if item.retries else ""
    cells = {
        "State": item.status.replace("_", " "),
        "Time": _seconds(item.took_s),
        "Length": _seconds(item.film_s),
        "Size": _size(item.size_bytes),
        "Steps": f"{item.steps}{healed}",
        "Attempts": f"{item.attempts}{retries}",
        "Fetched": "yes" if item.exported else "no",
    }
    figures = "".join(
        f'<td data-label="{name}"{_class(name)}>{escape(text)}</td>' for name, text in cells.items()
    )
    notes = "".join(
        f'<tr class="note"><td colspan="{len(COLUMNS)}">{note}</td></tr>\n' for note in _notes(one)
    )
    return (
        f'<tbody class="{item.status}">\n<tr><th scope="row">{item.number}. {escape(item.name)}</th>'
        f"{figures}</tr>\n{notes}</tbody>\n"
    )


def _notes(one: ReportItem) -> Iterator[str]:
    """What is said of an item besides its figures, as HTML."""
    item = one.item
    if item.error:
        code = f' <span class="code">{escape(item.error_code)}</span>' if item.error_code else ""
        yield f"{escape(item.error)}{code}"
    for past in item.history:
        if past.get("error"):
            yield f"Before, {escape(str(past['status']))}: {escape(str(past['error']))}"
    if one.screenshots:
        yield f"Screenshots: {escape(', '.join(one.screenshots))}"


def _class(column: str) -> str:
    match column:
        case "State":
            return ' class="state"'
        case "Time" | "Length" | "Size" | "Steps" | "Attempts":
            return ' class="number"'
    return ""


def _moment(at_ms: int) -> str:
    """A time in UTC to the second, as people read it, and exactly for programs."""
    exact = iso(at_ms)
    return f'<time datetime="{exact}">{exact[:10]} {exact[11:19]} UTC</time>'


def _summary(report: Report) -> Iterator[tuple[str, str]]:
    """The totals in words, each with its name."""
    totals, counts = report.totals, report.counts
    rate = "none tried yet" if totals.success_rate is None else f"{totals.success_rate:.1%}"
    yield "Success rate", rate
    for status, count in counts.items():
        if count:
            yield status.replace("_", " ").capitalize(), f"{count:,}"
    yield "Mean time", _seconds(totals.mean_s)
    yield "95% within", _seconds(totals.p95_s)
    yield "Length of all films", _seconds(totals.film_s)
    yield "Size of all films", _size(totals.size_bytes)
    yield "Steps a job", NOTHING if totals.steps_per_job is None else f"{totals.steps_per_job:g}"
    yield "Attempts", f"{totals.attempts:,}"
    yield "Retries", f"{totals.retries:,}"
    yield "Healed steps", f"{totals.healed:,}"
    yield "Fetched", f"{totals.exported:,}"


def _seconds(value_s: float | None) -> str:
    """Seconds as people read them."""
    if value_s is None:
        return NOTHING
    return f"{value_s:.1f} s" if value_s < 60 else f"{int(value_s) // 60} min {int(value_s) % 60:02} s"


def _size(size_bytes: int | None) -> str:
    """Bytes as people read them."""
    if size_bytes is None:
        return NOTHING
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} kB"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1e9 else f"{size_bytes / 1e9:.2f} GB"
