"""The API described as OpenAPI 3.1: made from the table of operations and the models that they use."""

from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from demo_api.middleware.auth import KEY
from demo_api.openapi.examples import ANSWERS, PROBLEMS, REQUESTS
from demo_api.openapi.webhooks import Webhook, call
from demo_api.problems import MEDIA_TYPE, STATUS, Problem
from demo_api.routes import descriptions
from demo_api.routes.docs_page import docs, document
from demo_api.routes.events import EVENTS, LAST_EVENT_ID
from demo_api.routes.table import OPERATIONS, Operation

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
RESPONSE = "#/components/responses/"
TAGS = (
    {"name": "Films", "description": "From an address to a film."},
    {"name": "Beside the film", "description": "As often as wanted, until the film has left."},
    {"name": "Operating", "description": "For whoever runs it."},
    {"name": "Reference", "description": "This description."},
    {"name": "HEAD", "description": "The same without a body. They only look, and use nothing up."},
)
SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "API_TOKEN, where it is set"},
    "key": {"type": "apiKey", "in": "query", "name": KEY, "description": "a job's own, as in its links"},
}
JOB_ID: Json = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"},
    "example": "7c9e6679f3b84d2e8a1b0c5d4e3f2a10",
}
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A request that is sent again with the same key makes no second job.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "order-2041",
}
#: A range that cannot be read is no range: whatever is sent here is right.
RANGE: Json = {
    "name": "Range",
    "in": "header",
    "description": "One range of bytes, such as `bytes=0-65535`; of several the whole file is sent.",
    "schema": {"type": "string"},
}
EVENT_ID: Json = {
    "name": LAST_EVENT_ID,
    "in": "header",
    "description": "The id of the last event seen: only what is new is told. Browsers send it by themselves.",
    "schema": {"type": "string", "pattern": r"^\d{1,15}-\d{1,15}$"},
    "example": "1764021786123-0",
}
FRAMES: Json = {
    "name": "frames",
    "in": "query",
    "description": "0 leaves out the pictures; while nobody wants them they are not made.",
    "schema": {"type": "integer", "enum": [0, 1], "default": 1},
}
STRING: Json = {"schema": {"type": "string"}}
CONTENT_RANGE: Json = {"content-range": STRING}
#: Headers of answers by status.
HEADERS: dict[int, Json] = {
    401: {"www-authenticate": STRING},
    405: {"allow": STRING},
    416: CONTENT_RANGE,
    429: {"retry-after": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}}},
    503: {"retry-after": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}}},
}
#: What the framework answers by itself, anywhere.
ANYWHERE = (
    (405, "method_not_allowed", "To any other method on this address; `Allow` names those that are."),
    (500, "internal_error", "A bug of ours; the log says more."),
)


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
            "description": descriptions.API,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": list(TAGS),
        "paths": dict(paths),
        "webhooks": {"ended": {"post": call(_ref(Webhook))}},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": SCHEMES,
            "examples": {code: {"value": value} for code, value in PROBLEMS.items()},
            "responses": {name: _problem(status, means) for name, (status, means) in _alone().items()},
        },
    }


def _schemas() -> Json:
    read = {operation.request for operation in OPERATIONS if operation.request}
    written: set[type[BaseModel]] = {Problem, Webhook, *EVENTS.values()}
    for operation in OPERATIONS:
        written |= {body for body in (operation.body, *operation.also.values()) if isinstance(body, type)}
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
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _answer(operation, status) for status in operation.answers},
            **_refusals(operation, with_body=True),
        },
    }
    if operation.in_ranges:
        described["parameters"].append(RANGE)
        described["responses"]["206"] = {
            **_answer(operation, operation.status),
            "description": "The range that was asked for.",
            "headers": CONTENT_RANGE,
        }
    if operation.text:
        described["description"] = operation.text
    if operation.request:
        content = {"schema": _ref(operation.request), "examples": REQUESTS}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
        described["responses"][str(operation.status)]["links"] = {
            other.name: {"operationId": other.name, "parameters": {"job_id": "$response.body#/job_id"}}
            for other in OPERATIONS
            if "{job_id}" in other.path
        }
    return described


def _tag(operation: Operation) -> str:
    if not operation.path.startswith("/demo/"):
        return "Reference" if operation.endpoint in (docs, document) else "Operating"
    return "Beside the film" if operation.is_extra else "Films"


def _answer(operation: Operation, status: int) -> Json:
    """One of the answers that are no problem."""
    body = operation.answers[status]
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
    return {**described, "content": {"application/json": content | _shown((body, status))}}


def _file(media_type: str) -> Json:
    if media_type == "text/event-stream":
        return {"schema": _event()}
    return {"schema": {"type": "string"}, **_shown(media_type)} if media_type.startswith("text/") else {}


def _event() -> Json:
    """One server-sent event, as OpenAPI 3.2 puts it: an object of its fields, `data` being JSON."""
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


def _shown(answer: Any) -> Json:
    """Its examples, if there are any."""
    examples = ANSWERS.get(answer, {})
    if len(examples) > 1:
        return {"examples": {name: {"value": value} for name, value in examples.items()}}
    return {"example": next(iter(examples.values()))} if examples else {}


def _head(operation: Operation) -> Json:
    """HEAD answers as GET does, without the body, and uses nothing up."""
    return {
        "operationId": f"look_at_{operation.name}",
        "summary": "Only looks.",
        "tags": ["HEAD"],
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): {"description": HTTPStatus(status).phrase} for status in operation.answers},
            **_refusals(operation, with_body=False),
        },
    }


def _parameters(operation: Operation) -> list[Json]:
    job = [JOB_ID] if "{job_id}" in operation.path else []
    events = [EVENT_ID, FRAMES] if operation.name == "events" else []
    return [*job, *events, *([IDEMPOTENCY_KEY] if operation.request else [])]


def _security(operation: Operation) -> list[Json]:
    """Nothing as well, since a token need not be set."""
    return [
        {},
        *({name: []} for name in ("token", "key")[: ("anybody", "token", "key").index(operation.access)]),
    ]


def _refusals(operation: Operation, *, with_body: bool) -> Json:
    """The problems by status, each with its codes and what they mean."""
    codes: dict[int, dict[str, str]] = defaultdict(dict)
    for status, code, means in _causes(operation, () if with_body else operation.using):
        codes[status][code] = means
    if not with_body:
        return {
            str(status): {"description": _listed(status, means)} for status, means in sorted(codes.items())
        }
    return {
        str(status): _problem(status, means) if len(means) > 1 else {"$ref": RESPONSE + next(iter(means))}
        for status, means in sorted(codes.items())
    }


def _causes(operation: Operation, but: tuple[type[Exception], ...] = ()) -> list[tuple[int, str, str]]:
    kinds = [kind for kind in operation.refusals if kind not in but]
    return [*((STATUS[kind], _code(kind), _means(kind)) for kind in kinds), *ANYWHERE]


def _alone() -> dict[str, tuple[int, dict[str, str]]]:
    """Every problem by its code, for where it is the only one with its status."""
    causes = {cause for operation in OPERATIONS for cause in _causes(operation)}
    return {code: (status, {code: means}) for status, code, means in sorted(causes)}


def _problem(status: int, means: Mapping[str, str]) -> Json:
    narrowed = {"status": {"const": status}, "code": {"enum": list(means)}}
    content: Json = {"schema": {"allOf": [_ref(Problem)], "properties": narrowed}}
    if len(means) > 1:
        content["examples"] = {code: {"$ref": f"#/components/examples/{code}"} for code in means}
    else:
        content["example"] = PROBLEMS[next(iter(means))]
    headers = {"headers": HEADERS[status]} if status in HEADERS else {}
    return {"description": _listed(status, means), "content": {MEDIA_TYPE: content}, **headers}


def _listed(status: int, means: Mapping[str, str]) -> str:
    lines = (f"- `{code}`: {text}" for code, text in means.items())
    return "\n".join((f"{HTTPStatus(status).phrase}:\n", *lines))


def _code(kind: type[Exception]) -> str:
    code: str = kind.code  # type: ignore[attr-defined]  # all of STATUS have one
    return code


def _means(kind: type[Exception]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": REF.format(model=model.__name__)}
