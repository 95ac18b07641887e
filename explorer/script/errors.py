"""What can be wrong with a script before anything runs: each problem with the path of its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from explorer.errors import ExplorerError

#: A script with more problems than this is told the first ones.
MAX_PROBLEMS = 50
#: Parts of a validation error's place that name a spelling, and not a place in the script.
_SPELLINGS = frozenset({"text", "list", "object"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: its path in the script, such as `script.steps[3].fill.value`, and what is wrong."""

    field: str
    message: str


class ScriptInvalid(ExplorerError):
    """The script cannot be played; nothing was done."""

    code = "script_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MAX_PROBLEMS])
        text = "; ".join(f"{one.field} {one.message}" for one in self.problems)
        super().__init__(f"The script cannot be played: {text}.")


def problems_of(exc: ValidationError, root: str = "script") -> Iterator[Problem]:
    """The problems of a failed validation, in the words of a script's author."""
    for error in exc.errors(include_url=False):
        message = str(error["msg"]).removeprefix("Value error, ")
        yield Problem(_path(root, error["loc"]), message[:1].lower() + message[1:])


def _path(root: str, place: tuple[Any, ...]) -> str:
    """The place as it is written in the script; the step's own verb, which follows its index, is left out."""
    path, after_index = root, False
    for part in place:
        if isinstance(part, int):
            path, after_index = f"{path}[{part}]", True
            continue
        if not after_index and part not in _SPELLINGS:
            path = f"{path}.{part}"
        after_index = False
    return path
