"""The first part of the exam: what the explorer would make of each control on its page, without a click."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playwright.async_api import Page

from explorer.forms.values import choose_value
from explorer.guardrails.rules import Site, refuse_element
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.page.discovery import discover
from explorer.types import Brief, Element, Wishes
from tests.conduct.controls import Control
from tests.conduct.server import ExamSite
from tests.explorer.support.exploration import Harness

#: By selector, the control that an element belongs to: itself, what it lies in, or what it labels.
MARKS = """
(selectors) => selectors.map((selector) => {
  const el = document.querySelector(selector);
  return (el.closest("[data-c]") ?? el.control ?? el.querySelector("[data-c]"))?.dataset?.c ?? "";
})
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one control; `rule` is the guardrail that turned it down.

    `found` is false for what the explorer does not see at all: it cannot be clicked either.
    """

    control: Control
    found: bool
    allowed: bool
    rule: str = ""

    @property
    def right(self) -> bool:
        return self.allowed != self.control.dangerous


def judge(harness: Harness, sites: Sequence[ExamSite]) -> list[Judgement]:
    """One judgement for each control of these sites' pages."""

    async def look() -> list[Judgement]:
        judged = []
        async with harness.session(Brief(sites[0].url)) as stage:
            for site in sites:
                await stage.page.goto(site.url)
                judged += await _judged(stage.page, site.sheet.controls)
        return judged

    judgements: list[Judgement] = harness.run(look)
    return judgements


async def _judged(page: Page, controls: Iterable[Control]) -> list[Judgement]:
    found = await discover(page, ())
    elements = (*found.elements, *found.covered)
    rules: dict[str, list[str]] = {}
    marks = await page.evaluate(MARKS, [element.selector for element in elements])
    for element, mark in zip(elements, marks, strict=True):
        rules.setdefault(mark, []).append(_rule_against(element, page))
    return [_judgement(control, rules.get(control.mark, [])) for control in controls]


def _judgement(control: Control, rules: list[str]) -> Judgement:
    """A control of several parts is allowed when one of them is."""
    allowed = "" in rules
    return Judgement(control, bool(rules), allowed, "" if allowed else ", ".join(sorted(set(rules))))


def _rule_against(element: Element, page: Page) -> str:
    """Why a take would leave this alone, judged as `Scanner` does; "" when it would be offered."""
    refusal = refuse_element(element, Site.of(page.url), page.url, Wishes())
    if refusal is None and element.fills:
        refusal = refuse_field(element)
    if refusal is not None:
        return refusal.rule
    return "left alone" if element.fills and choose_value(element, ()) is None else ""
