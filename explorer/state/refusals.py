"""Collects the refusals of guardrails, proxy and browser, each once."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from explorer.text import clip
from explorer.types import MAX_REFUSALS, Refusal


class Refusals:
    """What was turned down, once per rule and label, in order; `MAX_REFUSALS` at most, cut to size.

    `sources` are lists to which others append; `collect` keeps what is in them by then.
    """

    def __init__(self, *sources: Sequence[Refusal]) -> None:
        self._sources = sources
        self._kept: dict[tuple[str, str], Refusal] = {}

    def add(self, refusal: Refusal) -> Refusal | None:
        """Keeps it; None when it was known, or when there are enough."""
        kept = replace(
            refusal,
            what=clip(refusal.what),
            detail=clip(refusal.detail),
            page_url=clip(refusal.page_url),
        )
        key = (kept.rule, kept.what)
        if key in self._kept or len(self._kept) >= MAX_REFUSALS:
            return None
        self._kept[key] = kept
        return kept

    def new(self, refusals: Sequence[Refusal]) -> list[Refusal]:
        """Keeps these, and returns those that were not known."""
        return [kept for refusal in refusals if (kept := self.add(refusal))]

    def collect(self) -> list[Refusal]:
        """Keeps what the sources hold, and returns what was not known."""
        return self.new(list(chain(*self._sources)))

    def all(self) -> tuple[Refusal, ...]:
        return tuple(self._kept.values())
