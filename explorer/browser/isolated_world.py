"""A world beside a page's own: it sees the same document, and nothing that the page's scripts have changed.

There a page that overrides `querySelectorAll`, `Array` or `JSON` is looked at all the same. Here are also the
two means against scripts that do not end: one stops what runs now, the other lets none run any more.
"""

from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

_WORLD = "sitereel"
#: What Playwright says of a page that has gone or moved on; all else comes from the page's own scripts.
_GONE = ("context was destroyed", "closed", "crashed", "detached", "navigat", "context with specified id")

_sessions: WeakKeyDictionary[Page, tuple[CDPSession, str]] = WeakKeyDictionary()
_distrusted: WeakSet[Page] = WeakSet()


async def aside(page: Page, function: str, arg: Any = None) -> Any:
    """What `function`, called with `arg` beside the main frame's own scripts, returns.

    Raises PlaywrightError when the page is gone, has moved on meanwhile, or the function throws.
    """
    for _ in range(2):
        answer = await _call(page, function, arg)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"].get("exception", {})
            raise PlaywrightError(f"Aside: {str(thrown.get('description', 'an exception'))[:500]}")
        if "value" in answer["result"]:
            return answer["result"]["value"]
        # It was stopped together with a script of the page.
    raise PlaywrightError("Aside: it was stopped before it had an answer.")


async def _call(page: Page, function: str, arg: Any) -> dict[str, Any]:
    session, frame_id = await _reach(page)
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame_id, "worldName": _WORLD})
    call = {
        "functionDeclaration": function,
        "executionContextId": world["executionContextId"],
        "arguments": [{"value": arg}],
        "returnByValue": True,
        "awaitPromise": True,
    }
    return await session.send("Runtime.callFunctionOn", call)


async def watch_aside(page: Page, script: str) -> None:
    """Runs `script` beside each document that the page opens from now on, before its own scripts."""
    session, _ = await _reach(page)
    await session.send("Page.enable")
    await session.send("Page.addScriptToEvaluateOnNewDocument", {"source": script, "worldName": _WORLD})


async def ask_page(page: Page, function: str, arg: Any = None) -> Any:
    """The answer of the page's own world, which knows what listens where; where that fails, from beside it.

    A page whose scripts have broken one question is asked all others from beside them.
    """
    if page not in _distrusted:
        try:
            return await page.evaluate(function, arg)
        except PlaywrightError as exc:
            if is_gone(exc):
                raise
        distrust(page)
    return await aside(page, function, arg)


def is_gone(exc: PlaywrightError) -> bool:
    """Whether the page has gone or moved on, rather than thrown something."""
    return any(sign in exc.message.lower() for sign in _GONE)


def distrust(page: Page) -> None:
    """From now on `ask_page` goes around the page's own scripts."""
    _distrusted.add(page)


def trusts(page: Page) -> bool:
    return page not in _distrusted


async def stop_script(page: Page) -> None:
    """Ends the script that runs now, also one that never would; timers and listeners stay."""
    session, _ = await _reach(page)
    await session.send("Runtime.terminateExecution")


async def stop_scripts(page: Page) -> None:
    """Lets none of the page's scripts run any more, those of its next documents included."""
    distrust(page)
    session, _ = await _reach(page)
    await session.send("Emulation.setScriptExecutionDisabled", {"value": True})


async def _reach(page: Page) -> tuple[CDPSession, str]:
    known = _sessions.get(page)
    if known is None:
        session = await page.context.new_cdp_session(page)
        target = await session.send("Target.getTargetInfo")
        known = _sessions[page] = session, target["targetInfo"]["targetId"]
    return known
