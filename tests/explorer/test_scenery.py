"""When a viewer would say that a click has changed something."""

import pytest
from playwright.async_api import Page

from explorer.scenery import signature
from tests.explorer.conftest import Show

PAGE = """<h1>Title</h1><p id=text>It is 12:59:07</p><button aria-expanded=false>Menu</button>
<input type=checkbox><details><summary>More</summary>Hidden text</details><p id=gone hidden>Secret</p>
<div id=tab role=tab aria-selected=false></div>"""


def changes(show: Show, script: str) -> bool:
    async def look(page: Page) -> bool:
        before = await signature(page)
        await page.evaluate(script)
        return await signature(page) != before

    return bool(show(PAGE, look))


@pytest.mark.parametrize(
    "script",
    [
        "document.querySelector('#text').textContent = 'Something else'",
        "document.querySelector('#gone').hidden = false",
        "document.querySelector('h1').remove()",
        "document.querySelector('button').setAttribute('aria-expanded', 'true')",
        "document.querySelector('#tab').setAttribute('aria-selected', 'true')",
        "document.querySelector('input').checked = true",
        "document.querySelector('details').open = true",
        "document.documentElement.className = 'dark'",
        "document.body.insertAdjacentHTML('beforeend', '<dialog open></dialog>')",
        "document.body.remove()",
        "document.open()",
    ],
)
def test_what_a_viewer_sees_change_makes_another_scene(show: Show, script: str) -> None:
    assert changes(show, script)


@pytest.mark.parametrize(
    "script",
    [
        "1",
        "document.querySelector('#text').textContent = 'It is 13:00:12'",
        "document.querySelector('#gone').textContent = 'Another secret'",
        "document.body.insertAdjacentHTML('beforeend', '<script>1</script>')",
        "document.body.append('  ')",
    ],
)
def test_clocks_and_what_nobody_sees_make_none(show: Show, script: str) -> None:
    assert not changes(show, script)
