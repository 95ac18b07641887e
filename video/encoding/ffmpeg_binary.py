"""Which ffmpeg is used: the configured one, the one on PATH if it can do the job, or the one in our wheel."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field

import imageio_ffmpeg

from video.errors import FfmpegMissing

REQUIRED_ENCODERS = frozenset({"libx264"})
REQUIRED_FILTERS = frozenset({"ass", "colorspace", "fps", "scale"})
ADVICE = "Install ffmpeg with libx264 and libass, set FFMPEG_PATH to one, or unset it to use the bundled one."


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """An ffmpeg that was asked what it is; `encoders` and `filters` are the names that it knows."""

    path: str
    version: str
    encoders: frozenset[str] = field(repr=False)
    filters: frozenset[str] = field(repr=False)

    @property
    def missing(self) -> frozenset[str]:
        """What it would need for our films but does not have."""
        return (REQUIRED_ENCODERS - self.encoders) | (REQUIRED_FILTERS - self.filters)


def find_ffmpeg(configured: str | None = None) -> Ffmpeg:
    """Finds an ffmpeg with all that a film needs; takes about 0.3 s.

    `configured` (FFMPEG_PATH), when given, is used or refused, never passed over. Raises FfmpegMissing.
    """
    if configured:
        return _inspect_usable(configured, f"FFMPEG_PATH is {configured}, but ")
    on_path = shutil.which("ffmpeg")
    if on_path:
        try:
            return _inspect_usable(on_path, "")
        except FfmpegMissing:
            pass  # a distribution's slim build; the bundled one can do everything
    try:
        bundled = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise FfmpegMissing(f"No ffmpeg is on PATH and none came with imageio-ffmpeg. {ADVICE}") from error
    return _inspect_usable(bundled, "")


def inspect(path: str) -> Ffmpeg:
    """Asks an ffmpeg what it is. Raises OSError or subprocess.SubprocessError if it does not answer."""
    version = _query(path, "-version").split()
    return Ffmpeg(
        path=path,
        version=version[2] if version[:2] == ["ffmpeg", "version"] else "",
        encoders=_names(_query(path, "-encoders")),
        filters=_names(_query(path, "-filters")),
    )


def _inspect_usable(path: str, context: str) -> Ffmpeg:
    try:
        found = inspect(path)
    except (OSError, subprocess.SubprocessError) as error:
        raise FfmpegMissing(f"{context}{path} does not run: {error}. {ADVICE}") from error
    if not found.version:
        raise FfmpegMissing(f"{context}{path} is not ffmpeg. {ADVICE}")
    if found.missing:
        raise FfmpegMissing(f"{context}{path} lacks {', '.join(sorted(found.missing))}. {ADVICE}")
    return found


def _query(path: str, option: str) -> str:
    result = subprocess.run(
        [os.fspath(path), "-hide_banner", option], capture_output=True, text=True, timeout=20, check=True
    )
    return result.stdout


def _names(table: str) -> frozenset[str]:
    """The second column of `-encoders` and `-filters`."""
    return frozenset(words[1] for words in map(str.split, table.splitlines()) if len(words) > 1)
