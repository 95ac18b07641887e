"""Requests for batches, and how they are checked before anything is accepted."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, create_model, field_validator, model_validator

from actors.batches.acceptance import MAX_CONCURRENCY, BatchSpec, checked_rows, notices, today
from actors.batches.batch import BatchRow
from actors.batches.columns import MAX_COLUMNS
from actors.batches.csv_reader import read_csv
from actors.batches.encodings import decode
from actors.batches.errors import RowsInvalid
from actors.batches.records import Splitter, delimiter_of
from actors.batches.rows import MAX_ROWS, Table, sites_table, table_of
from actors.batches.template import BUILT_IN, DEFAULT_NAME, JobTemplate
from actors.jobs.secrets import SecretInputs
from actors.jobs.spec import Priority
from actors.option_checks import check_callback_url
from actors.options import ExplorationOptions, FilmOptions, Options
from actors.settings import Settings
from actors.submission import callback_of
from demo_api.errors import RequestInvalid
from demo_api.schemas.jobs import HttpUrl
from demo_api.schemas.json_object import parse_body
from demo_api.schemas.options import request_fields
from demo_api.schemas.script import film_of, film_problems
from demo_api.schemas.secrets import SECRET_FIELDS, HttpCredentials, SecretFields, StorageState
from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.loading import native_script, parse_script
from explorer.script.model import Script
from explorer.script.redaction import MIN_SECRET_CHARS

#: Whatever a site's address is, without a script: each row or site brings its own.
ANY_URL = "{{url}}"


class _TemplateBase(BaseModel):
    """A request for a film, as `POST /demo/run` takes it, whose texts may hold variables."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        default="",
        max_length=2048,
        description="the page where each film begins; it may hold variables, and a column `url` goes before",
        examples=["https://example.com/{{page}}"],
    )
    script: dict[str, Any] | str | None = Field(
        default=None, description="played for each row instead of exploring"
    )
    priority: Priority = Field(
        default="default", description="items give way to single films of the same priority"
    )
    guardrails: Literal["author", "all"] = Field(
        default="author", description="author: some yield to a script's literal words; all: none does"
    )


if TYPE_CHECKING:
    Template = _TemplateBase
else:
    Template = create_model(
        "Template",
        __base__=_TemplateBase,
        __doc__=_TemplateBase.__doc__,
        **request_fields(ExplorationOptions),
        **request_fields(FilmOptions),
    )


class BatchCheckRequest(BaseModel):
    """The body of `POST /demo/batch/check`: what is filmed, and for which rows."""

    model_config = ConfigDict(extra="forbid")

    script: dict[str, Any] | str | None = Field(None, description="short for a template with this script")
    template: Template | None = Field(None, description="what every film has in common")
    rows: list[dict[str, Any]] | None = Field(
        None, description=f"one object a film, of texts, at most {MAX_ROWS}", max_length=100 * MAX_ROWS
    )
    csv: str | bytes | None = Field(None, description="a table whose first line names the columns")
    sites: list[str] | None = Field(None, description="addresses, each of which is explored by itself")
    columns: dict[str, str] = Field(
        default={}, description="names columns otherwise: header to variable, or to nothing to leave it out"
    )
    variables: dict[str, str] = Field(default={}, description="values for all rows; a row's own go before")
    name: str = Field(DEFAULT_NAME, max_length=200, description="of each film, with variables")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if sum(given is not None for given in (self.rows, self.csv, self.sites)) != 1:
            raise ValueError("needs exactly one of rows, csv and sites")
        if self.script is not None and self.template is not None:
            raise ValueError("has both script and template: put the script into the template")
        return self

    def headers(self) -> list[str]:
        """What the columns are called where the rows come from; [] where that cannot be read."""
        if self.csv is None:
            return list(dict.fromkeys(key for row in self.rows or () for key in row))[:MAX_COLUMNS]
        try:
            text = decode(self.csv).text.rstrip("\r\n")
        except RowsInvalid:
            return []
        splitter = Splitter(text, delimiter_of(text, MAX_COLUMNS), MAX_COLUMNS)
        header = next(iter(splitter), None)
        return [cell.text.strip() for cell in header.cells[:MAX_COLUMNS]] if header else []

    def table(self) -> Table:
        """The rows. Raises RowsInvalid."""
        if self.rows is not None:
            return table_of(self.rows, columns=self.columns)
        if self.sites is not None:
            return sites_table(self.sites)
        assert self.csv is not None
        return read_csv(self.csv, columns=self.columns)

    def job_template(self, *, signed_in: bool = False) -> JobTemplate:
        """What all films have in common. Raises ScriptInvalid."""
        asked = self.template or Template()
        script = _loaded(asked.script if self.script is None else self.script)
        film = _named(FilmOptions, film_of(script) if script else None) | _named(FilmOptions, asked)
        template = JobTemplate(
            ExplorationOptions.model_validate(_named(ExplorationOptions, asked)),
            FilmOptions.model_validate(film),
            url=asked.url or ("" if script else ANY_URL),
            script=script.model_dump(mode="json", by_alias=True, exclude_defaults=True) if script else None,
            variables=self.variables,
            priority=asked.priority,
            signed_in=signed_in,
            all_guardrails=asked.guardrails == "all",
            name=self.name,
        )
        unknown = sorted(self.variables.keys() - template.names - set(BUILT_IN))
        if unknown:
            raise RequestInvalid(
                [
                    {"field": f"variables.{name}", "message": "is no variable of this script"}
                    for name in unknown
                ]
            )
        return template

    @classmethod
    def parse(cls, body: bytes | dict[str, Any]) -> Self:
        """Parses and validates a body. Raises RequestInvalid with each invalid field."""
        return parse_body(cls, body)


class BatchRequest(BatchCheckRequest):
    """The body of `POST /demo/batch/run`."""

    secrets: dict[str, SecretStr] = Field(
        default={}, description="values of the script's secrets, kept until the last item has ended"
    )
    storage_state: StorageState | None = Field(None, description="signs each film in, as Playwright saves it")
    http_credentials: HttpCredentials | None = Field(None, description="of the start's origin, by HTTP")
    max_concurrency: Annotated[int, Field(strict=True, ge=1, le=MAX_CONCURRENCY)] = Field(
        2, description="so many films of the batch are made at a time; of one host it is one"
    )
    tolerated_failures: Annotated[int, Field(strict=True, ge=0)] | None = Field(
        None, description="when more films fail than this, the rest is skipped; any number if left out"
    )
    stop_on_error: bool = Field(False, strict=True, description="the same as tolerated_failures: 0")
    callback_url: HttpUrl | None = Field(None, description="gets one signed POST when the batch has ended")

    @field_validator("callback_url")
    @classmethod
    def _supported_host(cls, value: str | None) -> str | None:
        return check_callback_url(value)

    @property
    def fingerprint(self) -> str:
        """A digest that is equal for requests with equal fields."""
        fields = self.model_dump(exclude=SECRET_FIELDS, exclude_unset=True)
        return hashlib.sha256(json.dumps(fields, sort_keys=True, default=repr).encode()).hexdigest()

    @property
    def secret_inputs(self) -> SecretInputs:
        """What nobody may read again."""
        return SecretFields.model_validate(self, from_attributes=True).inputs

    def spec(self, settings: Settings) -> BatchSpec:
        """What is asked for besides the rows. Raises ScriptInvalid."""
        template = self.job_template(signed_in=bool(self.secret_inputs.sign_in))
        problems = _secret_problems(template, self.secrets)
        if problems:
            raise ScriptInvalid(problems)
        tolerated = 0 if self.stop_on_error else self.tolerated_failures
        callback = callback_of(settings, self.callback_url)
        return BatchSpec(template, self.max_concurrency, tolerated, callback)


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """A table whose rows can all be filmed."""

    rows: list[BatchRow]
    date: str
    told: tuple[str, ...]
    table: Table


def check(request: BatchCheckRequest, template: JobTemplate, settings: Settings) -> CheckedBatch:
    """Checks every row; takes some ms a row. Raises RowsInvalid."""
    table, date = request.table(), today()
    rows = checked_rows(template, table, date, settings)
    return CheckedBatch(rows, date, tuple(notices(template, table)), table)


def invalid(exc: ScriptInvalid) -> RequestInvalid:
    """The problems of a template as those of a request."""
    return RequestInvalid([{"field": one.field, "message": one.message} for one in exc.problems])


def _named(options: type[Options], asked: BaseModel | None) -> dict[str, Any]:
    """The options that a request, or the film of a script, names."""
    names = asked.model_fields_set & options.model_fields.keys() if asked else set()
    return {name: value for name in names if (value := getattr(asked, name)) is not None}


def _loaded(given: Mapping[str, Any] | str | None) -> Script | None:
    """Reads a script whose variables have no values yet. Raises ScriptInvalid."""
    if given is None:
        return None
    raw = native_script(parse_script(given) if isinstance(given, str) else given)
    try:
        script = Script.model_validate(raw if _begins(raw) else {**raw, "url": ANY_URL})
    except ValueError as exc:
        raise ScriptInvalid(list(problems_of(exc))) from exc  # type: ignore[arg-type]  # pydantic's
    if problems := list(film_problems(script)):
        raise ScriptInvalid(problems)
    return script


def _begins(raw: Mapping[str, Any]) -> bool:
    """Whether a script says itself where it begins; if not, each row has to."""
    steps = raw.get("before") or raw.get("steps")
    first = steps[0] if isinstance(steps, list) and steps else None
    return bool(raw.get("url")) or (isinstance(first, Mapping) and "navigate" in first)


def _secret_problems(template: JobTemplate, secrets: Mapping[str, SecretStr]) -> list[Problem]:
    named = set((template.script or {}).get("secrets", ()))
    problems = [
        Problem(f"secrets.{name}", "has no value: give it" if name in named else "is no secret here")
        for name in sorted(named ^ set(secrets))
    ]
    short = [name for name, value in secrets.items() if len(value) < MIN_SECRET_CHARS]
    return problems + [
        Problem(f"secrets.{name}", f"has fewer than {MIN_SECRET_CHARS} characters") for name in short
    ]
