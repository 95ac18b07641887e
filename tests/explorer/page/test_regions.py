"""Which elements lie in the parts of a page that focus and avoid name."""

import pytest
from playwright.async_api import Page

from explorer.page.discovery import discover
from explorer.page.regions import keys_in_regions
from tests.explorer.conftest import Show


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


PAGE = """<nav id=menu><a href=/a>A</a> <a href=/b>B</a></nav>
<main class=shop><button>C</button></main> <footer><a href=/d>D</a></footer>
<main class=shop style='margin-top: 2000px'><button>E</button></main>"""


def names(show: Show, *wishes: str) -> set[str]:
    async def look(page: Page) -> set[str]:
        elements = (await discover(page, ())).elements
        keys = await keys_in_regions(page, elements, wishes)
        return {element.text for element in elements if element.key in keys}

    found: set[str] = show(PAGE, look)
    return found


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        (("css=#menu",), {"A", "B"}),
        (("css=a[href='/a']",), {"A"}),
        (("css=.shop",), {"C", "E"}),
        (("css=#menu", "css=footer"), {"A", "B", "D"}),
        (("css=.nowhere",), set()),
        (("css=]][",), set()),
        (("css=]][", "css=footer"), {"D"}),
        (("#menu", "/a", "menu"), set()),
        ((), set()),
    ],
)
def test_an_element_counts_when_it_lies_in_what_a_selector_matches(
    show: Show, wishes: tuple[str, ...], found: set[str]
) -> None:
    assert names(show, *wishes) == found
