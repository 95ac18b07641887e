"""Parses and validates the completion of a language model, which is untrusted outside data."""

import re
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError

from explorer.errors import PlannerFailed
from explorer.planning.keyword_planner import MAX_PLANS
from explorer.planning.prompt import MAX_CAPTION
from explorer.text import clean
from explorer.types import Action, ActionPlan, Element, Interact

M = TypeVar("M", bound=BaseModel)

#: Captions with addresses are dropped: what the model has read may have told it to advertise.
_ADDRESS = re.compile(
    r"://|www\.|@|\w\.(?:com|net|org|io|dev|app|co|ai|info|biz|xyz|me|shop|site)\b", re.IGNORECASE
)


class _Choice(BaseModel):
    index: int
    priority: float = Field(allow_inf_nan=False)
    reason: str
    #: Required by the schema, but plans without it are used all the same.
    caption: str = ""


class _Answer(BaseModel):
    plans: list[_Choice]


class _Identity(BaseModel):
    index: int


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Alternative(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Alternative] = Field(min_length=1)


class _Tokens(BaseModel):
    total_tokens: int = Field(gt=0)


class _UsageReport(BaseModel):
    """The token usage that a completion reports, whatever else is wrong with it."""

    usage: _Tokens


def reported_tokens(body: bytes) -> int | None:
    """The tokens that the server reports; None when it does not."""
    try:
        return _UsageReport.model_validate_json(body).usage.total_tokens
    except ValidationError:
        return None


def parse_plans(body: bytes, offered: Sequence[Element], interact: Interact) -> list[ActionPlan]:
    """Parses the plans for offered elements. Raises PlannerFailed when none can be used."""
    answer = _answer(body, _Answer)
    chosen: dict[int, _Choice] = {}
    for one in answer.plans:
        if 0 <= one.index < len(offered):
            chosen.setdefault(one.index, one)
    if not chosen:
        raise PlannerFailed("no usable choice")
    return [_plan(offered[index], one, interact) for index, one in chosen.items()][:MAX_PLANS]


def parse_index(body: bytes, count: int) -> int | None:
    """Parses which of `count` elements is meant; None for none of them. Raises PlannerFailed."""
    index = _answer(body, _Identity).index
    return index if 0 <= index < count else None


def _answer(body: bytes, model: type[M]) -> M:
    """The content of a completion. Raises PlannerFailed for one that cannot be used."""
    try:
        choice = _Completion.model_validate_json(body).choices[0]
        if choice.message.refusal or choice.finish_reason == "content_filter":
            raise PlannerFailed("refused")
        if choice.finish_reason == "length":
            raise PlannerFailed("answer too long")
        return model.model_validate_json(choice.message.content or "")
    except ValidationError as exc:
        raise PlannerFailed("malformed answer") from exc


def _plan(element: Element, choice: _Choice, interact: Interact) -> ActionPlan:
    """The element's plan. What is typed or chosen is not up to the model."""
    priority = round(max(0.0, min(100.0, choice.priority)))
    reason = _line(choice.reason)[:120] or "no reason given"
    action = _action(element) if interact == "all" else "click"
    return ActionPlan(element.selector, action, priority, f"llm: {reason}", _caption(choice.caption))


def _action(element: Element) -> Action:
    if not element.fills:
        return "click"
    return "choose" if element.fills == "select" else "type"


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _caption(text: str) -> str:
    """A caption as it may be shown: short, one line, no addresses; "" leaves it to the element's name."""
    line = clean(_line(text)).strip("\"'.\u201c\u201d ")
    return "" if len(line) > MAX_CAPTION or _ADDRESS.search(line) else line
