"""How much a table may hold, and that files beyond that are refused in little time."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from actors.batches.columns import MAX_CELL_BYTES, MAX_COLUMNS
from actors.batches.csv_reader import read_csv
from actors.batches.encodings import MAX_FILE_BYTES
from actors.batches.errors import RowsInvalid
from actors.batches.rows import MAX_ROWS, Table, table_of

MB = 1024 * 1024


def refused(read: Callable[..., Table], *args: Any, **more: Any) -> RowsInvalid:
    with pytest.raises(RowsInvalid) as caught:
        read(*args, **more)
    return caught.value


def test_a_table_may_be_as_large_as_the_limits_and_no_larger() -> None:
    names = ",".join(f"n{index}" for index in range(MAX_COLUMNS))

    assert len(read_csv("a\n" + "x\n" * MAX_ROWS).rows) == MAX_ROWS
    assert read_csv("a\n" + "é" * (MAX_CELL_BYTES // 2)).rows[0].values["a"]
    assert len(read_csv(f"{names}\n{',' * (MAX_COLUMNS - 1)}\n").names) == MAX_COLUMNS

    rows = refused(read_csv, "a\n" + "x\n" * (MAX_ROWS + 1))
    assert (rows.problems[0].line, rows.problems[0].message) == (1002, "there are more than 1,000 rows")
    cell = refused(read_csv, "a,b\n1,2\n3," + "é" * (MAX_CELL_BYTES // 2) + "x")
    assert (cell.problems[0].line, cell.problems[0].column) == (3, "b")
    assert "10,241 bytes" in cell.problems[0].message
    assert refused(read_csv, f"{names},one_more\n").problems[0].column == str(MAX_COLUMNS + 1)
    assert "the most" in str(refused(read_csv, b"x" * (MAX_FILE_BYTES + 1)))


def test_a_caller_may_allow_fewer_rows_but_not_more() -> None:
    rows = [{"a": "x"}] * 3

    assert len(read_csv("a\nx\nx", max_rows=2).rows) == len(table_of(rows, max_rows=3).rows) - 1
    assert refused(read_csv, "a\nx\nx\nx", max_rows=2).problems[0].line == 4
    assert refused(table_of, rows, max_rows=2).problems[0].line == 3
    assert refused(read_csv, "a\n" + "x\n" * (MAX_ROWS + 1), max_rows=MAX_ROWS * 2)


def test_long_values_are_refused_unless_their_column_is_left_out() -> None:
    row = "Acme," + "x" * (MAX_CELL_BYTES + 1)

    assert refused(read_csv, f"a,notes\n{row}").problems[0].column == "notes"
    assert read_csv(f"a,notes\n{row}", columns={"notes": ""}).rows[0].values == {"a": "Acme"}


def test_json_rows_have_the_same_limits() -> None:
    wide = {f"n{index}": "x" for index in range(MAX_COLUMNS)}
    heavy = [{"a": "x" * MAX_CELL_BYTES}] * (MAX_FILE_BYTES // MAX_CELL_BYTES + 1)

    assert len(table_of([wide]).names) == MAX_COLUMNS
    assert "columns" in str(refused(table_of, [wide, {"one_more": "x"}]))
    assert "5,242,880 are the most" in str(refused(table_of, heavy))
    assert refused(table_of, [{"a": "x" * (MAX_CELL_BYTES + 1)}]).problems[0].column == "a"
    assert "1,001 rows" in str(refused(table_of, [{"a": "x"}] * (MAX_ROWS + 1)))


@pytest.mark.parametrize(
    "data",
    [
        b'"' * 5 * MB,
        b"," * 5 * MB,
        b'a"' * 2 * MB,
        b"a\n" + b"\n" * (4 * MB) + b"x",
        b"a,b\n" + b"," * 4 * MB,
        b"a,b\n" + b'"",' * MB,
        b"a\n" + b'"x' * 2 * MB,
        b"a\n" + b"\r\n" * 2 * MB,
        b"a\n" + b"\xe4\n" * 2 * MB,
    ],
    ids=lambda data: repr(data[:6]),
)
def test_no_file_takes_long_to_refuse(data: bytes) -> None:
    begun_s = time.process_time()

    refused(read_csv, data)

    assert time.process_time() - begun_s < 3
