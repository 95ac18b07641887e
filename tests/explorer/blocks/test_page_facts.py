"""One look at a page: what its picture and its refresh say, and what it is made of."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.blocks.page_facts import PageFacts, is_uniform, read_page_facts, refresh_of
from tests.explorer.conftest import Show
from tests.explorer.support.start_pages import png


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


def seen(show: Show, html: str, selectors: tuple[str, ...] = ()) -> PageFacts:
    async def look(page: Page) -> Any:
        return await read_page_facts(page, selectors)

    found: PageFacts = show(html, look)
    return found


def test_the_main_heading_is_the_page_s_own(show: Show) -> None:
    found = seen(
        show,
        "<title> A  title </title><header><h1>Acme</h1></header><main><h3>Small</h3><h2>Main</h2>"
        "<p>Prose, <a>a link</a> <button>Press</button></p></main><footer>Far below</footer>",
    )

    assert found.title == "A title"
    assert found.headings == ("Main", "Small", "Acme")
    assert found.main_heading == "Main"
    assert found.prose.split() == ["Prose,"]
    assert {"Acme", "Press", "link", "below"} <= set(found.text.split())


def test_without_headings_the_largest_letters_are_one_and_else_the_first_line(show: Show) -> None:
    large = seen(show, "<p>Small</p><div style='font-size:60px'>404</div><p style='font-size:24px'>Sorry</p>")
    small = seen(show, "<p>First line</p><p>Second line</p>")

    assert (large.headings, large.large, large.main_heading) == ((), ("404", "Sorry"), "404")
    assert small.main_heading == "First line"


def test_what_can_be_typed_into_and_followed_is_counted(show: Show) -> None:
    found = seen(
        show,
        "<a href=/1>One</a><a>None</a><input type=hidden><input type=checkbox><input><textarea></textarea>"
        "<div class=g-recaptcha></div>",
        (".g-recaptcha, .other", ".h-captcha"),
    )

    assert (found.links, found.fields) == (1, 2)
    assert found.selectors == {".g-recaptcha, .other"}


def test_a_page_that_bends_its_document_is_looked_at_all_the_same(show: Show) -> None:
    found = seen(
        show,
        "<title>True</title><img name=title><form name=body><input name=querySelector></form><p>Hello"
        "<script>Document.prototype.querySelector = () => { throw new Error('no') }</script>",
    )

    assert (found.title, found.main_heading) == ("True", "Hello")


@pytest.mark.parametrize(
    ("html", "paints", "below"),
    [
        ("", False, False),
        ("<p>Text", True, False),
        ("<p style='visibility:hidden'>No <b style='visibility:visible'>Yes</b>", True, False),
        ("<p style='visibility:hidden'>No", False, False),
        ("<div style='display:contents'>Yes</div>", True, False),
        ("<div style='position:absolute;left:-9999px'>For readers</div>", False, False),
        ("<div style='margin-top:200vh'>Below</div>", False, True),
        ("<div style='background:#eee;height:50px'></div>", True, False),
        ("<div style='background:#fff;height:50px'></div>", False, False),
        ("<body style='background:#222'><div style='background:#222;height:50px'></div>", False, False),
        ("<body style='background:#222'>", False, False),
        ("<div style='border:1px solid red;height:50px'></div>", True, False),
        ("<canvas></canvas>", True, False),
        ("<svg></svg>", False, False),
        ("<svg><circle r=9 /></svg>", True, False),
        ("<img src=data:,>", False, False),
        ("<style>p::after{content:'x'}</style><p>", True, False),
        ("<style>p::after{content:'';display:table}</style><p>", False, False),
    ],
)
def test_whether_something_is_painted_is_known_from_the_structure(
    show: Show, html: str, paints: bool, below: bool
) -> None:
    found = seen(show, html)

    assert (found.paints, found.below) == (paints, below)


def test_a_picture_of_one_colour_is_uniform_and_one_of_two_is_not() -> None:
    grey = (127, 127, 127)

    assert is_uniform(b"") is None
    assert is_uniform(png(640, 360, grey)) is True  # its opposite is one level lighter
    assert is_uniform(png(640, 360, (120, 120, 120))) is False


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("1; url=http://b/", (1.0, "http://b/")),
        ("0;URL='/next'", (0.0, "/next")),
        ('5, url="http://b/?a=1;b=2"', (5.0, "http://b/?a=1;b=2")),
        (" 2.5 ; http://b/ ", (2.5, "http://b/")),
        ("3 url = http://b/", (3.0, "http://b/")),
        ("5", None),
        ("5;", None),
        ("", None),
        ("soon; url=/x", None),
    ],
)
def test_where_a_refresh_leads_and_when(content: str, told: tuple[float, str] | None) -> None:
    assert refresh_of(content) == told
