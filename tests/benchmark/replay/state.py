"""The end state of a played recording, and in what two of them differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, Self

READ_STATE = (Path(__file__).parent / "state.js").read_text(encoding="utf-8")
#: So much of a text is shown around the first place where it differs.
CONTEXT_CHARS = 60


@dataclass(frozen=True, slots=True)
class FrameState:
    """One frame: its address, its text as it is shown, and its fields with their values."""

    url: str = ""
    text: str = ""
    fields: tuple[str, ...] = ()
    #: Whether an animation is on its way that will end.
    moving: bool = field(compare=False, default=False)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["url"], row["text"], tuple(row["fields"]), row["moving"])


@dataclass(frozen=True, slots=True)
class EndState:
    """The page and its frames, and why the recording was not played to its end."""

    frames: tuple[FrameState, ...] = ()
    error: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(tuple(map(FrameState.of, row["frames"])), row["error"])


def differences(reference: EndState, ours: EndState) -> list[str]:
    """In what ours differs, in one line each; none if both ended in the same state, and without an error."""
    return list(_differences(reference, ours))


def _differences(reference: EndState, ours: EndState) -> Iterator[str]:
    if reference.error:
        yield f"the reference failed: {reference.error}"
    if ours.error:
        yield f"ours failed: {ours.error}"
    for wanted, found in zip_longest(reference.frames, ours.frames):
        if wanted is None or found is None:
            yield f"frames: {len(reference.frames)}, ours {len(ours.frames)}"
            return
        if wanted.url != found.url:
            yield f"address: {wanted.url}, ours {found.url}"
        if wanted.text != found.text:
            yield f"text: {_around(wanted.text, found.text)!r}, ours {_around(found.text, wanted.text)!r}"
        for one, other in zip_longest(wanted.fields, found.fields):
            if one != other:
                yield f"field: {one}, ours {other}"


def _around(text: str, other: str) -> str:
    """The part of a text in which it begins to differ from another."""
    same = next((at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), len(other))
    return text[max(0, same - CONTEXT_CHARS // 3) : same + CONTEXT_CHARS]
