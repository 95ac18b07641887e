"""What the tools for agents answer: the same facts as a model for programs and as words for the agent."""

import base64
import io
from typing import Any

from mcp.types import CallToolResult, ContentBlock, ImageContent, TextContent
from pydantic import BaseModel, Field

from actors.jobs.job import Stage, Status
from demo_api.client.status_events import Json
from demo_api.schemas.status import FilmOut, WarningOut

#: Small enough for an agent to look at, large enough to read a headline.
PICTURE_PX = 960
#: So many steps and refusals are told in words; all are in the structured answer.
MOST_LINES = 20


class DemoStep(BaseModel):
    """One thing that was clicked or filled in."""

    number: int
    label: str
    reason: str
    page_url: str
    outcome: str


class DemoRefusal(BaseModel):
    """One thing that a guardrail left alone."""

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


def told(demo: Demo, sentence: str, *pictures: ContentBlock) -> CallToolResult:
    """The answer of a tool: a sentence, what happened, and pictures."""
    lines = [sentence]
    if demo.film:
        film = demo.film
        lines.append(f"{film.duration_s:.1f} s, {film.width}x{film.height}, {film.size_bytes / 1e6:.1f} MB.")
    lines += [f"{step.number}. {step.label}: {step.reason}" for step in demo.steps[:MOST_LINES]]
    lines += [f"Left alone ({refusal.rule}): {refusal.what}" for refusal in demo.refused[:MOST_LINES]]
    lines += [f"Warning: {warning.message}" for warning in demo.warnings]
    return CallToolResult(
        content=[TextContent(type="text", text="\n".join(lines)), *pictures],
        structured_content=demo.model_dump(mode="json"),
    )


def refused(sentence: str, code: str) -> CallToolResult:
    """The answer of a tool that could not do as it was asked."""
    return CallToolResult(
        content=[TextContent(type="text", text=f"{sentence} (code: {code})")], is_error=True
    )


def picture(png: bytes) -> ImageContent:
    """The same picture, small."""
    from PIL import Image

    image: Any = Image.open(io.BytesIO(png)).convert("RGB")
    image.thumbnail((PICTURE_PX, PICTURE_PX))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return ImageContent(type="image", data=base64.b64encode(out.getvalue()).decode(), mime_type="image/jpeg")
