"""Parses targets: how a script names an element, by plain words or a path through frames and shadow roots."""

import re
from dataclasses import dataclass
from typing import Literal

#: How the elements of one part of a path are found.
Engine = Literal["words", "role", "label", "testid", "text", "css", "xpath", "aria", "frame", "nth"]

MAX_TARGET_CHARS = 2_000
MAX_ALTERNATIVES = 10
#: Engines by prefix; those with a slash are how Chrome's DevTools Recorder writes them.
_PREFIXES: dict[str, Engine] = {
    "role=": "role",
    "label=": "label",
    "testid=": "testid",
    "text=": "text",
    "css=": "css",
    "xpath=": "xpath",
    "frame=": "frame",
    "nth=": "nth",
    "aria/": "aria",
    "text/": "text",
    "xpath/": "xpath",
    "pierce/": "css",
}
_ROLE = re.compile(r"(?P<role>[a-z]+)\s*(?:\[\s*name\s*=\s*(?P<name>.+?)\s*\])?", re.DOTALL)
_ARIA = re.compile(r"(?P<name>.*?)\s*(?:\[\s*role\s*=\s*(?P<role>.+?)\s*\])?", re.DOTALL)
#: Roles that Chrome calls otherwise. With others of its own, such as DisclosureTriangle, the name counts.
_CHROME_ROLES = {"image": "img"}
_ADDRESS = re.compile(r"https?://\S+")
_QUOTED = re.compile(r"""(?P<quote>["'])(?P<text>.*)(?P=quote)\s*[is]?""", re.DOTALL)
#: Roles of WAI-ARIA 1.2 that an element on a page can have.
ROLES = frozenset(
    (
        *("alert", "alertdialog", "application", "article", "banner", "blockquote", "button", "caption"),
        *("cell", "checkbox", "code", "columnheader", "combobox", "complementary", "contentinfo"),
        *("definition", "deletion", "dialog", "directory", "document", "emphasis", "feed", "figure", "form"),
        *("generic", "grid", "gridcell", "group", "heading", "img", "insertion", "link", "list", "listbox"),
        *("listitem", "log", "main", "marquee", "math", "menu", "menubar", "menuitem", "menuitemcheckbox"),
        *("menuitemradio", "meter", "navigation", "none", "note", "option", "paragraph", "presentation"),
        *("progressbar", "radio", "radiogroup", "region", "row", "rowgroup", "rowheader", "scrollbar"),
        *("search", "searchbox", "separator", "slider", "spinbutton", "status", "strong", "subscript"),
        *("superscript", "switch", "tab", "table", "tablist", "tabpanel", "term", "textbox", "time", "timer"),
        *("toolbar", "tooltip", "tree", "treegrid", "treeitem"),
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a path: what it is searched by, and for what; `role` narrows words of `aria` down."""

    engine: Engine
    value: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The path to an element: `text` is how it was written, the last part but `nth` says which it is."""

    text: str
    parts: tuple[Part, ...]


def parse_target(text: str) -> Target:
    """Parses one target. Raises ValueError with what is wrong, and how to write it."""
    if len(text) > MAX_TARGET_CHARS:
        raise ValueError(f"a target has at most {MAX_TARGET_CHARS} characters, this has {len(text)}")
    pieces = [piece.strip() for piece in _split(text)]
    if not all(pieces):
        raise ValueError(f"{text!r} names nothing: say what to find, such as a label or css=#id")
    parts = tuple(map(_part, pieces))
    finding = [part for part in parts if part.engine not in {"nth", "frame"}]
    if not finding or parts[-1].engine == "frame":
        raise ValueError(f"{text!r} says where, but not what: add what to find there")
    if parts[0].engine == "nth":
        raise ValueError(f"{text!r} begins with nth=, which counts what stands before it")
    if any(part.engine == "words" for part in finding[:-1]):
        raise ValueError(f"in {text!r}, plain words may stand only at the end of a path: say text= or css=")
    return Target(text, parts)


def mask_part(target: str) -> Part:
    """The only part of a target of `mask`. Raises ValueError for one that leads through frames, or counts."""
    parts = parse_target(target).parts
    if len(parts) != 1 or parts[0].engine == "xpath":
        raise ValueError(
            "a mask is one part: plain words, role=, label=, text=, testid= or css=, of which it fills"
            f" everything that fits: {target!r}"
        )
    return parts[0]


def quoted(name: str) -> str:
    """A name as `role=` takes it: in quotes that it does not contain."""
    return f"'{name}'" if "'" not in name else f'"{name}"'


def _part(text: str) -> Part:
    prefix = next((one for one in _PREFIXES if text.casefold().startswith(one)), None)
    if prefix is None:
        return Part("words", text)
    engine, value = _PREFIXES[prefix], text[len(prefix) :].strip()
    if not value:
        raise ValueError(f"{text!r} names nothing after {prefix}")
    if engine == "role":
        return _role(value)
    if engine == "aria":
        found = _ARIA.fullmatch(value)
        name, role = (found["name"], _unquoted(found["role"] or "")) if found else (value, "")
        role = _CHROME_ROLES.get(role, role)
        return Part("aria", name, role if role in ROLES or not name else "")
    if engine == "nth" and not re.fullmatch(r"-?\d{1,4}", value):
        raise ValueError(f"nth= takes a number, from 0 on, and not {value!r}")
    if engine == "frame" and not (re.fullmatch(r"\d{1,3}(?:\.\d{1,3})*", value) or _ADDRESS.fullmatch(value)):
        raise ValueError(
            f"frame= takes the numbers of frames, such as 0 or 0.2, or an address, and not {value!r}"
        )
    return Part(engine, _unquoted(value) if engine in {"label", "testid", "text"} else value)


def _role(value: str) -> Part:
    found = _ROLE.fullmatch(value)
    if found is None:
        raise ValueError(f"role={value} is not understood: say role=button[name='Save']")
    return Part("role", _unquoted(found["name"] or ""), _checked_role(found["role"]))


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise ValueError(f"there is no ARIA role {role!r}; button, link, textbox and heading are some")
    return role


def _unquoted(text: str) -> str:
    found = _QUOTED.fullmatch(text.strip())
    return found["text"] if found else text.strip()


def _split(text: str) -> list[str]:
    """Splits a path at `>>`, but not within quotes or brackets."""
    pieces, quote, depth, start, at = [], "", 0, 0, 0
    while at < len(text):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif depth and char in "\"'":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth = max(0, depth - 1)
        elif not depth and text.startswith(">>", at):
            pieces.append(text[start:at])
            start, at = at + 2, at + 1
        at += 1
    return [*pieces, text[start:]]
