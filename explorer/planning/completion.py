"""What a language model answers: outside data, read with nothing taken on trust."""

import re
from collections.abc import Sequence

from pydantic import BaseModel, Field, ValidationError

from explorer.errors import PlannerFailed
from explorer.planning.keyword_planner import MAX_PLANS
from explorer.planning.prompt import MAX_CAPTION
from explorer.text import clean
from explorer.types import Action, ActionPlan, Element, Interact

#: A caption goes onto the film, and what the model read may have told it to advertise.
_ADDRESS = re.compile(
    r"://|www\.|@|\w\.(?:com|net|org|io|dev|app|co|ai|info|biz|xyz|me|shop|site)\b", re.IGNORECASE
)


class _Choice(BaseModel):
    index: int
    priority: float = Field(allow_inf_nan=False)
    reason: str
    #: Asked for, but a model that leaves it out has planned all the same.
    caption: str = ""


class _Answer(BaseModel):
    plans: list[_Choice]


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Alternative(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Alternative] = Field(min_length=1)


class _Spent(BaseModel):
    total_tokens: int = Field(gt=0)


class _Bill(BaseModel):
    """What an answer says that it took, whatever else is wrong with it."""

    usage: _Spent


def tokens_told(body: bytes) -> int | None:
    """The tokens that the server says it took; None when it does not."""
    try:
        return _Bill.model_validate_json(body).usage.total_tokens
    except ValidationError:
        return None


def read(body: bytes, offered: Sequence[Element], interact: Interact) -> list[ActionPlan]:
    """The plans that an answer holds, for what was offered. Raises PlannerFailed when none can be used."""
    try:
        first = _Completion.model_validate_json(body).choices[0]
        if first.message.refusal or first.finish_reason == "content_filter":
            raise PlannerFailed("refused")
        if first.finish_reason == "length":
            raise PlannerFailed("answer too long")
        answer = _Answer.model_validate_json(first.message.content or "")
    except ValidationError as exc:
        raise PlannerFailed("malformed answer") from exc
    chosen: dict[int, _Choice] = {}
    for choice in answer.plans:
        if 0 <= choice.index < len(offered):
            chosen.setdefault(choice.index, choice)
    if not chosen:
        raise PlannerFailed("no usable choice")
    return [_plan(offered[index], choice, interact) for index, choice in chosen.items()][:MAX_PLANS]


def _plan(element: Element, choice: _Choice, interact: Interact) -> ActionPlan:
    """The element's plan. What is typed or chosen is no model's to say."""
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
