"""Options of a film and of its exploration, declared once: type, bounds, default, setting, one line of help.

Made from these models: the schema of a request and its OpenAPI description, the operator's defaults in the
settings, options of the command line, parameters of MCP tools, defaults of the web page's form, and
the tables in docs/. How to add one is in docs/recipes.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    TypeAdapter,
    ValidationError,
)
from pydantic.fields import FieldInfo

from actors.option_checks import MAX_DOMAINS, MAX_GOAL, MAX_TARGETS, check_targets, one_line
from explorer.types import Interact, Wishes
from video.style import CameraChoice, Format, Size, Style, StyleName

Panel = Literal["The film", "How far it goes", "What is shown", "What is allowed"]


@dataclass(frozen=True, slots=True)
class Option:
    """How an option is called outside of requests, where it has its field's name."""

    panel: Panel
    #: Environment variable with the operator's default. Without one, it is asked for each time.
    setting: str = ""
    #: Command line, where that is not `--` and the field's name.
    flag: str = ""
    metavar: str | None = None
    #: Whether agents may set it (`record_demo` of the MCP server).
    for_agents: bool = False
    #: Whether `sitereel record` has it as it is; a storyboard needs a folder there.
    on_command_line: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one exploration may go."""

    max_clicks: int
    max_depth: int
    max_runtime_s: int


class Options(BaseModel):
    """Base of both models. Values are final: nothing is left to anybody else's default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def changed(self, asked: BaseModel) -> Self:
        """These options, with what `asked` names in their place; the same fields have checked its values."""
        named = {
            name: getattr(asked, name) for name in asked.model_fields_set & type(self).model_fields.keys()
        }
        return self.model_copy(update={name: value for name, value in named.items() if value is not None})


class FilmOptions(Options):
    """How a film looks."""

    style: Annotated[StyleName, Option("The film", "FILM_STYLE", metavar="NAME", for_agents=True)] = Field(
        default="studio",
        description="studio: the page in a window on a background of its own colour; plain: the page alone",
    )
    size: Annotated[Size, Option("The film", "FILM_SIZE", metavar="NAME", for_agents=True)] = Field(
        default="720p",
        description="720p (1280x720), 1080p (1920x1080), vertical (1080x1920) or square (1080x1080)",
    )
    fps: Annotated[Literal[30, 60], Option("The film", "FILM_FPS", metavar="N")] = Field(
        default=30, description="frames a second: 30 or 60"
    )
    format: Annotated[Format, Option("The film", "FILM_FORMAT", metavar="NAME", for_agents=True)] = Field(
        default="mp4", description="file format: mp4, webm or gif; where a file is named, its ending says it"
    )
    captions: Annotated[StrictBool, Option("The film", "FILM_CAPTIONS", for_agents=True)] = Field(
        default=True, description="say in a few words what is happening"
    )
    zoom: Annotated[StrictBool, Option("The film", "FILM_ZOOM")] = Field(
        default=True, description="move closer to what is clicked and what appears"
    )
    title_card: Annotated[StrictBool | None, Option("The film", "FILM_TITLE_CARD", for_agents=True)] = Field(
        default=None,
        description="open with the site's title and icon; if nobody says, studio does and plain does not",
    )
    camera: Annotated[CameraChoice, Option("The film", "CAMERA", metavar="NAME")] = Field(
        default="auto",
        description="frames: outside real time, loses none; realtime; auto: what the browser can do",
    )

    @property
    def as_style(self) -> Style:
        """As the film's own package knows it; a studio film opens with a title card."""
        card = self.style == "studio" if self.title_card is None else self.title_card
        return Style(**_shared(self, Style) | {"name": self.style, "title_card": card})


class ExplorationOptions(Options):
    """What is explored and shown, and what is allowed on the way."""

    max_clicks: Annotated[
        StrictInt, Field(ge=1, le=100), Option("How far it goes", "MAX_CLICKS", metavar="N", for_agents=True)
    ] = Field(default=10, description="most clicks to make")
    max_depth: Annotated[
        StrictInt, Field(ge=1, le=20), Option("How far it goes", "MAX_DEPTH", metavar="N")
    ] = Field(default=3, description="most links to follow from the start page")
    max_runtime: Annotated[
        StrictInt,
        Field(ge=1, le=3600),
        Option("How far it goes", "MAX_RUNTIME", metavar="N", for_agents=True),
    ] = Field(default=300, description="longest exploration, in seconds")
    goal: Annotated[
        str,
        Field(max_length=MAX_GOAL),
        AfterValidator(one_line),
        Option("What is shown", metavar="TEXT", for_agents=True),
    ] = Field(default="", description=f"what the film is to show, in words, up to {MAX_GOAL} characters")
    focus: Annotated[
        list[str],
        Field(max_length=MAX_TARGETS),
        AfterValidator(check_targets),
        Option("What is shown", metavar="TEXT", for_agents=True),
    ] = Field(default=[], description="shown first: a /path, words, or css= and a selector")
    avoid: Annotated[
        list[str],
        Field(max_length=MAX_TARGETS),
        AfterValidator(check_targets),
        Option("What is shown", metavar="TEXT", for_agents=True),
    ] = Field(default=[], description="never clicked: a /path, words, or css= and a selector")
    domains: Annotated[
        list[str], Field(max_length=MAX_DOMAINS), Option("What is shown", flag="--domain", metavar="HOST")
    ] = Field(default=[], description="other hosts of the site, such as docs.example.com or *.example.com")
    interact: Annotated[Interact, Option("What is shown", "INTERACT", metavar="NAME", for_agents=True)] = (
        Field(default="all", description="all: fields are filled in as well; click: things are only clicked")
    )
    scout: Annotated[StrictBool, Option("What is shown", "SCOUT")] = Field(
        default=True, description="try off camera what is worth filming"
    )
    allow_writes: Annotated[StrictBool, Option("What is allowed")] = Field(
        default=False, description="let requests other than GET, HEAD and OPTIONS out of the browser"
    )
    ignore_robots: Annotated[StrictBool, Option("What is allowed")] = Field(
        default=False, description="look off camera also at what robots.txt asks to leave alone"
    )
    ignore_certificate_errors: Annotated[StrictBool, Option("What is allowed")] = Field(
        default=False, description="film a site whose certificate is self-signed, expired or another host's"
    )
    storyboard: Annotated[StrictBool, Option("What is shown", on_command_line=False)] = Field(
        default=False, description="keep pictures of all steps beside the film"
    )

    @property
    def as_limits(self) -> Limits:
        """How far the exploration may go."""
        return Limits(self.max_clicks, self.max_depth, self.max_runtime)

    @property
    def as_wishes(self) -> Wishes:
        """As the explorer knows them."""
        return Wishes(**_shared(self, Wishes))


MODELS: tuple[type[Options], ...] = (FilmOptions, ExplorationOptions)


def declared() -> Iterator[tuple[str, FieldInfo, Option]]:
    """All options by name."""
    for model in MODELS:
        for name, field in model.model_fields.items():
            yield name, field, option_of(field)


def option_of(field: FieldInfo) -> Option:
    """What is said of an option beside its type and bounds."""
    return next(part for part in field.metadata if isinstance(part, Option))


def is_yes_or_no(field: FieldInfo) -> bool:
    """Whether it is switched on and off, perhaps with a default that depends on others."""
    kinds = (field.annotation, *get_args(field.annotation))
    return any(kind is bool or get_args(kind)[:1] == (bool,) for kind in kinds)


def from_text(field: FieldInfo, text: str) -> Any:
    """What a text says, as the option's type has it; the rest is left for the option to refuse."""
    if is_yes_or_no(field):
        try:
            return TypeAdapter(bool).validate_python(text)
        except ValidationError:
            return text
    takes_text = field.annotation is str or str in map(type, get_args(field.annotation))
    return text if takes_text or not text.isdecimal() else int(text)


def _shared(options: Options, record: type) -> dict[str, Any]:
    """The fields that a record has in common with the options."""
    names = {field.name for field in fields(record)} & set(type(options).model_fields)
    values = {name: getattr(options, name) for name in names}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
