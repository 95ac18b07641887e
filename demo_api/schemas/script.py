"""Scripts in requests: loaded, given their values and checked before anything is accepted."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model, model_validator

from actors.jobs.job import Job
from actors.options import FilmOptions, from_text
from demo_api.schemas.options import request_fields
from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.export import remembering, script_of
from explorer.script.loading import native_script, parse_script, read_script
from explorer.script.model import NAME, Script
from explorer.script.redaction import MIN_SECRET_CHARS
from explorer.script.variables import BoundScript, bind

#: Most of what a variable or a secret may hold.
MAX_VALUE_CHARS = 5_000


class FilmText(BaseModel):
    """Film options as a script's file has them: all values of YAML are text."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, values: Any) -> Any:
        known = FilmOptions.model_fields
        return {
            name: from_text(known[name], value) if name in known and isinstance(value, str) else value
            for name, value in values.items()
        }


if TYPE_CHECKING:
    ScriptFilm = FilmText
else:
    ScriptFilm = create_model("ScriptFilm", __base__=FilmText, **request_fields(FilmOptions))


class ScriptFields(BaseModel):
    """The part of a request that asks for a script to be played."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    script: dict[str, Any] | str = Field(
        description="a script as an object, or as the text of a YAML or JSON file; see /schemas/script.json"
    )
    url: str | None = None
    variables: dict[str, str] = Field(default={}, description="values of the script's variables, by name")
    secrets: dict[str, SecretStr] = Field(default={}, description="values of its secrets: never told again")

    def bound(self) -> BoundScript:
        """The script with its values. Raises ScriptInvalid with the path of everything that is wrong."""
        written = parse_script(self.script) if isinstance(self.script, str) else self.script
        script = read_script(with_url(native_script(written), self.url))
        problems = list(self._problems(script))
        try:
            bound = bind(script, self.variables)
        except ScriptInvalid as exc:
            raise ScriptInvalid([*problems, *exc.problems]) from exc
        if problems:
            raise ScriptInvalid(problems)
        return bound

    def _problems(self, script: Script) -> Iterator[Problem]:
        for name in sorted(set(script.secrets) ^ set(self.secrets)):
            why = "has no value: give it" if name in script.secrets else "is no secret of this script"
            yield Problem(f"secrets.{name}", why)
        for name, secret in self.secrets.items():
            if len(secret) < MIN_SECRET_CHARS:
                why = f"has fewer than {MIN_SECRET_CHARS} characters: it could not be kept out of texts"
                yield Problem(f"secrets.{name}", why)
        for kind in ("variables", "secrets"):
            for name, value in getattr(self, kind).items():
                if len(value) > MAX_VALUE_CHARS:
                    yield Problem(f"{kind}.{name}", f"has more than {MAX_VALUE_CHARS} characters")
        yield from film_problems(script)


def read_fields(data: Mapping[str, Any]) -> ScriptFields:
    """The script's part of a request. Raises ScriptInvalid."""
    try:
        return ScriptFields.model_validate(dict(data))
    except ValidationError as exc:
        found = list(problems_of(exc, ""))
        raise ScriptInvalid([Problem(one.field.lstrip("."), one.message) for one in found]) from exc


def with_url(script: Mapping[str, Any], url: str | None) -> Mapping[str, Any]:
    """A parsed script that begins at `url`, if one is given."""
    return {**script, "url": url} if url else script


def film_problems(script: Script) -> Iterator[Problem]:
    """What is wrong with the film options that a script sets."""
    try:
        ScriptFilm.model_validate(script.film)
    except ValidationError as exc:
        yield from problems_of(exc, "script.film")


def film_of(script: Script) -> BaseModel:
    """The film options that a script sets; all others are None."""
    return ScriptFilm.model_validate(script.film)


def script_of_job(job: Job) -> dict[str, Any]:
    """The script that was played, with what its targets were like, or the one that repeats an exploration."""
    if job.spec.script:
        return remembering(job.spec.script.script, job.fingerprints, job.script_steps)
    return script_of(job.spec.url, "", job.steps)


def script_schema() -> dict[str, Any]:
    """The JSON Schema of scripts, with the film options in it."""
    schema = Script.model_json_schema(by_alias=True)
    film = ScriptFilm.model_json_schema()
    schema["properties"]["film"] = {
        "type": "object",
        "description": "film options, as in a request",
        "properties": film["properties"],
        "additionalProperties": False,
    }
    schema["properties"]["variables"]["additionalProperties"] = {
        "anyOf": [{"type": ["string", "number"]}, *([{"$ref": "#/$defs/Variable"}])]
    }
    schema["properties"]["variables"]["propertyNames"] = {"pattern": f"^{NAME}$"}
    schema["$defs"] |= film.get("$defs", {})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Sitereel script"} | schema
