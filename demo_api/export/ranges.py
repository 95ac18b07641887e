"""Which part of a file a request asks for: RFC 9110, section 14. Pure.

A range that cannot be read is no range, and of several at once the whole file is sent: both are allowed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from demo_api.errors import RangeUnsatisfiable

#: More digits than any file is long, and fewer than Python refuses to read.
_DIGITS = "[0-9]{1,1000}"
_UNIT = re.compile(r"bytes=", re.IGNORECASE)
_SPEC = re.compile(rf"({_DIGITS})-({_DIGITS})?|-({_DIGITS})")
_SPACE = " \t"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to, but without, `end`; never empty."""

    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        return self.end - self.start

    def content_range(self, size_bytes: int) -> str:
        """The header of an answer that has this part of a file."""
        return f"bytes {self.start}-{self.end - 1}/{size_bytes}"


def span(ranges: Sequence[str], if_range: str | None, etag: str, size_bytes: int) -> Span | None:
    """The part that the headers `Range` and `If-Range` ask for; None when that is the whole file.

    Raises RangeUnsatisfiable when the one range that is asked for begins behind the file's end.
    """
    # A date, a weak tag or one that is not ours: whoever has a part of another file needs all of this one.
    if if_range is not None and if_range.strip(_SPACE) != etag:
        return None
    found = _read(ranges)
    if found is None:
        return None
    first, last, suffix = found
    if suffix:
        return _suffix(int(suffix), size_bytes)
    start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
    if last and int(last) < start:
        return None
    if start >= size_bytes:
        raise RangeUnsatisfiable(size_bytes)
    return Span(start, end)


def _read(ranges: Sequence[str]) -> tuple[str, str, str] | None:
    """First, last and suffix of the one range that is asked for, as digits; None if there is no such one."""
    if len(ranges) != 1 or not (unit := _UNIT.match(ranges[0])):
        return None
    specs = [spec for part in ranges[0][unit.end() :].split(",") if (spec := part.strip(_SPACE))]
    found = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    return (found[1] or "", found[2] or "", found[3] or "") if found else None


def _suffix(length: int, size_bytes: int) -> Span | None:
    if length == 0:
        raise RangeUnsatisfiable(size_bytes)
    # The end of an empty file is all of it, which no Content-Range can say.
    return Span(max(size_bytes - length, 0), size_bytes) if size_bytes else None
