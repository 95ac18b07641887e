"""Notices when an ffmpeg gets nowhere any more: frozen, or stuck in the kernel."""

import time

import psutil

from video.errors import EncoderStalled

#: Even on a busy machine an ffmpeg that lives uses something, or is queued for a processor.
STALL_LIMIT_S = 8.0
#: A longer pause between two looks is ours: nobody looked, so nothing is known of it.
MAX_POLL_GAP_S = 1.0


class StallDetector:
    """Of one process, as its own progress tells, and what it has used of processor, disk and pipes."""

    def __init__(self, pid: int, limit_s: float = STALL_LIMIT_S) -> None:
        self._pid, self._limit_s = pid, limit_s
        self._state: tuple[float, ...] = ()
        self._unchanged_s = 0.0
        self._checked_s = time.monotonic()

    def check(self, *progress: float) -> None:
        """Call it a few times a second. Raises EncoderStalled after `limit_s` without any change."""
        now_s = time.monotonic()
        passed_s = min(now_s - self._checked_s, MAX_POLL_GAP_S)
        self._checked_s = now_s
        state = (*progress, *_used_by(self._pid))
        waits = state == self._state and not _is_queued(self._pid)
        self._unchanged_s = self._unchanged_s + passed_s if waits else 0.0
        self._state = state
        if self._unchanged_s > self._limit_s:
            raise EncoderStalled(
                f"The site was filmed, but ffmpeg stood still for {self._limit_s:g} s and was stopped."
            )


def _used_by(pid: int) -> tuple[float, ...]:
    """Seconds of processor time, and bytes read and written, of a process; nothing once it has ended."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        # Linux counts bytes by process, macOS does not.
        counted = process.io_counters() if hasattr(process, "io_counters") else ()
    except (psutil.Error, OSError):  # it has ended, which others notice
        return ()
    return (times.user + times.system, *counted)


def _is_queued(pid: int) -> bool:
    """Whether it could go on and is only waiting for a processor: a busy machine, and no stall."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_RUNNING)
    except psutil.Error:
        return False
