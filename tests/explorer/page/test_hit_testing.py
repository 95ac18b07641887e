"""What a click would really hit: through covers, scrollers, frames and shadow roots."""

import pytest
from playwright.async_api import Page

from explorer.page.discovery import describe, discover, find_click_point, reveal_delta, scroll_containers
from tests.explorer.support.discovery_browser import DiscoveryBrowser


def clicked(browser: DiscoveryBrowser, html: str, label: str) -> str:
    """What the page says after a real click at the point where `label` was aimed at, once in view."""

    async def look(page: Page) -> str:
        (element,) = [e for e in (await discover(page, frozenset())).elements if e.label == label]
        await scroll_containers(page, element.selector)
        await page.evaluate("dy => scrollBy(0, dy)", await reveal_delta(page, element.selector))
        point = await find_click_point(page, element.selector)
        assert point is not None
        again = await describe(page, element.selector)
        assert again is not None
        assert (again.identity, again.selector) == (element.identity, element.selector)
        assert again.box.x <= point.x <= again.box.x + again.box.width
        assert again.box.y <= point.y <= again.box.y + again.box.height
        await page.mouse.click(point.x, point.y)
        for frame in page.frames:
            if await frame.evaluate("document.title") == "hit":
                return "hit"
        return "missed"

    result: str = browser.show(html, look)
    return result


HIT = "onclick=\"document.title = 'hit'\""
BUTTON = f"<button {HIT}>It</button>"
SCROLLER = "<div style='height:150px;overflow:auto'><p style='height:900px'></p>"
INNER = "<iframe width=300 height=200 src=OTHER/inner"
CLOSED = "document.querySelector('x-a').attachShadow({mode: 'closed'}).innerHTML"
DOTS = "<circle cx=30 cy=30 r=20 /><circle cx=170 cy=70 r=20 />"


@pytest.mark.parametrize(
    "html",
    [
        BUTTON,
        f"<p style='height:3000px'></p>{BUTTON}<p style='height:3000px'></p>",
        f"{SCROLLER}{BUTTON}</div>",
        f"<div style='width:300px;overflow:auto'><p style='width:2000px;text-align:right'>{BUTTON}</p></div>",
        f"<p style='height:2000px'></p>{SCROLLER}{BUTTON}</div>",
        f"<iframe width=300 height=200 srcdoc='{BUTTON.replace(chr(39), '&#39;')}'></iframe>",
        f"{INNER} style='margin:40px;border:9px solid;padding:7px'></iframe>",
        "<p style='height:2000px'></p><iframe width=300 height=200 src=OTHER/inner></iframe>",
        "<iframe width=300 height=200 src=OTHER/tall></iframe>",
        "<iframe width=400 height=300 src=OTHER/nested></iframe>",
        f"<x-a></x-a><script>{CLOSED} = `{BUTTON}`</script>",
        f"<svg width=200 height=100><g {HIT}><title>It</title>{DOTS}</g></svg>",
        f"<a {HIT} href=#x style='position:absolute;width:200px;height:40px'>It</a>"
        "<div style='position:absolute;left:60px;width:100px;height:60px;background:red'></div>",
    ],
)  # fmt: skip
def test_a_click_where_it_is_aimed_hits_after_scrolling_there(browser: DiscoveryBrowser, html: str) -> None:
    browser.pages["/inner"] = BUTTON
    browser.pages["/tall"] = f"<p style='height:2000px'></p>{BUTTON}<p style='height:2000px'></p>"
    browser.pages["/nested"] = "<p>outer</p><iframe width=200 height=100 src=/inner></iframe>"

    assert clicked(browser, html, "It") == "hit"


def test_a_frame_of_another_origin_is_named(browser: DiscoveryBrowser) -> None:
    browser.pages["/inner"] = BUTTON

    own, framed = browser.see("<button>Own</button><nav><iframe src=OTHER/inner></iframe></nav>").elements

    assert (own.frame_origin, framed.frame_origin) == ("", f"http://localhost:{browser.port}")
    assert framed.landmark == "nav"
    assert " >> internal:control=enter-frame >> " in framed.selector
    assert framed.point is not None


def test_a_page_still_finds_its_closed_roots_closed(browser: DiscoveryBrowser) -> None:
    html = (
        "<x-a></x-a><x-b></x-b><script>const [a, b] = document.querySelectorAll('x-a, x-b');"
        "window.mode = a.attachShadow({mode: 'closed'}).mode; b.attachShadow({mode: 'open'})</script>"
    )

    async def look(page: Page) -> list[object]:
        roots: list[object] = await page.evaluate("[window.mode, a.shadowRoot, b.shadowRoot.mode]")
        return roots

    assert browser.show(html, look) == ["closed", None, "open"]


def covers(browser: DiscoveryBrowser, html: str) -> dict[str, str]:
    found = browser.see(html)
    assert all(not e.covered_by for e in found.elements)
    return {element.label: element.covered_by for element in found.covered}


def test_what_lies_under_a_dialog_is_known_with_the_dialog(browser: DiscoveryBrowser) -> None:
    veil = "position:fixed;inset:0;background:#0008"
    html = (
        f"<button>Under</button><p style='height:3000px'></p><button>Below</button><div style='{veil}'>"
        "<div role=dialog aria-label=Cookies style='margin:200px;background:#fff'>"
        "<button>Accept</button></div></div>"
    )

    assert covers(browser, html) == {"Under": 'dialog "Cookies"', "Below": 'dialog "Cookies"'}
    assert browser.labels(html) == ["Accept"]


def test_a_modal_dialog_covers_all_that_is_not_in_it(browser: DiscoveryBrowser) -> None:
    html = (
        "<button>Under</button><dialog aria-label=News><button>Close</button></dialog>"
        "<script>document.querySelector('dialog').showModal()</script>"
    )

    assert covers(browser, html) == {"Under": 'dialog "News"'}


def test_what_lies_under_a_page_around_its_frame_is_covered(browser: DiscoveryBrowser) -> None:
    browser.pages["/inner"] = BUTTON
    html = (
        "<iframe width=300 height=200 src=OTHER/inner></iframe>"
        "<div style='position:fixed;inset:0;background:#fff'>Please wait</div>"
    )

    assert covers(browser, html) == {"It": 'div "Please wait"'}


def test_a_header_that_sticks_covers_only_until_the_page_is_scrolled(
    browser: DiscoveryBrowser,
) -> None:
    html = (
        "<style>body{margin:0} header{position:sticky;top:0;height:90px;background:red}</style>"
        "<header>Head</header>"
        f"<p style='height:300px'></p><button {HIT}>It</button><p style='height:3000px'></p>"
        "<script>scrollTo(0, 360)</script>"
    )

    found = browser.see(html)

    assert [(e.label, e.in_view, e.point) for e in found.elements] == [("It", False, None)]
    assert found.covered == ()
    assert clicked(browser, html, "It") == "hit"


def test_an_app_whose_main_part_scrolls_is_no_veil_over_itself(browser: DiscoveryBrowser) -> None:
    html = (
        "<div style='position:fixed;inset:0;overflow:auto'><button>Top</button>"
        "<p style='height:3000px'></p><button>Bottom</button></div>"
    )

    assert [(e.label, e.in_view) for e in browser.see(html).elements] == [
        ("Top", True),
        ("Bottom", False),
    ]


def test_what_a_carousel_hides_cannot_be_reached(browser: DiscoveryBrowser) -> None:
    slides = "<button style='flex:0 0 300px'>One</button><button style='flex:0 0 300px'>Two</button>"

    assert browser.labels(f"<div style='display:flex;width:300px;overflow:hidden'>{slides}</div>") == ["One"]


def test_what_is_scrolled_to_comes_to_lie_between_sticky_bars(browser: DiscoveryBrowser) -> None:
    html = """<style>body { margin: 0; overflow: hidden } main { height: 100vh; overflow: auto }
      .top, .foot { position: sticky; height: 120px; background: silver } .top { top: 0 } .foot { bottom: 0 }
      p { height: 480px; margin: 0 }</style><main><div class=top>Top</div><p>Text</p>
      <button>Details</button><p>More</p><div class=foot>Foot</div></main>"""

    async def look(page: Page) -> float:
        (element,) = (await discover(page, ())).elements
        delta = await reveal_delta(page, element.selector)
        await page.evaluate("dy => document.querySelector('main').scrollBy(0, dy)", delta)
        point = await find_click_point(page, element.selector)
        assert point is not None
        return point.y

    assert 200 < browser.show(html, look) < 500


def test_a_link_in_a_sticky_bar_needs_no_scrolling(browser: DiscoveryBrowser) -> None:
    html = """<style>body { margin: 0; height: 3000px } nav { position: sticky; top: 0 }</style>
      <nav><a href=#x>Kitchen</a></nav>"""

    async def look(page: Page) -> float:
        await page.evaluate("scrollTo(0, 900)")
        (element,) = (await discover(page, ())).elements
        return await reveal_delta(page, element.selector)

    assert browser.show(html, look) == 0
