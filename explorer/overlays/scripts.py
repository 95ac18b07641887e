"""Loads the overlay scripts and evaluates them in a frame, with the phrases of the page's language."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

from explorer.browser.isolated_world import evaluate_in_page
from explorer.languages import languages
from explorer.languages.detection import language_of
from explorer.languages.overlay_phrases import tables

_SHARED = ("phrases.js", "overlays.js")
#: Results of a script in a document without phrases, or without those of all languages.
_PHRASES_MISSING, _MORE_PHRASES = "phrases", "more phrases"
#: Compiling all of them takes a tenth of a second: each document gets them once, and most only those of its
#: own language and English.
#: Scripts answer null rather than nothing: no answer would mean that they were terminated.
_SET_PHRASES = """
([tables, partial]) => { window[Symbol.for('demo.phrases')] = { ...tables, partial }; return null; }
"""
_READ_SAMPLE = """
() => ({
  lang: document.documentElement?.lang ?? "",
  text: (document.body?.innerText ?? "").replace(/\\s+/g, " ").slice(0, 2000),
})
"""
#: The language of untranslated banners.
_ALWAYS_INCLUDED = "en"


async def query_overlays(target: Page | Frame, parts: tuple[str, ...], request: dict[str, Any]) -> Any:
    """Evaluates `parts` with `request`; they run in one function scope, after the shared scripts."""
    script = _script(parts)
    result = await _evaluate(target, script, request)
    if result == _PHRASES_MISSING:
        language = await language_of(await _evaluate(target, _READ_SAMPLE, None) or {})
        codes = frozenset({language, _ALWAYS_INCLUDED}) if language in languages() else None
        await _evaluate(target, _SET_PHRASES, [tables(codes), codes is not None])
        result = await _evaluate(target, script, request)
    if result == _MORE_PHRASES:
        await _evaluate(target, _SET_PHRASES, [tables(), False])
        result = await _evaluate(target, script, request)
    return result


async def _evaluate(target: Page | Frame, script: str, arg: Any) -> Any:
    if isinstance(target, Page):
        return await evaluate_in_page(target, script, arg)
    return await target.evaluate(script, arg)


@cache
def _script(parts: tuple[str, ...]) -> str:
    here = Path(__file__).parent / "js"
    body = "\n".join((here / part).read_text(encoding="utf-8") for part in (*_SHARED, *parts))
    return f"(request) => ((request) => {{\n{body}}})(request) ?? null"
