"""Reads the rows of a batch from a CSV file, as spreadsheets and people write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from actors.batches.columns import MAX_COLUMNS, column_names, labels, text_flaw
from actors.batches.encodings import decode
from actors.batches.errors import Problems, refused
from actors.batches.records import DELIMITERS, Record, Splitter, delimiter_of
from actors.batches.rows import MAX_ROWS, Row, Table, empty_row_notices


def read_csv(
    data: bytes | str, *, columns: Mapping[str, str] | None = None, max_rows: int = MAX_ROWS
) -> Table:
    """Reads a file, or text that was decoded already. All values are text, exactly as they are written.

    `columns` names headers otherwise: by the header the name of a variable, or "" to leave its column out.
    Raises RowsInvalid with line and column of each problem.
    """
    decoded = decode(data)
    text = decoded.text.rstrip("\r\n")
    if not text:
        raise refused(1, "", "the file is empty: its first line names the columns")
    delimiter = delimiter_of(text, MAX_COLUMNS)
    records = iter(Splitter(text, delimiter, MAX_COLUMNS))
    header = next(records)
    _check_header(header)
    problems = Problems()
    names = column_names(header.cells, columns or {}, problems)
    reading = _Reading(names, labels([cell.text for cell in header.cells]), problems)
    found = list(reading.rows(records, min(max_rows, MAX_ROWS)))
    if not found:
        problems.add(header.line, "", "the file has a header, but no rows")
    problems.check()
    rows = tuple(row for _, row in found)
    notices = (decoded.notice, _undivided(delimiter, rows), *empty_row_notices(rows))
    return Table(
        tuple(name for name in names if name),
        rows,
        tuple(line for line, _ in found),
        decoded.encoding,
        delimiter,
        tuple(notice for notice in notices if notice),
    )


def _check_header(header: Record) -> None:
    """Raises RowsInvalid if it does not say how many columns there are."""
    if not header.cells:
        raise refused(1, "", "the line is empty: the first line names the columns")
    if len(header.cells) > MAX_COLUMNS:
        raise refused(1, str(MAX_COLUMNS + 1), f"there are more than {MAX_COLUMNS} columns")
    called = labels([cell.text for cell in header.cells])
    for label, cell in zip(called, header.cells, strict=True):
        if cell.flaw:
            raise refused(cell.line, label, cell.flaw)


def _undivided(delimiter: str, rows: Sequence[Row]) -> str:
    """What is to be said of a single column whose cells may be meant to be several."""
    values = (value for row in rows for value in row.values.values())
    if delimiter or not any(one in value for value in values for one in DELIMITERS):
        return ""
    return "The header names one column: delimiters in the rows (comma, semicolon, tab, bar) are text."


@dataclass(frozen=True, slots=True)
class _Reading:
    """Makes rows of records, and notes problems on the way."""

    names: tuple[str, ...]
    #: What the columns are called in problems.
    labels: tuple[str, ...]
    problems: Problems

    def rows(self, records: Iterator[Record], most: int) -> Iterator[tuple[int, Row]]:
        """All rows with their lines; those with a problem lack values."""
        for number, record in enumerate(records, 1):
            if number > most:
                self.problems.add(record.line, "", f"there are more than {most:,} rows")
                return
            yield record.line, Row(number, dict(self._values(record)))

    def _values(self, record: Record) -> Iterator[tuple[str, str]]:
        flawed = [(index, cell) for index, cell in enumerate(record.cells) if cell.flaw]
        for index, cell in flawed:
            self.problems.add(cell.line, self._label(index), cell.flaw)
        if flawed or not self._fits(record):
            return
        for cell, label, name in zip(record.cells, self.labels, self.names, strict=True):
            if name and (flaw := text_flaw(cell.text)):
                self.problems.add(cell.line, label, flaw)
            elif name and cell.text:
                yield name, cell.text

    def _label(self, index: int) -> str:
        """What a column is called; the number of a cell that is one too many."""
        return self.labels[index] if index < len(self.labels) else str(index + 1)

    def _fits(self, record: Record) -> bool:
        """Whether a record has as many cells as the header."""
        expected, count = len(self.labels), len(record.cells)
        if not count:
            self.problems.add(record.line, "", "the line is empty: remove it")
        elif count != expected:
            line = record.cells[expected].line if count > expected else record.line
            number = f"more than {MAX_COLUMNS}" if count > MAX_COLUMNS else count
            why = f"the row has {number} cell{'s' * (count != 1)}, but the header {expected}"
            self.problems.add(line, self._label(min(count, expected)), why)
        return count == expected
