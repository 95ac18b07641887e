"""Liveness probe: notices that browser, page or driver no longer respond, and kills what is left of a lost
browser.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psutil
from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from explorer.background_tasks import background_task
from explorer.browser.session import BrowserSession
from explorer.errors import BrowserCrashed

log = logging.getLogger(__name__)

#: Interval of the probe. It takes 1 to 3 ms of the browser's own process, which a page with an endless script
#: does not block: that keeps only the page's process busy.
PROBE_INTERVAL_S = 0.5
#: A response that takes longer never comes: the machine would have to be a thousand times too slow.
RESPONSE_TIMEOUT_S = 3.0
POLL_INTERVAL_S = 0.25
#: A process that is stopped in so many polls in a row counts as frozen.
STOPPED_POLLS = 2


class BrowserProcesses:
    """The processes of one browser: those that it reports, and the driver that has started it."""

    def __init__(self) -> None:
        self._known: dict[int, psutil.Process] = {}
        self._driver: psutil.Process | None = None
        self._stopped_polls: dict[int, int] = {}
        #: The browser did not respond, which may be the driver's fault.
        self.is_unresponsive = False

    def update(self, pids: Iterable[int]) -> None:
        """Replaces the list of live processes; the first is the browser itself."""
        known: dict[int, psutil.Process] = {}
        for pid in pids:
            with suppress(psutil.Error):
                known[pid] = self._known.get(pid) or psutil.Process(pid)
        self._known = known
        if self._driver is None and known:
            self._driver = _driver_of(next(iter(known.values())))

    def stopped_process(self) -> str | None:
        """Returns the name of a process that was stopped and not continued, or None."""
        stopped = [process for process in self._all() if _is_stopped(process)]
        self._stopped_polls = {
            process.pid: self._stopped_polls.get(process.pid, 0) + 1 for process in stopped
        }
        for process in stopped:
            if self._stopped_polls[process.pid] >= STOPPED_POLLS:
                return _name(process)
        return None

    def kill(self) -> None:
        """Kills all of them, stopped or not, and their descendants.

        A driver that still runs is kept: it reports the loss to waiting calls, and cleans up.
        """
        targets = {process.pid: process for process in self._known.values()}
        if self._driver is not None and (self.is_unresponsive or _is_stopped(self._driver)):
            targets[self._driver.pid] = self._driver
        for process in self._all():
            with suppress(psutil.Error):
                targets |= {child.pid: child for child in process.children(recursive=True)}
        for process in targets.values():
            # psutil compares the creation time before it kills: the PID may have been reused.
            with suppress(psutil.Error):
                process.kill()

    def _all(self) -> list[psutil.Process]:
        return [*self._known.values(), *([self._driver] if self._driver else [])]


@asynccontextmanager
async def watching_liveness(
    session: BrowserSession, interval_s: float = PROBE_INTERVAL_S, timeout_s: float = RESPONSE_TIMEOUT_S
) -> AsyncIterator[None]:
    """Marks the session as lost when browser, page or driver are frozen, and kills them once it is lost.

    Calls that wait for the browser then fail at once with Playwright's errors, and so does closing it.
    Raises BrowserCrashed when the first probe fails.
    """
    processes = BrowserProcesses()
    try:
        async with asyncio.timeout(timeout_s):
            cdp = await session.browser.new_browser_cdp_session()
            processes.update(_pids(await cdp.send("SystemInfo.getProcessInfo")))
    except (PlaywrightError, TimeoutError) as exc:
        raise BrowserCrashed("The browser died before filming began.") from exc
    probing = _probe_until_lost(session, cdp, processes, interval_s, timeout_s)
    async with background_task(probing, "the liveness probe"):
        yield


async def _probe_until_lost(
    session: BrowserSession,
    cdp: CDPSession,
    processes: BrowserProcesses,
    interval_s: float,
    timeout_s: float,
) -> None:
    while not session.lost.done():
        failure = await _probe(session, cdp, processes, timeout_s)
        if failure is not None:
            session.lose(failure)
        else:
            await asyncio.wait({session.lost}, timeout=interval_s)
    log.warning("killing the lost browser: %s", session.lost.result())
    processes.kill()


async def _probe(
    session: BrowserSession, cdp: CDPSession, processes: BrowserProcesses, timeout_s: float
) -> str | None:
    """Sends one probe to the browser; returns what is wrong with it, or None."""
    asked = asyncio.ensure_future(cdp.send("SystemInfo.getProcessInfo"))
    asked.add_done_callback(_retrieve_exception)
    waited_s = 0.0
    while True:
        began_s = time.monotonic()
        ends: set[asyncio.Future[Any]] = {asked, session.lost}
        await asyncio.wait(ends, timeout=POLL_INTERVAL_S, return_when=asyncio.FIRST_COMPLETED)
        if session.lost.done():
            return None
        if (stopped_process := processes.stopped_process()) is not None:
            return f"the process {stopped_process} was frozen"
        if asked.done():
            break
        # An event loop that was blocked itself does not know how long the response has been there.
        waited_s += min(time.monotonic() - began_s, 2 * POLL_INTERVAL_S)
        if waited_s >= timeout_s:
            processes.is_unresponsive = True
            return "the browser stopped answering"
    try:
        processes.update(_pids(asked.result()))
    except PlaywrightError:
        return "the browser died"
    return None


def _pids(answer: dict[str, Any]) -> list[int]:
    """Lists process IDs, the browser's own first."""
    rows = sorted(answer["processInfo"], key=lambda row: row["type"] != "browser")
    return [int(row["id"]) for row in rows]


def _driver_of(browser: psutil.Process) -> psutil.Process | None:
    """Finds the ancestor that is our own child process: Playwright's driver, or a wrapper of it."""
    with suppress(psutil.Error):
        for ancestor in (browser, *browser.parents()):
            if ancestor.ppid() == os.getpid():
                return ancestor
    return None


def _is_stopped(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_STOPPED
    except psutil.Error:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return f"{process.name()} ({process.pid})"
    except psutil.Error:
        return str(process.pid)


def _retrieve_exception(asked: asyncio.Future[Any]) -> None:
    """Retrieves an exception that is no longer awaited, so that asyncio does not log it."""
    if not asked.cancelled():
        asked.exception()
