"""Evaluates functions in CDP's isolated world: the same document, without what the page's scripts have
changed.

It works also on a page that overrides `querySelectorAll`, `Array` or `JSON`. Also terminates the script that
runs now, and disables all scripts of a page.
"""

from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

_WORLD = "sitereel"
#: In Playwright's errors of a page that was closed or navigated; all others come from the page's own scripts.
_CLOSED_MESSAGES = (
    "context was destroyed",
    "closed",
    "crashed",
    "detached",
    "navigat",
    "context with specified id",
)

_sessions: WeakKeyDictionary[Page, tuple[CDPSession, str]] = WeakKeyDictionary()
_untrusted: WeakSet[Page] = WeakSet()


async def evaluate_isolated(page: Page, function: str, arg: Any = None) -> Any:
    """Calls `function` with `arg` in the main frame's isolated world and returns its result.

    Raises PlaywrightError when the page was closed or has navigated, or the function throws.
    """
    for _ in range(2):
        answer = await _call(page, function, arg)
        if "exceptionDetails" in answer:
            exception = answer["exceptionDetails"].get("exception", {})
            raise PlaywrightError(
                f"Isolated world: {str(exception.get('description', 'an exception'))[:500]}"
            )
        if "value" in answer["result"]:
            return answer["result"]["value"]
        # It was terminated together with a script of the page.
    raise PlaywrightError("Isolated world: it was terminated before it returned.")


async def _call(page: Page, function: str, arg: Any) -> dict[str, Any]:
    session, frame_id = await _session_of(page)
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame_id, "worldName": _WORLD})
    call = {
        "functionDeclaration": function,
        "executionContextId": world["executionContextId"],
        "arguments": [{"value": arg}],
        "returnByValue": True,
        "awaitPromise": True,
    }
    return await session.send("Runtime.callFunctionOn", call)


async def add_isolated_init_script(page: Page, script: str) -> None:
    """Runs `script` in the isolated world of each document that the page opens from now on, before its own
    scripts.
    """
    session, _ = await _session_of(page)
    await session.send("Page.enable")
    await session.send("Page.addScriptToEvaluateOnNewDocument", {"source": script, "worldName": _WORLD})


async def evaluate_in_page(page: Page, function: str, arg: Any = None) -> Any:
    """Calls `function` in the page's main world, which knows the event listeners; if that fails, in the
    isolated one.

    A page whose scripts broke one call is then evaluated in the isolated world only.
    """
    if page not in _untrusted:
        try:
            return await page.evaluate(function, arg)
        except PlaywrightError as exc:
            if is_closed_error(exc):
                raise
        mark_untrusted(page)
    return await evaluate_isolated(page, function, arg)


def is_closed_error(exc: PlaywrightError) -> bool:
    """Checks whether the page was closed or has navigated, rather than thrown an exception."""
    return any(sign in exc.message.lower() for sign in _CLOSED_MESSAGES)


def mark_untrusted(page: Page) -> None:
    """Makes `evaluate_in_page` use the isolated world of this page from now on."""
    _untrusted.add(page)


def is_trusted(page: Page) -> bool:
    """Checks whether the main world of this page is still used."""
    return page not in _untrusted


async def terminate_script(page: Page) -> None:
    """Terminates the script that runs now, also an endless one; timers and listeners stay."""
    session, _ = await _session_of(page)
    await session.send("Runtime.terminateExecution")


async def disable_page_scripts(page: Page) -> None:
    """Disables all scripts of the page, those of its next documents included."""
    mark_untrusted(page)
    session, _ = await _session_of(page)
    await session.send("Emulation.setScriptExecutionDisabled", {"value": True})


async def _session_of(page: Page) -> tuple[CDPSession, str]:
    cached = _sessions.get(page)
    if cached is None:
        session = await page.context.new_cdp_session(page)
        target = await session.send("Target.getTargetInfo")
        cached = _sessions[page] = session, target["targetInfo"]["targetId"]
    return cached
