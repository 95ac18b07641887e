"""Output files of a film: checked before recording, and replaced atomically."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from actors.errors import PipelineError
from video.style import Format


class FileRefused(PipelineError):
    """An output file cannot be written. Nothing was recorded."""

    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a film and its artifacts by name, and the folder of the storyboard."""

    film: Path
    artifacts: Mapping[str, Path] = field(default_factory=dict)
    storyboard: Path | None = None
    script: Path | None = None

    def check(self, *, overwrite: bool = True) -> None:
        """Checks before recording that all files can be written. Raises FileRefused."""
        for path in (self.film, *self.artifacts.values(), *([self.script] if self.script else [])):
            check_writable(path)
            if path.exists() and not overwrite:
                raise FileRefused(f"{path} already exists. Name another file, or give --force.")
        if self.storyboard:
            _check_folder(self.storyboard)


def check_writable(out: Path) -> None:
    """Checks that a file can be written. Raises FileRefused."""
    folder = out.absolute().parent
    if out.is_dir():
        raise FileRefused(f"{out} is a folder. Name a file, such as demo.mp4.")
    if not folder.is_dir():
        raise FileRefused(f"The folder {folder} does not exist. Create it, or name another.")
    if not os.access(folder, os.W_OK):
        raise FileRefused(f"The folder {folder} cannot be written to. Name another.")


def _check_folder(folder: Path) -> None:
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise FileRefused(f"{nearest} is not a folder. Name one for the storyboard.")
    if not os.access(nearest, os.W_OK):
        raise FileRefused(f"The folder {nearest} cannot be written to. Name another.")


def format_of(path: Path) -> Format | None:
    """Returns the format of a file name's suffix, None for another suffix."""
    suffix = path.suffix.lower().removeprefix(".")
    return next((format for format in get_args(Format) if format == suffix), None)


def part_of(out: Path) -> Path:
    """Returns the temporary file beside `out` that replaces it once complete."""
    return out.with_name(f".{out.name}.part")


def save(out: Path, data: bytes) -> None:
    """Writes a file atomically. Raises OSError."""
    part = part_of(out)
    try:
        part.write_bytes(data)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
