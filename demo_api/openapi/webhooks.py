"""Describes the webhook to a job's `callback_url` for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from demo_api.schemas.jobs import Links
from demo_api.schemas.status import FilmOut, WarningOut


class WebhookData(BaseModel):
    """The outcome of the job, with the fields of its status."""

    model_config = ConfigDict(extra="forbid")

    job_id: str
    url: str
    status: Literal["completed", "failed", "cancelled"]
    error: str | None
    error_code: str | None
    warnings: list[WarningOut]
    film: FilmOut | None
    expires_at: str = Field(description="until then the film can be exported, once, or the job be retried")
    links: Links = Field(description="absolute where PUBLIC_URL is set")


class Webhook(BaseModel):
    """The body of the webhook, signed as in Standard Webhooks (standardwebhooks.com)."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["demo.completed", "demo.failed", "demo.cancelled"]
    timestamp: str = Field(description="when the job ended, not when this was sent")
    data: WebhookData


_TEXT = {"type": "string"}
HEADERS = {
    "webhook-id": ("the same for all deliveries of this webhook", _TEXT),
    "webhook-timestamp": ("when this was sent, in seconds: reject old ones", _TEXT),
    "webhook-signature": ("`v1,` and the HMAC-SHA256 of `id.timestamp.body`, in base64", _TEXT),
}
RESPONSES = {
    "2XX": "Delivered.",
    "3XX": "Given up: redirects are not followed.",
    "408": "Retried: six attempts in all within some 14 minutes.",
    "429": "Retried, not before Retry-After.",
    "4XX": "Given up.",
    "5XX": "Retried, as after a failed connection, and not before Retry-After.",
}


def webhook_operation(body: dict[str, Any]) -> dict[str, Any]:
    """Describes the webhook as an OpenAPI operation of the receiver."""
    return {
        "operationId": "ended",
        "summary": "Notifies the `callback_url` of a job that it has ended.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": schema}
            for name, (text, schema) in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {status: {"description": text} for status, text in RESPONSES.items()},
    }
