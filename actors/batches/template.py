"""What all films of a batch have in common, and the specification of the job that a row makes of it."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Self

from pydantic import ValidationError

from actors.batches.columns import DELIVER_TO, FILM_PREFIX, URL
from actors.jobs.spec import JobSpec, Priority, ScriptSpec
from actors.option_checks import check_domain, check_url, each
from actors.options import ExplorationOptions, FilmOptions, from_text
from actors.settings import Settings
from actors.sites.precedence import exploration_at, film_at
from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.model import Script
from explorer.script.variables import PLACEHOLDER, bind

#: Variables that every row has.
BUILT_IN = ("row", "row_count", "date")
DEFAULT_NAME = "{{row}}"
#: Fields of an exploration that may hold variables.
_EXPLORED = ("goal",)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
MAX_NAME_BYTES = 100
#: Templates that are kept decoded.
CACHED = 32


@dataclass(frozen=True)
class JobTemplate:
    """A request for a film in which variables have no values yet."""

    #: What is asked for: only fields that are set count, before the operator's and the site file's.
    exploration: ExplorationOptions
    film: FilmOptions
    #: Where an exploration begins, or a script that does not say; a column `url` goes before.
    url: str = ""
    #: A script as JSON; None for explorations.
    script: Mapping[str, Any] | None = None
    #: Values for all rows; a row's own go before.
    variables: Mapping[str, str] = field(default_factory=dict)
    priority: Priority = "default"
    signed_in: bool = False
    #: Whether guardrails yield to nothing that the script says.
    all_guardrails: bool = False
    #: Name of each film.
    name: str = DEFAULT_NAME

    def encode(self) -> str:
        row = {
            "exploration": self.exploration.model_dump(mode="json", exclude_unset=True),
            "film": self.film.model_dump(mode="json", exclude_unset=True),
            "url": self.url,
            "script": self.script,
            "variables": dict(self.variables),
            "priority": self.priority,
            "signed_in": self.signed_in,
            "all_guardrails": self.all_guardrails,
            "name": self.name,
        }
        return json.dumps(row)

    @classmethod
    @lru_cache(maxsize=CACHED)
    def decode(cls, text: str) -> Self:
        """From what `encode` gives. Batches are read again and again, and their templates never change."""
        row: dict[str, Any] = json.loads(text)
        row["exploration"] = ExplorationOptions.model_validate(row["exploration"])
        row["film"] = FilmOptions.model_validate(row["film"])
        return cls(**row)

    @cached_property
    def _script(self) -> Script | None:
        """The script; what every row has are variables of it, where it does not declare them itself."""
        if self.script is None:
            return None
        declared = dict.fromkeys(BUILT_IN, "") | dict(self.script.get("variables", {}))
        return Script.model_validate({**self.script, "variables": declared})

    @property
    def names(self) -> frozenset[str]:
        """The variables that a row may give values for."""
        texts = (self.url, self.exploration.goal, self.name)
        named = {found[1] for text in texts for found in PLACEHOLDER.finditer(text) if found[1]}
        return frozenset(named | (self._script.variables.keys() if self._script else set()))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that its script needs."""
        return tuple((self.script or {}).get("secrets", ()))

    @property
    def has_secrets(self) -> bool:
        """Whether its films need secret inputs."""
        return self.signed_in or bool(self.secrets)

    def values(self, row: Mapping[str, str], number: int, total: int, date: str) -> dict[str, str]:
        """All values for one row: the batch's own, the row's, and what every row has."""
        own = {name: value for name, value in row.items() if not _is_option(name)}
        built_in = {"row": str(number).zfill(len(str(total))), "row_count": str(total), "date": date}
        return {**built_in, **self.variables, **own}

    def spec(self, row: Mapping[str, str], values: Mapping[str, str], settings: Settings) -> JobSpec:
        """The job of a row. Raises ScriptInvalid with what does not fit, by column where there is one."""
        script = self._bound(row, values) if self._script is not None else None
        problems: list[Problem] = []
        exploration = self.exploration
        if script is None:
            url = row.get(URL, "") or _filled(self.url, values, URL, problems)
            if exploration.goal:
                goal = _filled(exploration.goal, values, "goal", problems)
                exploration = _checked(exploration, {"goal": goal}, problems)
        else:
            url = script.script.get("url") or script.bound.script.start
        try:
            url = check_url(url)
            each(lambda host: check_domain(host, url), exploration.domains)
        except ValueError as exc:
            problems.append(Problem(URL, str(exc)))
        if problems:
            raise ScriptInvalid(problems)
        site = settings.sites.match(url)
        return JobSpec.of(
            url,
            exploration_at(site, settings.exploration, exploration),
            film_at(site, settings.film, self._film(row)),
            site=site,
            priority=self.priority,
            script=script,
            signed_in=self.signed_in,
        )

    def film_name(self, values: Mapping[str, str]) -> str:
        """The name of a row's film, of letters that every file system takes; without an ending."""
        name = PLACEHOLDER.sub(lambda found: values.get(found[1] or "", ""), self.name)
        letters = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
        return _UNSAFE.sub("-", letters).strip("-.")[:MAX_NAME_BYTES] or "film"

    def _bound(self, row: Mapping[str, str], values: Mapping[str, str]) -> ScriptSpec:
        assert self._script is not None
        script = self._script
        if url := row.get(URL) or self.url:
            script = script.model_copy(update={"url": url})
        known = {name: value for name, value in values.items() if name in script.variables}
        bound = bind(script, known)
        return ScriptSpec.of(bound.untrusted() if self.all_guardrails else bound)

    def _film(self, row: Mapping[str, str]) -> FilmOptions:
        columns = [name for name in row if name.startswith(FILM_PREFIX)]
        changed = {name.removeprefix(FILM_PREFIX): row[name] for name in columns}
        if not changed:
            return self.film
        try:
            named = self.film.model_dump(exclude_unset=True)
            return FilmOptions.model_validate(
                {
                    **named,
                    **{
                        name: from_text(FilmOptions.model_fields[name], text)
                        for name, text in changed.items()
                    },
                }
            )
        except ValidationError as exc:
            raise ScriptInvalid(
                [Problem(FILM_PREFIX + one.field.lstrip("."), one.message) for one in problems_of(exc, "")]
            ) from exc


def _is_option(column: str) -> bool:
    return column in {URL, DELIVER_TO} or column.startswith(FILM_PREFIX)


def _filled(text: str, values: Mapping[str, str], place: str, problems: list[Problem]) -> str:
    """A text with its values; notes what has none."""
    for name in _missing(text, values):
        problems.append(Problem(place, f"needs the variable {name}, which has no value in this row"))
    return PLACEHOLDER.sub(lambda found: values.get(found[1] or "", found[0]), text)


def _missing(text: str, values: Mapping[str, str]) -> Iterator[str]:
    for found in PLACEHOLDER.finditer(text):
        if not found[0].startswith("\\") and (found[1] or "") not in values:
            yield found[1] or found[2]


def _checked(
    options: ExplorationOptions, changed: Mapping[str, str], problems: list[Problem]
) -> ExplorationOptions:
    try:
        return ExplorationOptions.model_validate({**options.model_dump(exclude_unset=True), **changed})
    except ValidationError as exc:
        problems += [Problem(one.field.lstrip("."), one.message) for one in problems_of(exc, "")]
        return options
