"""What acts and what only shows, as the page shows it: links, buttons, icons and markup in a real browser."""

import pytest

from explorer.guardrails.page_links import is_clearly_page
from explorer.guardrails.rules import Site, refuse_element
from explorer.types import Element
from tests.explorer.support.discovery_browser import DiscoveryBrowser

PAGE = "http://site.test/board"
SITE = Site.of(PAGE)


def seen(browser: DiscoveryBrowser, html: str) -> Element:
    """The first element of a page at `PAGE`."""
    return browser.see(
        f"<base href={PAGE}><style>.btn {{ background: #05b; padding: 8px; color: #fff }}</style>{html}"
    ).elements[0]


@pytest.mark.parametrize(
    "html",
    [
        '<p><a class=btn href="/demo/reset">Reset demo data</a>',
        '<p><a class=btn href="/x/1">Mark all as read</a>',
        '<p><a class=btn href="/x/2">Approve</a>',
        '<p><a href="/x/2">Approve</a>',
        '<p><a class=btn href="/backup/run">Run backup now</a>',
        '<nav><a href="/backup/run">Run backup</a></nav>',
        '<nav><a href="/x/3">Leave</a></nav>',
        '<nav><a href="/x/3" title="End session">Robin</a></nav>',
        '<nav><a href="/s/0"><i class="fa-solid fa-arrow-right-from-bracket"></i>⇥</a></nav>',
        '<nav><a href="/s/1"><i class="bi bi-box-arrow-right"></i>⎋</a></nav>',
        '<nav><a href="/s/2"><span class="material-icons">exit_to_app</span></a></nav>',
        '<nav><a href="/s/3"><svg width=20><use href="#log-out"/><rect width=9 height=9 /></svg></a></nav>',
        '<nav><a href="/s/4"><svg width=20><title>Exit</title><rect width=20 height=20 /></svg></a></nav>',
        '<p><a class=btn href="/machines/3/firmware?install=4.2">Version 4.2</a>',
        '<h3><a href="/orders/7/archive">Order 7</a></h3>',
        '<a href="/x/7" data-method=delete>Order 7</a>',
        '<a href="/x/7" data-confirm="Sure?">Order 7</a>',
        "<button onclick=\"if (confirm('Merge all notes?')) merge()\">Tidy up</button>",
        "<button onclick=\"fetch('/orders/7/approve')\">Go on</button>",
        "<button onclick='approveOrder(7)'>Go on</button>",
        "<button hx-post='/x/7'>Go on</button>",
        "<button hx-get='/orders/7/approve'>Go on</button>",
        "<button>Approve</button>",
        "<button>Regenerate API key</button>",
        "<button aria-label='Vote up'>7</button>",
        "<form action='/orders/7/approve'><button>Go on</button></form>",
    ],
)
def test_these_do_something_to_the_site_and_are_refused(browser: DiscoveryBrowser, html: str) -> None:
    element = seen(browser, html)

    assert refuse_element(element, SITE, PAGE) is not None
    assert not is_clearly_page(element, PAGE)


@pytest.mark.parametrize(
    ("html", "is_page"),
    [
        ('<nav><a href="/orders">Orders</a></nav>', True),
        ('<nav><a href="/install">Install</a></nav>', False),
        ('<nav><a href="/docs/install">Install</a></nav>', False),
        ('<nav><a href="/archive">Archive</a></nav>', False),
        ('<p><a class=btn href="/docs/installation">Install</a>', False),
        ('<h2><a href="/2024/restart">Restart your career</a></h2>', False),
        ('<h2><a href="/news/7">How to delete files</a></h2>', True),
        (
            '<p>Read more about <a href="/deploying">deploying with care</a> in the handbook of last year.',
            True,
        ),
        ("<ul><li><a href=/a>Birds</a><li><a href=/b>Bread</a><li><a href=/c>Bikes</a></ul>", True),
        ('<div class="breadcrumbs"><a href="/a/b">Machines</a></div>', True),
        ('<a href="/7" style="display:block;width:300px"><img width=300 height=200 alt="">Mill 7</a>', True),
        ('<p><a href="/about-us">About us</a>', True),
        ('<p><a class=btn href="/about-us">About us</a>', False),
        (
            '<div><b>Order 7</b> <a href="/orders/7/details">Details</a> <a href="/7/x">Copy</a></div>',
            False,
        ),
        ("<details><summary>Can I cancel at any time?</summary>Yes</details>", False),
        ("<button aria-expanded=false>How do I delete my account?</button>", False),
        ("<button>Reset zoom</button>", False),
        ("<button>Start tour</button>", False),
        ("<button>Add to cart</button>", False),
        ("<div role=tab tabindex=0>Reset</div>", False),
    ],
)
def test_these_only_show_something_and_may_be_clicked(
    browser: DiscoveryBrowser, html: str, is_page: bool
) -> None:
    element = seen(browser, html)

    assert refuse_element(element, SITE, PAGE) is None
    assert is_clearly_page(element, PAGE) is is_page


def test_where_no_words_are_known_only_links_to_pages_are_followed(
    browser: DiscoveryBrowser,
) -> None:
    korean = "<p>환영합니다. 우리 가게의 모든 제품은 손으로 만들어집니다.</p>"
    link = seen(browser, f'<nav><a href="/jumun">주문</a></nav>{korean}')
    button = seen(browser, f"<button>더 보기</button>{korean}")

    assert link.language == button.language == "ko"
    assert refuse_element(link, SITE, PAGE) is None
    refusal = refuse_element(button, SITE, PAGE)
    assert refusal is not None
    assert refusal.rule == "language"


@pytest.mark.parametrize(
    "mark", ["class=destroy", "id=delete-row", "class='btn btn-trash'", "class=removeItem"]
)
def test_what_marks_a_control_without_a_name_counts_against_it(browser: DiscoveryBrowser, mark: str) -> None:
    element = seen(browser, f"<p>Walk the dog <button {mark} style='width:30px;height:30px'></button></p>")

    assert (element.label, element.text) == ("", "")
    assert refuse_element(element, SITE, PAGE) is not None


def test_what_marks_a_control_allows_none(browser: DiscoveryBrowser) -> None:
    element = seen(browser, "<button class=borders style='width:30px;height:30px'></button>")

    assert element.hint == "Borders"
    assert refuse_element(element, SITE, PAGE) is None
