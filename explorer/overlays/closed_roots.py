"""Gives the overlay scripts access to closed shadow roots that no script of the page has attached.

Those that a script attaches are open to us, see `browser/init_script.js`; the parser's take CDP.
"""

from playwright.async_api import CDPSession, Page

_OVERLAY_STATE = "window[Symbol.for('demo.overlays')]"


async def open_closed_roots(page: Page, count: int) -> bool:
    """Opens the roots of the `count` hosts that the script has noted; True when there was any."""
    session = await page.context.new_cdp_session(page)
    try:
        roots_opened = [await _open_closed_root(session, number) for number in range(count)]
    finally:
        await session.detach()
    return any(roots_opened)


async def _open_closed_root(session: CDPSession, number: int) -> bool:
    expression = f"{_OVERLAY_STATE}.hosts[{number}]"
    host = (await session.send("Runtime.evaluate", {"expression": expression}))["result"]
    if "objectId" not in host:
        return False
    node = await session.send("DOM.describeNode", {"objectId": host["objectId"], "depth": 1, "pierce": True})
    roots = [root for root in node["node"].get("shadowRoots", []) if root.get("shadowRootType") == "closed"]
    arguments = []
    if roots:
        resolved = await session.send("DOM.resolveNode", {"backendNodeId": roots[0]["backendNodeId"]})
        arguments = [{"objectId": resolved["object"]["objectId"]}]
    declaration = f"function (root = null) {{ {_OVERLAY_STATE}.sealed.set(this, root); }}"
    request = {"objectId": host["objectId"], "functionDeclaration": declaration, "arguments": arguments}
    await session.send("Runtime.callFunctionOn", request)
    return bool(roots)
