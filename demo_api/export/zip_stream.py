"""Writes a ZIP archive while its files are still being read, in constant memory: stored, ZIP64 where needed.

The standard library does the writing: into a sink that is emptied after every piece, and that cannot be
sought in, so that sizes and checksums follow each file. Films do not get smaller by compression.
"""

import zipfile
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

#: What a file system makes of a file that is unpacked.
MODE = 0o644


class _Sink:
    """Takes bytes until they are taken out."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._pieces.append(data)
        return len(data)

    def flush(self) -> None:
        """Everything is here already."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        """Returns what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class ZipStream:
    """An archive that is begun; give it one file after the other, and send on what each step returns."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED)

    async def add(
        self, name: str, modified_ms: int, size_bytes: int, chunks: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """Adds a file; `size_bytes` is how large it will be. Raises what its chunks raise."""
        async with aclosing(chunks):
            with self._zip.open(_entry(name, modified_ms, size_bytes), "w") as file:
                async for chunk in chunks:
                    file.write(chunk)
                    yield self._sink.take()
            yield self._sink.take()

    def add_text(self, name: str, modified_ms: int, text: str) -> bytes:
        """Adds a small file."""
        data = text.encode("utf-8", "replace")
        self._zip.writestr(_entry(name, modified_ms, len(data)), data)
        return self._sink.take()

    def end(self) -> bytes:
        """Ends the archive with its directory."""
        self._zip.close()
        return self._sink.take()


def _entry(name: str, modified_ms: int, size_bytes: int) -> zipfile.ZipInfo:
    """The head of a file. Times are in UTC: the format knows no zones, and none before 1980."""
    moment = datetime.fromtimestamp(modified_ms / 1000, UTC)
    entry = zipfile.ZipInfo(name, max(moment.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
    entry.external_attr = MODE << 16
    # By this the library decides whether it needs ZIP64.
    entry.file_size = size_bytes
    return entry


def unique_names(names: Sequence[str], taken: Sequence[str] = ()) -> Iterator[str]:
    """Makes names unique by `-2`, `-3` and so on, also where a file system does not tell cases apart."""
    used = {name.casefold() for name in taken}
    # The number to go on with, so that a thousand equal names do not take a million tries.
    numbers: dict[str, int] = {}
    for name in names:
        unique, key = name, name.casefold()
        while unique.casefold() in used:
            numbers[key] = numbers.get(key, 1) + 1
            unique = f"{name}-{numbers[key]}"
        used.add(unique.casefold())
        yield unique
