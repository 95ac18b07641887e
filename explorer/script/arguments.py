"""What stands under the verb of a step: records of arguments, and targets."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from explorer.script.targets import MAX_ALTERNATIVES, mask_part, parse_target

MAX_TEXT_CHARS = 5_000
MAX_CAPTION_CHARS = 200
Button = Literal["primary", "auxiliary", "secondary", "back", "forward"]

Text = Annotated[str, Field(max_length=MAX_TEXT_CHARS)]
Line = Annotated[str, Field(min_length=1, max_length=MAX_CAPTION_CHARS)]
Seconds = Annotated[float, Field(gt=0, le=300)]
M = TypeVar("M", bound=BaseModel)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _shape(value: Any) -> str:
    if isinstance(value, Mapping | BaseModel):
        return "object"
    return "list" if isinstance(value, Sequence) and not isinstance(value, str) else "text"


def _check_alternatives(value: str | list[str]) -> str | list[str]:
    for one in alternatives(value):
        parse_target(one)
    return value


def _check_mask(value: str | list[str]) -> str | list[str]:
    for one in alternatives(value):
        mask_part(one)
    return value


def alternatives(target: str | list[str]) -> tuple[str, ...]:
    """All ways in which a target is named, the first to be tried first."""
    return (target,) if isinstance(target, str) else tuple(target)


_Words = Annotated[str, Tag("text")]
_Alternatives = Annotated[list[str], Field(min_length=1, max_length=MAX_ALTERNATIVES), Tag("list")]
#: One way to name an element, or a list of such, of which the first that fits one element counts.
TargetSpec = Annotated[
    Annotated[_Words | _Alternatives, Discriminator(_shape)], AfterValidator(_check_alternatives)
]


#: A target of which everything that fits is meant, and that is found before anything of it is painted.
MaskSpec = Annotated[TargetSpec, AfterValidator(_check_mask)]


class Record(BaseModel):
    """Base of all parts of a script: unknown keys are errors, and numbers may stand for text."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class ClickArgs(Record):
    """Where a click goes, and how: `offset` is from the element's top left corner, in CSS pixels."""

    target: TargetSpec
    button: Button = "primary"
    offset: tuple[float, float] | None = None
    #: How long the button is held, in seconds.
    hold: Annotated[float, Field(gt=0, le=30)] | None = None


class TargetArgs(Record):
    """An element."""

    target: TargetSpec


class FillArgs(Record):
    """A field and what it is filled with, or a list and the label or value of what is chosen."""

    target: TargetSpec
    value: Text


class PressArgs(Record):
    """Keys such as `Enter` or `Control+K`; with a target, that gets the focus first."""

    keys: Annotated[str, Field(min_length=1, max_length=100)]
    target: TargetSpec | None = None


class DragArgs(Record):
    """From where to where something is dragged."""

    start: TargetSpec = Field(alias="from")
    to: TargetSpec


class ScrollArgs(Record):
    """Where the page, or the element `within`, is scrolled to: a target, `top`, `bottom` or pixels.

    `x` is where it is scrolled to sideways, in pixels from the left; None leaves that as it is.
    """

    to: TargetSpec
    within: TargetSpec | None = None
    x: Annotated[float, Field(ge=0)] | None = None


class WaitArgs(Record):
    """What is waited for; several conditions must all hold."""

    target: TargetSpec | None = Field(None, alias="for")
    #: `attached` counts what cannot be seen, too; `detached` is the opposite of all that is said with it.
    state: Literal["visible", "hidden", "attached", "detached"] = "visible"
    count: Annotated[int, Field(ge=0, le=10_000)] | None = None
    operator: Literal[">=", "==", "<="] = "=="
    properties: dict[str, Any] | None = None
    attributes: dict[str, str] | None = None
    seconds: Seconds | None = None
    expression: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> "WaitArgs":
        if self.target is None and self.seconds is None and self.expression is None:
            raise ValueError("says nothing to wait for: for, seconds or expression")
        if self.target is None and (self.count is not None or self.properties or self.attributes):
            raise ValueError("counts or checks elements, but does not say which: add for")
        return self


class CountArgs(Record):
    """How many visible elements a target must fit."""

    target: TargetSpec
    equals: Annotated[int, Field(ge=0, le=10_000)]


class AssertArgs(Record):
    """What must hold: what is visible or hidden, a text on the page, a part of the address, a count."""

    visible: TargetSpec | None = None
    hidden: TargetSpec | None = None
    text: Text | None = None
    url: Text | None = None
    count: CountArgs | None = None

    @model_validator(mode="after")
    def _something(self) -> "AssertArgs":
        if not self.model_fields_set:
            raise ValueError("asserts nothing: visible, hidden, text, url or count")
        return self


def _filmed(off_camera: bool) -> bool:
    if off_camera:
        raise ValueError("explore is filmed: leave off_camera out, or put the step into before")
    return off_camera


#: `off_camera` of a step that cannot be.
Filmed = Annotated[bool, AfterValidator(_filmed)]


class ExploreArgs(Record):
    """How the explorer goes on from here by itself."""

    max_clicks: Annotated[int, Field(ge=1, le=100)] | None = None
    goal: Annotated[str, Field(max_length=300)] = ""
    focus: list[str] = Field(default=[], max_length=20)
    avoid: list[str] = Field(default=[], max_length=20)


def short(model: type[M], name: str) -> Any:
    """The type of `model`, for which the value of its field `name` may stand alone."""

    def expand(value: Any) -> Any:
        if isinstance(value, Mapping | model):
            return value
        is_number = isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value))
        return {"seconds": value} if model is WaitArgs and is_number else {name: value}

    return Annotated[model, BeforeValidator(expand, json_schema_input_type=str | list[str] | model)]
