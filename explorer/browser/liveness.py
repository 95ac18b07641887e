"""Feels the pulse of a browser: notices that it is frozen, and buries what is left of one that is lost."""

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

from explorer.browser.session import BrowserSession
from explorer.errors import BrowserCrashed

log = logging.getLogger(__name__)

#: What a browser that lives is asked this often. It takes 1 to 3 ms of the browser's own process, which also
#: tells it from a page whose script spins: that keeps only the page's process busy.
EVERY_S = 0.5
#: An answer that takes longer does not come. The whole machine would have to be a thousand times too slow.
LIMIT_S = 3.0
GLANCE_S = 0.25
#: A process that is seen stopped so often in a row stays stopped.
STOPPED_GLANCES = 2


class BrowserProcesses:
    """The processes of one browser: those that it tells of, and the driver that has started it."""

    def __init__(self) -> None:
        self._known: dict[int, psutil.Process] = {}
        self._driver: psutil.Process | None = None
        self._stopped: dict[int, int] = {}
        #: The browser did not answer, for which the driver may be to blame.
        self.mute = False

    def update(self, pids: Iterable[int]) -> None:
        """Takes in who lives now; the first of these is the browser itself."""
        known: dict[int, psutil.Process] = {}
        for pid in pids:
            with suppress(psutil.Error):
                known[pid] = self._known.get(pid) or psutil.Process(pid)
        self._known = known
        if self._driver is None and known:
            self._driver = _driver_of(next(iter(known.values())))

    def frozen(self) -> str | None:
        """The name of a process that was stopped and does not go on."""
        stopped = [process for process in self._all() if _is_stopped(process)]
        self._stopped = {process.pid: self._stopped.get(process.pid, 0) + 1 for process in stopped}
        for process in stopped:
            if self._stopped[process.pid] >= STOPPED_GLANCES:
                return _name(process)
        return None

    def kill(self) -> None:
        """Ends all of them, frozen or not, and whatever they have started.

        A driver that is still well is left alone: it tells whoever waits, and tidies up.
        """
        doomed = {process.pid: process for process in self._known.values()}
        if self._driver is not None and (self.mute or _is_stopped(self._driver)):
            doomed[self._driver.pid] = self._driver
        for process in self._all():
            with suppress(psutil.Error):
                doomed |= {child.pid: child for child in process.children(recursive=True)}
        for process in doomed.values():
            # psutil looks at the time of birth before it kills: a number may be somebody else's by now.
            with suppress(psutil.Error):
                process.kill()

    def _all(self) -> list[psutil.Process]:
        return [*self._known.values(), *([self._driver] if self._driver else [])]


@asynccontextmanager
async def watching_liveness(
    session: BrowserSession, every_s: float = EVERY_S, limit_s: float = LIMIT_S
) -> AsyncIterator[None]:
    """Loses the stage when its browser, page or driver is frozen, and kills them all once it is lost.

    What waits for the browser then ends with Playwright's errors at once, and so does closing it.
    Raises BrowserCrashed when there is no pulse to begin with.
    """
    family = BrowserProcesses()
    try:
        async with asyncio.timeout(limit_s):
            cdp = await session.browser.new_browser_cdp_session()
            family.update(_pids(await cdp.send("SystemInfo.getProcessInfo")))
    except (PlaywrightError, TimeoutError) as exc:
        raise BrowserCrashed("The browser died before filming began.") from exc
    feeling = asyncio.create_task(_feel(session, cdp, family, every_s, limit_s))
    try:
        yield
    finally:
        feeling.cancel()
        await asyncio.gather(feeling, return_exceptions=True)


async def _feel(
    session: BrowserSession, cdp: CDPSession, family: BrowserProcesses, every_s: float, limit_s: float
) -> None:
    while not session.lost.done():
        how = await _once(session, cdp, family, limit_s)
        if how is not None:
            session.lose(how)
        else:
            await asyncio.wait({session.lost}, timeout=every_s)
    log.warning("what is left of the browser is killed: %s", session.lost.result())
    family.kill()


async def _once(
    session: BrowserSession, cdp: CDPSession, family: BrowserProcesses, limit_s: float
) -> str | None:
    """Asks the browser one thing; answers what is wrong with it, or None."""
    asked = asyncio.ensure_future(cdp.send("SystemInfo.getProcessInfo"))
    asked.add_done_callback(_forget)
    waited_s = 0.0
    while True:
        began_s = time.monotonic()
        ends: set[asyncio.Future[Any]] = {asked, session.lost}
        await asyncio.wait(ends, timeout=GLANCE_S, return_when=asyncio.FIRST_COMPLETED)
        if session.lost.done():
            return None
        if (frozen := family.frozen()) is not None:
            return f"the process {frozen} was frozen"
        if asked.done():
            break
        # A loop that was held up itself does not know how long the answer has been there.
        waited_s += min(time.monotonic() - began_s, 2 * GLANCE_S)
        if waited_s >= limit_s:
            family.mute = True
            return "the browser stopped answering"
    try:
        family.update(_pids(asked.result()))
    except PlaywrightError:
        return "the browser died"
    return None


def _pids(answer: dict[str, Any]) -> list[int]:
    """The browser's own first."""
    rows = sorted(answer["processInfo"], key=lambda row: row["type"] != "browser")
    return [int(row["id"]) for row in rows]


def _driver_of(browser: psutil.Process) -> psutil.Process | None:
    """The ancestor that is our own child: Playwright's driver, or what stands in for it."""
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


def _forget(asked: asyncio.Future[Any]) -> None:
    """Looks at an error that nobody waits for any more, so that asyncio does not complain."""
    if not asked.cancelled():
        asked.exception()
