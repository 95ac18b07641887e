"""Notices when an ffmpeg gets nowhere any more: frozen, or stuck in the kernel."""

import time

import psutil

from video.errors import EncoderStalled

#: Even on a busy machine an ffmpeg that lives gets some of the processor every second.
STALL_LIMIT_S = 8.0
#: A longer pause between two looks is ours: nobody looked, so nothing is known of it.
MAX_POLL_GAP_S = 1.0


class StallDetector:
    """Of one process, as its own progress and the processor time that it has used tell."""

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
        state = (*progress, _cpu_time_s(self._pid))
        self._unchanged_s = self._unchanged_s + passed_s if state == self._state else 0.0
        self._state = state
        if self._unchanged_s > self._limit_s:
            raise EncoderStalled(
                f"The site was filmed, but ffmpeg stood still for {self._limit_s:g} s and was stopped."
            )


def _cpu_time_s(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:  # it has ended, which others notice
        return -1.0
    return float(times.user + times.system)
