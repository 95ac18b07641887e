"""Encodes and decodes footage: the JPEG frames of a take as one stream of bytes.

The stream, all numbers little-endian:

    header   8 bytes   magic `SRFOOT`, version (uint16, now 1)
    frame   12 bytes   at_ms (float64), length of the JPEG (uint32, never 0), then the JPEG itself
    end     12 bytes   the number of frames (as a float64) where at_ms would be, and a length of 0

A stream without its end mark is truncated and is refused.
"""

import struct
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from video.errors import FootageDamaged

HEADER = struct.pack("<6sH", b"SRFOOT", 1)
RECORD = struct.Struct("<dI")
#: A 4K JPEG at quality 100 is about 8 MB; a longer frame means that the length field is invalid.
MAX_FRAME_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the page; `at_ms` is film time, milliseconds since the camera started."""

    at_ms: float
    jpeg: bytes = field(repr=False)


class FootageWriter:
    """Encodes frames to the parts of a footage stream: `header`, then `frame` for each, then `end`."""

    def __init__(self) -> None:
        self.frames = 0

    def header(self) -> bytes:
        """Returns the header of the stream."""
        return HEADER

    def frame(self, frame: Frame) -> bytes:
        """Encodes one frame. Raises ValueError for an empty or too large picture."""
        if not 0 < len(frame.jpeg) <= MAX_FRAME_BYTES:
            raise ValueError(f"a frame has 1 to {MAX_FRAME_BYTES} bytes, not {len(frame.jpeg)}")
        self.frames += 1
        return RECORD.pack(frame.at_ms, len(frame.jpeg)) + frame.jpeg

    def end(self) -> bytes:
        """Returns the end mark, which distinguishes a complete stream from a truncated one."""
        return RECORD.pack(float(self.frames), 0)


async def read_frames(chunks: AsyncIterator[bytes]) -> AsyncGenerator[Frame, None]:
    """Yields the frames of a footage stream while its chunks, of any sizes, arrive.

    Holds one frame and one chunk in memory. Raises FootageDamaged for an unknown header, invalid data, bytes
    after the end mark, and a truncated stream.
    """
    source = _Source(chunks)
    if await source.take(len(HEADER)) != HEADER:
        raise FootageDamaged("The footage does not start with the header of version 1; film the site again.")
    frames = 0
    while True:
        at_ms, length = RECORD.unpack(await source.take(RECORD.size))
        if length == 0:
            break
        if length > MAX_FRAME_BYTES:
            raise FootageDamaged(f"Frame {frames} of the footage claims {length} bytes; film the site again.")
        yield Frame(at_ms, await source.take(length))
        frames += 1
    if at_ms != frames or await source.rest():
        raise FootageDamaged(f"The footage should end after {at_ms:.0f} frames but held {frames} or more.")


class _Source:
    """Reads exact numbers of bytes from chunks of any size."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = bytearray()

    async def take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                raise FootageDamaged("The footage stops before its end mark; film the site again.")
            self._buffer += chunk
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    async def rest(self) -> bool:
        """Checks for bytes after the end mark."""
        async for chunk in self._chunks:
            self._buffer += chunk
            if self._buffer:
                break
        return bool(self._buffer)
