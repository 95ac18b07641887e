"""Strict parsing of a JSON object, and how validation errors are reported."""

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from demo_api.errors import RequestInvalid

M = TypeVar("M", bound=BaseModel)

#: Deeper than any request; beyond some 1000 levels, Python's own parser fails.
MAX_DEPTH = 20


def parse_body(model: type[M], body: bytes | dict[str, Any]) -> M:
    """Validates the body of a request, after it was parsed. Raises RequestInvalid with each invalid field."""
    try:
        return model.model_validate(parse_object(body) if isinstance(body, bytes) else body)
    except ValidationError as exc:
        rows = [{"field": field, "message": message} for field, message in validation_messages(exc)]
        raise RequestInvalid(rows) from exc


def parse_object(body: bytes) -> dict[str, Any]:
    """Parses a JSON object (RFC 8259): no NaN, no duplicate names. Raises RequestInvalid."""
    try:
        parsed = json.loads(body, parse_constant=_reject_constant, object_pairs_hook=_reject_duplicates)
    except (ValueError, RecursionError) as exc:
        raise _invalid(f"is not valid JSON: {exc}") from exc
    if not isinstance(parsed, dict):
        raise _invalid("must be a JSON object")
    if _depth(parsed) > MAX_DEPTH:
        raise _invalid(f"is nested deeper than {MAX_DEPTH} levels")
    return parsed


def validation_messages(exc: ValidationError) -> list[tuple[str, str]]:
    """Lists each invalid field with its message; the field is `body` where the whole is invalid."""
    return [(_field(error["loc"]), error["msg"].removeprefix("Value error, ")) for error in exc.errors()]


def _field(place: tuple[int | str, ...]) -> str:
    """The field of an error; one of a request within the request is told with both names."""
    depth = 2 if place[:1] == ("template",) else 1
    return ".".join(map(str, place[:depth]))[:100] or "body"


def _invalid(message: str) -> RequestInvalid:
    return RequestInvalid([{"field": "body", "message": message}])


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    if len(parsed) < len(pairs):
        raise ValueError("an object has a duplicate name")
    return parsed


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth
