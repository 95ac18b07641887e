"""The rows of a batch: one film each, with the values that it has by the names of columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actors.batches.columns import MAX_COLUMNS, URL, column_names, labels, text_flaw
from actors.batches.encodings import MAX_FILE_BYTES
from actors.batches.errors import Problems, refused
from actors.batches.records import Cell
from actors.option_checks import MAX_URL_LENGTH, check_url

MAX_ROWS = 1_000
#: About 300 digits. Python refuses to write numbers of more than 4,300.
_MAX_INTEGER_BITS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row, counted from 1. An empty cell is left out of `values`: the default of its variable applies."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and the names of the columns that are used. `lines` says where each row begins in its file;
    in a list that is its number, and `encoding` is "". A single column has no `delimiter`."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    encoding: str = ""
    delimiter: str = ""
    notices: tuple[str, ...] = ()


def table_of(
    rows: Sequence[Mapping[str, Any]], *, columns: Mapping[str, str] | None = None, max_rows: int = MAX_ROWS
) -> Table:
    """Takes rows as they come in JSON: objects of strings or whole numbers, any of which may lack a key.

    `columns` names keys otherwise, or "" to leave them out. Raises RowsInvalid, with row and key of each
    problem: everything is text, so fractions, true, false, null, lists and objects are refused.
    """
    _check_row_count(len(rows), max_rows)
    problems = Problems("row")
    header = _header(rows, problems)
    keys = [cell.text for cell in header]
    names = column_names(header, columns or {}, problems)
    kept = [(key, name, label) for key, name, label in zip(keys, names, labels(keys), strict=True) if name]
    taken, size = [], 0
    for number, row in enumerate(rows, 1):
        values = dict(_values(row, kept, number, problems)) if isinstance(row, Mapping) else {}
        size += sum(len(value.encode()) for value in values.values())
        taken.append(Row(number, values))
    if size > MAX_FILE_BYTES:
        problems.add(1, "", f"all rows have {size:,} bytes, {MAX_FILE_BYTES:,} are the most")
    problems.check()
    used = tuple(name for name in names if name)
    return Table(used, tuple(taken), tuple(range(1, len(rows) + 1)), notices=empty_row_notices(taken))


def sites_table(addresses: Sequence[str], *, max_rows: int = MAX_ROWS) -> Table:
    """Takes a list of addresses, as the column `url`. Raises RowsInvalid for what is no http(s) address."""
    table = table_of([{URL: address} for address in addresses], max_rows=max_rows)
    problems = Problems("row")
    for row in table.rows:
        address = row.values.get(URL, "")
        if len(address) > MAX_URL_LENGTH:
            problems.add(row.number, URL, f"has {len(address):,} characters, {MAX_URL_LENGTH:,} are the most")
            continue
        try:
            check_url(address)
        except ValueError as exc:
            problems.add(row.number, URL, str(exc))
    problems.check()
    return table


def _check_row_count(count: int, max_rows: int) -> None:
    """Raises RowsInvalid for a list without rows, or with more than a batch may have."""
    most = min(max_rows, MAX_ROWS)
    if not count:
        raise refused(1, "", "there are no rows", "row")
    if count > most:
        raise refused(most + 1, "", f"there are {count:,} rows, {most:,} are the most", "row")


def empty_row_notices(rows: Sequence[Row]) -> tuple[str, ...]:
    """What is to be said of rows without any value."""
    empty = [row.number for row in rows if not row.values]
    if not empty:
        return ()
    count = len(empty)
    which = f"Row {empty[0]} has" if count == 1 else f"{count} rows, the first is row {empty[0]}, have"
    return (f"{which} no value in any column: the defaults of all variables apply.",)


def _header(rows: Sequence[Any], problems: Problems) -> list[Cell]:
    """All keys, each with the row that has it first."""
    first: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            problems.add(number, "", 'is not an object, such as {"company": "Acme"}')
            continue
        for key in row:
            first.setdefault(key, number)
        if len(first) > MAX_COLUMNS:
            raise refused(number, "", f"there are more than {MAX_COLUMNS} columns", "row")
    return [Cell(number, key) for key, number in first.items()]


def _values(
    row: Mapping[str, Any], kept: Sequence[tuple[str, str, str]], number: int, problems: Problems
) -> Iterator[tuple[str, str]]:
    """The values of a row by the names of its columns."""
    for key, name, label in kept:
        value = row.get(key, "")
        if type(value) is int and value.bit_length() <= _MAX_INTEGER_BITS:
            value = str(value)
        flaw = text_flaw(value) if isinstance(value, str) else _not_text(value)
        if flaw:
            problems.add(number, label, flaw)
        elif value:
            yield name, value


def _not_text(value: Any) -> str:
    kinds = {
        bool: "true or false",
        int: "a number of more than 300 digits",
        float: "a number with a fraction or an exponent",
        type(None): "null",
        list: "a list",
        dict: "an object",
    }
    kind = kinds.get(type(value), "no text")
    hint = 'leave the key out, or write it as ""' if value is None else "write it as text, in quotes"
    return f"is {kind}: {hint}"
