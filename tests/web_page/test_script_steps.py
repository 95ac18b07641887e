"""The steps of a script as a list: read, left out, moved and changed, and in agreement with its text."""

import json
import re

import pytest
from playwright.async_api import Locator, Page, expect

from actors.jobs.store import Store
from explorer.script.loading import load_script
from tests.web_page.test_axe import check, fits
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio

SCRIPT = """\
# Mine
url: https://example.com
variables: {who: {required: true}}
before: [click: Sign in]
steps:
  - caption: Hi {{who}}
  - click: role=link[name='Pricing'] >> nth=0
  - fill: {target: Email, value: a@b.example}
  - navigate: /docs
"""
RECORDING = {
    "title": "From Chrome",
    "steps": [
        {"type": "navigate", "url": "https://example.com/"},
        {"type": "click", "selectors": [["#menu"], ["aria/Menu"]], "offsetX": 1, "offsetY": 1},
    ],
}
LINES = [
    "Click “Sign in”",
    "Say “Hi {{who}}”",
    "Click “Pricing”",
    "Fill “Email” with “a@b.example”",
    "Go to /docs",
]


async def writes(page: Page, text: str) -> None:
    if not await page.get_by_label("A script").is_visible():
        await page.get_by_text("More options").click()
    await page.get_by_label("A script").fill(text)


def steps(page: Page) -> Locator:
    return page.locator(".step-row")


async def agree(page: Page, *said: str) -> None:
    """Waits until the ticked rows say this, and the text holds as many steps."""
    await expect(page.locator(".step-row:not(.off) .step-words")).to_contain_text(list(said))
    await expect(page.get_by_label("A script")).to_be_editable()
    text = await page.get_by_label("A script").input_value()
    assert len(list(load_script(text).all_steps())) == len(said)


async def test_steps_are_left_out_moved_and_changed_and_so_they_are_filmed(
    visitor: Visitor, store: Store
) -> None:
    page = visitor.page
    await visitor.visit()
    await writes(page, SCRIPT)
    await expect(steps(page).locator(".step-words")).to_contain_text(LINES)
    await expect(steps(page).first).to_contain_text("off camera")
    note = page.locator("#script-note")
    await expect(note).to_be_hidden()

    # By keyboard: out of the film, up into the part off camera and back, and another name.
    await page.get_by_role("checkbox", name="Go to /docs").press("Space")
    await expect(note).to_contain_text("without its comments")
    up = page.get_by_role("button", name="Move up step 2: Say “Hi {{who}}”")
    await up.press("Enter")
    await expect(steps(page).nth(1)).to_contain_text("off camera")
    await expect(page.locator("#said")).to_contain_text("now step 2 of 5, off camera")
    await expect(steps(page).nth(1).get_by_role("button", name="Move up")).to_be_focused()
    await page.get_by_role("button", name="Move down step 2").press("Enter")
    await page.get_by_role("button", name="Edit step 3").press("Enter")
    await expect(page.get_by_label("On the page")).to_be_focused()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("Plans")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Edit step 3: Click “Plans”")).to_be_focused()

    # By pointer.
    grip, target = steps(page).nth(3).locator(".grip"), steps(page).nth(1)
    await grip.hover()
    await page.mouse.down()
    box = await target.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 10, box["y"] + 4, steps=5)
    await page.mouse.up()
    await agree(page, LINES[0], LINES[3], LINES[1], "Click “Plans”")

    await page.get_by_label("who", exact=True).fill("Ann")
    await page.get_by_role("button", name="Film it").click()
    await visitor.sees("live")
    spec = (await store.find(page.url.partition("#")[2])).spec
    assert spec.script is not None
    assert spec.script.script["steps"] == [
        {"fill": {"target": "Email", "value": "a@b.example"}},
        {"caption": "Hi Ann"},
        {"click": {"target": "role=link[name='Plans'] >> nth=0"}},
    ]


async def test_a_problem_is_shown_at_its_step_and_mended_there(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.visit()
    await writes(page, "url: https://example.com\nsteps: [{click: A}, {fill: {target: B}}, {hold: 1}]")
    wrong = steps(page).nth(1)
    await expect(wrong).to_contain_text("Value is missing.")
    # What was left out is no part of the script, and stays in its place when the text is edited.
    await page.get_by_role("checkbox", name="Click “A”").uncheck()
    await expect(page.get_by_label("A script")).not_to_have_value(re.compile("click"))
    await expect(wrong).to_contain_text("Value is missing.")
    await page.get_by_role("button", name="Film it").click()
    await expect(page.get_by_label("Value", exact=True)).to_be_focused()
    await expect(page.get_by_label("Value", exact=True)).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("mended")
    await expect(wrong.locator(".error")).to_be_hidden()
    await agree(page, "Fill “B” with “mended”", "Stay for 1")

    await writes(page, (await page.get_by_label("A script").input_value()) + "- chapter: Last\n")
    await expect(steps(page)).to_have_count(4)
    await expect(steps(page).first.get_by_role("checkbox")).not_to_be_checked()
    await writes(page, "steps: [")
    await expect(page.locator("#script-error")).to_contain_text("is not YAML")
    await expect(page.locator("#script-steps")).to_have_attribute("inert", "")


async def test_a_dropped_recording_shows_its_steps(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.visit()
    transfer = await page.evaluate_handle(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "recording.json", { type: "application/json" }));
            return data;
        }""",
        json.dumps(RECORDING),
    )
    await page.dispatch_event("#ask-title", "drop", {"dataTransfer": transfer})
    await expect(page.get_by_role("heading", name="Steps 2")).to_be_focused()
    await expect(steps(page).locator(".step-words")).to_contain_text(["Go to https", "Click “Menu”"])
    await page.get_by_role("button", name="Move up step 2").click()
    await expect(steps(page).first).to_contain_text("Click “Menu”")
    await expect(page.locator("#script-error")).to_contain_text("says nowhere where the film begins")


async def test_the_list_fits_a_phone_and_axe_objects_to_nothing(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.visit()
    await writes(page, SCRIPT.replace("value: a@b.example", "secret: x"))
    await steps(page).last.get_by_role("checkbox").uncheck()
    await steps(page).nth(3).get_by_role("button", name="Edit").click()
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await check(page, "#script-steps") == []
    assert await fits(page)
