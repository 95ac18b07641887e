"""One child process per stage: started with an order, read line by line, and gone with all it started."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Iterator
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
KILL_ROUNDS = 100
KILL_WAIT_S = 0.02


class StageOverrun(LineError):
    """The stage was stopped by force because it did not end within its limit."""

    code = "stage_overrun"


class ChildDied(LineError):
    """The child ended without saying how its stage went."""

    code = "worker_crashed"


async def supervise(order: Order, limit_s: float) -> AsyncGenerator[Report, None]:
    """Runs one stage in a child and yields its reports, the last one of kind `done` or `failed`.

    Raises StageOverrun after `limit_s` and ChildDied when the child ends without a last word. Closing the
    generator, or leaving it in any way, kills the child and everything it has started.
    """
    child = await _start(order)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    said: deque[str] = deque(maxlen=20)
    listening = asyncio.create_task(_listen(child.stderr, said))
    try:
        child.stdin.write(order.encode())
        async with asyncio.timeout(limit_s):
            async for line in child.stdout:
                report: Report = json.loads(line)
                yield report
                if report["kind"] in ("done", "failed"):
                    return
            code = await child.wait()
        await listening
        raise ChildDied(f"The process of this stage died ({_how(code)}): {said[-1] if said else 'no output'}")
    except TimeoutError as exc:
        raise StageOverrun(f"The stage did not end within {limit_s:g} s and was stopped by force.") from exc
    finally:
        await kill_tree(child.pid, order.folder)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await child.wait()


async def _start(order: Order) -> asyncio.subprocess.Process:
    folder = order.folder
    return await asyncio.create_subprocess_exec(
        *dying_with_parent([sys.executable, "-m", "actors.take"]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT_BYTES,
        start_new_session=True,
        env={**os.environ, "TMPDIR": folder, "HOME": folder, MARK: folder},
    )


async def _listen(stream: asyncio.StreamReader, said: deque[str]) -> None:
    async for raw in stream:
        line = raw.decode(errors="replace").rstrip()
        said.append(line)
        log.info("%s", line)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def kill_tree(pid: int, mark: str) -> None:
    """Kills a process and all it has started: by descent while it lives, by the mark where it does not."""
    for _ in range(KILL_ROUNDS):
        family = {process.pid: process for process in (*_descent(pid), *_marked(mark))}
        if not family:
            return
        for process in family.values():
            with suppress(psutil.Error):
                process.kill()
        # Not psutil's wait: it would reap the child before asyncio can.
        await asyncio.sleep(KILL_WAIT_S)
    log.error("processes of %s survived being killed", mark)


def _descent(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
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
