"""Where a film and what lies beside it are saved: asked beforehand, and written whole or not at all."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from actors.errors import PipelineError
from video.style import Format


class FileRefused(PipelineError):
    """A file cannot be written where it was asked for. Nothing has been done."""

    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Files:
    """A film's file, those of what comes with it by its name, and a folder for pictures of all steps."""

    film: Path
    extras: Mapping[str, Path] = field(default_factory=dict)
    storyboard: Path | None = None

    def check(self, *, overwrite: bool = True) -> None:
        """A take costs a minute, and a film leaves once: whether it can be saved is asked before.

        Raises FileRefused.
        """
        for path in (self.film, *self.extras.values()):
            check_writable(path)
            if path.exists() and not overwrite:
                raise FileRefused(f"{path} is there already. Name another file, or give --force.")
        if self.storyboard:
            _check_folder(self.storyboard)


def check_writable(out: Path) -> None:
    """Raises FileRefused."""
    folder = out.absolute().parent
    if out.is_dir():
        raise FileRefused(f"{out} is a folder. Name a file, such as demo.mp4.")
    if not folder.is_dir():
        raise FileRefused(f"The folder {folder} does not exist. Make it first, or name another.")
    if not os.access(folder, os.W_OK):
        raise FileRefused(f"The folder {folder} cannot be written to. Name another.")


def _check_folder(folder: Path) -> None:
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise FileRefused(f"{nearest} is no folder. Name one for the storyboard.")
    if not os.access(nearest, os.W_OK):
        raise FileRefused(f"The folder {nearest} cannot be written to. Name another.")


def format_of(path: Path) -> Format | None:
    """The format that a file's name promises."""
    ending = path.suffix.lower().removeprefix(".")
    return next((format for format in get_args(Format) if format == ending), None)


def part_of(out: Path) -> Path:
    """Beside `out`: what is written before it is put in place."""
    return out.with_name(f".{out.name}.part")


def save(out: Path, data: bytes) -> None:
    """Raises OSError."""
    part = part_of(out)
    try:
        part.write_bytes(data)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
