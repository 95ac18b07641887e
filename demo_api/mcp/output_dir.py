"""Output folder of the MCP tools: files are written below it only."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo_api.client.output_files import FileRefused, check_writable, format_of


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """Resolves file names of agents, which a page may have chosen: only new films, only below `root`."""

    root: Path

    def resolve_folder(self, name: str) -> Path:
        """Returns the path of a folder below the root. Raises FileRefused."""
        root, folder = self.root.resolve(), (self.root / name).resolve()
        if root not in folder.parents:
            raise FileRefused(f"Films are put into folders below {root}, and {name!r} is none.")
        return folder

    def resolve(self, name: str) -> Path:
        """Returns the path of a film of this name. Raises FileRefused."""
        path = self.root / name
        # Symbolic links are resolved: their targets must be below root too.
        folder = path.parent.resolve()
        path = folder / path.name
        if not folder.is_relative_to(self.root.resolve()):
            raise FileRefused(f"Films are written below {self.root.resolve()}, and {name!r} is not.")
        if format_of(path) is None:
            raise FileRefused(f"{name!r} is not the name of a film: end it in .mp4, .webm or .gif.")
        check_writable(path)
        if os.path.lexists(path):
            raise FileRefused(f"{path} already exists and is not overwritten. Name another file.")
        return path
