"""Reads the append-only file of a Valkey while it grows: every write, in order, across its deaths."""

from collections.abc import Iterator
from pathlib import Path

Command = tuple[bytes, ...]
#: Commands that took effect together.
Transaction = tuple[Command, ...]

#: Footage is written in chunks of 256 KiB; a round reads a few dozen of them at most.
PIECE_BYTES = 16 << 20


class Incomplete(Exception):
    """The file ends within a command; the rest may follow, or be cut off when Valkey starts again."""


class AppendOnlyFile:
    """The one increment that a Valkey writes which never rewrites its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offset = 0

    def read(self) -> Iterator[Transaction]:
        """What has been written since the last call. What is incomplete is left for the next one."""
        while True:
            data = self._piece()
            at = 0
            for transaction, end in _transactions(data):
                at = end
                yield transaction
            self._offset += at
            if len(data) < PIECE_BYTES or not at:
                return

    def _piece(self) -> bytes:
        increments = sorted(self._folder.glob("*.incr.aof"))
        if not increments:
            return b""
        with increments[-1].open("rb") as file:
            file.seek(self._offset)
            return file.read(PIECE_BYTES)


def _transactions(data: bytes) -> Iterator[tuple[Transaction, int]]:
    """Each transaction with the offset of its end; a command outside of one is one by itself."""
    gathered: list[Command] = []
    at, inside = 0, False
    try:
        while at < len(data):
            command, at = _command(data, at)
            match command[0].upper():
                case b"MULTI":
                    gathered, inside = [], True
                case b"EXEC":
                    inside = False
                    yield tuple(gathered), at
                case _ if inside:
                    gathered.append(command)
                case _:
                    yield (command,), at
    except Incomplete:
        return


def _command(data: bytes, at: int) -> tuple[Command, int]:
    """One command and the offset behind it. https://valkey.io/topics/protocol/"""
    count, at = _number(data, at, b"*")
    parts = []
    for _ in range(count):
        size, at = _number(data, at, b"$")
        if at + size + 2 > len(data):
            raise Incomplete
        parts.append(data[at : at + size])
        at += size + 2
    return tuple(parts), at


def _number(data: bytes, at: int, sign: bytes) -> tuple[int, int]:
    end = data.find(b"\r\n", at)
    if end < 0:
        raise Incomplete
    if data[at : at + 1] != sign:
        raise ValueError(f"the append-only file has {data[at:end]!r} where {sign!r} should begin")
    return int(data[at + 1 : end]), end + 2
