"""Remembers what the targets of a step were like, and finds one again that is lost."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.healing.fingerprint import Fingerprint, Healed
from explorer.healing.healer import Chooser, heal
from explorer.healing.page_fingerprints import take_fingerprint

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class TargetMemory:
    """The fingerprints of one step's targets, by the words that name each."""

    page: Page
    deadlines: Deadlines
    #: A language model that may choose among the likeliest; None without one.
    chooser: Chooser | None = None
    #: Called before anything is done to an element that nobody has named.
    on_heal: Callable[[], None] = lambda: None
    known: Mapping[str, Fingerprint] = field(default_factory=dict)
    #: What was found in this step, and what had to be healed for it.
    taken: dict[str, Fingerprint] = field(default_factory=dict)
    heals: dict[str, Healed] = field(default_factory=dict)

    def begin(self, known: Mapping[str, Fingerprint]) -> None:
        """Begins another step, whose targets had these fingerprints when it was played last."""
        self.known, self.taken, self.heals = known, {}, {}

    async def remember(self, words: str, selector: str) -> None:
        """Takes the fingerprint of a target that was found; a page that is going away has none."""
        try:
            fingerprint = await self.deadlines.do(take_fingerprint(self.page, selector))
        except PlaywrightError as exc:
            log.debug("no fingerprint of %s: %r", words, exc)
            return
        if fingerprint:
            self.taken[words] = fingerprint

    def is_doubtful(self, words: str) -> bool:
        """Whether what was found now cannot be pressed, but what it named before could: a heading, say."""
        known, taken = self.known.get(words), self.taken.get(words)
        return bool(known and taken and known.clickable and not taken.clickable)

    async def recall(self, words: str) -> Healed | None:
        """The element that a lost target named when it was played last; None if it is not clearly there."""
        original = self.known.get(words)
        healed = await self.deadlines.do(heal(self.page, original, self.chooser)) if original else None
        if healed is None:
            return None
        self.heals[words] = healed
        self.on_heal()
        await self.remember(words, healed.selector)
        return healed

    def rows(self) -> dict[str, dict[str, Any]]:
        """What was found in this step as JSON."""
        return {words: one.model_dump(exclude_defaults=True) for words, one in self.taken.items()}
