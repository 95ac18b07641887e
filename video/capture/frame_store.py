"""Stores a take's frames on disk: appended while filming, read in any order while rendering."""

import os
from bisect import bisect_right
from pathlib import Path

from video.capture.footage import Frame


class FrameStore:
    """Stores JPEGs in one file, `path`, which the caller deletes with its folder.

    One thread may append while another reads earlier frames.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self._extents: list[tuple[int, int]] = []
        self._end = 0
        #: Capture times of the frames in milliseconds of film time, ascending.
        self.times_ms: list[float] = []

    def append(self, frame: Frame) -> None:
        """Appends a frame, later than all before. Raises OSError when the disk is full."""
        self._append_bytes(frame.jpeg)
        self._extents.append((self._end, len(frame.jpeg)))
        self._end += len(frame.jpeg)
        self.times_ms.append(frame.at_ms)

    def jpeg(self, index: int) -> bytes:
        """Reads the picture of the frame with this index."""
        start, size = self._extents[index]
        return os.pread(self._file.fileno(), size, start)

    def jpeg_at(self, at_ms: float) -> bytes:
        """Reads the picture that was on screen at a moment; empty before the first."""
        index = bisect_right(self.times_ms, at_ms) - 1
        return self.jpeg(index) if index >= 0 else b""

    @property
    def size_bytes(self) -> int:
        """Total size of all frames."""
        return self._end

    def close(self) -> None:
        self._file.close()

    def _append_bytes(self, data: bytes) -> None:
        written = 0
        while written < len(data):
            written += os.pwrite(self._file.fileno(), data[written:], self._end + written)
