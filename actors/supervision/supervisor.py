"""One child process per stage: started with an order, read line by line, and gone with all it started."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any

from actors.errors import PipelineError
from actors.stages.spec import StageSpec
from actors.supervision.child_monitor import ChildMonitor
from actors.supervision.process_tree import MARK, ProcessTree, kill_tree
from actors.supervision.subreaper import BY_SIGNAL, guarded
from explorer.browser.chromium import browsers_folder
from explorer.environment import passed

log = logging.getLogger(__name__)

Report = dict[str, Any]

#: A report holds one step or one list; 1 MiB is far beyond any.
LINE_LIMIT_BYTES = 1 << 20
PIECE_BYTES = 64 * 1024
LONGEST_LINE = 2_000
#: A child has closed its output before Python is done with it, which on a busy machine takes a second or two;
#: its guard ends a tenth of a second later.
REAP_LIMIT_S = 5.0
REAP_LOOK_S = 0.01
#: A last word, after which the child has nothing more to say.
LAST = ("done", "failed")


class StageOverrun(PipelineError):
    """The stage was stopped by force because one of its phases did not end within its limit."""

    code = "stage_overrun"

    def __init__(self, phase: str, limit_s: float) -> None:
        super().__init__(f"The phase {phase!r} did not end within {limit_s:g} s and was stopped by force.")
        self.phase = phase


class ChildDied(PipelineError):
    """The child ended without saying how its stage went."""

    code = "worker_crashed"


async def supervise(
    order: StageSpec, limits_s: Mapping[str, float], *, silence_limit_s: float | None = None
) -> AsyncGenerator[Report, None]:
    """Runs one stage in a child and yields its reports, the last one of kind `done` or `failed`.

    `limits_s` has a limit for each phase; the first is `start`, and the child names the others as it enters
    them. Raises StageOverrun when a phase takes longer, MemoryLimit and DiskLimit when the stage takes more
    than its order allows, ChildFroze when the child falls silent, and ChildDied when it ends without a last
    word. Closing the generator, or leaving it in any way, kills the child and everything it has started.
    """
    child, transport = await _start(order)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    family = ProcessTree(child.pid, order.folder)
    vigil = ChildMonitor(family, order, silence_limit_s)
    said: deque[str] = deque(maxlen=20)
    watching = asyncio.create_task(vigil.breach())
    listening = asyncio.create_task(_listen(child.stderr, said))
    try:
        child.stdin.write(order.encode())
        async with aclosing(_reports(child.stdout, limits_s, watching, vigil)) as reports:
            async for report in reports:
                yield report
                if report["kind"] in LAST:
                    return
        code = await _reap(transport)
        await kill_tree(family)
        await asyncio.wait({listening}, timeout=REAP_LIMIT_S)
        raise ChildDied(f"The process of this stage died ({_how(code)}): {said[-1] if said else 'no output'}")
    except ValueError as exc:
        raise ChildDied(f"The process of this stage reported what cannot be read: {exc}") from exc
    finally:
        watching.cancel()
        await kill_tree(family)
        listening.cancel()
        await asyncio.gather(watching, listening, return_exceptions=True)
        transport.close()
        await _reap(transport)


async def _reports(
    stdout: asyncio.StreamReader,
    limits_s: Mapping[str, float],
    watching: asyncio.Task[PipelineError],
    vigil: ChildMonitor,
) -> AsyncGenerator[Report, None]:
    """What the child says, until it says no more. Raises what `watching` finds, and StageOverrun."""
    phase, loop = "start", asyncio.get_running_loop()
    end_s = loop.time() + limits_s[phase]
    while line := await _line(stdout, watching, StageOverrun(phase, limits_s[phase]), end_s - loop.time()):
        report: Report = json.loads(line)
        vigil.hear(report["kind"])
        if report["kind"] == "phase":
            phase = report["phase"]
            end_s = loop.time() + limits_s[phase]
        elif report["kind"] != "alive":
            yield report


async def _line(
    stdout: asyncio.StreamReader, watching: asyncio.Task[PipelineError], overrun: StageOverrun, left_s: float
) -> bytes:
    """The next line, empty at the end. Raises `overrun` when it does not come in time."""
    reading = asyncio.ensure_future(stdout.readline())
    try:
        await asyncio.wait({reading, watching}, timeout=max(0, left_s), return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            raise watching.result()
        # Also when there is a line: a child that does nothing but talk must end as well.
        if left_s <= 0 or not reading.done():
            raise overrun
        return reading.result()
    finally:
        reading.cancel()


async def _start(order: StageSpec) -> tuple[asyncio.subprocess.Process, asyncio.SubprocessTransport]:
    folder, loop = order.folder, asyncio.get_running_loop()
    transport, protocol = await loop.subprocess_exec(
        lambda: asyncio.subprocess.SubprocessStreamProtocol(LINE_LIMIT_BYTES, loop),
        *guarded([sys.executable, "-m", "actors.stages.child"], folder, order.max_disk_mb << 20),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=_environment(folder),
    )
    return asyncio.subprocess.Process(transport, protocol, loop), transport


def _environment(folder: str) -> dict[str, str]:
    """What the child sees, and all that it starts. Its home is its folder, where no browsers lie."""
    own = {"TMPDIR": folder, "HOME": folder, MARK: folder}
    return {**passed(os.environ), "PLAYWRIGHT_BROWSERS_PATH": str(browsers_folder()), **own}


async def _listen(stream: asyncio.StreamReader, said: deque[str]) -> None:
    """Keeps and logs what the child says, in whatever pieces: a line may be longer than any buffer."""
    while piece := await stream.read(PIECE_BYTES):
        for line in filter(str.strip, piece.decode(errors="replace").splitlines()):
            said.append(line[:LONGEST_LINE])
            log.info("%s", line[:LONGEST_LINE])


async def _reap(transport: asyncio.SubprocessTransport) -> int | None:
    """The exit code of a process that has ended or is about to.

    Not asyncio's wait: that goes on until all pipes have ended too, which frozen grandchildren may hold open.
    """
    with suppress(ProcessLookupError):
        transport.send_signal(signal.SIGCONT)  # a guard that somebody has frozen would never end
    with suppress(TimeoutError):
        async with asyncio.timeout(REAP_LIMIT_S):
            while transport.get_returncode() is None:
                await asyncio.sleep(REAP_LOOK_S)
    return transport.get_returncode()


def _how(code: int | None) -> str:
    if code is None:
        return "nobody knows how"
    number = -code if code < 0 else code - BY_SIGNAL
    if number in {*signal.Signals}:
        return f"signal {signal.Signals(number).name}"
    return f"exit code {code}"
