"""Asking for a film: what is sent, and what is said when it is not taken."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.async_api import APIResponse, Route, expect
from pydantic import SecretStr

from actors.jobs.states import Status
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from tests.conftest import Serve
from tests.support.jobs import exploring
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-24-characters"


def job_of(visitor: Visitor) -> str:
    return visitor.page.url.partition("#")[2]


@pytest.mark.thorough
async def test_https_is_assumed_and_what_was_chosen_is_asked_for(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    await visitor.visit()
    await page.get_by_role("radio", name="Plain").check()
    await page.get_by_role("radio", name="Vertical").check()
    await page.get_by_label("Captions").uncheck()
    await page.get_by_text("More options").click()
    await page.get_by_label("What the film is about").fill("prices")
    await page.get_by_label("Never click").fill("/blog\n\n Sign up ")
    await page.get_by_label("Most clicks").fill("3")
    await page.get_by_label("Pictures a second").select_option("60")
    await visitor.asks_for("  example.com/start ")
    await visitor.sees("live")

    job = await store.find(job_of(visitor))
    assert job.spec.url == "https://example.com/start"
    assert (job.spec.style.name, job.spec.style.size, job.spec.style.fps) == ("plain", "vertical", 60)
    assert (job.spec.style.captions, job.spec.style.zoom, job.spec.style.title_card) == (False, True, False)
    assert (job.spec.wishes.goal, job.spec.wishes.avoid) == ("prices", ("/blog", "Sign up"))
    assert job.spec.limits.max_clicks == 3


@pytest.mark.thorough
async def test_the_form_shows_the_operators_defaults(context: Any, settings: Settings, serve: Serve) -> None:
    update = {
        "film": FilmOptions(size="1080p", captions=False),
        "exploration": ExplorationOptions(max_clicks=4),
    }
    with serve(settings.model_copy(update=update)) as address:
        visitor = Visitor(await context.new_page(), address)
        await visitor.visit()
        await expect(visitor.page.get_by_role("radio", name="1080p")).to_be_checked()
        await expect(visitor.page.get_by_label("Captions")).not_to_be_checked()
        await expect(visitor.page.locator("#max_clicks")).to_have_attribute("placeholder", "4")


@pytest.mark.thorough
async def test_an_invalid_address_is_reported_beside_its_field_which_has_the_focus(visitor: Visitor) -> None:
    await visitor.visit()
    field, error = visitor.page.get_by_label("Address of the website"), visitor.page.locator("#url-error")
    for typed in ("", "not a site", "ftp://example.com/", "mailto:me@example.com", "word"):
        await visitor.asks_for(typed)

        await expect(field).to_be_focused()
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(error).to_contain_text("address")
        await field.fill("example.com")
        await expect(error).to_be_hidden()
        await expect(field).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.thorough
async def test_an_error_of_the_api_is_shown_beside_its_field(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.visit()
    await visitor.asks_for("http://127.0.0.1:1/")
    await expect(page.locator("#url-error")).to_contain_text("private or local")
    await expect(page.get_by_label("Address of the website")).to_be_focused()

    await page.get_by_text("More options").click()
    await page.get_by_label("Other hosts of this site").fill("docs.other.example")
    await page.get_by_text("More options").click()
    await visitor.asks_for("https://example.com/")
    await expect(page.locator("#domains-error")).to_contain_text("not part of the site")
    await expect(page.get_by_label("Other hosts of this site")).to_be_focused()


@pytest.mark.thorough
async def test_a_rate_limited_user_sees_when_to_retry(context: Any, settings: Settings, serve: Serve) -> None:
    with serve(settings.model_copy(update={"rate_limit": "1/hour"})) as address:
        httpx.post(f"{address}/demo/run", json={"url": "https://example.com/"}).raise_for_status()
        visitor = Visitor(await context.new_page(), address)
        await visitor.visit()
        await visitor.asks_for("example.com")
        await expect(visitor.page.get_by_role("alert")).to_contain_text("Try again in 60 minutes")


async def test_a_film_is_asked_for_once_though_the_answer_was_lost(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    lost: list[APIResponse] = []

    async def lose(route: Route) -> None:
        if lost:
            await route.continue_()
        else:
            lost.append(await route.fetch())
            await route.abort("connectionreset")

    await page.route("**/demo/run", lose)
    await visitor.visit()
    await visitor.asks_for("example.com")
    await expect(page.get_by_role("alert")).to_contain_text("Nothing was lost")
    await page.get_by_role("button", name="Film it").click()
    await visitor.sees("live")

    assert job_of(visitor) == json.loads(await lost[0].text())["job_id"]


async def test_the_token_is_asked_for_kept_in_the_tab_and_needed_no_more(
    context: Any, settings: Settings, store: Store, serve: Serve
) -> None:
    with serve(settings.model_copy(update={"api_token": SecretStr(TOKEN)})) as address:
        visitor = Visitor(await context.new_page(), address)
        page = visitor.page
        await visitor.visit()
        await visitor.asks_for("example.com")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Token").fill("a-wrong-token-of-some-length")
        await dialog.get_by_role("button", name="Use it").click()
        await expect(dialog).to_contain_text("not accepted")
        await dialog.get_by_label("Token").fill(TOKEN)
        await page.keyboard.press("Enter")
        await visitor.sees("live")
        # The stream opens with the key of the job's links.
        await expect(page.locator("#stage")).to_have_text("Waiting for a free browser")
        await expect(page.locator("#lost")).to_be_hidden()
        assert await page.evaluate("JSON.stringify(localStorage).includes('a-token')") is False

        # Another tab has no token, and the list has the key.
        other = Visitor(await context.new_page(), address)
        await other.visit(job_of(visitor))
        await other.sees("live")
        await other.page.get_by_role("button", name="Cancel").click()
        await other.page.get_by_role("dialog").get_by_role("button", name="Not now").click()
        await expect(other.page.get_by_role("alert")).to_contain_text("token")
        assert (await store.find(job_of(visitor))).status == "pending"


async def test_all_of_it_works_by_keyboard(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    await visitor.visit()
    await expect(page.get_by_label("Address of the website")).to_be_focused()
    await page.keyboard.type("example.com")
    for key in ("Tab", "Tab", "ArrowRight", "Tab", "ArrowRight", "Tab", "Space"):
        await page.keyboard.press(key)
    await expect(page.get_by_label("Captions")).to_be_focused()
    await page.get_by_label("Address of the website").press("Enter")
    await visitor.sees("live")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()

    style = (await store.find(job_of(visitor))).spec.style
    assert (style.name, style.size, style.captions) == ("plain", "1080p", False)


async def test_a_script_is_asked_for_with_the_values_that_it_needs(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    await visitor.visit()
    await page.get_by_text("More options").click()
    field = page.get_by_label("A script")
    await field.fill("url: https://example.com\nsteps: [{clik: A}]")
    await page.get_by_role("button", name="Film it").click()
    await expect(page.locator(".step-row .error")).to_contain_text("It says clik")

    await field.fill(
        "url: https://example.com\nvariables: {who: {required: true}}\nsteps: [{caption: 'Hi {{who}}'}]"
    )
    await page.get_by_role("button", name="Film it").click()
    await page.get_by_label("who").fill("Ann")
    await page.get_by_role("button", name="Film it").click()
    await visitor.sees("live")

    job = await store.find(job_of(visitor))
    assert job.spec.url == "https://example.com"
    assert job.spec.script is not None
    assert job.spec.script.script["steps"] == [{"caption": "Hi Ann"}]


async def test_a_film_becomes_a_script_that_can_be_edited(visitor: Visitor, store: Store) -> None:
    claim = await exploring(store, "j1")
    steps = [{"number": 1, "path": "steps[0]", "verb": "click", "target": "Save", "state": "failed"}]
    rows = [
        {**steps[0], "did": "nothing fits", "off_camera": False, "retries": 0, "started_ms": 0, "ended_ms": 1}
    ]
    fields = {"script_steps": json.dumps(rows), "error": "Step 1 failed.", "error_code": "step_failed"}
    await store.end(claim, Status.FAILED, fields)
    await visitor.visit("j1")
    await visitor.sees("ended")

    await expect(visitor.page.locator("#ended-story")).to_contain_text("click Save")
    await expect(visitor.page.locator("#ended-story")).to_contain_text("nothing fits")
    await visitor.page.get_by_role("button", name="Edit as script").click()

    await visitor.sees("ask")
    await expect(visitor.page.get_by_label("A script")).to_have_value(re.compile("^url: "))
