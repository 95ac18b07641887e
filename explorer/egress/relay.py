"""Copies bytes between browser and site, and counts them for the whole take."""

import asyncio

PIECE_BYTES = 64 * 1024


class TrafficExceeded(Exception):
    """The take has carried all that it may."""


class Meter:
    """Counts what a take has carried in both directions."""

    def __init__(self, limit_bytes: int) -> None:
        self.left_bytes = limit_bytes

    def add(self, size_bytes: int) -> None:
        """Raises TrafficExceeded when this was too much."""
        self.left_bytes -= size_bytes
        if self.left_bytes < 0:
            raise TrafficExceeded


async def copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, meter: Meter, most_bytes: int | None = None
) -> None:
    """Until the reader ends, or `most_bytes` are through: nothing after them is even read."""
    left = most_bytes
    while left is None or left > 0:
        piece = await reader.read(PIECE_BYTES if left is None else min(left, PIECE_BYTES))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        meter.add(len(piece))
        writer.write(piece)
        await writer.drain()


async def until_first(*ways: asyncio.Task[None]) -> None:
    """Waits for one of them, and ends the others. Raises what it raised."""
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        ends = await asyncio.gather(*ways, return_exceptions=True)
    for end in ends:
        if isinstance(end, TrafficExceeded):
            raise end  # any other is the end of a connection
