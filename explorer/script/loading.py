"""Loads scripts: YAML or JSON, in the native spelling or as Chrome's DevTools Recorder exports them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.model import MAX_SCRIPT_BYTES, Script
from explorer.script.recorder import from_recorder, is_recording

#: A script is three or four levels deep.
MAX_DEPTH = 20
#: A parser in C where there is one: 256 KB take milliseconds, and not seconds.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def load_script(text: str | bytes) -> Script:
    """Loads a script from its text. Raises ScriptInvalid with every problem and its place."""
    return read_script(parse_script(text))


def parse_script(text: str | bytes) -> Any:
    """Parses the text of a script without checking what it says. Raises ScriptInvalid where it is too large,
    or neither YAML nor JSON."""
    size = len(text if isinstance(text, bytes) else text.encode(errors="replace"))
    if size > MAX_SCRIPT_BYTES:
        raise _invalid(f"has {size} bytes, the maximum is {MAX_SCRIPT_BYTES}")
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as exc:
        raise _invalid(f"is not UTF-8: {exc.reason} at byte {exc.start}") from exc
    return _parse(decoded.removeprefix("\ufeff"))


def read_script(value: Any) -> Script:
    """Checks a script that was parsed already. Raises ScriptInvalid with every problem and its place."""
    native = native_script(value)
    try:
        return Script.model_validate(native)
    except ValidationError as exc:
        raise ScriptInvalid(list(problems_of(exc))) from exc


def native_script(value: Any) -> Mapping[str, Any]:
    """A parsed script in our spelling, also of a recording; its steps are unchecked. Raises ScriptInvalid."""
    if not isinstance(value, Mapping):
        raise _invalid("is not a mapping with steps, such as `steps: [{click: Sign in}]`")
    _check_depth(value)
    return from_recorder(value) if is_recording(value) else value


def _parse(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_distinct)
        except ValueError as json_error:
            if isinstance(json_error, json.JSONDecodeError):
                place = f"line {json_error.lineno}, column {json_error.colno}"
                raise _invalid(f"is not JSON: {json_error.msg} ({place})") from json_error
            raise _invalid(str(json_error)) from json_error
        except RecursionError as exc:
            raise _invalid(f"is nested more than {MAX_DEPTH} levels deep") from exc
    return _parse_yaml(text)


def _parse_yaml(text: str) -> Any:
    """Builds a value from YAML of which all scalars stay the text that they are written as."""
    root: list[Any] = []
    open_parts: list[_Part] = [_Part(root)]
    try:
        for event in yaml.parse(text, Loader=LOADER):
            _check_event(event, len(open_parts), documents=len(root))
            if isinstance(event, yaml.ScalarEvent):
                open_parts[-1].add(event.value, event)
            elif isinstance(event, yaml.CollectionStartEvent):
                part = _Part({} if isinstance(event, yaml.MappingStartEvent) else [])
                open_parts[-1].add(part.value, event)
                open_parts.append(part)
            elif isinstance(event, yaml.CollectionEndEvent):
                open_parts.pop()
    except yaml.YAMLError as exc:
        raise _invalid(f"is not YAML: {_told(exc)}") from exc
    return root[0] if root else None


@dataclass(slots=True)
class _Part:
    """A mapping or a list that is being read, and the key that waits for its value."""

    value: Any
    key: str | None = None

    def add(self, value: Any, event: yaml.Event) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is not None:
            self.value[self.key], self.key = value, None
        elif not isinstance(value, str):
            raise _invalid(f"has a key that is no text ({_line(event)})")
        elif value in self.value:
            raise _invalid(f"has the key {value!r} twice in one mapping ({_line(event)})")
        else:
            self.key = value


def _check_event(event: yaml.Event, depth: int, documents: int) -> None:
    """Refuses what makes YAML mean more than it says."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _invalid(f"has an alias ({_line(event)}): write it out")
    if tag := getattr(event, "tag", None):
        raise _invalid(f"has the tag {tag} ({_line(event)}): leave it out")
    if isinstance(event, yaml.DocumentStartEvent) and documents:
        raise _invalid("holds several documents: a file is one script")
    if depth > MAX_DEPTH:
        raise _invalid(f"is nested more than {MAX_DEPTH} levels deep ({_line(event)})")


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}"


def _told(exc: yaml.YAMLError) -> str:
    mark = getattr(exc, "problem_mark", None) or getattr(exc, "context_mark", None)
    problem = getattr(exc, "problem", None) or str(exc).splitlines()[0]
    return f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark else str(problem)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Builds an object. Raises ValueError for a key that stands in it twice."""
    built = dict(pairs)
    if len(built) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(
            f"has the key {next(key for key in keys if keys.count(key) > 1)!r} twice in one object"
        )
    return built


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise _invalid(f"is nested more than {MAX_DEPTH} levels deep")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        _check_depth(one, depth + 1)


def _invalid(message: str) -> ScriptInvalid:
    return ScriptInvalid([Problem("script", message)])
