"""The site's colour and icon, as the page itself gives them."""

import base64
import io
import time

import pytest
from PIL import Image

from explorer.page.branding import read_branding
from explorer.trace import SiteBranding
from explorer.types import Brief
from tests.explorer.support.clocks import RealClock
from tests.explorer.support.exploration import Harness


def look(harness: Harness, html: str = "", url: str | None = None) -> SiteBranding:
    """The look of a page with this HTML, or of the page at `url`."""
    harness.pages.clear()
    harness.pages["/"] = html

    async def opened() -> SiteBranding:
        async with harness.session(Brief(harness.url)) as session:
            await session.page.goto(url or harness.url)
            return await read_branding(session.page, RealClock())

    found: SiteBranding = harness.run(opened)
    return found


def png(icon: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(icon)))


def square(colour: str, px: int) -> str:
    """An icon as a data URL."""
    data = io.BytesIO()
    Image.new("RGB", (px, px), colour).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


@pytest.mark.parametrize(
    ("html", "theme"),
    [
        ("<meta name=theme-color content='rgb(10, 120, 200)'>", "#0a78c8"),
        (
            "<meta name=theme-color media='(prefers-color-scheme: dark)' content='#101010'>"
            "<meta name=theme-color media='(prefers-color-scheme: light)' content='#cc3300'>",
            "#cc3300",
        ),
        ("<header style='background: #224488'>x</header>", "#224488"),
        ("<header style='background: #fff'>x</header><button style='background: #0a0'>x</button>", "#00aa00"),
        ("<a href=/x style='color: teal'>x</a>", "#008080"),
        ("<meta name=theme-color content='#fefefe'><body style='background: #eee'>x", "#fefefe"),
        ("<body style='background: #222'>x", "#222222"),
        ("<p>x", ""),
        ("<meta name=theme-color content='expression(alert(1))'>", ""),
    ],
    ids=["said", "by media", "header", "button", "link", "grey but said", "grey", "none", "nonsense"],
)
def test_the_theme_is_the_colour_that_stands_for_the_site(harness: Harness, html: str, theme: str) -> None:
    assert look(harness, html).theme == theme


def test_the_icon_of_the_site_is_a_png(harness: Harness) -> None:
    icon = png(look(harness, url=harness.site.url).icon)
    assert icon.format == "PNG"
    assert icon.size == (256, 256)
    assert icon.convert("RGBA").getchannel("A").getextrema()[1] == 255, "something is drawn"


def test_the_largest_icon_is_taken_and_made_no_larger_than_needed(harness: Harness) -> None:
    links = [
        f"<link rel=icon sizes={px}x{px} href='{square(c, px)}'>" for c, px in (("red", 32), ("blue", 512))
    ]
    icon = png(look(harness, "".join(links)).icon)
    assert icon.size == (256, 256)
    assert icon.convert("RGB").getpixel((128, 128)) == (0, 0, 255)


def test_a_broken_icon_gives_way_to_the_next(harness: Harness) -> None:
    html = f"<link rel=apple-touch-icon href=/nothing.png><link rel=icon href='{square('lime', 32)}'>"
    assert png(look(harness, html).icon).size == (32, 32)


def test_an_icon_of_another_host_that_does_not_allow_it_is_left_out(harness: Harness) -> None:
    html = f"<link rel=icon href='{harness.site.url}favicon.svg'>"
    assert look(harness, html).icon == ""


def test_an_icon_that_the_pages_policy_forbids_is_left_out(harness: Harness) -> None:
    html = (
        "<meta http-equiv=content-security-policy content=\"img-src 'none'\">"
        f"<link rel=icon href='{square('lime', 32)}'>"
    )
    assert look(harness, html).icon == ""


def test_a_page_cannot_make_up_what_its_icon_shows(harness: Harness) -> None:
    html = (
        f"<link rel=icon href='{square('lime', 32)}'>"
        "<script>HTMLCanvasElement.prototype.toDataURL = () => 'data:image/png;base64,QUJD'</script>"
    )
    assert look(harness, html).icon not in ("", "QUJD")


def test_a_page_cannot_keep_its_icon_waiting(harness: Harness) -> None:
    html = (
        f"<link rel=icon href='{square('lime', 32)}'>"
        "<script>Promise.race = () => new Promise(() => {})</script>"
    )
    began_s = time.monotonic()
    assert look(harness, html).icon
    assert time.monotonic() - began_s < 4
