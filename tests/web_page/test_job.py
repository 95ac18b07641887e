"""The job view: running, disconnected, ended, and retried."""

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import expect

from actors.jobs.keys import Claim
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.progress import Progress, renew_lease
from actors.settings import Settings
from actors.stages.reports import ElementRefused, MetricsChanged, RetryStarted, StepTaken, Update
from demo_api.server import listen, make_server
from explorer.types import Metrics, Refusal
from tests.conftest import serving
from tests.web_page import scenes
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio


async def tell(store: Store, claim: Claim, *reports: Update) -> None:
    progress = Progress(max_clicks=8)
    for report in reports:
        progress.note(report)
    await renew_lease(store, claim, progress)


async def test_a_job_is_shown_as_it_goes_on(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    claim = await scenes.filming(store, clicks=1)
    await visitor.visit("filming1")
    steps = page.locator("#live .steps > li")

    await expect(page.get_by_role("heading", level=1)).to_have_text("lumen.example")
    await expect(page.get_by_alt_text("What the browser shows right now")).to_be_visible()
    await expect(steps).to_have_count(1)
    await expect(page.locator("#live")).to_contain_text("Could buy, delete, send or sign out")
    await expect(page.locator("#live")).to_contain_text(
        "Something was in the way: tried again (1 of at most 2)"
    )
    await expect(page).to_have_title("8 % · lumen.example · Sitereel")

    metrics = Metrics("planning", clicks=2, depth=1, runtime_s=15.0)
    await tell(store, claim, MetricsChanged(metrics), StepTaken(scenes.steps()[1]))
    await expect(steps).to_have_count(2)
    await expect(steps.first).to_contain_text("Clicked Pricing")
    await expect(steps.first).to_contain_text("A page of the main menu that was not shown yet")
    await expect(page.get_by_role("progressbar")).to_have_attribute("value", "17")
    await expect(page.locator("#clicks")).to_have_text("2 of at most 8 clicks")

    # Another attempt begins anew.
    await store.transition(claim, Stage.QUEUED, {"steps": "[]"}, attempts="keep")
    await expect(page.locator("#stage")).to_have_text("Waiting to begin again")
    await expect(steps).to_have_count(0)


async def test_names_from_hostile_pages_are_shown_as_they_are(visitor: Visitor, store: Store) -> None:
    name = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    claim = await scenes.filming(store, clicks=0)
    await tell(
        store,
        claim,
        StepTaken(scenes.step(1, name, name, "page")),
        ElementRefused(Refusal("<b>x", name, name)),
        RetryStarted(replace(scenes.RETRY, reason=name)),
    )
    await visitor.visit("filming1")

    await expect(visitor.page.locator("#live .steps b")).to_have_text(name)
    await expect(visitor.page.locator("#live")).to_contain_text("<b>x")
    assert await visitor.page.locator("#live-story img, #live-story script").count() == 0


async def test_a_job_is_cancelled_and_can_be_tried_again(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    await scenes.filming(store)
    await visitor.visit("filming1")
    await page.get_by_role("button", name="Cancel").click()
    await visitor.sees("ended")

    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.get_by_role("heading", level=1)).to_have_text("lumen.example was not filmed to the end")
    assert (await store.find("filming1")).status is Status.CANCELLED
    await page.get_by_role("button", name="Try again").click()
    await visitor.sees("live")
    await expect(page.locator("#stage")).to_have_text("Waiting for a free browser")
    assert (await store.find("filming1")).status is Status.PENDING


async def test_a_failed_job_shows_what_failed_and_what_to_do(visitor: Visitor, store: Store) -> None:
    page = visitor.page
    claim = await scenes.filming(store)
    await visitor.visit("filming1")
    await visitor.sees("live")
    error = "https://lumen.example/ leads to a sign-in page."
    await store.end(claim, Status.FAILED, {"error": error, "error_code": "auth_required"})
    await visitor.sees("ended")

    await expect(page.get_by_role("heading", level=1)).to_have_text("The page asks to sign in")
    await expect(page.locator("#ended-card")).to_contain_text(error)
    await expect(page.locator("#ended-card")).to_contain_text("Choose a page that everybody can see.")
    await page.get_by_role("link", name="Film something else").click()
    await visitor.sees("ask")
    await expect(page.get_by_label("Address of the website")).to_have_value(scenes.URL)


async def test_a_missing_job_is_shown_as_gone(visitor: Visitor, store: Store) -> None:
    heading = visitor.page.get_by_role("heading", level=1)
    for scene, words in (("gone", "This film was downloaded"), ("unknown", "There is no such film")):
        await visitor.visit(await scenes.SCENES[scene][0](store))
        await visitor.sees("ended")

        await expect(heading).to_have_text(words)
        await expect(visitor.page.get_by_role("button", name="Try again")).to_be_hidden()


async def test_watching_goes_on_when_the_api_has_been_away(
    context: Any, settings: Settings, store: Store
) -> None:
    claim = await scenes.filming(store, clicks=1)
    with ExitStack() as first:
        address = first.enter_context(serving(make_server(settings)))
        visitor = Visitor(await context.new_page(), address)
        await visitor.visit("filming1")
        steps = visitor.page.locator("#live .steps > li")
        await expect(steps).to_have_count(1)
    await expect(visitor.page.locator("#lost")).to_contain_text("Connection lost, trying again")
    await tell(store, claim, StepTaken(scenes.steps()[1]))

    server = make_server(settings)
    with listen("127.0.0.1", int(address.rpartition(":")[2])) as listener:
        running = asyncio.create_task(asyncio.to_thread(server.run, [listener]))
        await expect(steps).to_have_count(2, timeout=15_000)
        await expect(visitor.page.locator("#lost")).to_be_hidden()
        server.should_exit = True
        await running
    assert visitor.complaints == []


@pytest.mark.thorough
async def test_a_film_that_cannot_be_played_here_is_shown_by_a_picture(
    visitor: Visitor, store: Store
) -> None:
    await scenes.finished(store, with_preview=False)
    await visitor.visit("ready1")
    await visitor.sees("film")

    await expect(visitor.page.get_by_role("img", name="A picture from the film")).to_be_visible()
    await expect(visitor.page.locator("#player")).to_contain_text("Download it to watch it")


async def test_warnings_are_shown_below_the_film(visitor: Visitor, store: Store) -> None:
    await scenes.finished(store)
    await visitor.visit("ready1")
    await visitor.sees("film")

    warnings = visitor.page.get_by_role("list", name="Worth knowing").get_by_role("listitem")
    await expect(warnings).to_have_text(
        [warning["message"] for warning in (scenes.LITTLE, scenes.WORKER, scenes.NO_SHEET)]
    )
    await expect(visitor.page.locator("#facts")).to_contain_text("Tried off camera9 things")


@pytest.mark.thorough
async def test_warnings_are_shown_while_the_film_is_encoded(visitor: Visitor, store: Store) -> None:
    await visitor.visit(await scenes.cutting(store))
    await visitor.sees("live")

    await expect(visitor.page.locator("#live-troubles")).to_contain_text(scenes.LITTLE["message"])


async def test_the_film_is_downloaded_once_and_then_shown_as_downloaded(
    visitor: Visitor, store: Store
) -> None:
    page = visitor.page
    await scenes.finished(store)
    await visitor.visit("ready1")
    await visitor.sees("film")
    await expect(page.locator("#leave")).to_contain_text("The full-quality film can be fetched once, until ")
    await expect(page.locator("#leave")).to_contain_text("minutes)")
    await expect(page.locator("#facts")).to_contain_text("0:02")

    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download").click()
    download = await downloading.value
    assert download.suggested_filename == "sitereel-ready1.mp4"
    assert (await download.path()).read_bytes() == scenes.clip()

    await expect(page.locator("#leave")).to_contain_text("Downloaded")
    await expect(page.get_by_role("link", name="Download")).to_be_hidden()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await visitor.visit("ready1")
    await visitor.sees("ended")
