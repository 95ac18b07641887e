"""Builds the OpenAPI 3.1 document from the route table and its models."""

from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from actors.jobs.links import KEY
from demo_api.client.status_events import EVENT_STREAM, Json
from demo_api.middleware.request_guard import FORM_TYPE
from demo_api.openapi.examples import PROBLEMS, REQUESTS, RESPONSES
from demo_api.openapi.parameters import RANGE, parameters
from demo_api.openapi.webhooks import WEBHOOK_MODELS, webhooks
from demo_api.problems import MEDIA_TYPE, STATUS, Problem, error_code, meaning_of
from demo_api.routes import descriptions
from demo_api.routes.docs_page import docs, document
from demo_api.routes.events import EVENTS
from demo_api.routes.operation import Operation
from demo_api.routes.table import OPERATIONS
from demo_api.schemas.batch_status import BatchRetryRequest
from demo_api.schemas.jobs import RunRequest
from demo_api.schemas.multipart import FILES
from demo_api.schemas.secrets import RetryRequest

REF = "#/components/schemas/{model}"
RESPONSE_REF = "#/components/responses/"
TAGS = (
    {"name": "Films", "description": "From a URL to a film."},
    {"name": "Batches", "description": "Many films from one request."},
    {"name": "Artifacts", "description": "Any number of times, until the film is exported."},
    {"name": "Operations", "description": "Monitoring of the server."},
    {"name": "Reference", "description": "This document."},
    {"name": "HEAD", "description": "The same without a body and without effect."},
)
SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "API_TOKEN, where it is set"},
    "key": {"type": "apiKey", "in": "query", "name": KEY, "description": "the key in the links"},
}
STRING: Json = {"schema": {"type": "string"}}
CONTENT_RANGE: Json = {"content-range": STRING}
#: Headers of responses by status.
HEADERS: dict[int, Json] = {
    401: {"www-authenticate": STRING},
    405: {"allow": STRING},
    416: CONTENT_RANGE,
    429: {"retry-after": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}}},
    503: {"retry-after": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}}},
}
#: Problems of every operation that the framework responds with: status, code and meaning.
FRAMEWORK_PROBLEMS = (
    (405, "method_not_allowed", "The method is not supported here; `Allow` lists those that are."),
    (500, "internal_error", "An internal error. See the server's log."),
)


def describe() -> Json:
    """Builds the whole document."""
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
            "description": descriptions.API,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": list(TAGS),
        "paths": dict(paths),
        "webhooks": webhooks(_ref),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": SCHEMES,
            "examples": {code: {"value": value} for code, value in PROBLEMS.items()},
            "responses": {
                code: _problem(status, meanings) for code, (status, meanings) in _single_problems().items()
            },
        },
    }


def _schemas() -> Json:
    read = {operation.request for operation in OPERATIONS if operation.request}
    written: set[type[BaseModel]] = {Problem, *EVENTS.values(), *WEBHOOK_MODELS}
    for operation in OPERATIONS:
        written |= {
            body for body in (operation.body, *operation.more_bodies.values()) if isinstance(body, type)
        }
    models: list[tuple[type[BaseModel], Any]] = [
        *((model, "validation") for model in sorted(read, key=str)),
        *((model, "serialization") for model in sorted(written, key=str)),
    ]
    _, document = models_json_schema(models, ref_template=REF)
    schemas: Json = document["$defs"]
    return schemas


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [_tag(operation)],
        "security": _security(operation),
        "parameters": parameters(operation),
        "responses": {
            **{str(status): _response(operation, status) for status in operation.bodies},
            **_problem_responses(operation, with_body=True),
        },
    }
    if operation.accepts_ranges:
        described["parameters"].append(RANGE)
        described["responses"]["206"] = {
            **_response(operation, operation.status),
            "description": "The requested range.",
            "headers": CONTENT_RANGE,
        }
    if operation.description:
        described["description"] = operation.description
    if operation.request:
        required = operation.request not in (RetryRequest, BatchRetryRequest)
        examples = {"examples": REQUESTS[operation.request]} if operation.request in REQUESTS else {}
        content = {"schema": _ref(operation.request), **examples}
        forms = {FORM_TYPE: {"schema": _form(operation.request)}} if operation.takes_forms else {}
        described["requestBody"] = {"required": required, "content": {"application/json": content, **forms}}
    if operation.request is RunRequest:
        described["responses"][str(operation.status)]["links"] = {
            other.name: {"operationId": other.name, "parameters": {"job_id": "$response.body#/job_id"}}
            for other in OPERATIONS
            if "{job_id}" in other.path
        }
    return described


def _form(model: type[BaseModel]) -> Json:
    """Describes a body of form fields: texts and files, and all others as JSON."""
    text, file = {"type": "string"}, {"type": "string", "contentMediaType": "application/octet-stream"}
    fields = {name: file if name in FILES else text for name in model.model_fields}
    return {"type": "object", "properties": fields, "additionalProperties": False}


def _tag(operation: Operation) -> str:
    if not operation.path.startswith("/demo/"):
        return "Reference" if operation.endpoint in (docs, document) else "Operations"
    if operation.path.startswith("/demo/batch/"):
        return "Batches"
    return "Artifacts" if operation.is_artifact else "Films"


def _response(operation: Operation, status: int) -> Json:
    """Describes one of the responses without problem details."""
    body = operation.bodies[status]
    described: Json = {
        "description": operation.summary if status == operation.status else HTTPStatus(status).phrase
    }
    if status == 202:
        described["headers"] = {"location": STRING}
    if body is None:
        return described
    if isinstance(body, tuple):
        return {**described, "content": {media_type: _file(media_type) for media_type in body}}
    content: Json = {"schema": _ref(body)}
    return {**described, "content": {"application/json": content | _examples((body, status))}}


def _file(media_type: str) -> Json:
    if media_type == EVENT_STREAM:
        return {"schema": _event()}
    return {"schema": {"type": "string"}, **_examples(media_type)} if media_type.startswith("text/") else {}


def _event() -> Json:
    """Describes a server-sent event as OpenAPI 3.2 does: an object of its fields, with `data` as JSON."""
    text = {"type": "string", "contentMediaType": "application/json"}
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"enum": list(EVENTS)}, "id": {"type": "string"}, "data": text},
        "oneOf": [
            {"properties": {"event": {"const": name}, "data": {**text, "contentSchema": _ref(model)}}}
            for name, model in EVENTS.items()
        ],
    }


def _examples(response: Any) -> Json:
    """Returns the examples of a response, if there are any."""
    examples = RESPONSES.get(response, {})
    if len(examples) > 1:
        return {"examples": {name: {"value": value} for name, value in examples.items()}}
    return {"example": next(iter(examples.values()))} if examples else {}


def _head(operation: Operation) -> Json:
    """Describes HEAD: as GET, without body and without effect."""
    return {
        "operationId": f"head_{operation.name}",
        "summary": "Returns the headers of GET only.",
        "tags": ["HEAD"],
        "security": _security(operation),
        "parameters": parameters(operation),
        "responses": {
            **{str(status): {"description": HTTPStatus(status).phrase} for status in operation.bodies},
            **_problem_responses(operation, with_body=False),
        },
    }


def _security(operation: Operation) -> list[Json]:
    """Lists the accepted credentials; none as well, since a token is optional."""
    return [
        {},
        *({name: []} for name in ("token", "key")[: ("public", "token", "key").index(operation.access)]),
    ]


def _problem_responses(operation: Operation, *, with_body: bool) -> Json:
    """Describes the problems by status, each with its codes and their meaning."""
    codes: dict[int, dict[str, str]] = defaultdict(dict)
    for status, code, meaning in _problems_of(operation, () if with_body else operation.get_errors):
        codes[status][code] = meaning
    if not with_body:
        return {
            str(status): {"description": _list(status, meanings)}
            for status, meanings in sorted(codes.items())
        }
    return {
        str(status): _problem(status, meanings)
        if len(meanings) > 1
        else {"$ref": RESPONSE_REF + next(iter(meanings))}
        for status, meanings in sorted(codes.items())
    }


def _problems_of(
    operation: Operation, excluded: tuple[type[Exception], ...] = ()
) -> list[tuple[int, str, str]]:
    kinds = [kind for kind in operation.all_errors if kind not in excluded]
    return [*((STATUS[kind], error_code(kind), meaning_of(kind)) for kind in kinds), *FRAMEWORK_PROBLEMS]


def _single_problems() -> dict[str, tuple[int, dict[str, str]]]:
    """Lists every problem by its code, for operations where it is the only one with its status."""
    problems = {problem for operation in OPERATIONS for problem in _problems_of(operation)}
    return {code: (status, {code: meaning}) for status, code, meaning in sorted(problems)}


def _problem(status: int, meanings: Mapping[str, str]) -> Json:
    constraints = {"status": {"const": status}, "code": {"enum": list(meanings)}}
    content: Json = {"schema": {"allOf": [_ref(Problem)], "properties": constraints}}
    if len(meanings) > 1:
        content["examples"] = {code: {"$ref": f"#/components/examples/{code}"} for code in meanings}
    else:
        content["example"] = PROBLEMS[next(iter(meanings))]
    headers = {"headers": HEADERS[status]} if status in HEADERS else {}
    return {"description": _list(status, meanings), "content": {MEDIA_TYPE: content}, **headers}


def _list(status: int, meanings: Mapping[str, str]) -> str:
    lines = (f"- `{code}`: {text}" for code, text in meanings.items())
    return "\n".join((f"{HTTPStatus(status).phrase}:\n", *lines))


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": REF.format(model=model.__name__)}
