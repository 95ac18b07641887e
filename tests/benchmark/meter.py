"""CPU and memory of everything that this process has started, sampled in a thread.

Memory is PSS (proportional set size, proc_pid_smaps(5)): what processes share is counted once. Included are
API, worker, Valkey with the footage in it, the child of each stage, Playwright's driver, every process of
Chromium, and ffmpeg; also daemons, which outlive what started them. Not included are this process itself,
which serves the demo site, and the page cache.
"""

import ctypes
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic, thread_time
from types import TracebackType
from typing import Self

import psutil

INTERVAL_S = 0.25
#: prctl(2): descendants whose parents have gone become children of this process.
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Sample:
    """At a moment of the monotonic clock: memory in use, and CPU seconds used since the meter started."""

    at_s: float
    pss_bytes: int
    cpu_s: float


class Meter:
    """Samples from entering to leaving.

    CPU is the sum of what each process had used when it was last seen, so the last quarter of a second of a
    process is missed, and so is one that lives no longer than that.
    """

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.own_cpu_s = 0.0
        self._used_s: dict[psutil.Process, float] = {}
        self._stop = Event()
        self._thread = Thread(target=self._run, name="meter", daemon=True)

    def __enter__(self) -> Self:
        _adopt_orphans()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def cpu_s(self, from_s: float, to_s: float) -> float:
        """CPU seconds used between two moments."""
        during = self._during(from_s, to_s)
        return during[-1].cpu_s - during[0].cpu_s if during else 0.0

    def peak_bytes(self, from_s: float, to_s: float) -> int:
        """The most memory that was in use at any sample between two moments."""
        return max((sample.pss_bytes for sample in self._during(from_s, to_s)), default=0)

    def _during(self, from_s: float, to_s: float) -> list[Sample]:
        return [sample for sample in self.samples if from_s <= sample.at_s <= to_s]

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL_S):
            self.samples.append(self._sample())
            self.own_cpu_s = thread_time()

    def _sample(self) -> Sample:
        pss_bytes = 0
        for process in psutil.Process().children(recursive=True):
            # Processes end while we look; what they had used before stays counted.
            with suppress(psutil.Error):
                times = process.cpu_times()
                self._used_s[process] = times.user + times.system
                pss_bytes += process.memory_full_info().pss
        return Sample(monotonic(), pss_bytes, sum(self._used_s.values()))


def _adopt_orphans() -> None:
    """So that a daemon is counted too. Where the system knows no such thing, it is not."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
