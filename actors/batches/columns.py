"""Names of columns: what a header stands for, and what it is called where something is wrong."""

import re
from collections.abc import Mapping, Sequence

from actors.batches.errors import Problems
from actors.batches.records import Cell
from actors.options import FilmOptions
from explorer.script.model import NAME

MAX_COLUMNS = 200
MAX_CELL_BYTES = 10 * 1024
#: Columns that are no variables, though written as such: where a row's film begins, and where it goes.
URL, DELIVER_TO = "url", "deliver_to"
#: Columns that set an option of the row's film, such as `film.size`.
FILM_PREFIX = "film."
#: A longer header is called by the number of its column.
_MAX_LABEL_CHARS = 64
_ALLOWED = re.compile(rf"{NAME}|{re.escape(FILM_PREFIX)}(?:{'|'.join(FilmOptions.model_fields)})")


def labels(header: Sequence[str]) -> tuple[str, ...]:
    """What each column is called in problems: by its header, trimmed, or else by its number."""
    trimmed = [one.strip() for one in header]
    return tuple(
        one if one.isprintable() and 0 < len(one) <= _MAX_LABEL_CHARS else str(number)
        for number, one in enumerate(trimmed, 1)
    )


def column_names(header: Sequence[Cell], columns: Mapping[str, str], problems: Problems) -> tuple[str, ...]:
    """The name that the values of each column have; "" for a column that is left out.

    `columns` names them otherwise: by the header, trimmed, the name that its column has instead. What is
    wrong is added to `problems`.
    """
    headers, called = [cell.text.strip() for cell in header], labels([cell.text for cell in header])
    names = [columns.get(one, one) for one in headers]
    for index, (cell, name) in enumerate(zip(header, names, strict=True)):
        why = cell.flaw or _why_not(headers[index], name, headers[index] in columns)
        if not why and name and (first := names.index(name)) < index:
            why = f"stands for {name}, as column {first + 1} does"
        if why:
            problems.add(cell.line, called[index], why)
            names[index] = name or called[index]
    for absent in (one for one in columns if one not in headers):
        problems.add(1, absent, "is to be renamed or left out, but there is no such column")
    if not any(names):
        problems.add(1, "", "no column is left: leave out fewer")
    return tuple(names)


def text_flaw(text: str) -> str:
    """What is wrong with the text of a cell, or ""."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "holds half of a character (a lone surrogate)"
    if size > MAX_CELL_BYTES:
        return f"has {size:,} bytes, {MAX_CELL_BYTES:,} are the most"
    return "holds a NUL character, which is no text" if "\0" in text else ""


def _why_not(header: str, name: str, is_mapped: bool) -> str:
    if is_mapped and not name:
        return ""
    if flaw := text_flaw(header):
        return flaw
    if not name:
        return "has no name in the header"
    if _ALLOWED.fullmatch(name):
        return ""
    if name.startswith(FILM_PREFIX):
        return f"is no option of a film: {', '.join(FilmOptions.model_fields)}"
    what = f"is to be {name!r}, which" if is_mapped else "has a header that"
    return f"{what} is no name of a variable: at most 64 letters (A to Z), digits and _, and no digit first"
