"""Whatever the csv module writes comes back as it was, in each delimiter, encoding and line end."""

import csv
import io
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.batches.csv_reader import read_csv
from actors.batches.errors import RowProblem, RowsInvalid
from actors.batches.rows import Table

NAMES = st.lists(
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True), min_size=1, max_size=4, unique=True
)
ANY_TEXT = st.text(
    st.sampled_from(',;\t|"\r\n \ufeff0=')
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=12,
)
#: Letters that never look like UTF-8 in Windows-1252: all their bytes begin a letter of UTF-8, none ends one.
WESTERN = st.text(st.sampled_from(',;\t|"\r\n aZ09äöüßéèñÇØ'), max_size=12)
#: By name: how it is written, what is told, and which texts it can hold.
ENCODINGS = {
    "utf-8": ("utf-8", "", ANY_TEXT),
    "utf-8 with a mark": ("utf-8", "\ufeff", ANY_TEXT),
    "utf-16-le": ("utf-16-le", "\ufeff", ANY_TEXT),
    "utf-16-be": ("utf-16-be", "\ufeff", ANY_TEXT),
    "windows-1252": ("windows-1252", "", WESTERN),
}
#: All cells are quoted where a line ends with one character: the csv module leaves the other one unquoted.
STYLES: list[tuple[str, Literal[0, 1]]] = [("\r\n", 0), ("\r\n", 1), ("\n", 1), ("\r", 1)]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_table_comes_back_as_it_was_written(data: st.DataObject) -> None:
    names = data.draw(NAMES)
    encoding, mark, texts = ENCODINGS[data.draw(st.sampled_from(sorted(ENCODINGS)))]
    row = st.lists(texts, min_size=len(names), max_size=len(names))
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    delimiter = data.draw(st.sampled_from(",;\t|"))
    terminator, quoting = data.draw(st.sampled_from(STYLES))
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=terminator, quoting=quoting)
    writer.writerows([names, *rows])
    raw = (mark + file.getvalue()).encode(encoding)

    table = read_csv(raw)

    assert table.names == tuple(names)
    assert [[row.values.get(name, "") for name in names] for row in table.rows] == rows
    assert "" not in [value for row in table.rows for value in row.values.values()]
    assert table.delimiter == (delimiter if len(names) > 1 else "")
    assert table.encoding == ("utf-8" if raw.isascii() else encoding)


@given(st.binary(max_size=200) | st.text(',;"\r\nab\0', max_size=40))
@settings(max_examples=300, deadline=None)
def test_nothing_but_a_table_or_the_error_comes_of_any_bytes(data: bytes | str) -> None:
    problems: tuple[RowProblem, ...] = ()
    table: Table | None = None
    try:
        table = read_csv(data)
    except RowsInvalid as exc:
        problems = exc.problems

    assert problems or (table and table.rows and len(table.lines) == len(table.rows))
    assert all(one.line >= 1 and one.message for one in problems)
