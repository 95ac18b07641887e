"""What can be wrong with the rows of a batch: each problem with its line and column."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from actors.errors import PipelineError

#: A table with more problems than this is told the first ones, and how many more there are.
MAX_PROBLEMS = 50

#: What problems are counted by: lines of a file, or rows of a list.
Unit = Literal["line", "row"]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One problem. `line` is where the cell begins in the file, of which 1 is the header, or the number of
    the row in a list. `column` is the header's name, or the column's number where it has none of use, or
    "" where the problem is not one column's."""

    line: int
    column: str
    message: str


class RowsInvalid(PipelineError):
    """The rows of a batch cannot be used; nothing was accepted."""

    code = "rows_invalid"

    def __init__(self, problems: Sequence[RowProblem], more: int = 0, unit: Unit = "line") -> None:
        self.problems = tuple(problems[:MAX_PROBLEMS])
        self.more = more + len(problems[MAX_PROBLEMS:])
        self.unit = unit
        first, count = self.problems[0], len(self.problems) + self.more
        column = f", column {first.column}" if first.column else ""
        others = f" There {'is 1' if count == 2 else f'are {count - 1}'} more." if count > 1 else ""
        super().__init__(f"The rows were not accepted: {unit} {first.line}{column}: {first.message}.{others}")


@dataclass(slots=True)
class Problems:
    """Collects problems, of which it keeps the first and counts the others."""

    unit: Unit = "line"
    _first: list[RowProblem] = field(default_factory=list)
    _more: int = 0

    def add(self, line: int, column: str, message: str) -> None:
        """Notes one problem."""
        if len(self._first) < MAX_PROBLEMS:
            self._first.append(RowProblem(line, column, message))
        else:
            self._more += 1

    def check(self) -> None:
        """Raises RowsInvalid if there are any."""
        if self._first:
            raise RowsInvalid(self._first, self._more, self.unit)


def refused(line: int, column: str, message: str, unit: Unit = "line") -> RowsInvalid:
    """The error for a problem after which nothing else can be told."""
    return RowsInvalid([RowProblem(line, column, message)], unit=unit)
