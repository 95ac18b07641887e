"""Every documented response is provoked once, and no other response occurs."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from demo_api.openapi.document import describe
from demo_api.routes.operation import Operation
from demo_api.routes.table import OPERATIONS
from tests.conftest import Serve
from tests.demo_api.openapi.provocations import ALONE, World, everywhere, world

DESCRIPTION = describe()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
#: A status, and the code of a problem; HEAD has no body that could tell one.
Answer = tuple[int, str | None]
#: First what uses nothing up.
ASKED = [
    *((operation, "HEAD") for operation in OPERATIONS if operation.method == "GET"),
    *((operation, operation.method) for operation in OPERATIONS),
]


@pytest.fixture(scope="module")
def provoked(serve: Serve) -> Iterator[World]:
    with world(serve) as opened:
        yield opened


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Resolves a `$ref`."""
    if "$ref" not in part:
        return part
    found: Any = DESCRIPTION
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return resolved(found)


def documented(operation: Operation, method: str) -> set[Answer]:
    responses = DESCRIPTION["paths"][operation.path][method.lower()]["responses"]
    answers: set[Answer] = set()
    for status, response in responses.items():
        problem = resolved(response).get("content", {}).get("application/problem+json")
        codes = problem["schema"]["properties"]["code"]["enum"] if problem else [None]
        answers |= {(int(status), code) for code in codes}
    return answers


def answer_of(response: httpx.Response, method: str) -> Answer:
    is_problem = response.headers.get("content-type") == "application/problem+json"
    return response.status_code, response.json()["code"] if is_problem and method != "HEAD" else None


@pytest.mark.parametrize(("operation", "method"), ASKED, ids=lambda value: getattr(value, "name", value))
def test_all_that_is_documented_is_answered_and_nothing_else(
    operation: Operation, method: str, provoked: World
) -> None:
    assert operation.name in ALONE, f"{operation.name}: list its requests in provocations.py"
    answers: set[Answer] = set()
    for ask in (*everywhere(operation), *ALONE[operation.name]):
        response = provoked.asked(operation, ask, method)
        answers.add(answer_of(response, method))
        # schemathesis wants to read a request again, which one that is being made up cannot be.
        if method != "HEAD" and not callable(ask.content):
            SCHEMA[operation.path][method].validate_response(response)

    assert answers - documented(operation, method) == set(), "not documented"
    assert documented(operation, method) - answers == set(), "never provoked: add it to provocations.py"


def test_the_description_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(DESCRIPTION).iter_errors()) == []


def test_every_example_is_what_it_is_an_example_of() -> None:
    seen = 0
    for place in _contents(DESCRIPTION):
        schema = {**place["schema"], "components": DESCRIPTION["components"]}
        shown = [resolved(example)["value"] for example in place.get("examples", {}).values()]
        for example in [*shown, *([place["example"]] if "example" in place else [])]:
            OAS31Validator(schema).validate(example)
            seen += 1
    assert seen > 50


def _contents(part: Any) -> Iterator[dict[str, Any]]:
    """Everything that has a schema and examples."""
    if isinstance(part, dict):
        if "schema" in part and ("example" in part or "examples" in part):
            yield part
        for inner in part.values():
            yield from _contents(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _contents(inner)
