"""Archives that are written while they are sent: what every program that reads ZIP makes of them."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as some

from demo_api.export.zip_stream import ZipStream, unique_names

pytestmark = pytest.mark.anyio
AT_MS = 1_764_021_780_000
MIB = 1 << 20
#: Programs that test an archive, as far as they are installed.
TESTERS = [
    command for command in (["unzip", "-tqq"], ["7z", "t"], ["zipinfo", "-t"]) if shutil.which(command[0])
]


async def pieces(parts: Iterable[bytes]) -> AsyncGenerator[bytes, None]:
    for part in parts:
        yield part


async def archived(files: dict[str, list[bytes]]) -> AsyncGenerator[bytes, None]:
    archive = ZipStream()
    for name, parts in files.items():
        async for piece in archive.add(name, AT_MS, sum(map(len, parts)), pieces(parts)):
            yield piece
    yield archive.add_text("report.csv", AT_MS, "a,b\r\n")
    yield archive.end()


async def test_what_was_put_in_comes_out_stored(tmp_path: Path) -> None:
    films = {"a.mp4": [b"first ", b"second"], "b.mp4": [], "c.gif": [bytes(100_000)]}
    whole = b"".join([piece async for piece in archived(films)])

    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [*films, "report.csv"]
        assert {name: opened.read(name) for name in films} == {k: b"".join(v) for k, v in films.items()}
        assert opened.read("report.csv") == b"a,b\r\n"
        for entry in opened.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.date_time == (2025, 11, 24, 22, 3, 0)
            assert entry.external_attr >> 16 == 0o644
    await _tested(tmp_path, whole)


async def _tested(folder: Path, whole: bytes) -> None:
    path = folder / "archive.zip"
    path.write_bytes(whole)
    assert TESTERS, "not one program is installed"
    for command in TESTERS:
        subprocess.run([*command, str(path)], check=True, capture_output=True)


async def test_each_piece_leaves_at_once() -> None:
    archive = ZipStream()
    sizes = [
        len(piece) async for piece in archive.add("a", AT_MS, 4 * MIB, pieces(bytes(MIB) for _ in range(4)))
    ]

    # The first comes with the file's head, the last is its end.
    assert [size // MIB for size in sizes] == [1, 1, 1, 1, 0]


async def test_a_file_that_breaks_off_breaks_off_the_archive() -> None:
    async def broken() -> AsyncGenerator[bytes, None]:
        yield b"half"
        raise OSError("gone")

    archive = ZipStream()
    with pytest.raises(OSError, match="gone"):
        _ = [piece async for piece in archive.add("a", AT_MS, 8, broken())]


@pytest.mark.thorough
async def test_archives_and_files_beyond_four_gigabytes_can_be_read(tmp_path: Path) -> None:
    """The files are zeros, which are holes on the disk."""
    path, zeros, archive = tmp_path / "large.zip", bytes(16 * MIB), ZipStream()
    large = 4200 * MIB
    with path.open("wb") as file:
        for name, size in (("large", large), ("small", 16 * MIB)):
            parts = (zeros for _ in range(0, size, len(zeros)))
            async for piece in archive.add(name, AT_MS, large if name == "large" else size, pieces(parts)):
                if piece == zeros:
                    file.seek(len(zeros), io.SEEK_CUR)
                else:
                    file.write(piece)
        file.write(archive.end())

    with zipfile.ZipFile(path) as opened:
        assert [entry.file_size for entry in opened.infolist()] == [
            -(-large // len(zeros)) * len(zeros),
            16 * MIB,
        ]
        assert opened.testzip() is None
    subprocess.run(["unzip", "-tqq", str(path)], check=True)


def test_names_are_made_unique_also_where_cases_are_not_told_apart() -> None:
    assert [*unique_names(["a", "a", "A", "b", "a-2", "a"])] == ["a", "a-2", "A-3", "b", "a-2-2", "a-4"]
    assert [*unique_names(["report", "x"], ["report"])] == ["report-2", "x"]


@trials(max_examples=100, deadline=None)
@given(some.lists(some.sampled_from(["a", "A", "a-2", "a-3", "a-2-2", "b"]), max_size=40))
def test_no_two_names_are_ever_the_same(names: list[str]) -> None:
    found = list(unique_names(names))

    assert len({name.casefold() for name in found}) == len(names)
    assert all(unique.startswith(name) for unique, name in zip(found, names, strict=True))


def test_a_thousand_films_of_one_name_are_named_at_once() -> None:
    assert [*unique_names(["film"] * 1000)][-1] == "film-1000"
