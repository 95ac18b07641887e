"""Report of a batch: what has become of each film, as the folder has it."""

from collections import Counter

from demo_api.batches.folder import BatchFolder, FilmRecord
from demo_api.batches.plan import Plan
from demo_api.client.status_events import Json

#: How a film can stand, in the order in which they are counted.
STATES = ("completed", "failed", "cancelled", "skipped", "waiting")


def report_of(plan: Plan, folder: BatchFolder) -> Json:
    """Returns counts, and each film with its row and file. A film is completed if its file is there."""
    missing = set(folder.missing())
    items = [_item(plan, film, is_there=film.row not in missing) for film in folder.films]
    counts = Counter(item["state"] for item in items)
    return {
        "folder": str(folder.path),
        "counts": {"total": len(items), **{state: counts[state] for state in STATES}},
        "notices": list(plan.notices),
        "items": items,
    }


def _item(plan: Plan, film: FilmRecord, *, is_there: bool) -> Json:
    state = film.state
    if is_there:
        state = "completed"
    elif state == "completed":  # its file was removed
        state = "waiting"
    facts = film.model_dump(exclude={"row", "file", "state"})
    return {"row": film.row, "line": plan.film(film.row).line, "file": film.file, "state": state, **facts}
