"""Parses Range and If-Range (RFC 9110, section 14). Pure.

An invalid range is ignored, and for several ranges the whole file is sent: the RFC allows both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from demo_api.errors import RangeUnsatisfiable

#: More digits than any file size has, and fewer than Python's limit for int().
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
        """Returns the Content-Range header of this span."""
        return f"bytes {self.start}-{self.end - 1}/{size_bytes}"


def parse_range(ranges: Sequence[str], if_range: str | None, etag: str, size_bytes: int) -> Span | None:
    """Parses the headers `Range` and `If-Range`; None means the whole file.

    Raises RangeUnsatisfiable when the range begins after the end of the file.
    """
    # A date, a weak or a different tag: the client has a part of another file and needs all of this one.
    if if_range is not None and if_range.strip(_SPACE) != etag:
        return None
    digits = _single_range(ranges)
    if digits is None:
        return None
    first, last, suffix = digits
    if suffix:
        return _suffix(int(suffix), size_bytes)
    start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
    if last and int(last) < start:
        return None
    if start >= size_bytes:
        raise RangeUnsatisfiable(size_bytes)
    return Span(start, end)


def _single_range(ranges: Sequence[str]) -> tuple[str, str, str] | None:
    """Parses first, last and suffix of a single range, as digits; None for several or an invalid one."""
    if len(ranges) != 1 or not (unit := _UNIT.match(ranges[0])):
        return None
    specs = [spec for part in ranges[0][unit.end() :].split(",") if (spec := part.strip(_SPACE))]
    match = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    return (match[1] or "", match[2] or "", match[3] or "") if match else None


def _suffix(length: int, size_bytes: int) -> Span | None:
    if length == 0:
        raise RangeUnsatisfiable(size_bytes)
    # The suffix of an empty file is the whole file, which Content-Range cannot express.
    return Span(max(size_bytes - length, 0), size_bytes) if size_bytes else None
