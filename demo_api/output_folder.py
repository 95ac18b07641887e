"""The one folder below which files are written for somebody who only says their names."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from demo_api.files import FileRefused, check_writable
from video.style import Format


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """Whoever names a film may have been told its name by a page: nothing else is written, or overwritten."""

    root: Path

    def place(self, name: str) -> Path:
        """Where a film of this name goes. Raises FileRefused."""
        path = self.root / name
        # What a link leads to counts, wherever on the way it is.
        folder = path.parent.resolve()
        path = folder / path.name
        if not folder.is_relative_to(self.root.resolve()):
            raise FileRefused(f"Films are written below {self.root.resolve()}, and {name!r} is not.")
        if format_of(path) is None:
            raise FileRefused(f"{name!r} is no film's name: end it in .mp4, .webm or .gif.")
        check_writable(path)
        if os.path.lexists(path):
            raise FileRefused(f"{path} is there already, and is not overwritten. Name another file.")
        return path


def format_of(path: Path) -> Format | None:
    """The format that a file's name promises."""
    ending = path.suffix.lower().removeprefix(".")
    return next((format for format in get_args(Format) if format == ending), None)
