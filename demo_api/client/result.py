"""What came of asking for a film: the files that were written, and what is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo_api.client.output_files import Files
from demo_api.client.status_events import Json

#: The code of the warning that a file was asked for, and is not there.
UNWRITTEN = "file_not_written"


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """A film in its file, what was written beside it by its name, and the last status of its job."""

    status: Json
    files: Files
    extras: Mapping[str, Path] = field(default_factory=dict)

    @property
    def warnings(self) -> list[Json]:
        """Those of take and film, and one for each file that was not written; `code` and `message`."""
        unmade = [name for name in self.files.extras if name not in self.extras]
        return [*self.status["warnings"], *map(self._unwritten, unmade)]

    def _unwritten(self, name: str) -> Json:
        message = f"{self.files.extras[name]} was not written: this film has no {name}."
        return {"code": UNWRITTEN, "message": message}

    @property
    def summary(self) -> str:
        """One line."""
        film = self.status["film"]
        return (
            f"{film['duration_s']:.1f} s, {film['width']}x{film['height']}, "
            f"{film['size_bytes'] / 1e6:.1f} MB, "
            f"{len(self.status['steps'])} clicks, {len(self.status['refused'])} refused."
        )

    def facts(self) -> Json:
        """What a script wants to know."""
        kept = ("film", "stop_reason", "steps", "refused", "looked_at")
        return {
            "file": str(self.files.film),
            "url": self.status["url"],
            **{name: self.status.get(name) for name in kept},
            "warnings": self.warnings,
            "extras": {name: str(path) for name, path in self.extras.items()},
            "storyboard": str(self.files.storyboard) if self.files.storyboard else None,
        }
