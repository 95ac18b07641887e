"""Masks parts of the page in all pictures of it, from their first picture on, and tells what they say."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from explorer.deadlines import DeadlineReached
from explorer.engine.executor import Event, Explorer
from explorer.errors import PageUnresponsive
from explorer.script.arguments import alternatives
from explorer.script.redaction import Redactor
from explorer.script.targets import Part, mask_part

_SCRIPT = Path(__file__).parent / "js" / "mask.js"
#: Where a masked document keeps the function that tells what its masked elements say.
_KEY = "__maskedTexts"
_TELL = f"() => globalThis.{_KEY}?.() ?? []"
#: Texts are spelled in other ways where they are used: in an address, or within a longer one.
MAX_TEXT_CHARS = 2_000
#: For the last look, when the time of the exploration is up.
LAST_NOTE_S = 1.0
#: Engines that name an element by what it says.
_NAMING = frozenset({"words", "role", "label", "text", "aria"})


class PageMask:
    """The masks of one film: fills their targets on every page, and keeps what they say out of all texts."""

    def __init__(self, targets: Sequence[str | list[str]], redactor: Redactor) -> None:
        self._targets = targets
        self._redactor = redactor

    @property
    def is_empty(self) -> bool:
        return not self._targets

    async def apply(self, context: BrowserContext) -> None:
        """Fills the targets from the next document on."""
        if self._targets:
            await context.add_init_script(mask_script(self._targets))

    async def note(self, page: Page) -> None:
        """Redacts from now on what the masked elements say at this moment."""
        if self._targets:
            self._redactor.add(await masked_texts(page))


async def explore_masked(explorer: Explorer, mask: PageMask) -> AsyncGenerator[Event, None]:
    """The events of an exploration with masks: what masked elements say is redacted before each of them."""
    page = explorer.session.page
    await mask.apply(page.context)
    async with aclosing(explorer.explore()) as events:
        async for event in events:
            try:
                await explorer.deadlines.do(mask.note(page))
            except PageUnresponsive:
                pass  # the exploration will notice
            except DeadlineReached:
                with suppress(TimeoutError):
                    await asyncio.wait_for(mask.note(page), LAST_NOTE_S)
            yield event


def mask_script(targets: Iterable[str | list[str]]) -> str:
    """The script that fills these targets on every page, before its own scripts run."""
    parts = [mask_part(one) for target in targets for one in alternatives(target)]
    request = {
        "key": _KEY,
        "css": [selector for part in parts if (selector := _css(part))],
        "named": [
            {"engine": part.engine, "value": part.value, "role": part.role}
            for part in parts
            if part.engine in _NAMING
        ],
    }
    return f"((request) => {{\n{_SCRIPT.read_text(encoding='utf-8')}}})({json.dumps(request)});"


async def masked_texts(page: Page) -> list[str]:
    """What the masked elements of a page and its frames say, from one line to the whole."""
    found: list[str] = []
    for frame in page.frames:
        try:
            told: Any = await frame.evaluate(_TELL)
        except PlaywrightError:
            continue  # it is going away, and so is what it says
        if isinstance(told, list):
            found += [text[:MAX_TEXT_CHARS] for text in told if isinstance(text, str)]
    return found


def _css(part: Part) -> str:
    if part.engine == "css":
        return part.value
    return f"[data-testid={json.dumps(part.value)}]" if part.engine == "testid" else ""
