"""A world beside the page's own, and the end of scripts that have none."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.browser.isolated_world import (
    disable_page_scripts,
    evaluate_in_page,
    evaluate_isolated,
    is_trusted,
    terminate_script,
)
from explorer.page.discovery import discover
from explorer.page.snapshot import take_snapshot
from tests.explorer.conftest import Show

BENT = """
<a href=/one>One</a> <button>Two</button>
<script>
  Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = () => { throw new Error("no") };
  JSON.stringify = () => "bent"; Array.prototype.map = () => "bent"; Object.prototype.toJSON = () => "bent";
  window.getComputedStyle = () => { throw new Error("no") };
</script>
"""


def test_what_a_page_overrides_does_not_reach_beside_it(show: Show) -> None:
    async def look(page: Page) -> Any:
        function = "(word) => [JSON.stringify([1].map((n) => n + 1)), document.querySelectorAll(word).length]"
        return await evaluate_isolated(page, function, "button")

    assert show(BENT, look) == ["[2]", 1]


def test_a_page_that_breaks_questions_is_looked_at_from_beside_it(show: Show) -> None:
    async def look(page: Page) -> Any:
        trusted = is_trusted(page)
        found = await discover(page, frozenset())
        view = await take_snapshot(page)
        return [element.text for element in found.elements], trusted, is_trusted(page), bool(view.signature)

    assert show(BENT, look) == (["One", "Two"], True, False, True)


@pytest.mark.parametrize(
    "script",
    [
        "String.prototype.slice = () => 7",
        "Element.prototype.getBoundingClientRect = () => ({x: 'a', y: null, width: 9, height: 9})",
        "Object.prototype.then = (done) => done('bent')",
        "Array.prototype.push = function () { return 0 }",
        "Array.prototype[Symbol.iterator] = function* () {}",
    ],
)
def test_no_answer_that_a_page_has_bent_is_an_error(show: Show, script: str) -> None:
    async def look(page: Page) -> Any:
        try:
            return await discover(page, frozenset())
        except PlaywrightError:
            return "an error that a take survives"

    assert show(f"<a href=/one>One</a><script>{script}</script>", look)


def test_what_throws_beside_a_page_is_an_error_of_it(show: Show) -> None:
    async def look(page: Page) -> Any:
        with pytest.raises(PlaywrightError, match="no such luck"):
            await evaluate_isolated(page, "() => { throw new Error('no such luck') }")
        with pytest.raises(PlaywrightError, match="before it returned"):
            await evaluate_isolated(page, "() => undefined")
        return await evaluate_in_page(page, "() => 1")

    assert show("<p>Page", look) == 1


def test_a_script_that_does_not_end_is_stopped_and_the_others_stay(show: Show) -> None:
    html = "<script>setInterval(() => { window.later = 1 }, 20)</script>"
    spin = "() => { setTimeout(() => { console.log('it spins'); while (true); }, 0) }"

    async def look(page: Page) -> Any:
        await evaluate_isolated(page, "() => 0")  # from here on the page can be reached whatever it does
        async with page.expect_console_message():
            await page.evaluate(spin)
        answer = asyncio.ensure_future(evaluate_isolated(page, "() => document.readyState"))
        await asyncio.sleep(0.2)
        hung = not answer.done()
        await terminate_script(page)
        await answer
        await page.wait_for_function("() => window.later")
        return hung, answer.result()

    assert show(html, look) == (True, "complete")


def test_scripts_that_are_switched_off_stay_so_on_the_next_page(show: Show) -> None:
    count = "let n = 0; setInterval(() => { document.querySelector('p').textContent = ++n }, 5)"
    html = f"<p>0</p><script>{count}</script>"

    async def look(page: Page) -> Any:
        await page.wait_for_function("() => document.querySelector('p').textContent > 1")
        await disable_page_scripts(page)
        first = await evaluate_isolated(page, "() => document.querySelector('p').textContent")
        await asyncio.sleep(0.1)
        later = await evaluate_isolated(
            page,
            "() => new Promise((done) => requestAnimationFrame("
            "() => done(document.querySelector('p').textContent)))",
        )
        await page.reload()
        await asyncio.sleep(0.1)
        return first == later, await evaluate_isolated(page, "() => document.querySelector('p').textContent")

    assert show(html, look) == (True, "0")
