"""Parameters of operations for the OpenAPI document: of paths, queries and headers."""

from actors.batches.states import ItemStatus
from demo_api.client.status_events import Json
from demo_api.routes.batches import DEFAULT_PAGE, MAX_PAGE
from demo_api.routes.events import LAST_EVENT_ID
from demo_api.routes.jobs import IDEMPOTENCY_KEY
from demo_api.routes.operation import Operation
from demo_api.schemas.batches import BatchRequest
from demo_api.schemas.jobs import RunRequest

JOB_ID: Json = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"},
    "example": "7c9e6679f3b84d2e8a1b0c5d4e3f2a10",
}
BATCH_ID: Json = {**JOB_ID, "name": "batch_id"}
#: Which items of a batch are asked for.
ITEMS: list[Json] = [
    {
        "name": "status",
        "in": "query",
        "description": "only items in this state",
        "schema": {"type": "string", "enum": list(ItemStatus)},
    },
    {
        "name": "after",
        "in": "query",
        "description": "the cursor: `next` of the page before",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999, "default": 0},
    },
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
    },
]
IDEMPOTENCY_PARAMETER: Json = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "description": "A repeated request with the same key creates no second job or batch.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "order-2041",
}
#: Without a pattern: an invalid range is ignored.
RANGE: Json = {
    "name": "Range",
    "in": "header",
    "description": "One range of bytes, such as `bytes=0-65535`; for several, the whole file is sent.",
    "schema": {"type": "string"},
}
EVENT_ID: Json = {
    "name": LAST_EVENT_ID,
    "in": "header",
    "description": "The id of the last event received: only later ones follow. Browsers send it themselves.",
    "schema": {"type": "string", "pattern": r"^\d{1,15}-\d{1,15}$"},
    "example": "1764021786123-0",
}
FRAMES: Json = {
    "name": "frames",
    "in": "query",
    "description": "0 omits the frames; they are captured only while a stream includes them.",
    "schema": {"type": "integer", "enum": [0, 1], "default": 1},
}


def parameters(operation: Operation) -> list[Json]:
    """The parameters of an operation, but for the range of an artifact, which HEAD has not."""
    job = [one for one in (JOB_ID, BATCH_ID) if f"{{{one['name']}}}" in operation.path]
    items = ITEMS if operation.name == "batch_items" else []
    events = [EVENT_ID, FRAMES] if operation.name == "events" else []
    return [
        *job,
        *items,
        *events,
        *([IDEMPOTENCY_PARAMETER] if operation.request in (RunRequest, BatchRequest) else []),
    ]
