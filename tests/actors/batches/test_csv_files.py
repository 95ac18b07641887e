"""CSV files as people have them: each is read right, or refused with the line and column of each problem."""

import io
import zipfile
from dataclasses import dataclass, field

import pytest

from actors.batches.csv_reader import read_csv
from actors.batches.errors import RowsInvalid

AB = [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@dataclass(frozen=True)
class Good:
    """A file, and what is to be read from it."""

    data: bytes | str
    rows: list[dict[str, str]] = field(default_factory=lambda: AB)
    delimiter: str = ","
    encoding: str = "utf-8"
    lines: tuple[int, ...] = (2, 3)


@dataclass(frozen=True)
class Bad:
    """A file, and its problems: line, column, and words of the message."""

    data: bytes | str
    problems: list[tuple[int, str, str]]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


GOOD = {
    "plain": Good(b"a,b\n1,2\n3,4\n"),
    "no line end at the end": Good(b"a,b\r\n1,2\r\n3,4"),
    "CR alone, as old Macs write": Good(b"a,b\r1,2\r3,4\r"),
    "all three line ends": Good(b"a,b\r\n1,2\n3,4\r"),
    "blank lines at the end": Good(b"a,b\n1,2\n3,4\n\r\n\n\r\r\n"),
    "BOM of UTF-8": Good(b"\xef\xbb\xbfa,b\n1,2\n3,4\n"),
    "BOM in text that was decoded already": Good("\ufeffa,b\n1,2\n3,4\n"),
    "BOM before a quoted header": Good(b'\xef\xbb\xbf"a","b"\n1,2\n3,4\n'),
    "UTF-16, little end first": Good("\ufeffa\tb\r\n1\t2\r\n3\t4".encode("utf-16-le"), AB, "\t", "utf-16-le"),
    "UTF-16, big end first": Good("\ufeffa;b\n1;2\n3;4".encode("utf-16-be"), AB, ";", "utf-16-be"),
    "Windows-1252": Good(
        "a;b\nMüller & Söhne, „Café“;5 €\n".encode("cp1252"),
        [{"a": "Müller & Söhne, „Café“", "b": "5 €"}],
        ";",
        "windows-1252",
        (2,),
    ),
    "semicolons with commas in cells": Good("a;b\n1,5;2,5\n", [{"a": "1,5", "b": "2,5"}], ";", lines=(2,)),
    "bars": Good("a|b\n1|2\n3|4\n", delimiter="|"),
    "delimiter in a quoted header that is no delimiter of the file": Good(
        '" a ";"b"\n1;2\n3;4\n', delimiter=";"
    ),
    "a single column, where commas are text": Good(
        "url\nhttps://a.test/?x=1,2;3|4\n", [{"url": "https://a.test/?x=1,2;3|4"}], "", lines=(2,)
    ),
    "a single column with a quoted empty cell": Good('a\n""\nx\n', [{}, {"a": "x"}], ""),
    "quotes, doubled quotes and delimiters in cells": Good(
        'a,b\n"say ""hi"", now",""""\n', [{"a": 'say "hi", now', "b": '"'}], lines=(2,)
    ),
    "line ends in cells, and lines counted across them": Good(
        'a,b\r\n"one\r\ntwo\nthree\rfour",x\r\n1,2\r\n',
        [{"a": "one\r\ntwo\nthree\rfour", "b": "x"}, {"a": "1", "b": "2"}],
        lines=(2, 6),
    ),
    "everything is text": Good(
        "a,b\n007,0\nfalse,12345678901234567890\n1e5,1.50\nnull, x  y \n",
        [
            {"a": "007", "b": "0"},
            {"a": "false", "b": "12345678901234567890"},
            {"a": "1e5", "b": "1.50"},
            {"a": "null", "b": " x  y "},
        ],
        lines=(2, 3, 4, 5),
    ),
    "line separators of Unicode, which end no line": Good(
        "a,b\n1\u2028\x85\x0b\x0c\x1c,2\n", [{"a": "1\u2028\x85\x0b\x0c\x1c", "b": "2"}], lines=(2,)
    ),
    "empty cells": Good('a,b\n,2\n1,""\n,\n', [{"b": "2"}, {"a": "1"}, {}], lines=(2, 3, 4)),
    "header with spaces around, and all kinds of names": Good(
        " a ,url,deliver_to,film.size\n1,2,3,4\n",
        [{"a": "1", "url": "2", "deliver_to": "3", "film.size": "4"}],
        lines=(2,),
    ),
}

UNCLOSED = "never closed"
BAD = {
    "empty": Bad(b"", [(1, "", "is empty")]),
    "only a BOM and line ends": Bad(b"\xef\xbb\xbf\r\n\r\n", [(1, "", "is empty")]),
    "only a header": Bad(b"a,b\n\n", [(1, "", "no rows")]),
    "blank lines first": Bad(b"\na,b\n1,2\n", [(1, "", "first line names the columns")]),
    "blank line within": Bad(b"a,b\n1,2\n\n3,4\n", [(3, "", "line is empty")]),
    "blank line within a single column": Bad(b"a\n1\r\n\r\n2", [(3, "", "line is empty")]),
    "a spreadsheet": Bad(zipped(), [(1, "", "save it as CSV")]),
    "a PDF": Bad(b"%PDF-1.7\n", [(1, "", "PDF")]),
    "an old spreadsheet": Bad(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", [(1, "", "old spreadsheet")]),
    "UTF-16 without a BOM": Bad("a,b\n1,2".encode("utf-16-le"), [(1, "", "save it as CSV UTF-8")]),
    "UTF-32": Bad("a,b\n1,2".encode("utf-32"), [(1, "", "save it as CSV UTF-8")]),
    "UTF-16 cut off within a letter": Bad("\ufeffa\n1".encode("utf-16-le") + b"2", [(2, "", "encoding")]),
    "UTF-8 with one letter of another encoding": Bad(
        "a,b\r\nä,ö\r\nü,".encode() + b"\xe4\r\n", [(3, "", "not in UTF-8")]
    ),
    "a byte that no encoding has": Bad(b"a,b\n1,\xe4\n2,\x81\n", [(3, "", "no known encoding")]),
    "NUL in cells": Bad(b"a,b\n1,x\0y\n\0,4\n", [(2, "b", "NUL"), (3, "a", "NUL")]),
    "half of a character": Bad("a,b\n1,\ud800\n", [(2, "b", "half of a character")]),
    "quote in an unquoted cell": Bad(b'a,b\n1,2" pipe\n', [(2, "b", "has a quote")]),
    "space before a quote": Bad(b'a,b\n1, "x"\n', [(2, "b", "has a quote")]),
    "text after a closing quote": Bad(b'a,b\n"1"x,2\n3,"4" \n', [(2, "a", "closing"), (3, "b", "closing")]),
    "quote that is never closed": Bad(b'a,b\n1,2\n3,"4\n5,6\n7,8\n\n', [(3, "b", UNCLOSED)]),
    "the cell's line, and not the row's": Bad(b'a,b\n"1\n\n2","3\n', [(4, "b", UNCLOSED)]),
    "quote that is never closed in the header": Bad(b'a,"b\n1,2\n', [(1, "2", UNCLOSED)]),
    "ragged rows": Bad(
        b"a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1\n",
        [(2, "c", "2 cells"), (4, "4", "5 cells"), (5, "b", "1 cell, but the header 3")],
    ),
    "surplus cell that begins in another line": Bad(b'a,b\n1,"2\n2",3\n', [(3, "3", "3 cells")]),
    "rows with another delimiter than the header": Bad(b"a,b\n1;2\n", [(2, "b", "1 cell")]),
    "delimiter at the end of the header": Bad(b"a,b,\n1,2,\n", [(1, "3", "no name")]),
    "one name twice": Bad(b"a, a,a \n1,2,3\n", [(1, "a", "as column 1"), (1, "a", "as column 1")]),
    "names that are none": Bad(
        b"1st,company name,e-mail,film.sise,film.\nx,x,x,x,x\n",
        [
            (1, "1st", "no digit first"),
            (1, "company name", "no name of a variable"),
            (1, "e-mail", "no name of a variable"),
            (1, "film.sise", "style, size, fps"),
            (1, "film.", "no option"),
        ],
    ),
    "header and rows at once": Bad(b"a b,c\n1\n", [(1, "a b", "no name"), (2, "c", "1 cell")]),
}


@pytest.mark.parametrize("file", GOOD.values(), ids=GOOD)
def test_a_file_is_read_as_it_is_meant(file: Good) -> None:
    table = read_csv(file.data)

    assert [dict(row.values) for row in table.rows] == file.rows
    assert [row.number for row in table.rows] == list(range(1, len(file.rows) + 1))
    assert (table.lines, table.delimiter, table.encoding) == (file.lines, file.delimiter, file.encoding)
    assert table.encoding == "utf-8" or table.notices


@pytest.mark.parametrize("file", BAD.values(), ids=BAD)
def test_a_file_is_refused_with_line_and_column_of_each_problem(file: Bad) -> None:
    with pytest.raises(RowsInvalid) as caught:
        read_csv(file.data)

    told = [(one.line, one.column) for one in caught.value.problems]
    assert told == [(line, column) for line, column, _ in file.problems]
    for problem, (_, _, words) in zip(caught.value.problems, file.problems, strict=True):
        assert words in problem.message


def test_plain_files_need_no_notice_and_what_may_be_meant_otherwise_has_one() -> None:
    assert read_csv(b"a,b\n1,2\n").notices == ()
    (undivided,) = read_csv(b"a\n1;2\n").notices
    assert undivided.startswith("The header names one column")
    assert read_csv(b"a,b\n,\n1,2\n").notices[0].startswith("Row 1 has no value")
    assert read_csv(b"a,b\n,\n1,2\n,\n").notices[0].startswith("2 rows, the first is row 1, have no value")


def test_other_names_are_mapped_to_variables_or_left_out() -> None:
    data = b"Company name, Notes ,Notes,,site\nAcme,\0,x,y,https://a.test/\n"

    table = read_csv(data, columns={"Company name": "company", "Notes": "", "": "", "site": "url"})

    assert table.names == ("company", "url")
    assert table.rows[0].values == {"company": "Acme", "url": "https://a.test/"}


def test_a_mapping_that_does_not_fit_is_refused() -> None:
    with pytest.raises(RowsInvalid) as caught:
        read_csv(b"a b,c,d\n1,2,3\n", columns={"a b": "c", "d": "1st", "gone": "x"})

    assert [(one.line, one.column) for one in caught.value.problems] == [(1, "c"), (1, "d"), (1, "gone")]
    with pytest.raises(RowsInvalid, match="no column is left"):
        read_csv(b"a\n1\n", columns={"a": ""})


def test_the_sentence_of_the_error_has_the_first_problem_and_counts_the_others() -> None:
    with pytest.raises(RowsInvalid) as caught:
        read_csv("a,b\n" + "1\n" * 63)

    assert len(caught.value.problems) == 50
    assert caught.value.more == 13
    assert str(caught.value) == (
        "The rows were not accepted: line 2, column b: the row has 1 cell, but the header 2."
        " There are 62 more."
    )
