"""When a viewer would say that a click has changed something, and what that is."""

import cv2
import numpy as np
import pytest
from playwright.async_api import Page

from explorer.page.snapshot import Snapshot, diff_outcome, take_snapshot
from explorer.page.visual_diff import Picture, changed_blocks
from tests.explorer.conftest import Show


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


#: Large enough for a viewer to notice.
PAGE = """<style>body { font: 40px sans-serif }</style><h1>Title</h1>
<p id=text>It is 12:59:07</p><button aria-expanded=false>Menu</button>
<input type=checkbox><details><summary>More</summary>Hidden text</details><p id=gone hidden>Secret</p>
<div id=tab role=tab aria-selected=false></div><div id=pop popover>A box</div>
<div id=box role=dialog hidden>Are you there?</div>"""


def outcome(show: Show, script: str, html: str = PAGE, pictures: bool = False) -> str:
    """What `script` makes of the page, told by its structure, or by its pictures too."""

    async def look(page: Page) -> str:
        async def view() -> Snapshot:
            return await take_snapshot(page, await page.screenshot(type="jpeg") if pictures else b"")

        before = await view()
        await page.evaluate(script)
        return diff_outcome(before, await view())

    return str(show(html, look))


@pytest.mark.parametrize("pictures", [False, True], ids=["by structure", "by picture"])
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("document.querySelector('#gone').hidden = false", "scene"),
        ("document.querySelector('h1').remove()", "scene"),
        ("document.querySelector('details').open = true", "disclosure"),
        ("document.querySelector('#pop').showPopover()", "dialog"),
        ("document.querySelector('#box').hidden = false", "dialog"),
        ("document.body.insertAdjacentHTML('beforeend', '<dialog open>Hello there</dialog>')", "dialog"),
        ("document.body.remove()", "scene"),
        ("history.pushState(0, '', '/elsewhere'); document.querySelector('h1').remove()", "page"),
        ("document.querySelector('#gone').textContent = 'Another secret'", "nothing"),
        ("document.body.insertAdjacentHTML('beforeend', '<script>1</script>')", "nothing"),
        ("1", "nothing"),
    ],
)
def test_what_has_come_of_a_click(show: Show, script: str, expected: str, pictures: bool) -> None:
    assert outcome(show, script, pictures=pictures) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("document.querySelector('#text').textContent = 'Something else'", "scene"),
        ("document.querySelector('button').setAttribute('aria-expanded', 'true')", "disclosure"),
        ("document.querySelector('#tab').setAttribute('aria-selected', 'true')", "scene"),
        ("document.querySelector('input').checked = true", "scene"),
        ("document.documentElement.className = 'dark'", "scene"),
        ("document.querySelector('#text').textContent = 'It is 13:00:12'", "nothing"),
        ("history.pushState(0, '', '/elsewhere')", "page"),
        ("document.open()", "scene"),
    ],
)
def test_without_pictures_the_structure_decides(show: Show, script: str, expected: str) -> None:
    assert outcome(show, script) == expected


@pytest.mark.parametrize(
    "script",
    [
        "document.querySelector('input').checked = true",
        "document.querySelector('button').setAttribute('aria-expanded', 'true')",
        "document.querySelector('#tab').setAttribute('aria-selected', 'true')",
        "history.pushState(0, '', '/elsewhere')",
    ],
)
def test_what_no_viewer_would_notice_is_nothing(show: Show, script: str) -> None:
    assert outcome(show, script, pictures=True) == "nothing"


def test_another_question_in_the_same_place_is_a_dialog_too(show: Show) -> None:
    html = "<dialog open>First</dialog>"
    assert outcome(show, "document.querySelector('dialog').textContent = 'Second'", html) == "dialog"
    assert outcome(show, "document.body.append('More')", html) == "scene"


def test_what_moves_by_itself_is_not_what_a_click_has_done() -> None:
    still, moved = np.zeros((360, 640, 3), np.uint8), np.zeros((360, 640, 3), np.uint8)
    moved[:120] = 255
    one, other = Picture(still, "/"), Picture(moved, "/")
    before, after = Snapshot("http://h/", "a", picture=one), Snapshot("http://h/", "b", picture=other)

    assert diff_outcome(before, after) == "scene"
    assert diff_outcome(before, after, changed_blocks(one, other)) == "nothing"


def test_a_view_takes_its_picture_along(show: Show) -> None:
    image = cv2.imencode(".png", np.full((720, 1280), 90, np.uint8))[1].tobytes()

    async def look(page: Page) -> Snapshot:
        return await take_snapshot(page, image)

    view = show(PAGE, look)
    assert view.picture is not None
    assert view.picture.path == "/page"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>Welcome back</h1><center><input><input type=password></center>", True),
        ("<h1>Welcome back</h1><center hidden><input type=password></center>", False),
        (f"<center><input type=password></center><p>{'Many words. ' * 200}</p>", False),
        ("<h1>News</h1><input type=password style='position: fixed; right: 0; width: 200px'>", False),
        ("<h1>News</h1><center><input type=password style='margin-top: 900px'></center>", False),
        ("<h1>News</h1><center><input></center>", False),
    ],
    ids=["sign-in", "hidden", "amid much else", "in a corner", "below the fold", "no password"],
)
def test_a_page_to_sign_in_at_is_known_by_sight(show: Show, html: str, expected: bool) -> None:
    async def look(page: Page) -> bool:
        return (await take_snapshot(page)).sign_in

    assert show(html, look) is expected


def test_texts_in_shadow_roots_are_read(show: Show) -> None:
    html = """<x-menu>Slotted</x-menu><script>document.querySelector("x-menu").attachShadow({ mode: "open" })
      .innerHTML = "<div hidden>Open a file</div><slot></slot>"</script>"""

    async def look(page: Page) -> tuple[Snapshot, Snapshot]:
        before = await take_snapshot(page)
        await page.evaluate("document.querySelector('x-menu').shadowRoot.querySelector('div').hidden = false")
        return before, await take_snapshot(page)

    before, after = show(html, look)
    assert [line.text for line in before.lines] == ["Slotted"]
    assert [line.text for line in after.lines] == ["Open a file", "Slotted"]
    assert before.signature != after.signature
