"""Temporary folders that are gone afterwards, also when their process was killed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PREFIX = "sitereel-"


@contextmanager
def own_folder(kind: str, parent: Path | None = None) -> Iterator[Path]:
    """A new folder under `parent` or the system's temporary one; its name carries our pid, for `sweep`."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> int:
    """Removes folders left behind by processes that were killed; answers how many."""
    gone = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*-*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[1]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
