"""Temporary folders that are gone afterwards; a lock tells whether the process that made one still lives."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "sitereel-"
#: As `own_work_dir` names them; `tempfile` fills in eight of these characters.
OURS = re.compile(rf"{PREFIX}[a-z]+-[a-z0-9_]{{8}}")


@contextmanager
def own_work_dir(kind: str, parent: Path | None = None) -> Iterator[Path]:
    """A new folder under `parent` or the system's temporary one, locked for as long as we live."""
    folder, lock = _make(kind, parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Whether the folder's owner is dead; while it is looked at, nobody else will find it so."""
    lock = _lock(folder)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def all_work_dirs(places: Iterable[str]) -> list[Path]:
    """Folders of ours, in which somebody works or has died."""
    return [folder for place in places for folder in Path(place).glob(f"{PREFIX}*") if _is_ours(folder)]


def _is_ours(folder: Path) -> bool:
    return OURS.fullmatch(folder.name) is not None and folder.is_dir() and not folder.is_symlink()


def _make(kind: str, parent: Path | None) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-", dir=parent))
        lock = _lock(folder)
        # Before it was locked, somebody may have taken it for one left behind.
        if lock is not None and folder.is_dir():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """The kernel lets go of it when its process ends, however that happens; children do not inherit it."""
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise
        return lock
    return None
