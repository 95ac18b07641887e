"""The model of a film script: steps as records that check themselves, whichever spelling they came in.

A step has one key that says what is done; `caption`, `timeout`, `off_camera` and `optional` may stand beside
it. Where one value says all, it may stand for the whole: `click: Sign in` is `click: {target: Sign in}`.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Discriminator, Field, Tag, create_model, model_validator

from explorer.healing.fingerprint import Fingerprint
from explorer.script.arguments import (
    MAX_CAPTION_CHARS,
    AssertArgs,
    ClickArgs,
    DragArgs,
    ExploreArgs,
    FillArgs,
    Filmed,
    Line,
    MaskSpec,
    PressArgs,
    Record,
    ScrollArgs,
    Seconds,
    TargetArgs,
    Text,
    WaitArgs,
    short,
)

MAX_STEPS = 200
MAX_SCRIPT_BYTES = 256 * 1024
#: A name of a variable or a secret.
NAME = r"[A-Za-z_][A-Za-z0-9_]{0,63}"
MAX_NAMES = 100
#: A step has at most two targets.
MAX_FINGERPRINTS = 2

OnError = Literal["stop", "skip"]
Name = Annotated[str, Field(pattern=f"^{NAME}$")]


class Step(Record):
    """What all steps have: `timeout` in seconds, a caption of its own, and what follows from a failure."""

    timeout: Seconds | None = None
    caption: Line | None = None
    off_camera: bool = False
    optional: bool = False
    #: Whether the step is over only when another page has come.
    navigates: bool = False
    #: The address of the window that it is made in; none for the page itself.
    window: str | None = None
    #: What its targets were like when it was played last, by their words: a lost one is found by that.
    fingerprints: dict[str, Fingerprint] = Field(default={}, max_length=MAX_FINGERPRINTS)
    #: Whether Chrome's Recorder wrote it: its target may fit several elements, of which the first was meant.
    recorded: bool = False

    @property
    def verb(self) -> str:
        """The key that says what is done."""
        return VERB_OF[type(self)]

    @property
    def args(self) -> Any:
        """What stands under that key."""
        return getattr(self, FIELD_OF.get(self.verb, self.verb))


class Explore(Step):
    explore: ExploreArgs
    off_camera: Filmed = False


#: Fields whose name is not that of the verb, which Python reserves.
FIELD_OF = {"assert": "assertion"}
#: What stands under each verb. Of all steps, only `explore` is asked for by its class.
ARGUMENTS: dict[str, Any] = {
    "navigate": Annotated[str, Field(min_length=1, max_length=2048)],
    "click": short(ClickArgs, "target"),
    "double_click": short(ClickArgs, "target"),
    "hover": short(TargetArgs, "target"),
    "fill": FillArgs,
    "select": FillArgs,
    "check": short(TargetArgs, "target"),
    "uncheck": short(TargetArgs, "target"),
    "press": short(PressArgs, "keys"),
    "key_down": Annotated[str, Field(min_length=1, max_length=50)],
    "key_up": Annotated[str, Field(min_length=1, max_length=50)],
    "drag": DragArgs,
    "scroll": short(ScrollArgs, "to"),
    "wait": short(WaitArgs, "for"),
    "assert": AssertArgs,
    "chapter": Line,
    "hold": Seconds,
    "highlight": short(TargetArgs, "target"),
    "zoom": short(TargetArgs, "target"),
    "screenshot": Annotated[str, Field(pattern=r"^[\w][\w .-]{0,63}$")],
    "close_window": Literal[True],
    "explore": ExploreArgs,
    # An option of all others: a step of its own where no other verb stands beside it.
    "caption": Line,
}


def _step(verb: str, arguments: Any) -> type[Step]:
    """The record of the steps with this verb: `DoubleClick` for `double_click`."""
    if verb == "explore":
        return Explore
    field = FIELD_OF.get(verb, verb)
    fields: dict[str, Any] = {field: (arguments, ... if field == verb else Field(alias=verb))}
    return create_model(verb.title().replace("_", ""), __base__=Step, __module__=__name__, **fields)


STEPS = {verb: _step(verb, arguments) for verb, arguments in ARGUMENTS.items()}
VERB_OF = {model: verb for verb, model in STEPS.items()}
#: Steps that act on an element, with the pointer on it: their caption is shown meanwhile.
ACTING_WITH_POINTER = frozenset(
    ("click", "double_click", "hover", "fill", "select", "check", "uncheck", "drag")
)


def verb_of(value: Any) -> str | None:
    """The verb of a step that is not checked yet; None if it has none or several."""
    if isinstance(value, Step):
        return value.verb
    if not isinstance(value, Mapping):
        return None
    verbs = [key for key in value if key in STEPS and key != "caption"] or [
        key for key in value if key == "caption"
    ]
    return cast(str, verbs[0]) if len(verbs) == 1 else None


def _one_verb(value: Any) -> Any:
    if verb_of(value) is not None:
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"a step is a key with a value, such as `click: Sign in`, and not {value!r}")
    verbs = [key for key in value if key in STEPS and key != "caption"]
    if len(verbs) > 1:
        raise ValueError(f"a step does one thing, but this does {' and '.join(verbs)}: make it two steps")
    keys = ", ".join(map(str, value)) or "nothing"
    raise ValueError(f"it says {keys}, but not what is done: {', '.join(STEPS)}")


if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        Annotated[
            reduce(or_, [Annotated[model, Tag(verb)] for verb, model in STEPS.items()]),
            Discriminator(verb_of),
        ],
        BeforeValidator(_one_verb),
    ]


class Variable(Record):
    """A variable without a default must be given; with one, it may be."""

    default: Text | None = None
    required: bool = False

    @model_validator(mode="after")
    def _one(self) -> "Variable":
        if self.required == (self.default is not None):
            raise ValueError("has either a default or required: true")
        return self


class Script(Record):
    """A film, step by step. `url` is the first page; the film begins where `before` has ended."""

    title: Annotated[str, Field(max_length=MAX_CAPTION_CHARS)] = ""
    url: Annotated[str, Field(max_length=2048)] = ""
    variables: dict[Name, Variable] = Field(default={}, max_length=MAX_NAMES)
    secrets: list[Name] = Field(default=[], max_length=MAX_NAMES)
    before: list[AnyStep] = Field(default=[], max_length=MAX_STEPS)
    steps: list[AnyStep] = Field(min_length=1, max_length=MAX_STEPS)
    #: Film options, which the border checks.
    film: dict[str, Any] = Field(default={})
    mask: list[MaskSpec] = Field(default=[], max_length=20)
    on_error: OnError = "stop"
    #: Whether a browser that dies may be replaced, and the script played from its start, after a write.
    repeatable: bool = False

    @model_validator(mode="before")
    @classmethod
    def _defaults_alone(cls, value: Any) -> Any:
        """A variable's default may stand for the whole variable."""
        if isinstance(value, Mapping) and isinstance(value.get("variables"), Mapping):
            expanded = {
                name: one if isinstance(one, Mapping | Variable) else {"default": one}
                for name, one in value["variables"].items()
            }
            return {**value, "variables": expanded}
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Script":
        if len(self.before) + len(self.steps) > MAX_STEPS:
            raise ValueError(f"a script has at most {MAX_STEPS} steps, before included")
        if not self.url and (self.before or self.steps)[0].verb != "navigate":
            raise ValueError("says nowhere where the film begins: add url, or begin with navigate")
        if twice := sorted(set(self.secrets) & set(self.variables)):
            raise ValueError(f"{', '.join(twice)} cannot be both a variable and a secret")
        return self

    @property
    def start(self) -> str:
        """The address of its first page."""
        first = (self.before or self.steps)[0]
        return self.url or cast(str, first.args)

    def all_steps(self) -> Iterator[tuple[str, Step]]:
        """Each step with its path, such as `before[0]`, in the order in which they are played."""
        for name in ("before", "steps"):
            for index, step in enumerate(getattr(self, name)):
                yield f"{name}[{index}]", step
