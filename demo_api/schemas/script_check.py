"""Checks scripts before anything is filmed, and writes them anew: each step in one spelling, and as YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from demo_api.schemas.json_object import parse_body
from demo_api.schemas.script import film_problems, with_url
from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.export import as_yaml
from explorer.script.loading import native_script, parse_script
from explorer.script.model import AnyStep, Script, Step, verb_of
from explorer.script.variables import bind

_STEP: TypeAdapter[Step] = TypeAdapter(AnyStep)


class CheckRequest(BaseModel):
    """The body of `POST /demo/check`."""

    model_config = ConfigDict(extra="forbid")

    script: dict[str, Any] | str = Field(
        description="the script as an object, or as the text of a YAML or JSON file",
        examples=[{"url": "https://example.com/", "steps": [{"click": "Pricing"}]}],
    )
    url: str | None = Field(None, description="where the script begins, as in a request for a film")

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Parses and validates a body. Raises RequestInvalid with each invalid field."""
        return parse_body(cls, body)


class ScriptProblem(BaseModel):
    """What is wrong, and where: `script.steps[3].fill.value`."""

    field: str
    message: str


class ScriptCheck(BaseModel):
    """A script that was checked, and how it is written otherwise."""

    problems: list[ScriptProblem] = Field(description="none if it can be played, once its values are given")
    script: dict[str, Any] | None = Field(
        description="as an object, recordings converted; null if the text could not be read"
    )
    yaml: str | None = Field(description="as YAML; null if the text could not be read")

    @classmethod
    def of(cls, request: CheckRequest) -> Self:
        """Checks a script."""
        try:
            given = request.script
            raw = native_script(parse_script(given) if isinstance(given, str) else given)
        except ScriptInvalid as exc:
            return cls(problems=_rows(exc), script=None, yaml=None)
        try:
            script = Script.model_validate(with_url(raw, request.url))
        except ValidationError as exc:
            written, problems = _written(raw), _rows(ScriptInvalid(list(problems_of(exc))))
        else:
            problems = _rows(ScriptInvalid(list(_problems(script))))
            written = script.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            if "url" not in raw:
                written.pop("url", None)
        written = _verbs_first(written)
        return cls(problems=problems, script=written, yaml=as_yaml(written))


def _problems(script: Script) -> Iterator[Problem]:
    """What is wrong but for missing values, for which any stands."""
    values = {name: "x" for name, one in script.variables.items() if one.required}
    try:
        bind(script, values)
    except ScriptInvalid as exc:
        yield from exc.problems
    yield from film_problems(script)


def _written(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A script with something wrong: steps that are right in their usual spelling, all else as it is."""
    return {**raw, **{name: list(map(_written_step, steps)) for name, steps in _lists(raw)}}


def _lists(script: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for name in ("before", "steps"):
        if isinstance(steps := script.get(name), list):
            yield name, steps


def _written_step(step: Any) -> Any:
    try:
        checked = _STEP.validate_python(step)
    except ValidationError:
        return step
    return checked.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _verbs_first(script: dict[str, Any]) -> dict[str, Any]:
    """A script whose steps begin with what is done, as people write them."""
    return {**script, **{name: list(map(_verb_first, steps)) for name, steps in _lists(script)}}


def _verb_first(step: Any) -> Any:
    verb = verb_of(step)
    return {verb: step[verb], **step} if verb else step


def _rows(exc: ScriptInvalid) -> list[ScriptProblem]:
    return [ScriptProblem(**asdict(one)) for one in exc.problems]
