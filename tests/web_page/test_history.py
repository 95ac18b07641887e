"""The history of this browser's films."""

import pytest
from playwright.async_api import expect

from actors.jobs.store import Store
from tests.support.jobs import queued
from tests.web_page import scenes
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_films_are_listed_with_where_they_stand_now(visitor: Visitor, store: Store) -> None:
    await scenes.finished(store, "ready1", with_preview=False)
    await scenes.broken(store)
    await visitor.visit()
    for job_id in ("ready1", "failed1", "never1"):
        await visitor.knows(job_id, f"https://{job_id}.example/")
    await visitor.visit()

    history = visitor.page.get_by_role("region", name="Your films")
    await expect(history.get_by_role("link", name="ready1.example Ready")).to_be_visible()
    await expect(history.get_by_role("link", name="failed1.example Failed")).to_be_visible()
    await expect(history.get_by_role("link", name="never1.example Downloaded or expired")).to_be_visible()
    await history.get_by_role("link", name="ready1.example").click()
    await visitor.sees("film")
    await visitor.page.go_back()
    await visitor.sees("ask")


@pytest.mark.thorough
async def test_a_film_is_taken_off_the_list_and_put_back(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    for job_id in ("one", "two"):
        await queued(store, job_id)
    await visitor.visit()
    for job_id in ("one", "two"):
        await visitor.knows(job_id, f"https://{job_id}.example/")
    await visitor.visit()
    entries = page.locator("#shelf > li")

    await page.get_by_role("button", name="Remove one.example from the list").click()
    await expect(entries).to_have_count(1)
    await expect(page.get_by_role("button", name="Undo")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(entries).to_have_count(2)

    await page.get_by_role("button", name="Clear the list").click()
    await expect(entries).to_have_count(0)
    assert await page.evaluate("localStorage.getItem('sitereel-films')") == "[]"


@pytest.mark.thorough
async def test_a_list_that_cannot_be_read_is_an_empty_one(visitor: Visitor) -> None:
    await visitor.visit()
    for stored in ("{", "{}", '[1, null, {"id": 2}, {"id": "x"}]'):
        await visitor.page.evaluate("text => localStorage.setItem('sitereel-films', text)", stored)
        await visitor.visit()
        await visitor.sees("ask")
        await expect(visitor.page.get_by_role("region", name="Your films")).to_be_hidden()
