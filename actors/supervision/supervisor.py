"""Supervises one child process per stage: starts it, reads its reports, and kills it with all it started."""

import asyncio
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from actors.errors import PipelineError
from actors.stages.reports import Alive, Phase, PhaseStarted, Result, Update, decode
from actors.stages.spec import StageSpec
from actors.supervision.child_monitor import ChildMonitor
from actors.supervision.process_tree import MARK, ProcessTree, kill_tree
from actors.supervision.subreaper import SIGNAL_EXIT_BASE, with_subreaper
from explorer.browser.chromium import browsers_folder
from explorer.environment import passed

log = logging.getLogger(__name__)

#: A report holds one step or one list; 1 MiB is far beyond any.
MAX_REPORT_BYTES = 1 << 20
READ_BYTES = 64 * 1024
MAX_LOG_LINE_CHARS = 2_000
#: A child has closed its output before Python has ended, which on a busy machine takes a second or two; its
#: subreaper ends a tenth of a second later.
REAP_LIMIT_S = 5.0
REAP_POLL_S = 0.01


class StageOverrun(PipelineError):
    """The stage was killed because one of its phases did not end within its limit."""

    code = "stage_overrun"

    def __init__(self, phase: str, limit_s: float) -> None:
        super().__init__(f"The phase {phase!r} did not end within {limit_s:g} s and was stopped by force.")
        self.phase = phase


class ChildDied(PipelineError):
    """The child ended without reporting a result."""

    code = "worker_crashed"


async def supervise(
    spec: StageSpec, limits_s: Mapping[str, float], *, silence_limit_s: float | None = None
) -> AsyncGenerator[Update | Result, None]:
    """Runs one stage in a child process and yields its reports, of which the last one is the result.

    `limits_s` has a limit for each phase; the first is `start`, and the child names the others as it enters
    them. Raises StageOverrun when a phase takes longer, MemoryLimit and DiskLimit when the stage uses more
    than it may, ChildFroze when the child falls silent, and ChildDied when it ends without a result or
    reports something unreadable. Closing the generator, or leaving it in any way, kills the child and
    everything it has started.
    """
    async with _child(spec) as child:
        monitor = ChildMonitor(child.processes, Path(spec.work_dir), spec.limits, silence_limit_s)
        breach = asyncio.create_task(monitor.wait_for_breach())
        try:
            child.stdin.write(spec.encode())
            async with aclosing(_reports(child.stdout, limits_s, breach, monitor)) as reports:
                async for report in reports:
                    yield report
                    if isinstance(report, Result):
                        return
            raise await child.died()
        except ValueError as exc:
            raise ChildDied(f"The process of this stage sent an unreadable report: {exc}") from exc
        finally:
            breach.cancel()
            await asyncio.gather(breach, return_exceptions=True)


async def _reports(
    stdout: asyncio.StreamReader,
    limits_s: Mapping[str, float],
    breach: asyncio.Task[PipelineError],
    monitor: ChildMonitor,
) -> AsyncGenerator[Update | Result, None]:
    """The child's reports until its output ends. Raises what `breach` finds, StageOverrun and ValueError."""
    phase: Phase = "start"
    loop = asyncio.get_running_loop()
    end_s = loop.time() + limits_s[phase]
    while line := await _line(stdout, breach, StageOverrun(phase, limits_s[phase]), end_s - loop.time()):
        report = decode(line)
        monitor.note(report)
        match report:
            case PhaseStarted(phase):
                end_s = loop.time() + limits_s[phase]
            case Alive():
                pass
            case _:
                yield report


async def _line(
    stdout: asyncio.StreamReader, breach: asyncio.Task[PipelineError], overrun: StageOverrun, left_s: float
) -> bytes:
    """The next line, empty at the end. Raises `overrun` when it does not come in time."""
    reading = asyncio.ensure_future(stdout.readline())
    try:
        await asyncio.wait({reading, breach}, timeout=max(0, left_s), return_when=asyncio.FIRST_COMPLETED)
        if breach.done():
            raise breach.result()
        # Also when there is a line: a child that only reports must end as well.
        if left_s <= 0 or not reading.done():
            raise overrun
        return reading.result()
    finally:
        reading.cancel()


@dataclass(frozen=True, slots=True)
class Child:
    """A running child process; `output` keeps the last lines of its stderr."""

    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    processes: ProcessTree
    transport: asyncio.SubprocessTransport
    output: deque[str]
    logging: asyncio.Task[None]

    async def died(self) -> ChildDied:
        """The error for a child whose output has ended without a result."""
        code = await _reap(self.transport)
        await kill_tree(self.processes)
        await asyncio.wait({self.logging}, timeout=REAP_LIMIT_S)
        last = self.output[-1] if self.output else "no output"
        return ChildDied(f"The process of this stage died ({_describe(code)}): {last}")


@asynccontextmanager
async def _child(spec: StageSpec) -> AsyncIterator[Child]:
    """Starts the child process; kills it afterwards with all it has started."""
    process, transport = await _start(spec)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    processes, output = ProcessTree(process.pid, spec.work_dir), deque[str](maxlen=20)
    logging_task = asyncio.create_task(_log_output(process.stderr, output))
    try:
        yield Child(process.stdin, process.stdout, processes, transport, output, logging_task)
    finally:
        await kill_tree(processes)
        logging_task.cancel()
        await asyncio.gather(logging_task, return_exceptions=True)
        transport.close()
        await _reap(transport)


async def _start(spec: StageSpec) -> tuple[asyncio.subprocess.Process, asyncio.SubprocessTransport]:
    work_dir, loop = spec.work_dir, asyncio.get_running_loop()
    transport, protocol = await loop.subprocess_exec(
        lambda: asyncio.subprocess.SubprocessStreamProtocol(MAX_REPORT_BYTES, loop),
        *with_subreaper([sys.executable, "-m", "actors.stages.child"], work_dir, spec.limits.max_disk_bytes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=_environment(work_dir),
    )
    return asyncio.subprocess.Process(transport, protocol, loop), transport


def _environment(work_dir: str) -> dict[str, str]:
    """The environment of the child and of all it starts. Its home is its work directory, without browsers."""
    own = {"TMPDIR": work_dir, "HOME": work_dir, MARK: work_dir}
    return {**passed(os.environ), "PLAYWRIGHT_BROWSERS_PATH": str(browsers_folder()), **own}


async def _log_output(stderr: asyncio.StreamReader, output: deque[str]) -> None:
    """Logs the child's stderr and keeps its last lines. A line may be longer than any buffer."""
    while piece := await stderr.read(READ_BYTES):
        for line in filter(str.strip, piece.decode(errors="replace").splitlines()):
            output.append(line[:MAX_LOG_LINE_CHARS])
            log.info("%s", line[:MAX_LOG_LINE_CHARS])


async def _reap(transport: asyncio.SubprocessTransport) -> int | None:
    """Waits for the exit code of a process that has ended or is about to; None if it does not come.

    Not asyncio's wait: that waits for the end of all pipes too, which frozen grandchildren may hold open.
    """
    with suppress(ProcessLookupError):
        transport.send_signal(signal.SIGCONT)  # a frozen subreaper would never end
    with suppress(TimeoutError):
        async with asyncio.timeout(REAP_LIMIT_S):
            while transport.get_returncode() is None:
                await asyncio.sleep(REAP_POLL_S)
    return transport.get_returncode()


def _describe(code: int | None) -> str:
    """How a process ended, by its exit code."""
    if code is None:
        return "exit code unknown"
    number = -code if code < 0 else code - SIGNAL_EXIT_BASE
    if number in {*signal.Signals}:
        return f"signal {signal.Signals(number).name}"
    return f"exit code {code}"
