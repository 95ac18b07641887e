"""Puts the values of variables into a script, and refuses what is unknown or missing before anything runs."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from explorer.script.errors import Problem, ScriptInvalid, problems_of
from explorer.script.model import MAX_SCRIPT_BYTES, NAME, Script

#: `{{name}}`, with spaces inside; `\{{` stands for two braces.
PLACEHOLDER = re.compile(rf"\\\{{\{{|\{{\{{\s*({NAME})\s*\}}\}}|\{{\{{([^{{}}]*)\}}\}}")
#: Keys whose text is code of the page, or copied from it: braces mean something else there.
_CODE = frozenset({"expression", "properties", "fingerprints"})
#: The path of all places where a secret may stand.
_SECRET_PLACE = re.compile(r"script\.(?:before|steps)\[\d+\]\.fill\.value")
#: Places of free text; all others name a target.
_FREE_TEXT = frozenset(
    {
        *("value", "caption", "chapter", "navigate", "url", "title", "text", "keys", "press", "screenshot"),
        *("goal", "focus", "avoid", "name"),
    }
)
#: What a CSS selector cannot hold as it is.
_CSS_SPECIAL = re.compile(r"^\d|[^A-Za-z0-9_\-\u00a0-\U0010ffff]")
_BARE = re.compile(r"[\w .-]*")
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BoundScript:
    """A script with its values. `given` names the steps whose targets or addresses hold a variable's value,
    and `url` where the first one does: they are not the author's literal words."""

    script: Script
    given: frozenset[str]

    def untrusted(self) -> "BoundScript":
        """The same from an author whose words count for nothing: no guardrail yields to them."""
        return BoundScript(self.script, frozenset({"url", *(path for path, _ in self.script.all_steps())}))

    @property
    def as_json(self) -> dict[str, Any]:
        """The script as it was written, but with its values."""
        return self.script.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def bind(script: Script, values: Mapping[str, str]) -> BoundScript:
    """Puts `values` and defaults in the place of variables; secrets stay as they are written.

    Raises ScriptInvalid with the path of each that is unknown or missing, and for a value that does not fit.
    """
    problems = list(_unknown_values(script, values))
    known = {name: one.default for name, one in script.variables.items() if one.default is not None}
    known |= {name: value for name, value in values.items() if name in script.variables}
    raw = script.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    given: set[str] = set()
    bound = {
        key: value
        if key in {"variables", "secrets", "film"}
        else _Binding(script, known, problems, given).walk(value, f"script.{key}")
        for key, value in raw.items()
    }
    problems += _moved_hosts(raw, "script")
    if problems:
        raise ScriptInvalid(problems)
    if (size := len(json.dumps(bound))) > MAX_SCRIPT_BYTES:
        why = f"has {size} bytes with its values, the maximum is {MAX_SCRIPT_BYTES}"
        raise ScriptInvalid([Problem("script", why)])
    try:
        return BoundScript(Script.model_validate(bound), frozenset(given))
    except ValidationError as exc:
        raise ScriptInvalid(list(problems_of(exc))) from exc


def reveal(text: str, secrets: Mapping[str, str]) -> str:
    """The text with the values of secrets in their places, and literal braces as they are meant."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return "{{" if found[0].startswith("\\") else secrets.get(name or "", found[0])

    return PLACEHOLDER.sub(value, text)


def secrets_in(text: str, script: Script) -> list[str]:
    """The names of the secrets that stand in a text."""
    return [name for name in (found[1] for found in PLACEHOLDER.finditer(text)) if name in script.secrets]


@dataclass(frozen=True, slots=True)
class _Binding:
    """Walks through a script, and notes problems and steps with given values on the way."""

    script: Script
    values: Mapping[str, str]
    problems: list[Problem]
    given: set[str]

    def walk(self, value: Any, path: str) -> Any:
        match value:
            case str():
                return self._text(value, path)
            case list():
                return [self.walk(one, f"{path}[{index}]") for index, one in enumerate(value)]
            case dict():
                return {
                    key: one if key in _CODE else self.walk(one, f"{path}.{key}")
                    for key, one in value.items()
                }
        return value

    def _text(self, text: str, path: str) -> str:
        is_kept = _SECRET_PLACE.fullmatch(path) is not None

        def replace(found: re.Match[str]) -> str:
            name, wrong = found[1], found[2]
            if found[0].startswith("\\"):
                return found[0] if is_kept else "{{"
            if name in self.values:
                self._note_given(path)
                return self._fitting(self.values[name], text[: found.start()], path)
            if name in self.script.secrets and is_kept:
                return found[0]
            self.problems.append(Problem(path, self._why_not(name, wrong)))
            return found[0]

        return PLACEHOLDER.sub(replace, text)

    def _fitting(self, value: str, before: str, path: str) -> str:
        """The value as it may stand behind `before`: in a target it is a text, and no syntax."""
        if path.rpartition(".")[2].partition("[")[0] in _FREE_TEXT:
            return value
        part = before.rpartition(">>")[2].lstrip()
        if part.startswith("css="):
            return css_escaped(value)
        quote = open_quote(part) if part.startswith(("xpath=", "xpath/", "role=")) else None
        if quote and quote in value:
            self.problems.append(
                Problem(path, f"holds a value with {quote}, which closes the quotes around it")
            )
        elif quote == "" and not _BARE.fullmatch(value):
            self.problems.append(Problem(path, "holds a value outside of quotes that is not plain: quote it"))
        elif ">>" in value:
            self.problems.append(Problem(path, "holds a value with >>, which would part the target"))
        return value

    def _why_not(self, name: str | None, wrong: str | None) -> str:
        if name is None:
            return f"holds {{{{{wrong}}}}}, which is no name: letters, digits and _ (write \\{{{{ for braces)"
        if name in self.script.secrets:
            return f"holds the secret {name}, which may stand in fill.value only"
        if name in self.script.variables:
            return f"needs the variable {name}, which has no value: give one"
        return f"holds {{{{{name}}}}}, which is no variable of this script"

    def _note_given(self, path: str) -> None:
        if path == "script.url":
            self.given.add("url")
        step = re.match(
            r"script\.((?:before|steps)\[\d+\])\.(?!(?:fill|select)\.value|caption|chapter)", path
        )
        if step:
            self.given.add(step[1])


def css_escaped(text: str) -> str:
    """Writes a text so that it means itself within a CSS selector, in quotes or not (CSSOM)."""
    return _CSS_SPECIAL.sub(lambda found: f"\\{ord(found[0]):x} ", text)


def open_quote(text: str) -> str:
    """The quotation mark that is open at the end of a text; "" for none."""
    quote = ""
    for char in text:
        if char in "'\"" and quote in {"", char}:
            quote = "" if quote else char
    return quote


def _unknown_values(script: Script, values: Mapping[str, str]) -> Iterator[Problem]:
    for name in values:
        if name not in script.variables:
            kind = "a secret: give it as one" if name in script.secrets else "no variable of this script"
            yield Problem(f"variables.{name}", f"is {kind}")
    for name, variable in script.variables.items():
        if variable.required and name not in values:
            yield Problem(f"variables.{name}", "has no value and no default: give one")


def _moved_hosts(raw: Mapping[str, Any], root: str) -> Iterator[Problem]:
    """Addresses whose host would come from a variable."""
    places = [(f"{root}.url", raw.get("url", ""))]
    for part in ("before", "steps"):
        for index, step in enumerate(raw.get(part, ())):
            places.append((f"{root}.{part}[{index}].navigate", step.get("navigate", "")))
    for path, address in places:
        host = _HOST.match(address)
        begins = address.lstrip().startswith("{{")
        if begins or (host and "{{" in host[0]):
            yield Problem(path, "takes its host from a variable: write the host out, only the rest may vary")


def is_absolute(address: str) -> bool:
    """Whether an address names its host."""
    return bool(urlsplit(address).netloc)
