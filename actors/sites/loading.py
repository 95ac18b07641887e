"""Loads the site files of a folder: strict YAML, and nothing in it that would allow more than a request."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from actors.option_checks import ascii_host
from actors.options import ExplorationOptions, FilmOptions, Options, from_text, option_of
from actors.sites.site_file import AT_ONCE, GENERIC, PACE_S, SiteFile, SiteFiles
from explorer.script.arguments import MaskSpec, alternatives
from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.loading import native_script, parse_script
from explorer.script.model import Script
from explorer.script.targets import parse_target
from explorer.script.variables import bind

SUFFIXES = frozenset({".yaml", ".yml"})
#: An address for a script that has none: the request's takes its place.
_ANY_URL = "https://site.invalid/"
_HOST_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._:*")

LIMITS = frozenset(
    name
    for name, field in ExplorationOptions.model_fields.items()
    if option_of(field).panel == "How far it goes"
)
#: What only a request may say, and names under which it may be looked for.
WIDENING = frozenset(
    name
    for name, field in ExplorationOptions.model_fields.items()
    if option_of(field).panel == "What is allowed" or name == "domains"
) | {"allow_hosts", "skip_robots", "guardrails", "blacklist", "secrets", "storage_state", "http_credentials"}
EXPLORATION = frozenset(ExplorationOptions.model_fields) - WIDENING
FILM = frozenset(FilmOptions.model_fields)


class SiteFilesInvalid(ValueError):
    """At least one file of the folder says what it may not, or cannot be read; all are named."""


def load_sites(folder: Path) -> SiteFiles:
    """Loads all YAML files of a folder, by name. Raises SiteFilesInvalid with file, place and reason."""
    files: list[SiteFile] = []
    problems: list[str] = []
    for path in _yaml_files(folder):
        try:
            files.append(load_site(path.name, path.read_bytes()))
        except ScriptInvalid as exc:
            problems += [_told(path.name, one) for one in exc.problems]
        except OSError as exc:
            problems.append(f"{path.name}: cannot be read: {exc.strerror}")
    if problems:
        raise SiteFilesInvalid("; ".join(problems))
    return SiteFiles(str(folder), tuple(files))


def load_site(name: str, text: bytes) -> SiteFile:
    """Loads one file. Raises ScriptInvalid with every problem and its place."""
    content = _content(_parse(text))
    if content.script and (found := list(_script_problems(content.script))):
        raise ScriptInvalid(found)
    return SiteFile(
        name=name,
        hosts=tuple(content.hosts),
        script=content.script,
        exploration=content.exploration,
        film=content.film,
        limits=content.limits,
        consent=tuple(content.consent),
        mask=tuple(one for target in content.mask for one in alternatives(target)),
        pace_s=content.pace.seconds,
        at_once=content.pace.at_once,
    )


def _yaml_files(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as exc:
        raise SiteFilesInvalid(f"{folder} is no folder that can be read: {exc.strerror}") from exc
    return [path for path in paths if path.suffix in SUFFIXES and not path.name.startswith(".")]


def _parse(text: bytes) -> Any:
    try:
        return parse_script(text)
    except ScriptInvalid as exc:
        raise ScriptInvalid([Problem("", one.message) for one in exc.problems]) from exc


def _told(name: str, problem: Problem) -> str:
    return f"{name}: {problem.field} {problem.message}" if problem.field else f"{name}: {problem.message}"


def _content(value: Any) -> "_Content":
    if not isinstance(value, Mapping):
        raise ScriptInvalid([Problem("", "is not a mapping with hosts, such as `hosts: [shop.example]`")])
    taken = frozenset(_Content.model_fields)
    found = [Problem("", why) for why in _wrong_keys(taken, value)]
    try:
        content = _Content.model_validate({name: value[name] for name in value if name in taken})
    except ValidationError as exc:
        found += [Problem(one.field.lstrip("."), one.message) for one in problems_of(exc, "")]
    if found:
        raise ScriptInvalid(found)
    return content


def _script_problems(script: Script) -> Iterator[Problem]:
    """What keeps a script from being played for any request."""
    if script.secrets:
        yield Problem("script.secrets", "are for a script that comes with a request, which has their values")
    try:
        FilmOptions.model_validate(_read_options(FilmOptions, FILM, script.film))
    except ValidationError as exc:
        yield from problems_of(exc, "script.film")
    except ValueError as exc:
        yield Problem("script.film", str(exc))
    try:
        bind(script, {})
    except ScriptInvalid as exc:
        for one in exc.problems:
            yield Problem(f"script.{one.field.removeprefix('script.')}", one.message)


def _with_url(value: Any) -> Any:
    return {"url": _ANY_URL, **native_script(value)}


def _wrong_keys(taken: frozenset[str], value: Mapping[str, Any]) -> list[str]:
    """What is wrong with keys that are not `taken`."""
    return [
        f"has {name}, with which it would allow more than a request has asked for"
        if name in WIDENING
        else f"has {name!r}, which is none of {', '.join(sorted(taken))}"
        for name in value
        if name not in taken
    ]


def _read_options(model: type[Options], taken: frozenset[str], value: Any) -> Any:
    """Options whose values are still text, as their types have them. Raises ValueError for other keys."""
    if not isinstance(value, Mapping):
        return value
    if wrong := _wrong_keys(taken, value):
        raise ValueError("; ".join(wrong))
    fields = model.model_fields
    return {
        name: from_text(fields[name], one) if isinstance(one, str) else one for name, one in value.items()
    }


def _host_pattern(value: str) -> str:
    host = ascii_host(value.strip().strip("[]"))
    if not host or not set(host) <= _HOST_CHARS or (":" in host and host.count(":") < 2):
        raise ValueError(
            f"{value!r} is no host: name one such as shop.example or *.example.org, without scheme, port and "
            f"path, or {GENERIC} for all others"
        )
    return host


def _consent_hint(value: str) -> str:
    target = parse_target(value)
    if len(target.parts) != 1 or target.parts[0].engine not in {"css", "words"}:
        raise ValueError(f"{value!r} is neither the words of a button nor css= and a selector")
    (part,) = target.parts
    return f"css={part.value}" if part.engine == "css" else part.value


def _pace(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {"seconds": value}


class _Pace(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(default=PACE_S, ge=0, le=3600)
    at_once: int = Field(default=AT_ONCE, ge=1, le=10)


class _Content(BaseModel):
    """What a site file may say."""

    model_config = ConfigDict(extra="forbid")

    hosts: list[Annotated[str, AfterValidator(_host_pattern)]] = Field(min_length=1, max_length=100)
    script: Annotated[Script, BeforeValidator(_with_url)] | None = None
    exploration: Annotated[
        ExplorationOptions, BeforeValidator(partial(_read_options, ExplorationOptions, EXPLORATION))
    ] = ExplorationOptions()
    film: Annotated[FilmOptions, BeforeValidator(partial(_read_options, FilmOptions, FILM))] = FilmOptions()
    limits: Annotated[
        ExplorationOptions, BeforeValidator(partial(_read_options, ExplorationOptions, LIMITS))
    ] = ExplorationOptions()
    consent: list[Annotated[str, AfterValidator(_consent_hint)]] = Field(default=[], max_length=20)
    mask: list[MaskSpec] = Field(default=[], max_length=20)
    pace: Annotated[_Pace, BeforeValidator(_pace)] = _Pace()
