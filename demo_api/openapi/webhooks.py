"""Describes the webhooks to the `callback_url` of a job or batch for the OpenAPI document."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from demo_api.schemas.batch_status import BatchLinks, CountsOut
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


class BatchWebhookData(BaseModel):
    """How the batch has ended, with the fields of its status; its items are behind `links.items`."""

    model_config = ConfigDict(extra="forbid")

    batch_id: str
    status: Literal["completed", "failed", "cancelled"]
    counts: CountsOut
    ended_at: str
    expires_at: str = Field(description="until then films can be fetched, each once, or items be retried")
    links: BatchLinks = Field(description="absolute where PUBLIC_URL is set")


class BatchWebhook(BaseModel):
    """The body of a batch's webhook, signed as a job's: one for the whole batch, when its last item ends."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["demo.batch.completed", "demo.batch.failed", "demo.batch.cancelled"]
    timestamp: str = Field(description="when the batch ended, not when this was sent")
    data: BatchWebhookData


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


WEBHOOK_MODELS: tuple[type[BaseModel], ...] = (Webhook, BatchWebhook)


def webhooks(ref: Callable[[type[BaseModel]], dict[str, Any]]) -> dict[str, Any]:
    """Describes each webhook as an OpenAPI operation of the receiver; `ref` refers to a model."""
    return {
        "ended": {"post": _operation("ended", "job", ref(Webhook))},
        "batch_ended": {"post": _operation("batch_ended", "batch", ref(BatchWebhook))},
    }


def _operation(name: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": f"Notifies the `callback_url` of a {what} that it has ended.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": schema}
            for name, (text, schema) in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {status: {"description": text} for status, text in RESPONSES.items()},
    }
