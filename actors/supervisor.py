"""One child process per stage: started with an order, read line by line, and gone with all it started."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from typing import Any

import psutil

from actors.embedded import dying_with_parent
from actors.errors import LineError
from actors.order import Order

log = logging.getLogger(__name__)

Report = dict[str, Any]

#: Marks every process of a take in its environment; renderers erase theirs, but die with their browser.
MARK = "SITEREEL_TAKE"
#: A report holds one step or one list; 1 MiB is far beyond any.
LINE_LIMIT_BYTES = 1 << 20
PIECE_BYTES = 64 * 1024
LONGEST_LINE = 2_000
SECRETS = frozenset({"OPENAI_API_KEY", "REDIS_URL"})
KILL_ROUNDS = 100
KILL_WAIT_S = 0.02
#: What was killed is reaped within milliseconds.
REAP_LIMIT_S = 2.0


class StageOverrun(LineError):
    """The stage was stopped by force because one of its phases did not end within its limit."""

    code = "stage_overrun"

    def __init__(self, phase: str, limit_s: float) -> None:
        super().__init__(f"The phase {phase!r} did not end within {limit_s:g} s and was stopped by force.")
        self.phase = phase


class ChildDied(LineError):
    """The child ended without saying how its stage went."""

    code = "worker_crashed"


async def supervise(order: Order, limits_s: Mapping[str, float]) -> AsyncGenerator[Report, None]:
    """Runs one stage in a child and yields its reports, the last one of kind `done` or `failed`.

    `limits_s` has a limit for each phase; the first is `start`, and the child names the others as it enters
    them. Raises StageOverrun when a phase takes longer and ChildDied when the child ends without a last word.
    Closing the generator, or leaving it in any way, kills the child and everything it has started.
    """
    child, transport = await _start(order)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    root = _process(child.pid)
    said: deque[str] = deque(maxlen=20)
    listening = asyncio.create_task(_listen(child.stderr, said))
    phase = "start"
    try:
        child.stdin.write(order.encode())
        async with asyncio.timeout(limits_s[phase]) as limit:
            async for line in child.stdout:
                report: Report = json.loads(line)
                if report["kind"] == "phase":
                    phase = report["phase"]
                    limit.reschedule(asyncio.get_running_loop().time() + limits_s[phase])
                    continue
                yield report
                if report["kind"] in ("done", "failed"):
                    return
            code = await _reap(child, transport)
        await listening
        raise ChildDied(f"The process of this stage died ({_how(code)}): {said[-1] if said else 'no output'}")
    except TimeoutError as exc:
        raise StageOverrun(phase, limits_s[phase]) from exc
    except ValueError as exc:
        raise ChildDied(f"The process of this stage reported what cannot be read: {exc}") from exc
    finally:
        await kill_tree(root, order.folder)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        # asyncio waits for a process until its pipes have ended too, which was seen not to happen.
        transport.close()
        await _reap(child, transport)


async def _start(order: Order) -> tuple[asyncio.subprocess.Process, asyncio.SubprocessTransport]:
    folder, loop = order.folder, asyncio.get_running_loop()
    transport, protocol = await loop.subprocess_exec(
        lambda: asyncio.subprocess.SubprocessStreamProtocol(LINE_LIMIT_BYTES, loop),
        *dying_with_parent([sys.executable, "-m", "actors.take"]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={**_innocent(os.environ), "TMPDIR": folder, "HOME": folder, MARK: folder},
    )
    return asyncio.subprocess.Process(transport, protocol, loop), transport


def _innocent(environment: Mapping[str, str]) -> dict[str, str]:
    """Without secrets: the browser inherits what its process has, and the child has them from its order."""
    return {name: value for name, value in environment.items() if name not in SECRETS}


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.Error:
        return None


async def _listen(stream: asyncio.StreamReader, said: deque[str]) -> None:
    """Keeps and logs what the child says, in whatever pieces: a line may be longer than any buffer."""
    while piece := await stream.read(PIECE_BYTES):
        for line in filter(str.strip, piece.decode(errors="replace").splitlines()):
            said.append(line[:LONGEST_LINE])
            log.info("%s", line[:LONGEST_LINE])


async def _reap(child: asyncio.subprocess.Process, transport: asyncio.SubprocessTransport) -> int | None:
    """The exit code of a process that has ended."""
    await asyncio.wait({asyncio.ensure_future(child.wait())}, timeout=REAP_LIMIT_S)
    return transport.get_returncode()


def _how(code: int | None) -> str:
    if code is None:
        return "nobody knows how"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def kill_tree(root: psutil.Process | None, mark: str) -> None:
    """Kills a process and all it has started: by descent while it lives, by the mark where it does not."""
    for _ in range(KILL_ROUNDS):
        family = {process.pid: process for process in (*_descent(root), *_marked(mark))}
        if not family:
            return
        for process in family.values():
            with suppress(psutil.Error):
                process.kill()
        # Not psutil's wait: it would reap the child before asyncio can.
        await asyncio.sleep(KILL_WAIT_S)
    log.error("processes of %s survived being killed", mark)


def _descent(root: psutil.Process | None) -> list[psutil.Process]:
    # Its number may belong to somebody else by now.
    if root is None or not root.is_running():
        return []
    try:
        # Stopped, it starts nothing new while we look.
        root.suspend()
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return []
    return [process for process in family if _alive(process)]


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark and _alive(process):
                yield process


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
