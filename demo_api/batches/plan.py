"""Plan of a batch: its checked rows, the file that each film goes into, and the requests that it takes."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from actors.batches.columns import FILM_PREFIX, URL
from actors.batches.errors import refused
from actors.batches.template import JobTemplate
from actors.settings import Settings
from demo_api.client.status_events import Json
from demo_api.schemas.batches import BatchRequest, CheckedBatch, check
from demo_api.schemas.secrets import SECRET_FIELDS
from explorer.script.model import Script

#: Fields of a request that the rows come in, and how they are read.
ROW_FIELDS = frozenset({"rows", "csv", "sites", "columns"})
ROW = "row"


@dataclass(frozen=True, slots=True)
class PlannedFilm:
    """One film: its row, the line where that stands, and the file that the film goes into if it is free."""

    row: int
    line: int
    file: str
    host: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """All films of a batch, every row of which was checked."""

    films: tuple[PlannedFilm, ...]
    date: str
    notices: tuple[str, ...]
    #: Digests of what decides how the films look: `script`, `rows` and `options`.
    digests: Mapping[str, str]
    #: Where the script begins; "" where each row says it.
    start: str
    _common: Json = field(repr=False)

    @classmethod
    def of(cls, asked: Json, settings: Settings) -> Self:
        """Checks a request as `POST /demo/batch/run` takes it, its script in a template; takes some ms a row.

        Raises RequestInvalid, ScriptInvalid, and RowsInvalid with line and column of each problem.
        """
        request = BatchRequest.parse(dict(asked))
        template = request.spec(settings).template
        if template.script is None and URL not in request.table().names:
            raise refused(1, "", "there is no column url, and no script that says what is filmed")
        checked = check(request, template, settings)
        common = {name: value for name, value in asked.items() if name not in ROW_FIELDS}
        # A server may have another default, and the file's name says the format.
        film = settings.film.changed(template.film)
        common["template"] = {**asked["template"], "format": film.format}
        return cls(
            tuple(_films(template, checked, film.format)),
            checked.date,
            checked.told,
            _digests(asked, template, checked),
            _start(template),
            common,
        )

    def film(self, row: int) -> PlannedFilm:
        """The film of a row, from 1."""
        return self.films[row - 1]

    @property
    def secrets(self) -> Json:
        """The request's secret inputs."""
        return {name: value for name, value in self._common.items() if name in SECRET_FIELDS}

    def body(self, rows: Collection[int], date: str) -> Json:
        """The request for the films of these rows, which are numbered and dated as among all of them."""
        total = len(self.films)
        wanted = [film for film in self.films if film.row in rows]
        built_in = {"row_count": str(total), "date": date}
        return {
            **self._common,
            "variables": {**built_in, **self._common.get("variables", {})},
            "rows": [
                {ROW: _padded(film.row, total), **film.values}
                if len(wanted) < total or not film.values
                else dict(film.values)
                for film in wanted
            ],
        }


def _films(template: JobTemplate, checked: CheckedBatch, film_format: str) -> list[PlannedFilm]:
    lines, total, films = checked.table.lines, len(checked.rows), []
    for number, (line, row) in enumerate(zip(lines, checked.rows, strict=True), start=1):
        name = template.film_name(template.values(row.values, number, total, checked.date))
        ending = row.values.get(f"{FILM_PREFIX}format") or film_format
        films.append(PlannedFilm(number, line, f"{name}.{ending}", row.host, row.values))
    return films


def _digests(asked: Json, template: JobTemplate, checked: CheckedBatch) -> dict[str, str]:
    options = {name: value for name, value in asked["template"].items() if name not in {"script", "priority"}}
    return {
        "script": _digest(template.script),
        "rows": _digest([dict(row.values) for row in checked.rows]),
        "options": _digest([options, dict(template.variables), template.name]),
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _start(template: JobTemplate) -> str:
    """The script's own first address, if it names a host."""
    start = Script.model_validate(template.script).start if template.script else ""
    host = urlsplit(start).netloc
    return start if host and "{{" not in host else ""


def _padded(number: int, total: int) -> str:
    """As `{{row}}` says it."""
    return str(number).zfill(len(str(total)))
