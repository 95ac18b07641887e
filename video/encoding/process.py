"""One run of ffmpeg that takes pictures by a pipe, and short ones that take files."""

import fcntl
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from video.editing.composition import Composition
from video.encoding.commands import TEMPORARY_FILES, build
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.stall_detector import STALL_LIMIT_S, StallDetector
from video.errors import EncodingFailed

LAST_LINES = 12
#: As much as Linux lets anybody have: a picture takes fewer turns through the pipe.
PIPE_BYTES = 1 << 20
READER_TIMEOUT_S = 5.0
POLL_INTERVAL_S = 0.25


class EncoderProcess:
    """Encodes pictures as a cut's style asks. Its methods block: call them in a thread beside the event loop.

    With `preview` one is made beside the film; its mark has to lie in the folder. `nice` is how much less
    ffmpeg claims of the processor than others, 0 to 19. Raises EncodingFailed when it does not start, and
    from then on whenever it has ended by itself, with its last words.
    """

    def __init__(
        self,
        ffmpeg: Ffmpeg,
        composition: Composition,
        folder: Path,
        *,
        preview: bool = False,
        nice: int = 0,
        stall_limit_s: float = STALL_LIMIT_S,
    ) -> None:
        #: How many pictures have been encoded, as ffmpeg reports it.
        self.frames = 0
        self._folder = folder
        self._process = _start(ffmpeg, build(composition, preview=preview), folder, subprocess.PIPE)
        self._stall_detector = StallDetector(self._process.pid, stall_limit_s)
        assert self._process.stdin
        assert self._process.stdout
        assert self._process.stderr
        self._stdin = self._process.stdin
        _enlarge_pipe(self._stdin)
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, nice)
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._readers = [
            threading.Thread(target=self._read_progress, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._read_stderr, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def write(self, planes: NDArray[np.uint8]) -> None:
        """Hands over one picture, as `colours.yuv420` makes it, and returns when ffmpeg has taken it."""
        remaining = planes.data.cast("B")
        try:
            while remaining:
                remaining = remaining[self._stdin.write(remaining) :]
        except (OSError, ValueError) as error:
            self._fail(error)

    def check(self, written: int) -> None:
        """Raises EncoderStalled when neither pictures written nor ffmpeg's own work have come on for long."""
        self._stall_detector.check(written, self.frames)

    def finish(self) -> None:
        """Returns when ffmpeg has written all of the film."""
        try:
            self._stdin.close()
        except OSError as error:
            self._fail(error)
        for reader in self._readers:
            reader.join()
        if self._process.wait() != 0:
            self._fail(None)

    def kill(self) -> None:
        """Ends ffmpeg at once and removes what it wrote. Safe to call at any time and from any thread."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._stdin.close()
        for reader in self._readers:
            reader.join(READER_TIMEOUT_S)
        for file in TEMPORARY_FILES:
            (self._folder / file).unlink(missing_ok=True)

    def _read_progress(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            key, _, value = line.decode().strip().partition("=")
            if key == "frame":
                self.frames = int(value)

    def _read_stderr(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self._last_lines.append(line.decode(errors="replace").rstrip())

    def _fail(self, cause: Exception | None) -> None:
        code = self._process.wait()
        self._readers[1].join(READER_TIMEOUT_S)
        raise EncodingFailed(_failure_text(code, self._last_lines)) from cause


def run(
    ffmpeg: Ffmpeg,
    arguments: list[str],
    folder: Path,
    limit_s: float,
    *,
    stall_limit_s: float = STALL_LIMIT_S,
) -> None:
    """Runs ffmpeg on files, to its end. Raises EncodingFailed when it fails, takes longer or stands still."""
    process = _start(ffmpeg, arguments, folder, subprocess.DEVNULL)
    stall_detector, end_s, stderr = (
        StallDetector(process.pid, stall_limit_s),
        time.monotonic() + limit_s,
        None,
    )
    try:
        while stderr is None:
            if time.monotonic() > end_s:
                raise EncodingFailed(f"Putting the film together took longer than {limit_s:g} s.")
            stall_detector.check()
            with suppress(subprocess.TimeoutExpired):
                _, stderr = process.communicate(timeout=POLL_INTERVAL_S)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        last_lines = stderr.decode(errors="replace").splitlines()[-LAST_LINES:]
        raise EncodingFailed(_failure_text(process.returncode, last_lines))


def _start(ffmpeg: Ffmpeg, arguments: list[str], folder: Path, stdin: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [ffmpeg.path, *arguments],
            cwd=folder,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0 if stdin == subprocess.PIPE else -1,
        )
    except OSError as error:
        raise EncodingFailed(f"The site was filmed, but ffmpeg did not start: {error}.") from error


def _failure_text(code: int, last_lines: Iterable[str]) -> str:
    return " ".join([f"The site was filmed, but ffmpeg ended with code {code}:", *last_lines])


def _enlarge_pipe(pipe: IO[bytes]) -> None:
    with suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
