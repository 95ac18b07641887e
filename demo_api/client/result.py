"""The result of a recording: the files that were written, their summary and warnings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo_api.client.output_files import Files
from demo_api.client.status_events import Json

#: Code of the warning that a requested file was not written.
FILE_NOT_WRITTEN = "file_not_written"


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """The film's file, the artifacts that were written by name, and the last status of the job."""

    status: Json
    files: Files
    artifacts: Mapping[str, Path] = field(default_factory=dict)

    @property
    def warnings(self) -> list[Json]:
        """Warnings of the job, and one for each file that was not written; `code` and `message`."""
        missing = [name for name in self.files.artifacts if name not in self.artifacts]
        return [*self.status["warnings"], *map(self._missing_warning, missing)]

    def _missing_warning(self, name: str) -> Json:
        message = f"{self.files.artifacts[name]} was not written: this film has no {name}."
        return {"code": FILE_NOT_WRITTEN, "message": message}

    @property
    def summary(self) -> str:
        """One line of figures."""
        film = self.status["film"]
        return (
            f"{film['duration_s']:.1f} s, {film['width']}x{film['height']}, "
            f"{film['size_bytes'] / 1e6:.1f} MB, "
            f"{self.status['metrics']['clicks']} clicks, {len(self.status['refused'])} refused."
        )

    def as_json(self) -> Json:
        """Returns the output of `--json`."""
        copied = ("site_file", "film", "stop_reason", "steps", "script_steps", "refused", "looked_at")
        return {
            "file": str(self.files.film),
            "url": self.status["url"],
            **{name: self.status.get(name) for name in copied},
            "warnings": self.warnings,
            "extras": {name: str(path) for name, path in self.artifacts.items()},
            "storyboard": str(self.files.storyboard) if self.files.storyboard else None,
        }
