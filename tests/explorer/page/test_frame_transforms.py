"""Frames that their page scales, rotates or zooms: what lies in them is found and hit where it is drawn."""

import pytest
from playwright.async_api import Page

from explorer.overlays.dismissal import dismiss_overlays
from explorer.page.discovery import discover, find_click_point, reveal_delta
from explorer.page.frame_transform import FrameTransform
from tests.explorer.support.clocks import RealClock
from tests.explorer.support.discovery_browser import DiscoveryBrowser
from tests.support.markers import first

#: A page within a page tells of clicks on its small button to the outermost page.
BUTTON = """<body style='margin:0'><button style='position:absolute;left:250px;top:140px;font:10px sans-serif'
  onclick='top.hits.push("hit")'>Try it</button>"""
HEARS = "<script>hits = []</script>"
FRAME = (
    "<iframe src=/inner style='width:400px;height:250px;border:14px solid #555;padding:5px 9px;{}'></iframe>"
)
DEEP = "<body style='margin:20px'><iframe src=/deep style='width:350px;height:220px;{}'></iframe>"
ROOM = "<body style='margin:0'><div style='margin:120px 0 0 300px;width:500px;{}'>"


@pytest.mark.parametrize(
    ("around", "own", "inner"),
    first(
        4,
        [
            ("transform:scale(.4);transform-origin:0 0", "", ""),
            ("transform:rotate(30deg)", "scale:1.2 .7", ""),
            ("zoom:.6", "", ""),
            ("rotate:-20deg", "transform:translate(40px,30px)", "transform:rotate(15deg) scale(.8)"),
            ("transform:skewX(20deg)", "rotate:90deg", ""),
            ("transform:scaleX(-1)", "", ""),
            ("transform:rotateY(40deg)", "", "zoom:1.3"),
            ("rotate:y 30deg;scale:.8", "", "scale:.6"),
            (
                "display:flex;transform:perspective(none) scale(.5)",
                "transform-origin:100% 0;rotate:.1turn",
                "",
            ),
        ],
    ),
)
def test_a_click_hits_a_button_in_a_transformed_frame(
    browser: DiscoveryBrowser, around: str, own: str, inner: str
) -> None:
    browser.pages["/inner"] = DEEP.format(inner) if inner else BUTTON
    browser.pages["/deep"] = BUTTON

    async def look(page: Page) -> tuple[list[str], bool, list[str]]:
        elements = (await discover(page, ())).elements
        point = await find_click_point(page, elements[0].selector)
        assert point is not None
        await page.mouse.click(point.x, point.y)
        box = elements[0].box
        is_around = box.x <= point.x <= box.x + box.width and box.y <= point.y <= box.y + box.height
        return [element.label for element in elements], is_around, await page.evaluate("hits")

    assert browser.show(HEARS + ROOM.format(around) + FRAME.format(own), look) == (["Try it"], True, ["hit"])


def test_a_button_far_down_a_scaled_frame_is_scrolled_to(browser: DiscoveryBrowser) -> None:
    tall = "width:400px;height:3000px"
    browser.pages["/inner"] = "<button style='position:absolute;top:2800px'>Far down</button>"

    async def look(page: Page) -> float:
        (element,) = (await discover(page, ())).elements
        await page.evaluate("dy => scrollBy(0, dy)", await reveal_delta(page, element.selector))
        point = await find_click_point(page, element.selector)
        return point.y if point else 0.0

    around = "<div style='height:1800px'><div style='transform:scale(.5);transform-origin:0 0'>"

    assert 250 < browser.show(around + FRAME.format(tall), look) < 450


def test_a_consent_box_in_a_scaled_frame_is_refused(browser: DiscoveryBrowser) -> None:
    browser.pages["/inner"] = """<h2>We use cookies</h2><p>Your privacy: cookies for advertising.</p>
      <button onclick='top.hear("refused")'>Reject all</button>
      <button onclick='top.hear("accepted")'>Accept all</button>"""

    async def look(page: Page) -> list[str]:
        while not await dismiss_overlays(page, RealClock()):
            pass  # a frame is not drawn yet when its page is loaded
        hits: list[str] = await page.evaluate("hits")
        return hits

    closes = "<script>hear = (what) => (hits.push(what), document.querySelector('iframe').remove())</script>"
    style = "position:fixed;bottom:0;left:300px;z-index:9;transform:scale(.7)"

    assert browser.show(HEARS + closes + FRAME.format(style), look) == ["refused"]


def test_maps_are_combined_from_the_inside_out() -> None:
    turned = FrameTransform(0, 1, -1, 0, 10, 0)  # a quarter to the right, then 10 px to the right
    doubled = FrameTransform(2, 0, 0, 2, 0, 5)

    combined = turned.within(doubled)

    inner = turned.apply(3, 4)
    assert combined.apply(3, 4) == doubled.apply(inner.x, inner.y)
    assert turned.apply_to_box({"x": 0, "y": 0, "width": 4, "height": 2}) == {
        "x": 8,
        "y": 0,
        "width": 2,
        "height": 4,
    }
