"""Splits the text of a CSV file into records of cells, as RFC 4180 says, and tells in which line each begins.

The csv module tells no places, and takes a quote in the middle of an unquoted cell for a part of it.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from actors.batches.encodings import count_line_ends

DELIMITERS = ",;\t|"
_QUOTE = '"'
#: What stands between quotes: doubled ones are part of it.
_INSIDE = re.compile(r'[^"]*(?:""[^"]*)*+')
#: Whatever is in quotes, whatever is not, and the end of a line.
_PIECE = re.compile(rf'"{_INSIDE.pattern}"?|[^"\r\n]+|[\r\n]')


class Cell(NamedTuple):
    """A cell: the line where it begins, its text, and what is wrong with how it is written, or ""."""

    line: int
    text: str
    flaw: str = ""


class Record(NamedTuple):
    """A record: the line where it begins, and its cells, of which an empty line has none."""

    line: int
    cells: tuple[Cell, ...]


def delimiter_of(text: str, max_cells: int) -> str:
    """The delimiter of which the header has most outside quotes; "" if it has none, for a single column."""
    header = []
    for piece in islice(_PIECE.finditer(text), 2 * max_cells):
        if piece[0] in "\r\n":
            break
        if not piece[0].startswith(_QUOTE):
            header.append(piece[0])
    counts = {delimiter: "".join(header).count(delimiter) for delimiter in DELIMITERS}
    most = max(DELIMITERS, key=counts.__getitem__)
    return most if counts[most] else ""


class Splitter:
    """Splits a text; of a record with more than `max_cells`, one cell more is given, and it is the last."""

    def __init__(self, text: str, delimiter: str, max_cells: int) -> None:
        self._text, self._delimiter, self._max_cells = text, delimiter, max_cells
        self._unquoted = re.compile(rf'[^"\r\n{re.escape(delimiter)}]*')
        self._up_to_next = re.compile(rf"[^\r\n{re.escape(delimiter)}]*")
        self._at, self._line = 0, 1

    def __iter__(self) -> Iterator[Record]:
        while self._at < len(self._text):
            record = Record(self._line, tuple(self._cells()))
            yield record
            if len(record.cells) > self._max_cells:
                return
            self._end_line()

    def _cells(self) -> Iterator[Cell]:
        """The cells up to the end of the record."""
        if self._text[self._at] in "\r\n":
            return
        for _ in range(self._max_cells + 1):
            yield self._cell()
            if not (self._delimiter and self._text.startswith(self._delimiter, self._at)):
                return
            self._at += 1

    def _cell(self) -> Cell:
        line = self._line
        if self._text.startswith(_QUOTE, self._at):
            text, flaw = self._quoted()
            wrong = "has text after its closing quote: double the quotes that are part of the text"
        else:
            text, flaw = self._take(self._unquoted), ""
            wrong = "has a quote, but does not begin with one: quote the whole cell, and double its quotes"
        rest = self._take(self._up_to_next)
        return Cell(line, text, flaw or (wrong if rest else ""))

    def _quoted(self) -> tuple[str, str]:
        """The text of a quoted cell, and its flaw if the quotes are never closed."""
        start = self._at = self._at + 1
        text = self._take(_INSIDE)
        closed = self._at < len(self._text)
        self._line += count_line_ends(self._text, start, self._at)
        self._at += closed
        flaw = "" if closed else "begins with a quote that is never closed"
        return text.replace('""', _QUOTE), flaw

    def _take(self, pattern: re.Pattern[str]) -> str:
        start = self._at
        found = pattern.match(self._text, start)
        self._at = found.end() if found else start
        return self._text[start : self._at]

    def _end_line(self) -> None:
        if self._at < len(self._text):
            self._at += 2 if self._text.startswith("\r\n", self._at) else 1
            self._line += 1
