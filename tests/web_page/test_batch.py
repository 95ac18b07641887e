"""A batch as it goes on: a page of its films at a time, and only what changes is touched."""

import pytest
from playwright.async_api import expect

from actors.batches.store import BatchStore
from actors.jobs.states import Stage
from actors.jobs.store import Store
from tests.web_page import batch_scenes
from tests.web_page.scenes import clip, show_picture
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio

#: Notes the rows in which anything is changed.
WATCH = """() => {
    window.touched = [];
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const row = (target.closest ? target : target.parentElement).closest("#items > li");
            window.touched.push(row ? row.querySelector("h3").textContent : "the list");
        }
    }).observe(
        document.getElementById("items"),
        { subtree: true, childList: true, attributes: true, characterData: true },
    );
}"""


async def test_of_a_large_batch_a_page_is_shown_and_only_rows_that_change_are_touched(
    visitor: Visitor, store: Store
) -> None:
    page = visitor.page
    batch = await batch_scenes.batch_of(store, 1000)
    running = await batch_scenes.film_on(store)
    await visitor.visit_batch(batch.id)
    rows = page.locator("#items > li")
    await expect(rows).to_have_count(100)
    await expect(rows.first).to_contain_text("Filming, 26 %")
    await show_picture(store, running.id)
    await expect(rows.first.locator("img")).to_be_visible()
    await page.evaluate(WATCH)
    await batch_scenes.fail_next(store)
    await expect(rows.nth(1)).to_contain_text("leads to a sign-in page")
    await expect(page.get_by_role("radio", name="Failed 1")).to_be_visible()
    await expect(rows.nth(2)).to_contain_text("Waiting for a free browser")
    # The picture and the progress of the first row go on.
    touched = set(await page.evaluate("window.touched")) - {"0001-Acme"}
    assert touched == {"0002-Globex", "0003-Initech"}

    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("heading", name="Films")).to_be_focused()
    await expect(rows.first).to_contain_text("0101-Hooli")
    await expect(page.locator("#page-words")).to_have_text("101 to 200 of 1,000")
    await page.get_by_role("radio", name="Failed").check()
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Retry 0002-Globex").click()
    await expect(page.locator("#no-items")).to_have_text("No film is failed now.")


@pytest.mark.thorough
async def test_films_are_downloaded_once_and_all_without_success_are_retried(
    visitor: Visitor, store: Store
) -> None:
    page = visitor.page
    batch_id = await batch_scenes.done(store)
    await visitor.visit_batch(batch_id)
    rows = page.locator("#items > li")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Done, but for 1")
    await rows.first.get_by_text("Earlier attempts").click()
    await expect(rows.first).to_contain_text("Attempt 1: https://8.8.8.8/pricing leads to a sign-in page.")
    for name, format_ in (("Report", "?format=html"), ("All films as one ZIP", "")):
        link = await page.get_by_role("link", name=name).get_attribute("href")
        kind = "report" if format_ else "export"
        assert link == f"/demo/batch/{kind}/{batch_id}{format_}"

    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download 2-Globex").click()
    assert (await (await downloading.value).path()).read_bytes() == clip()
    await expect(rows.nth(1)).to_contain_text("Downloaded", timeout=10_000)
    await expect(rows.nth(1).get_by_role("link", name="Download")).to_be_hidden()

    await page.get_by_role("button", name="Retry the one failed").click()
    await expect(rows.first).to_contain_text("for a free browser", timeout=10_000)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cancelled")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert (await BatchStore(store).find(batch_id)).status == "cancelled"


@pytest.mark.thorough
async def test_names_from_hostile_tables_are_shown_as_they_are_and_a_missing_batch_is_said(
    visitor: Visitor, store: Store
) -> None:
    name = "<img src=x onerror=alert(1)>"
    await visitor.visit_batch()
    await visitor.page.get_by_label("Or paste the rows").fill(f"<b>x,url\n{name},https://8.8.8.8/\n")
    await expect(visitor.page.locator("#rows-table")).to_contain_text(name)
    await visitor.page.get_by_role("button", name="Make 1 film").click()
    await visitor.sees("batch")
    await expect(visitor.page.locator(".item-row")).to_contain_text(name)
    assert await store.claim_next(Stage.QUEUED, Stage.EXPLORING)

    await visitor.visit_batch("nobody1")
    await visitor.sees("ended")
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("There is no such batch")
