"""What lies over a page is asked of the page itself: the scripts that obstacles and dialogs share."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

from explorer.aside import ask_page

_SHARED = ("phrases.js", "layers.js")


async def ask(where: Page | Frame, parts: tuple[str, ...], request: dict[str, Any]) -> Any:
    """What `parts` answer to `request`; they run in one function scope, after what is shared."""
    script = _script(parts)
    if isinstance(where, Page):
        return await ask_page(where, script, request)
    return await where.evaluate(script, request)


@cache
def _script(parts: tuple[str, ...]) -> str:
    here = Path(__file__).parent
    body = "\n".join((here / part).read_text(encoding="utf-8") for part in (*_SHARED, *parts))
    return f"(request) => {{\n{body}}}"
