"""Rows that come as JSON, and lists of addresses."""

import json

import pytest

from actors.batches.errors import RowsInvalid
from actors.batches.rows import sites_table, table_of


def problems(caught: pytest.ExceptionInfo[RowsInvalid]) -> list[tuple[int, str]]:
    assert caught.value.unit == "row"
    return [(one.line, one.column) for one in caught.value.problems]


def test_strings_and_whole_numbers_are_taken_as_text() -> None:
    rows = json.loads(
        '[{"a": "007", "b": 12345678901234567890}, {"c": "false", "a": "", "b": -1}, {"a": " x "}]'
    )

    table = table_of(rows)

    assert table.names == ("a", "b", "c")
    assert [dict(row.values) for row in table.rows] == [
        {"a": "007", "b": "12345678901234567890"},
        {"b": "-1", "c": "false"},
        {"a": " x "},
    ]
    assert table.lines == (1, 2, 3)
    assert (table.encoding, table.delimiter, table.notices) == ("", "", ())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1.5", "fraction"),
        ("1e5", "fraction"),
        ("true", "true or false"),
        ("null", "leave the key out"),
        ("[]", "a list"),
        ("{}", "an object"),
        ("9" * 400, "300 digits"),
        (r'"\u0000"', "NUL"),
        (r'"\ud800"', "half of a character"),
    ],
)
def test_what_is_no_text_is_refused_with_row_and_column(value: str, words: str) -> None:
    with pytest.raises(RowsInvalid, match=words) as caught:
        table_of(json.loads(f'[{{"a": "x", "b": 1}}, {{"a": "x", "b": {value}}}]'))

    assert problems(caught) == [(2, "b")]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(RowsInvalid) as caught:
        table_of([{"a": "x"}, {"a b": "x", "": "x", " a": "x"}, json.loads("[1]"), {"a": None}])

    assert sorted(problems(caught)) == [(2, "3"), (2, "a"), (2, "a b"), (3, ""), (4, "a")]


def test_keys_are_mapped_as_headers_are() -> None:
    rows = [{"Company": "Acme", "contacts": [1, 2]}]

    table = table_of(rows, columns={"Company": "company", "contacts": ""})

    assert table.names == ("company",)
    assert table.rows[0].values == {"company": "Acme"}


def test_a_list_of_addresses_is_one_column_and_may_repeat_itself() -> None:
    table = sites_table(["https://a.test/", "http://b.test/?x=1", "https://a.test/"])

    assert table.names == ("url",)
    assert [row.values["url"] for row in table.rows] == [
        "https://a.test/",
        "http://b.test/?x=1",
        "https://a.test/",
    ]


def test_addresses_that_cannot_be_filmed_are_told_by_their_number() -> None:
    long = "https://a.test/" + "x" * 2048

    with pytest.raises(RowsInvalid) as caught:
        sites_table(["https://a.test/", "a.test", "", "ftp://a.test/", "https://u:p@a.test/", long])

    assert problems(caught) == [(number, "url") for number in (2, 3, 4, 5, 6)]


def test_a_list_without_rows_is_refused() -> None:
    for read in (table_of, sites_table):
        with pytest.raises(RowsInvalid, match="there are no rows"):
            read([])
