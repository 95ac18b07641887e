"""MP4 boxes: enough to read their order, and to leave subtitles off until somebody turns them on."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

#: The bit of a track header that has a player show the track by itself (ISO/IEC 14496-12, 8.3.2).
ENABLED = 0x01
SUBTITLES = b"sbtl"


def list_boxes(path: Path) -> Iterator[tuple[str, int]]:
    """The kind and size in bytes of each top-level box, in order."""
    with path.open("rb") as file:
        for kind, start, end in _children(file, 0, path.stat().st_size):
            yield kind, end - start


def hide_subtitles(path: Path) -> None:
    """Marks subtitle tracks as not enabled; ffmpeg always enables the first of each kind."""
    with path.open("r+b") as file:
        for track in _inside(file, 0, path.stat().st_size, "moov", "trak"):
            media = next(_inside(file, *track, "mdia", "hdlr"), None)
            header = next(_inside(file, *track, "tkhd"), None)
            if media and header and _read(file, media[0] + 8, 4) == SUBTITLES:
                flags = _read(file, header[0] + 3, 1)[0]
                file.seek(header[0] + 3)
                file.write(bytes([flags & ~ENABLED]))


def _inside(file: BinaryIO, start: int, end: int, kind: str, *path: str) -> Iterator[tuple[int, int]]:
    """Where the contents of the boxes at that path begin and end."""
    for found, box_start, box_end in _children(file, start, end):
        if found != kind:
            continue
        body = box_start + 8
        if path:
            yield from _inside(file, body, box_end, *path)
        else:
            yield body, box_end


def _children(file: BinaryIO, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Kind, beginning and end of each box between two places."""
    while start + 8 <= end:
        size, kind = struct.unpack(">I4s", _read(file, start, 8))
        if size == 1:
            size = struct.unpack(">Q", _read(file, start + 8, 8))[0]
        yield kind.decode("latin-1"), start, end if size == 0 else start + size
        if size < 8:
            return
        start += size


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)
