"""Copies bytes between browser and site and meters the traffic of the whole take."""

import asyncio

CHUNK_BYTES = 64 * 1024


class TrafficExceeded(Exception):
    """The take has reached its traffic limit."""


class Meter:
    """Counts the bytes of a take in both directions."""

    def __init__(self, limit_bytes: int) -> None:
        self.left_bytes = limit_bytes

    def add(self, size_bytes: int) -> None:
        """Counts bytes. Raises TrafficExceeded when the limit is exceeded."""
        self.left_bytes -= size_bytes
        if self.left_bytes < 0:
            raise TrafficExceeded


async def copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, meter: Meter, max_bytes: int | None = None
) -> None:
    """Copies until the reader ends, or exactly `max_bytes`: nothing after them is read."""
    left = max_bytes
    while left is None or left > 0:
        chunk = await reader.read(CHUNK_BYTES if left is None else min(left, CHUNK_BYTES))
        if not chunk:
            return
        left = None if left is None else left - len(chunk)
        meter.add(len(chunk))
        writer.write(chunk)
        await writer.drain()


async def wait_for_first(*tasks: asyncio.Task[None]) -> None:
    """Waits for the first task to end and cancels the others. Raises its TrafficExceeded."""
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, TrafficExceeded):
            raise result  # any other only means that a connection has ended
