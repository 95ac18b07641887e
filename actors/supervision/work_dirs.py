"""Temporary work directories; a lock on each tells whether the process that created it still lives."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "sitereel-"
#: Names that `own_work_dir` gives; `tempfile` adds eight random characters.
NAME = re.compile(rf"{PREFIX}[a-z]+-[a-z0-9_]{{8}}")


@contextmanager
def own_work_dir(kind: str, parent: Path | None = None) -> Iterator[Path]:
    """A new directory under `parent` or the system's temporary one; locked, and removed afterwards."""
    directory, lock = _make(kind, parent)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(lock)


@contextmanager
def locked(directory: Path) -> Iterator[bool]:
    """Locks a directory whose owner has died; False when the owner lives or another process has locked it."""
    lock = _lock(directory)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def all_work_dirs(places: Iterable[str]) -> list[Path]:
    """Work directories, in use or left behind."""
    found = (directory for place in places for directory in Path(place).glob(f"{PREFIX}*"))
    return [directory for directory in found if _is_work_dir(directory)]


def _is_work_dir(directory: Path) -> bool:
    return NAME.fullmatch(directory.name) is not None and directory.is_dir() and not directory.is_symlink()


def _make(kind: str, parent: Path | None) -> tuple[Path, int]:
    while True:
        directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-", dir=parent))
        lock = _lock(directory)
        # Before it was locked, another process may have removed it as left behind.
        if lock is not None and directory.is_dir():
            return directory, lock
        if lock is not None:
            os.close(lock)


def _lock(directory: Path) -> int | None:
    """Locks a directory; None when it is locked. The kernel releases the lock when this process ends."""
    with suppress(OSError):
        lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise
        return lock
    return None
