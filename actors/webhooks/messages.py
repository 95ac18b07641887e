"""What a webhook says of its job or batch: pure, from the record that the script at its end has written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actors.jobs.callback import Callback
from actors.jobs.job import iso
from actors.jobs.keys import BATCH, JOB
from actors.jobs.states import Status
from actors.settings import Settings

Record = Mapping[str, str]
#: The fields of a film, as in a job's status.
FILM_FIELDS = (
    *("format", "duration_s", "frames", "width", "height", "fps", "size_bytes"),
    *("subtitles", "chapters"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What webhooks tell of: how each kind is called, kept and described."""

    name: str
    #: Prefix of its key in Redis.
    prefix: str
    #: The type of the message is this and the status.
    type_prefix: str
    data: Callable[[Record], dict[str, Any]]
    links: Callable[[Callback, str, str], dict[str, str]]
    kept_s: Callable[[Settings], int]


def subject_of(record: Record) -> Subject:
    """The kind of what has ended: only batches have counts."""
    return _BATCH if "counts" in record else _JOB


def _job_data(record: Record) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(record.get("film", "{}"))
    film = known if record["status"] == Status.COMPLETED else {}
    return {
        "job_id": record["id"],
        "url": record["url"],
        "status": record["status"],
        "error": record.get("error") or None,
        "error_code": record.get("error_code") or None,
        "warnings": [*json.loads(record.get("warnings", "[]")), *film.get("warnings", ())],
        "film": {name: film[name] for name in FILM_FIELDS if name in film} or None,
    }


def _batch_data(record: Record) -> dict[str, Any]:
    return {
        "batch_id": record["id"],
        "status": record["status"],
        "counts": json.loads(record["counts"]),
        "ended_at": iso(int(record["updated_ms"])),
    }


_JOB = Subject("job", JOB, "demo.", _job_data, Callback.links, lambda settings: settings.job_ttl_s)
_BATCH = Subject(
    "batch", BATCH, "demo.batch.", _batch_data, Callback.batch_links, lambda settings: settings.kept_batch_s
)
