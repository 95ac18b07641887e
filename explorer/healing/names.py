"""What a person would call an element: names by which elements of one page are told apart."""

import base64
import re
import zlib
from typing import Protocol

_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Roles of what takes a value.
_FILLED_IN = frozenset(
    ("textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "switch", "slider", "spinbutton")
)


class Named(Protocol):
    """What of an element says how it is called and what it is for."""

    @property
    def tag(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def clickable(self) -> bool: ...


#: Characters of a name: with 150 names, one in 100,000 elements is taken for another one of the page.
NAME_CHARS = 4


def name_of(one: Named) -> str:
    """Its words and what it is for, as four letters, for fingerprints are to be small; "" without words."""
    said = one.label or one.text
    name = " ".join(_WORD.findall(said.casefold())) or said.strip()
    if not name:
        return ""
    return base64.b64encode(zlib.crc32(f"{use_of(one)} {name}".encode()).to_bytes(4)[:3]).decode()


def split_names(joined: str) -> list[str]:
    """The names of which a fingerprint keeps many as one text."""
    return [joined[at : at + NAME_CHARS] for at in range(0, len(joined), NAME_CHARS)]


def use_of(one: Named) -> str:
    """Whether it is filled in, pressed or read, or heads a part of the page; tags change more often."""
    if one.role in _FILLED_IN or (one.tag in {"input", "textarea", "select"} and one.role != "button"):
        return "field"
    if one.clickable and one.tag != "label":
        return "control"
    return "heading" if one.role == "heading" else "text"


def is_used_alike(one: Named, other: Named) -> bool:
    """Whether both are pressed, both filled in, or neither: a release may turn a heading into a paragraph."""
    uses = {use_of(one), use_of(other)}
    return len(uses) == 1 or uses == {"heading", "text"}


def words_of(text: str) -> frozenset[str]:
    """The words and numbers in it, also in names such as `userEmail` or `user-email`."""
    return frozenset(_WORD.findall(_HUMP.sub(" ", text).casefold()))
