"""Who is who: across re-renders and pages, among dozens of icons, and in selectors that can be replayed."""

import pytest
from playwright.async_api import Page

from explorer.page.discovery import discover
from explorer.page.element_identity import destination, element_identity
from explorer.page.stable_selectors import stable_selector
from tests.explorer.support.discovery_browser import DiscoveryBrowser


def identities(browser: DiscoveryBrowser, html: str) -> dict[str, str]:
    return {element.label: element.identity for element in browser.see(html).elements}


def test_the_icon_buttons_of_an_editor_are_all_somebody(browser: DiscoveryBrowser) -> None:
    icon = "<button><svg width=16 height=16><path d='M{0} {0}h9v9z'/></svg></button>"
    different = "".join(icon.format(i) for i in range(30))
    alike = icon.format(1) * 17

    found = browser.see(f"<div role=toolbar>{different}{alike}</div>")

    assert len({element.identity for element in found.elements}) == 47


def test_a_re_render_with_other_ids_classes_and_numbers_changes_nobody(
    browser: DiscoveryBrowser,
) -> None:
    page = (
        "<main><div id=r-{0} class=css-{0}><button id=b{0} class=x{0}>Edit ({0})</button>"
        "<div class=m{0}><div onclick=1>Row</div><button aria-label=Close></button></div></div></main>"
    )
    before, after = (identities(browser, page.format(n)) for n in ("48213", "90177"))

    assert list(before.values()) == list(after.values())
    assert len(set(before.values())) == 3


def test_what_comes_in_between_moves_nobody(browser: DiscoveryBrowser) -> None:
    page = "<main><div>{}<section><button>Save</button><button>Open</button></section></div></main>"

    before = identities(browser, page.format(""))
    after = identities(browser, page.format("<p>A notice</p><div><button>Dismiss</button></div>"))

    assert [after[name] for name in ("Save", "Open")] == [before[name] for name in ("Save", "Open")]


def test_a_menu_is_the_same_on_every_page(browser: DiscoveryBrowser) -> None:
    menu = (
        "<nav><a href=/docs>Docs</a><a href='/docs?utm_source=x'>Docs</a>"
        "<button>Menu</button><a href=#>Top</a></nav>"
    )

    home = identities(browser, f"<div>{menu}</div><h1>Home</h1>")
    other = identities(browser, f"<base href=/deep/page><section><p>x</p>{menu}</section>")

    assert home == other
    assert len(home) == 3


def test_destinations_and_twins_are_told_apart(browser: DiscoveryBrowser) -> None:
    found = browser.see(
        "<a href=/p/1>Page</a><a href=/p/2>Page</a><a href=/p/2>Page</a><div><button>Edit</button></div>"
        "<div><button>Edit</button></div>"
    ).elements

    assert [element.label for element in found] == ["Page", "Page", "Edit", "Edit"]


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://a.example/x?utm_campaign=y&id=7&sessionid=9", "https://a.example/x?id=7"),
        ("https://a.example/x;jsessionid=12AB?q=1", "https://a.example/x?q=1"),
        ("https://a.example/chapter/12#/route", "https://a.example/chapter/12#/route"),
        ("http://[", "http://["),
    ],
)
def test_a_destination_is_an_address_without_what_passes(href: str, expected: str) -> None:
    assert destination(href) == expected


def test_a_frame_tells_apart_what_leads_nowhere() -> None:
    assert element_identity("button", "", "https://a.example") != element_identity("button", "")
    assert element_identity("link", "https://b.example/", "https://a.example") == element_identity(
        "link", "https://b.example/"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<button id=save>Save</button>", 'role=button[name="Save"s]'),
        ("<a href=/x>Say \"it\"</a>", 'role=link[name="Say \\"it\\""s]'),
        (
            "<nav><a href=/x>Docs</a></nav><main><a href=/y>Docs</a></main>",
            'role=navigation >> role=link[name="Docs"s]',
        ),
        ("<input aria-label=Name>", 'role=textbox[name="Name"s]'),
        ("<button id=inbox>Inbox 3</button>", "#inbox"),
        ("<div onclick=1 id=card>Card</div>", "#card"),
        ("<div><button>Edit</button></div><div><button>Edit</button></div>", "html > body"),
    ],
)  # fmt: skip
def test_a_plan_finds_by_role_and_name_what_these_tell_apart(
    browser: DiscoveryBrowser, html: str, expected: str
) -> None:
    async def look(page: Page) -> tuple[str, bool]:
        element = (await discover(page, frozenset())).elements[0]
        selector = await stable_selector(page, element)
        found = page.locator(selector)
        return selector, await found.count() == 1 and await found.and_(
            page.locator(element.selector)
        ).count() == 1

    selector, is_it = browser.show(html, look)

    assert selector.startswith(expected)
    assert is_it


def test_a_plan_reaches_into_frames_and_closed_roots(browser: DiscoveryBrowser) -> None:
    browser.pages["/inner"] = "<button>Inner</button>"
    html = (
        "<iframe src=OTHER/inner></iframe><x-a></x-a><script>"
        "document.querySelector('x-a').attachShadow({mode: 'closed'}).innerHTML = '<button>Deep</button>'"
        "</script>"
    )

    async def look(page: Page) -> dict[str, str]:
        found = (await discover(page, frozenset())).elements
        return {element.label: await stable_selector(page, element) for element in found}

    selectors = browser.show(html, look)

    assert selectors["Inner"].endswith('enter-frame >> role=button[name="Inner"s]')
    assert selectors["Deep"] == 'role=button[name="Deep"s]'
