"""The one folder below which files are written for somebody who only says their names."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo_api.client.output_files import FileRefused, check_writable, format_of


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
