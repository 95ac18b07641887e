"""What lies over a page is asked of the page itself: the scripts that obstacles and dialogs share."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

from explorer.browser.isolated_world import evaluate_in_page
from explorer.languages import languages
from explorer.languages.detection import language_of
from explorer.languages.overlay_phrases import tables

_SHARED = ("phrases.js", "overlays.js")
#: What a script answers in a document that has not been told phrases, or not enough of them.
_UNTOLD, _MORE = "phrases", "more phrases"
#: All of them take a tenth of a second to become patterns: each document is told them once, and most only
#: those of its own language and English.
_TELL = "([tables, partial]) => { window[Symbol.for('demo.phrases')] = { ...tables, partial }; }"
_SAMPLE = """
() => ({
  lang: document.documentElement?.lang ?? "",
  text: (document.body?.innerText ?? "").replace(/\\s+/g, " ").slice(0, 2000),
})
"""
#: Banners speak it that no one has translated.
_EVERYWHERE = "en"


async def ask(where: Page | Frame, parts: tuple[str, ...], request: dict[str, Any]) -> Any:
    """What `parts` answer to `request`; they run in one function scope, after what is shared."""
    script = _script(parts)
    answer = await _evaluate(where, script, request)
    if answer == _UNTOLD:
        language = await language_of(await _evaluate(where, _SAMPLE, None) or {})
        codes = frozenset({language, _EVERYWHERE}) if language in languages() else None
        await _evaluate(where, _TELL, [tables(codes), codes is not None])
        answer = await _evaluate(where, script, request)
    if answer == _MORE:
        await _evaluate(where, _TELL, [tables(), False])
        answer = await _evaluate(where, script, request)
    return answer


async def _evaluate(where: Page | Frame, script: str, argument: Any) -> Any:
    if isinstance(where, Page):
        return await evaluate_in_page(where, script, argument)
    return await where.evaluate(script, argument)


@cache
def _script(parts: tuple[str, ...]) -> str:
    here = Path(__file__).parent / "js"
    body = "\n".join((here / part).read_text(encoding="utf-8") for part in (*_SHARED, *parts))
    return f"(request) => {{\n{body}}}"
