"""The API described as OpenAPI 3.1: made from the table of operations and the models that they use."""

from collections import defaultdict
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from demo_api.operations import OPERATIONS, Operation
from demo_api.problems import MEDIA_TYPE, STATUS, Problem
from demo_api.token import KEY

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "API_TOKEN, where it is set"},
    "key": {"type": "apiKey", "in": "query", "name": KEY, "description": "a job's own, as in its links"},
}
JOB_ID: Json = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"},
}
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A request that is sent again with the same key makes no second job.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
TEXT: Json = {"schema": {"type": "string"}}
RETRY_AFTER: Json = {"retry-after": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}}}
#: Statuses that say when to come back.
LATER = (429, 503)


def describe() -> Json:
    """The whole document."""
    paths: dict[str, Json] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method.lower()] = _operation(operation)
        if operation.method == "GET":
            paths[operation.path]["head"] = _head(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sitereel",
            "version": version("sitereel"),
            "summary": "Give it a URL, get a polished demo film of that site.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": dict(paths),
        "components": {"schemas": _schemas(), "securitySchemes": SCHEMES},
    }


def _schemas() -> Json:
    read = {operation.request for operation in OPERATIONS if operation.request}
    written = {o.body for o in OPERATIONS if not isinstance(o.body, tuple)} | {Problem}
    models: list[tuple[type[BaseModel], Any]] = [
        *((model, "validation") for model in sorted(read, key=str)),
        *((model, "serialization") for model in sorted(written, key=str)),
    ]
    _, document = models_json_schema(models, ref_template=REF)
    schemas: Json = document["$defs"]
    return schemas


def _operation(operation: Operation) -> Json:
    body = operation.body
    content = (
        {media_type: {} for media_type in body}
        if isinstance(body, tuple)
        else {"application/json": {"schema": _ref(body)}}
    )
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): {"description": operation.summary, "content": content},
            **_refusals(operation, with_body=True),
        },
    }
    if operation.request:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.request)}},
        }
        accepted = described["responses"][str(operation.status)]
        accepted["headers"] = {"location": TEXT}
        accepted["links"] = {
            other.name: {"operationId": other.name, "parameters": {"job_id": "$response.body#/job_id"}}
            for other in OPERATIONS
            if "{job_id}" in other.path
        }
    return described


def _head(operation: Operation) -> Json:
    """HEAD answers as GET does, without the body, and uses nothing up."""
    return {
        "operationId": f"look_at_{operation.name}",
        "summary": "Only looks.",
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): {"description": operation.summary},
            **_refusals(operation, with_body=False),
        },
    }


def _parameters(operation: Operation) -> list[Json]:
    job = [JOB_ID] if "{job_id}" in operation.path else []
    return job + ([IDEMPOTENCY_KEY] if operation.request else [])


def _security(operation: Operation) -> list[Json]:
    """Nothing as well, since a token need not be set."""
    return [
        {},
        *({name: []} for name in ("token", "key")[: ("anybody", "token", "key").index(operation.access)]),
    ]


def _refusals(operation: Operation, *, with_body: bool) -> Json:
    """The problems by status, each with its codes."""
    codes: dict[int, list[str]] = defaultdict(list)
    for kind in operation.refusals:
        codes[STATUS[kind]].append(f"`{kind.code}`")  # type: ignore[attr-defined]  # all of STATUS have one
    return {
        str(status): {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(dict.fromkeys(names))}",
            **({"content": {MEDIA_TYPE: {"schema": _ref(Problem)}}} if with_body else {}),
            **({"headers": RETRY_AFTER} if status in LATER else {}),
        }
        for status, names in sorted(codes.items())
    }


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": REF.format(model=model.__name__)}
