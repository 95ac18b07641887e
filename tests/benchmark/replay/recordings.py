"""The recordings, as Chrome has exported them but for the hosts, which stand for servers of this machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

DATA = Path(__file__).parent / "recordings"
#: A small page for each thing that a recording can hold, and `tests/site` has not.
PAGES = Path(__file__).parent / "pages"
DEFAULT_SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording with the addresses at which it is played."""

    name: str
    text: str

    @classmethod
    def of(cls, file: Path, hosts: Mapping[str, str]) -> Self:
        """`hosts` has an origin for each host that stands in the file."""
        text = file.read_text(encoding="utf-8")
        for host, origin in hosts.items():
            text = text.replace(f"http://{host}", origin.rstrip("/"))
        return cls(file.stem, text)

    @property
    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = json.loads(self.text)["steps"]
        return steps

    @property
    def size(self) -> tuple[int, int]:
        """The viewport that it was recorded in."""
        viewports = [step for step in self.steps if step["type"] == "setViewport"]
        return (viewports[0]["width"], viewports[0]["height"]) if viewports else DEFAULT_SIZE


def known(hosts: Mapping[str, str], only: str = "", folder: Path = DATA) -> list[Recording]:
    """The recordings whose names contain `only`, in the order of their names."""
    return [Recording.of(file, hosts) for file in sorted(folder.glob("*.json")) if only in file.stem]
