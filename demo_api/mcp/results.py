"""Results of the MCP tools: structured content, the same as text, and pictures."""

import base64
import io
from typing import Any

from mcp.types import CallToolResult, ContentBlock, ImageContent, TextContent
from pydantic import BaseModel, Field

from actors.jobs.states import Stage, Status
from demo_api.client.status_events import Json
from demo_api.schemas.status import FilmOut, WarningOut

#: Small enough for an agent to look at, large enough to read a headline.
THUMBNAIL_PX = 960
#: Limit of steps and refusals in the text; the structured content has all.
MAX_LINES = 20


class DemoStep(BaseModel):
    """One step: a click or a form field that was filled in."""

    number: int
    label: str
    reason: str
    page_url: str
    outcome: str


class DemoRefusal(BaseModel):
    """One refusal by a guardrail."""

    rule: str
    what: str


class Demo(BaseModel):
    """A job, and its film once there is one."""

    job_id: str
    url: str
    status: Status
    stage: Stage
    progress: int = Field(description="percent")
    file: str | None = Field(None, description="the film on this machine, once it has been exported")
    film: FilmOut | None = None
    steps: list[DemoStep] = []
    refused: list[DemoRefusal] = []
    warnings: list[WarningOut] = []
    error: str | None = None
    error_code: str | None = None
    expires_at: str | None = Field(None, description="until when the film can be exported")

    @classmethod
    def of(cls, status: Json, file: str | None = None) -> "Demo":
        steps = [{**step, "reason": step["plan"]["reason"]} for step in status["steps"]]
        return cls.model_validate({**status, "steps": steps, "file": file})


def tool_result(demo: Demo, sentence: str, *pictures: ContentBlock) -> CallToolResult:
    """Builds the result of a tool: a sentence, the job, and pictures."""
    lines = [sentence]
    if demo.film:
        film = demo.film
        lines.append(f"{film.duration_s:.1f} s, {film.width}x{film.height}, {film.size_bytes / 1e6:.1f} MB.")
    lines += [f"{step.number}. {step.label}: {step.reason}" for step in demo.steps[:MAX_LINES]]
    lines += [f"Refused ({refusal.rule}): {refusal.what}" for refusal in demo.refused[:MAX_LINES]]
    lines += [f"Warning: {warning.message}" for warning in demo.warnings]
    return CallToolResult(
        content=[TextContent(type="text", text="\n".join(lines)), *pictures],
        structured_content=demo.model_dump(mode="json"),
    )


def tool_error(sentence: str, code: str) -> CallToolResult:
    """Builds the result of a tool that has failed."""
    return CallToolResult(
        content=[TextContent(type="text", text=f"{sentence} (code: {code})")], is_error=True
    )


def thumbnail(picture: bytes) -> ImageContent:
    """Scales a picture down to THUMBNAIL_PX; returns a JPEG."""
    from PIL import Image

    image: Any = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return ImageContent(type="image", data=base64.b64encode(out.getvalue()).decode(), mime_type="image/jpeg")
