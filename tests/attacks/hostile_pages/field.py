"""The proving ground: takes of bombs by the product's own line, with an eye on time, memory and processes."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

from actors.broker import make_broker, ticket_sender
from actors.embedded_redis import embedded_valkey
from actors.jobs.job import Job
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from actors.settings import Settings
from actors.submission import announce, submit
from actors.worker import working
from tests.attacks.hostile_pages.bomb import FILM, Bomb
from tests.attacks.hostile_pages.server import HostileServer
from video.style import Style

log = logging.getLogger(__name__)

MAX_CLICKS = 2
MAX_RUNTIME_S = 8
POLL_S = 0.1
#: Reading PSS of a dozen processes costs some 10 ms.
SAMPLE_S = 0.5
#: What was killed is reaped by then.
GONE_S = 3.0
ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Result:
    """How a take of one bomb ended; `explored_s` is its exploration alone."""

    bomb: Bomb
    end: str
    said: str
    took_s: float
    explored_s: float
    peak_mib: float
    left_over: tuple[str, ...]
    job: Job

    @property
    def faults(self) -> tuple[str, ...]:
        """What was not within bounds, or not right."""
        wrong = [] if self.end in self.bomb.ends else [f"ended as {self.end}"]
        if self.took_s > self.bomb.most_s:
            wrong.append(f"took more than {self.bomb.most_s:g} s")
        if self.peak_mib > self.bomb.most_mib:
            wrong.append(f"took more than {self.bomb.most_mib} MiB")
        if self.left_over:
            wrong.append(f"left {', '.join(self.left_over)}")
        if self.end != FILM and not self.said:
            wrong.append("said nothing")
        return tuple(wrong)


class Scales:
    """Weighs all descendants of this process born since: their proportional set size, at its peak."""

    def __init__(self) -> None:
        self._before = {process.pid for process in psutil.Process().children(recursive=True)}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)
        self.peak_mib = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def alive(self) -> list[psutil.Process]:
        family = psutil.Process().children(recursive=True)
        return [process for process in family if process.pid not in self._before]

    def left_over(self) -> tuple[str, ...]:
        """The names of those that are still there after a while."""
        deadline_s = time.monotonic() + GONE_S
        while (left := self._living()) and time.monotonic() < deadline_s:
            time.sleep(0.05)
        return left

    def _living(self) -> tuple[str, ...]:
        names = []
        for process in self.alive():
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE:
                    names.append(process.name())
        return tuple(names)

    def _weigh(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            total = 0
            for process in self.alive():
                with suppress(psutil.Error, OSError):
                    total += process.memory_full_info().pss
            self.peak_mib = max(self.peak_mib, total / (1 << 20))


class ProvingGround:
    """Films bombs, one after the other, on a worker in this process."""

    def __init__(self, server: HostileServer, settings: Settings, runtime_s: int = MAX_RUNTIME_S) -> None:
        self.server = server
        self._settings = settings
        self._limits = Limits(MAX_CLICKS, 3, runtime_s)
        assert settings.redis is not None
        self._send = ticket_sender(make_broker(settings.redis))

    def film(self, bomb: Bomb) -> Result:
        with Scales() as scales:
            began_s = time.monotonic()
            job, explored_s = asyncio.run(self._film(bomb))
            took_s = time.monotonic() - began_s
            left_over = scales.left_over()
        end = FILM if job.status is Status.COMPLETED else job.error_code or str(job.status)
        return Result(bomb, end, job.error or "", took_s, explored_s, scales.peak_mib, left_over, job)

    async def _film(self, bomb: Bomb) -> tuple[Job, float]:
        """The job when it has ended, and for how long it was explored."""
        assert self._settings.redis is not None
        began_s = time.monotonic()
        explored: list[float] = []
        async with Store.opened(self._settings.redis, self._settings) as store:
            style = Style(name="plain", title_card=False)
            url, hosts = self.server.address(bomb), (self.server.endpoint(bomb.port),)
            spec = JobSpec(url, self._limits, bomb.wishes, style, allow_hosts=hosts)
            job = await submit(store, spec)
            await announce(self._send, job.id)
            while True:
                state = await store.get(job.id)
                assert state is not None, "the job is gone"
                if state.stage is Stage.EXPLORING and state.metrics.get("state", "initial") != "initial":
                    explored.append(time.monotonic())
                if state.status in ENDED:
                    return state, explored[-1] - explored[0] if explored else 0.0
                if time.monotonic() - began_s > 4 * bomb.most_s:
                    return state, 0.0
                await asyncio.sleep(POLL_S)


@contextmanager
def proving_ground(bombs: dict[str, Bomb], runtime_s: int = MAX_RUNTIME_S) -> Iterator[ProvingGround]:
    """A hostile server with these bombs, and all that the product needs to film them."""
    with HostileServer(bombs) as server, embedded_valkey() as url:
        settings = Settings(redis_url=url, poll_interval_s=0.1)
        with working(settings, slots=1):
            yield ProvingGround(server, settings, runtime_s)
