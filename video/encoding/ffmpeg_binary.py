"""Which ffmpeg is used: the configured one, the one on PATH if it can do the job, or the one in our wheel."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field

import imageio_ffmpeg

from video.errors import FfmpegMissing

NEEDED_ENCODERS = frozenset({"libx264"})
NEEDED_FILTERS = frozenset({"ass", "colorspace", "fps", "scale"})
MEND = "Install ffmpeg with libx264 and libass, set FFMPEG_PATH to one, or unset it to use the bundled one."


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
        return (NEEDED_ENCODERS - self.encoders) | (NEEDED_FILTERS - self.filters)


def find_ffmpeg(configured: str | None = None) -> Ffmpeg:
    """Finds an ffmpeg with all that a film needs; takes about 0.3 s.

    `configured` (FFMPEG_PATH), when given, is used or refused, never passed over. Raises FfmpegMissing.
    """
    if configured:
        return _usable(configured, f"FFMPEG_PATH is {configured}, but ")
    on_path = shutil.which("ffmpeg")
    if on_path:
        try:
            return _usable(on_path, "")
        except FfmpegMissing:
            pass  # a distribution's slim build; the bundled one can do everything
    try:
        bundled = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise FfmpegMissing(f"No ffmpeg is on PATH and none came with imageio-ffmpeg. {MEND}") from error
    return _usable(bundled, "")


def inspect(path: str) -> Ffmpeg:
    """Asks an ffmpeg what it is. Raises OSError or subprocess.SubprocessError if it does not answer."""
    version = _ask(path, "-version").split()
    return Ffmpeg(
        path=path,
        version=version[2] if version[:2] == ["ffmpeg", "version"] else "",
        encoders=_names(_ask(path, "-encoders")),
        filters=_names(_ask(path, "-filters")),
    )


def _usable(path: str, context: str) -> Ffmpeg:
    try:
        found = inspect(path)
    except (OSError, subprocess.SubprocessError) as error:
        raise FfmpegMissing(f"{context}{path} does not run: {error}. {MEND}") from error
    if not found.version:
        raise FfmpegMissing(f"{context}{path} is not ffmpeg. {MEND}")
    if found.missing:
        raise FfmpegMissing(f"{context}{path} lacks {', '.join(sorted(found.missing))}. {MEND}")
    return found


def _ask(path: str, question: str) -> str:
    done = subprocess.run(
        [os.fspath(path), "-hide_banner", question], capture_output=True, text=True, timeout=20, check=True
    )
    return done.stdout


def _names(table: str) -> frozenset[str]:
    """The second column of `-encoders` and `-filters`."""
    return frozenset(words[1] for words in map(str.split, table.splitlines()) if len(words) > 1)
