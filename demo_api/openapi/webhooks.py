"""What is sent to a job's `callback_url`, and what its answers mean: for the description of the API."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from demo_api.schemas.jobs import Links
from demo_api.schemas.status import FilmOut, WarningOut


class WebhookData(BaseModel):
    """How the job ended; the same words as in its status."""

    model_config = ConfigDict(extra="forbid")

    job_id: str
    url: str
    status: Literal["completed", "failed", "cancelled"]
    error: str | None
    error_code: str | None
    warnings: list[WarningOut]
    film: FilmOut | None
    expires_at: str = Field(description="until then the film can be fetched, once, or the job be retried")
    links: Links = Field(description="absolute where PUBLIC_URL is set")


class Webhook(BaseModel):
    """The body of a call, signed as in Standard Webhooks (standardwebhooks.com)."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["demo.completed", "demo.failed", "demo.cancelled"]
    timestamp: str = Field(description="when the job ended, not when this was sent")
    data: WebhookData


_TEXT = {"type": "string"}
HEADERS = {
    "webhook-id": ("the same whenever this is sent again", _TEXT),
    "webhook-timestamp": ("when this was sent, in seconds: turn down what is old", _TEXT),
    "webhook-signature": ("`v1,` and the HMAC-SHA256 of `id.timestamp.body`, in base64", _TEXT),
}
ANSWERS = {
    "2XX": "It was heard, and is not sent again.",
    "3XX": "It is given up: redirects are not followed.",
    "408": "It is sent again, six times in all within some 14 minutes.",
    "429": "It is sent again, not before Retry-After.",
    "4XX": "It is given up.",
    "5XX": "It is sent again, as after a connection that fails, and not before Retry-After.",
}


def call(body: dict[str, Any]) -> dict[str, Any]:
    """The webhook as an operation of OpenAPI, which the receiver is to have."""
    return {
        "operationId": "ended",
        "summary": "Tells that a job has ended, to the `callback_url` that it was asked for with.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": schema}
            for name, (text, schema) in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {status: {"description": text} for status, text in ANSWERS.items()},
    }
