"""Asking for a batch: rows and script are checked while they are given, and columns become variables."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from playwright.async_api import FilePayload, expect
from pydantic import SecretStr

from actors.batches.batch import Item
from actors.batches.store import BatchStore
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.settings import Settings
from tests.conftest import Serve
from tests.web_page.batch_scenes import SCRIPT, TABLE, fail_next, film_next
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-24-characters"


def file_of(text: str, name: str = "customers.csv", encoding: str = "utf-8") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode(encoding)}


async def items_of(visitor: Visitor, store: Store) -> list[Item]:
    """The items of the batch that is shown."""
    batch_id = visitor.page.url.partition("#")[2].partition(".")[0]
    return await BatchStore(store).items(await BatchStore(store).find(batch_id))


async def test_a_batch_is_made_from_a_table_to_its_films_by_keyboard_alone(
    visitor: Visitor, store: Store
) -> None:
    page, keys = visitor.page, visitor.page.keyboard
    await visitor.visit_batch()
    await visitor.tab_to(page.get_by_label("Or paste the rows"))
    await keys.insert_text(
        "Kunde,url\nAcme,https://8.8.8.8/\nGlobex,https://8.8.4.4/\nHooli,https://8.8.4.5/\n"
    )
    await visitor.tab_to(page.get_by_label("What each film shows"))
    await keys.insert_text(SCRIPT)

    # A required variable has no column: that is said in red, and the button leads to it.
    go = page.locator("#go")
    await visitor.tab_to(go)
    await keys.press("Enter")
    missing = page.locator("#constants").get_by_label("company")
    await expect(missing).to_be_focused()
    await expect(missing).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#missing")).to_contain_text("company has no value: choose its column")
    column = page.get_by_label("Kunde")
    await keys.press("Shift+Tab")
    await expect(column).to_be_focused()
    await keys.type("company")
    await expect(go).to_have_text("Make 3 films")
    await expect(page.locator("#says-list")).to_have_text("For Acme: Free")
    await expect(page.locator("#rows-table tbody th")).to_have_text(
        ["1-Acme.mp4", "2-Globex.mp4", "3-Hooli.mp4"]
    )

    await visitor.tab_to(go)
    await keys.press("Enter")
    await visitor.sees("batch")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    rows = page.locator("#items > li")
    await expect(rows.first).to_contain_text("Waiting for a free browser")
    await film_next(store)
    await fail_next(store)
    await expect(rows.nth(0)).to_contain_text("Ready · 0:12 · 2.3 MB")
    await expect(rows.nth(1)).to_contain_text("The page asks to sign in")

    pause, resume = page.locator("#pause"), page.locator("#resume")
    await visitor.tab_to(pause)
    await keys.press("Enter")
    await expect(resume).to_be_focused()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Paused")
    assert await store.claim_next(Stage.QUEUED, Stage.EXPLORING) is None
    await keys.press("Enter")
    await expect(pause).to_be_focused()

    play = page.get_by_role("button", name="Play 1-Acme")
    await visitor.tab_to(play)
    await keys.press("Enter")
    await expect(page.get_by_role("dialog").locator("video")).to_have_js_property("videoWidth", 640)
    await keys.press("Escape")
    await expect(play).to_be_focused()

    await visitor.tab_to(page.get_by_role("button", name="Retry 2-Globex"))
    await keys.press("Enter")
    await expect(rows.nth(1)).to_contain_text("Waiting")
    await expect(rows.nth(1).get_by_role("heading")).to_be_focused()
    first, second, _ = await items_of(visitor, store)
    assert (first.status, second.history[0]["error_code"]) == ("completed", "auth_required")


async def test_what_is_wrong_with_a_file_is_shown_in_red_and_nothing_starts(
    visitor: Visitor, store: Store
) -> None:
    page = visitor.page
    await visitor.visit_batch()
    wrong = TABLE + "Ragged\n" + "Wrong,ftp://x\n" * 60
    await page.get_by_label("Choose a CSV file").set_input_files(file_of(wrong))
    await expect(page.locator("#csv-name")).to_be_focused()
    await expect(page.locator("#problems")).to_contain_text(
        "Line 10, url: the row has 1 cell, but the header 2."
    )
    await page.get_by_role("button", name="Take another").click()

    await page.get_by_label("Choose a CSV file").set_input_files(file_of(wrong.replace("Ragged\n", "")))
    heading = page.get_by_role("heading", name="60 things to mend")
    await expect(page.locator("#problems li")).to_have_count(1)
    await expect(page.locator("#problems")).to_contain_text(
        "Lines 10, 11, 12, 13, 14, 15, 16, 17 and 42 more, url:"
    )
    await expect(page.locator("#more-problems")).to_contain_text("And 10 more")
    red = await page.evaluate("getComputedStyle(document.getElementById('result-title')).color")
    assert red == "rgb(166, 35, 26)"
    await page.get_by_role("button", name="Check the rows").click()
    await expect(heading).to_be_focused()
    assert await BatchStore(store).going_on() == []


@pytest.mark.thorough
async def test_a_dropped_table_and_script_are_read_as_they_are(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    await visitor.visit_batch()
    await page.evaluate(
        """([table, script]) => {
            const data = new DataTransfer();
            // ü and € in Windows-1252.
            data.items.add(new File([table, new Uint8Array([0xfc, 0x80])], "rows.csv"));
            data.items.add(new File([script], "tour.yaml"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }""",
        ["url;Company\nhttps://8.8.8.8/;M", SCRIPT],
    )
    await expect(page.locator("#result")).to_contain_text("was read as Windows-1252")
    await expect(page.locator("#result")).to_contain_text("separated by semicolons")
    # What a column can stand for is guessed, and can be changed.
    await expect(page.get_by_label("Company")).to_have_value("company")
    await expect(page.locator("#says-list")).to_have_text("For Mü€: Free")
    await page.get_by_label("plan").fill("Pro")
    await expect(page.locator("#says-list")).to_have_text("For Mü€: Pro")
    await page.get_by_label("Company").select_option("Leave out")
    await expect(page.locator("#missing")).to_contain_text("company has no value")
    await page.locator("#constants").get_by_label("company").fill("All")
    await page.get_by_label("Name of each film").fill("{{date}}-{{row}}")
    await page.get_by_text("More options").click()
    await page.get_by_label("Failures tolerated").fill("3")
    await page.get_by_role("radio", name="Square").check()
    await page.get_by_role("button", name="Make 1 film").click()
    await visitor.sees("batch")
    await expect(page.get_by_role("list", name="Worth knowing")).to_contain_text("Windows-1252")

    batch = await BatchStore(store).find(page.url.partition("#")[2])
    assert (batch.tolerated_failures, batch.template.film.size) == (3, "square")
    [item] = await BatchStore(store).items(batch)
    assert item.values == {"url": "https://8.8.8.8/"}
    assert item.name == f"{batch.date}-1"


@pytest.mark.thorough
async def test_a_list_of_sites_is_explored_with_what_was_chosen(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    await visitor.visit_batch()
    await page.get_by_role("radio", name="A list of sites").check()
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.locator("#rows-error")).to_contain_text("Type or paste addresses first")
    await page.get_by_label("Addresses, one a line").fill("8.8.8.8/prices\n\n https://8.8.4.4 \nhttp://")
    await expect(page.locator("#problems")).to_contain_text("Site 3, url:")
    await page.get_by_label("Addresses, one a line").fill("8.8.8.8/prices\n\n https://8.8.4.4 ")
    await page.get_by_text("More options").click()
    await page.get_by_label("What each film is about").fill("prices")
    await page.get_by_label("Films at a time").fill("99")
    await page.get_by_role("button", name="Make 2 films").click()
    await expect(page.get_by_label("Films at a time")).to_be_focused()
    await page.get_by_label("Films at a time").fill("1")
    await page.get_by_role("button", name="Make 2 films").click()
    await visitor.sees("batch")

    batch = await BatchStore(store).find(page.url.partition("#")[2])
    assert (batch.max_concurrency, batch.template.exploration.goal) == (1, "prices")
    assert [item.values["url"] for item in await items_of(visitor, store)] == [
        "https://8.8.8.8/prices",
        "https://8.8.4.4",
    ]


@pytest.mark.thorough
async def test_secrets_are_asked_for_and_once_more_when_the_batch_has_ended(
    context: Any, settings: Settings, store: Store, serve: Serve
) -> None:
    key = SecretStr(Fernet.generate_key().decode())
    with serve(settings.model_copy(update={"secrets_key": key})) as address:
        visitor = Visitor(await context.new_page(), address)
        page = visitor.page
        await visitor.visit_batch()
        await page.get_by_label("Or paste the rows").fill("company,url\nAcme,https://8.8.8.8/\n")
        await page.get_by_label("What each film shows").fill(f"{SCRIPT}secrets: [password]")
        await page.get_by_role("button", name="Make 1 film").click()
        await expect(page.get_by_label("password")).to_be_focused()
        await page.get_by_label("password").fill("correct horse")
        await page.get_by_role("button", name="Make 1 film").click()
        await visitor.sees("batch")
        await expect(page.locator("#items > li")).to_contain_text("free browser", timeout=10_000)
        claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
        assert claim is not None
        await store.end(claim, Status.FAILED, {"error": "no luck", "error_code": "step_failed"})

        await page.get_by_role("button", name="Retry 1-Acme").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("They were deleted when this batch had ended")
        await dialog.get_by_label("password").fill("correct horse")
        await page.keyboard.press("Enter")
        await expect(page.locator("#items > li")).to_contain_text("free browser", timeout=10_000)
        assert visitor.complaints == []


@pytest.mark.thorough
async def test_the_token_is_asked_for_and_the_address_opens_the_batch_to_others(
    context: Any, settings: Settings, store: Store, serve: Serve
) -> None:
    secret = settings.model_copy(update={"api_token": SecretStr(TOKEN)})
    with serve(secret) as address:
        visitor = Visitor(await context.new_page(), address)
        page = visitor.page
        await visitor.visit_batch()
        await page.get_by_label("Or paste the rows").fill(TABLE)
        await expect(page.get_by_role("alert")).to_contain_text("needs the token")
        await page.get_by_role("button", name="Check the rows").click()
        await page.get_by_role("dialog").get_by_label("Token").fill(TOKEN)
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Make 8 films").click()
        await visitor.sees("batch")
        assert "." in page.url.partition("#")[2]

        other = Visitor(await context.new_page(), address)
        await other.page.goto(page.url)
        await other.sees("batch")
        await expect(other.page.locator("#items > li")).to_have_count(8)
        await other.page.get_by_role("button", name="Pause").click()
        await other.page.get_by_role("dialog").get_by_role("button", name="Not now").click()
        await expect(other.page.get_by_role("alert")).to_contain_text("token")
        await other.page.goto(page.url.rpartition(".")[0])
        await other.page.get_by_role("dialog").get_by_role("button", name="Not now").click()
        await other.sees("ended")
        assert (visitor.complaints, other.complaints) == ([], [])
