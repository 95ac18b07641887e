"""What a page does without end is counted, told once and stopped; what sites do is left alone."""

import asyncio
from typing import Any

import pytest

from explorer.browser.isolated_world import evaluate_isolated
from explorer.browser.runaway_pages import LIMITS, WINDOW_S
from explorer.types import Brief
from tests.explorer.support.exploration import Harness
from tests.support.markers import first

RUNAWAY_SCRIPTS = {
    "dialogs": "setInterval(() => alert('again'), 5)",
    "windows": "setInterval(() => open('two.html'), 10)",
    "addresses": "setInterval(() => { for (let i = 0; i < 20; i++) history.pushState({}, '', '?' + i) }, 5)",
    "pages": "setTimeout(() => location.reload(), 1)",
}


def staged(harness: Harness, html: str, until: Any) -> Any:
    """What `until(stage)` tells of a page."""
    harness.pages["/"] = html

    async def work() -> Any:
        async with harness.session(Brief(harness.url)) as session:
            await evaluate_isolated(session.page, "() => 0")
            await session.page.goto(harness.url, wait_until="commit")
            return await until(session)

    return harness.run(work)


@pytest.mark.parametrize("kind", first(2, RUNAWAY_SCRIPTS))
def test_a_runaway_page_is_reported_once_and_its_scripts_are_disabled(
    harness: Harness, pages: dict[str, str], kind: str
) -> None:
    harness.pages["/two.html"] = "Two"

    async def until(session: Any) -> Any:
        async with asyncio.timeout(WINDOW_S + 5):
            while not session.runaway_limits.scripts_disabled:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        return [
            (refusal.rule, refusal.what) for refusal in session.runaway_limits.refused
        ], await evaluate_isolated(session.page, "() => document.body.innerText")

    told, text = staged(harness, f"<p>Text</p><script>{RUNAWAY_SCRIPTS[kind]}</script>", until)

    assert told == [("runaway_page", kind)]
    assert text is not None


def test_what_sites_do_is_within_the_limits(harness: Harness, pages: dict[str, str]) -> None:
    busy = (
        "alert('Welcome'); open('two.html'); "
        "for (let i = 0; i < 100; i++) history.replaceState({}, '', '?at=' + i)"
    )

    async def until(session: Any) -> Any:
        await asyncio.sleep(0.5)
        return session.runaway_limits.scripts_disabled, session.runaway_limits.refused

    assert staged(harness, f"<p>Text</p><script>{busy}</script>", until) == (False, [])


@pytest.mark.thorough
def test_a_page_that_goes_on_without_scripts_is_given_up(harness: Harness, pages: dict[str, str]) -> None:
    async def until(session: Any) -> Any:
        async with asyncio.timeout(3 * WINDOW_S):
            while not session.runaway_limits.is_unstoppable:
                await asyncio.sleep(0.05)
        return True

    assert staged(harness, "<meta http-equiv=refresh content=0><p>Text", until)


@pytest.mark.thorough
def test_a_take_of_a_runaway_page_has_its_film_and_one_refusal(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = f"<a href=/one>One</a><script>{RUNAWAY_SCRIPTS['dialogs']}</script>"
    pages["/one"] = "Arrived"

    take = harness.explore(harness.url)

    assert take.trace.stop_reason in ("nothing_left", "max_clicks")
    assert [refusal.what for refusal in take.trace.refused if refusal.rule == "runaway_page"] == ["dialogs"]


def test_each_kind_has_its_limit() -> None:
    assert {"dialogs", "windows", "downloads", "pages", "addresses"} == set(LIMITS)
