"""What discovery sees, on small pages in a real Chromium."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page

from explorer.page.discovery import (
    MAX_ELEMENTS,
    Discovery,
    describe,
    discover,
    find_click_point,
    reveal_delta,
)
from explorer.types import Element, Point
from tests.explorer.conftest import Show


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


ROLES = (
    *("button", "link", "tab", "menuitem", "menuitemcheckbox", "menuitemradio"),
    *("option", "switch", "checkbox", "radio", "treeitem", "combobox"),
)
Find = Callable[..., tuple[Element, ...]]


@pytest.fixture
def find(show: Show) -> Find:
    """What is found on a page, after checking that each selector leads to exactly that element."""

    def found(html: str, headers: dict[str, str] | None = None) -> tuple[Element, ...]:
        async def look(page: Page) -> tuple[Element, ...]:
            elements = (await discover(page, frozenset())).elements
            for element in elements:
                assert await page.locator(element.selector).count() == 1, element.selector
                again = await describe(page, element.selector)
                assert again is not None
                assert again.fingerprint == element.fingerprint
                assert again.box == element.box
            return elements

        return tuple(show(html, look, headers))

    return found


def texts(elements: tuple[Element, ...]) -> list[str]:
    return [element.text for element in elements]


@pytest.mark.parametrize(
    ("html", "tag", "role"),
    [
        ("<a href=/x>It</a>", "a", "link"),
        ("<button>It</button>", "button", "button"),
        ("<button role=none>It</button>", "button", "button"),
        ("<details><summary>It</summary>more</details>", "summary", "button"),
        ("<input type=submit value=It>", "input", "button"),
        ("<input type=reset value=It>", "input", "button"),
        ("<input type=button value=It>", "input", "button"),
        ("<input type=image alt=It width=40 height=20>", "input", "button"),
        ("<label>It <input type=checkbox></label>", "input", "checkbox"),
        ("<label>It <input type=radio hidden></label>", "label", "radio"),
        ("<label>It <input type=checkbox style='opacity:0'></label>", "label", "checkbox"),
        ("<div onclick='1'>It</div>", "div", "generic"),
        ("<div tabindex=0 style='cursor:pointer'>It</div>", "div", "generic"),
        ("<p style='cursor:pointer'>It</p>", "p", "generic"),
        ("<my-button style='cursor:pointer'>It</my-button>", "my-button", "generic"),
        (
            "<svg width=60 height=30><a href=/x><title>It</title><rect width=60 height=30 /></a></svg>",
            "a",
            "link",
        ),
        *((f"<div role={role}>It</div>", "div", role) for role in ROLES),
    ],
)
def test_everything_that_a_person_could_click_is_found(find: Find, html: str, tag: str, role: str) -> None:
    (only,) = find(html)

    assert (only.tag, only.text, only.role) == (tag, "It", role)


@pytest.mark.parametrize(
    "html",
    [
        "<a>no address</a>",
        "<p>text</p>",
        "<button style='display:none'>It</button>",
        "<div style='display:none'><button>It</button></div>",
        "<button style='visibility:hidden'>It</button>",
        "<button style='opacity:0'>It</button>",
        "<div style='opacity:0'><button>It</button></div>",
        "<button hidden>It</button>",
        "<div inert><button>It</button></div>",
        "<div aria-hidden=true><button>It</button></div>",
        "<button disabled>It</button>",
        "<fieldset disabled><button>It</button></fieldset>",
        "<button aria-disabled=true>It</button>",
        "<div aria-disabled=true><a href=/x>It</a></div>",
        "<label>It <input type=checkbox hidden disabled></label>",
        "<button style='width:3px;height:3px;padding:0;border:0'></button>",
        "<button style='pointer-events:none'>It</button>",
        "<button style='position:absolute;left:-9999px'>It</button>",
        "<button style='position:absolute;top:-9999px'>It</button>",
        "<button style='position:fixed;top:2000px'>It</button>",
        "<div style='height:0;overflow:hidden'><button>It</button></div>",
        "<div style='height:50px;overflow:hidden'><button style='margin-top:900px'>It</button></div>",
        "<style>html{overflow:hidden}</style><button style='margin-top:2000px'>It</button>",
        "<button>It</button><div style='position:fixed;inset:0;background:#fff'></div>",
        "<body style='cursor:pointer'><p>text</p></body>",
        "<div style='cursor:pointer;height:700px'>a page-wide box</div>",
        "<details>closed<button>It</button></details>".replace("closed", ""),
    ],
)
def test_what_cannot_be_clicked_is_not_offered(find: Find, html: str) -> None:
    assert [e for e in find(html) if e.tag != "summary"] == []


def test_what_lies_below_is_offered_as_out_of_view_without_a_hit_test(find: Find) -> None:
    below, fixed = find(
        "<button style='position:absolute;top:2000px'>Below</button>"
        "<button style='position:fixed;bottom:0;right:0'>Fixed</button>"
    )

    assert (below.text, below.in_view) == ("Below", False)
    assert below.box.y == 2000
    assert (fixed.text, fixed.in_view) == ("Fixed", True)


def test_an_open_modal_dialog_hides_the_page_below_and_is_its_own_landmark(find: Find) -> None:
    elements = find(
        "<main><button>Behind</button><p style='height:3000px'></p><button>Below</button></main>"
        "<dialog><nav><button>Inside</button></nav></dialog>"
        "<script>document.querySelector('dialog').showModal()</script>"
    )

    assert [(e.text, e.landmark) for e in elements] == [("Inside", "dialog")]


def test_a_partly_covered_link_is_offered_with_a_point_that_is_free(find: Find) -> None:
    cover = "<div style='position:absolute;left:0;top:0;width:{}px;height:60px;background:red'></div>"
    link = "<a href=/x style='position:absolute;left:0;top:0;width:100px;height:40px'>It</a>"

    assert [e.point for e in find(link + cover.format(40))] == [Point(50, 20)]
    (partly,) = find(link + cover.format(60))
    assert partly.point is not None
    assert 60 < partly.point.x < 100
    assert texts(find(link + cover.format(100))) == []


def test_a_link_of_several_lines_is_hit_in_its_first_line(find: Find) -> None:
    (link,) = find(
        "<p style='width:200px'>Some words and then <a href=/x>a link that wraps over lines</a></p>"
    )

    assert link.box.height > 30


def test_a_link_around_a_floating_block_is_found_by_what_it_shows(find: Find) -> None:
    (link,) = find("<a href=/x><div style='float:left;width:80px;height:40px'>Card</div></a>")

    assert (link.text, link.box.width, link.box.height) == ("Card", 80, 40)


def test_a_button_inside_a_link_follows_the_link_so_that_guardrails_see_where_it_leads(find: Find) -> None:
    (only,) = find("<a href=https://other.example/><button>Go</button></a>")

    assert (only.tag, only.href) == ("a", "https://other.example/")


def test_a_box_that_only_looks_clickable_yields_to_the_controls_in_it(find: Find) -> None:
    html = "<div style='cursor:pointer'><p>Card</p><a href=/a>A</a> <button>B</button></div>"

    assert texts(find(html)) == ["A", "B"]


def test_open_shadow_roots_are_searched_to_any_depth(find: Find) -> None:
    elements = find(
        "<button>Light</button><x-outer><span>Slotted</span></x-outer><x-outer></x-outer><script>"
        "customElements.define('x-inner', class extends HTMLElement { constructor() { super();"
        " this.attachShadow({mode:'open'}).innerHTML ="
        " '<button><slot></slot></button><a href=/deep>Deep</a>' } });"
        "customElements.define('x-outer', class extends HTMLElement { constructor() { super();"
        " this.attachShadow({mode:'open'}).innerHTML = '<x-inner><slot>Empty</slot></x-inner>' } })</script>"
    )

    assert texts(elements) == ["Light", "Slotted", "Deep", "Empty"]
    assert elements[2].href.endswith("/deep")


def test_a_path_that_leads_into_light_and_shadow_children_alike_is_told_apart(find: Find) -> None:
    elements = find(
        "<x-tabs><button>One</button></x-tabs><script>"
        "document.querySelector('x-tabs').attachShadow({mode:'open'}).innerHTML ="
        " '<button>Previous</button><slot></slot>'</script>"
    )

    assert texts(elements) == ["Previous", "One"]


def test_icon_buttons_are_told_apart_by_their_names(find: Find) -> None:
    svg = "<svg width=20 height=20><rect width=20 height=20 /></svg>"
    elements = find(
        f"<button aria-label=Search>{svg}</button>"
        f"<span id=n>Settings</span><button aria-labelledby=n>{svg}</button>"
        "<button><img alt=Profile width=20 height=20></button>"
        "<button><svg width=20 height=20><title>Bell</title></svg></button>"
        f"<button title=Help>{svg}</button>"
        "<button><svg width=20 height=20><use href=#trash></use></svg></button>"
        "<button><i class='fa fa-fw fa-star'></i>\ue001</button>"
        f"<button><span aria-hidden=true>x</span></button>"
    )

    assert texts(elements) == ["Search", "Settings", "Profile", "Bell", "Help", "trash", "star", "x"]
    assert len({e.fingerprint for e in elements}) == 8


def test_the_label_is_the_accessible_name_and_the_text_what_is_seen(find: Find) -> None:
    (only,) = find("<button aria-label='Close the window' title=Close>\u00d7</button>")

    assert (only.text, only.label, only.aria_label, only.title) == (
        "\u00d7",
        "Close the window",
        "Close the window",
        "Close",
    )


def test_text_is_collapsed_and_cut_and_skips_what_is_hidden(find: Find) -> None:
    one, two = find(
        "<button>  Two\n  words<b style='display:none'>hidden</b><div>apart</div><style>x{}</style></button>"
        f"<button>{'long ' * 40}</button>"
    )

    assert one.text == "Two words apart"
    assert len(two.text) <= 80


@pytest.mark.parametrize(
    ("href", "expected", "value"),
    [
        ("next?a=1#b", "/next?a=1#b", ""),
        ("#part", "/page#part", ""),
        ("#/route", "/page#/route", ""),
        ("#", "", ""),
        ("#!", "", ""),
        ("", "", ""),
        ("javascript:openMenu()", "", "javascript:openMenu()"),
        (" JavaScript:deleteAll()", "", "JavaScript:deleteAll()"),
    ],
)
def test_href_is_a_real_destination_or_nothing(find: Find, href: str, expected: str, value: str) -> None:
    (link,) = find(f"<a href='{href}'>It</a>")

    assert (link.href.partition("://")[2].partition("/")[2], link.value) == (expected[1:], value)


def test_other_schemes_stay_visible_to_the_guardrails(find: Find) -> None:
    (link,) = find("<a href='mailto:us@shop.example'>Mail</a>")

    assert link.href == "mailto:us@shop.example"


def test_links_tell_of_new_tabs_downloads_and_forms(find: Find) -> None:
    tab, same, saved, send, plain, stay = find(
        "<a href=/a target=_blank>Tab</a> <a href=/b target=_self>Same</a> <a href=/c download>Saved</a>"
        "<form action=/login><button>Send</button><button type=button>Plain</button></form>"
        "<form><button>Stay</button></form>"
    )

    assert (tab.new_tab, same.new_tab, saved.download) == (True, False, True)
    assert send.form_action.endswith("/login")
    assert plain.form_action == ""
    assert stay.form_action.endswith("/page")


@pytest.mark.parametrize(
    ("html", "reveals"),
    [
        ("<button aria-expanded=false>It</button>", True),
        ("<button aria-expanded=true>It</button>", False),
        ("<button aria-haspopup=menu>It</button>", True),
        ("<div role=tab>It</div>", True),
        ("<a href=# data-toggle=collapse>It</a>", True),
        ("<button data-toggle=tooltip>It</button>", False),
        ("<details><summary>It</summary></details>", True),
        ("<button>It</button>", False),
    ],
)
def test_controls_that_say_that_they_open_something_are_known(find: Find, html: str, reveals: bool) -> None:
    assert find(html)[0].reveals is reveals


@pytest.mark.parametrize(
    ("html", "route"),
    [
        ("<a href='#Getting%20started'>It</a>", True),
        ("<a href='#below'>It</a><p id=below>Here", False),
        ("<a href='#sch%C3%B6n'>It</a><p id='sch&ouml;n'>Here", False),
        ("<a href='#below'>It</a><a name=below></a>", False),
        ("<a href='#'>It</a>", False),
        ("<a href='#top'>It</a>", False),
        ("<a href='#:~:text=it'>It</a>", False),
        ("<a href='#/orders'>It</a>", False),
        ("<a href='/x#below'>It</a>", False),
    ],
)
def test_a_fragment_without_its_place_is_known_as_a_route(find: Find, html: str, route: bool) -> None:
    assert find(html)[0].route is route


@pytest.mark.parametrize(
    ("html", "landmark"),
    [
        ("<button>It</button>", ""),
        ("<header><button>It</button></header>", "header"),
        ("<header><nav><button>It</button></nav></header>", "nav"),
        ("<main><header><button>It</button></header></main>", "main"),
        ("<div role=complementary><button>It</button></div>", "aside"),
        ("<footer><button>It</button></footer>", "footer"),
        ("<div class='site-footer'><button>It</button></div>", "footer"),
        ("<main><div role=dialog><nav><button>It</button></nav></div></main>", "dialog"),
        (
            "<section><footer id=footer><a href=x>Done</a></footer></section><footer>By us</footer>",
            "",
        ),
        ("<section><footer><a href=x>Terms</a></footer></section>", "footer"),
        ("<section>One</section><footer><a href=x>Terms</a></footer>", "footer"),
    ],
)
def test_the_landmark_is_the_nearest_and_a_dialog_wins(find: Find, html: str, landmark: str) -> None:
    assert find(html)[0].landmark == landmark


@pytest.mark.parametrize(
    ("html", "selector"),
    [
        ("<button id=open-menu data-testid=t>It</button>", "#open-menu"),
        ("<button id=r-12345 data-testid=t>It</button>", '[data-testid="t"]'),
        ("<a href='/x?a=\"1\"'>It</a>", 'a[href="/x?a=\\"1\\""]'),
        ("<button aria-label='Next >>'>It</button>", 'button[aria-label="Next >>"]'),
        ("<button name=go>It</button>", 'button[name="go"]'),
        ("<nav><a href=/x>It</a></nav><a href=/x hidden>It</a>", 'nav a[href="/x"]'),
        (
            "<div id=box><p></p><p><button>It</button></p></div>",
            "#box > p:nth-of-type(2) > button:nth-of-type(1)",
        ),
        ("<button id=twice hidden></button><button id=twice>It</button>", "html > body:nth-of-type(1) > "),
    ],
)
def test_selectors_prefer_what_stays(find: Find, html: str, selector: str) -> None:
    (only,) = find(html)

    assert only.selector.startswith(selector)


def test_the_fingerprint_is_md5_of_tag_text_role_and_href(find: Find) -> None:
    (link,) = find("<a href=/x>Über  uns</a>")

    expected = hashlib.md5(f"a:Über uns:link:{link.href}".encode()).hexdigest()
    assert link.fingerprint == expected


def test_only_the_unvisited_are_returned_in_document_order_once_each(show: Show) -> None:
    html = "<a href=/b>B</a> <a href=/a>A</a> <nav><a href=/b>B</a></nav> <button>C</button>"

    async def look(page: Page) -> tuple[Discovery, Discovery]:
        first = await discover(page, set())
        return first, await discover(page, {first.elements[1].identity})

    first, second = show(html, look)

    assert (texts(first.elements), first.seen) == (["B", "A", "C"], 3)
    assert (texts(second.elements), second.seen) == (["B", "C"], 3)


def test_a_twin_in_view_stands_for_one_that_is_not(find: Find) -> None:
    html = "<a href=/a style='position:absolute;top:3000px'>A</a><a href=/a>A</a>"

    assert [e.in_view for e in find(html)] == [True]


def test_a_page_that_forbids_scripts_can_be_read(find: Find) -> None:
    policy = {"Content-Security-Policy": "default-src 'none'; sandbox"}

    assert texts(find("<a href=/x>It</a>", policy)) == ["It"]


def test_of_a_page_with_thousands_of_links_a_part_is_read_with_all_of_its_navigation(show: Show) -> None:
    rows = "".join(f"<li><a href=/p{i}>Link {i}</a> <a href=#{i}>More</a></li>" for i in range(2500))
    html = f"<ul>{rows}</ul><nav><a href=/nav>Navigation</a></nav>"

    found = show(html, lambda page: discover(page, set()))

    assert found.seen == MAX_ELEMENTS
    assert found.elements[0].text == "Link 0"
    assert found.elements[-1].text == "Navigation"


def ask(show: Show, html: str, job: Callable[[Page, str], Any], selector: str = "#it") -> Any:
    return show(html, lambda page: job(page, selector))


def test_aim_gives_the_centre(show: Show) -> None:
    html = "<button id=it style='position:absolute;left:100px;top:50px;width:80px;height:40px'>It</button>"

    assert ask(show, html, find_click_point) == Point(140, 70)


def test_aim_finds_a_free_place_beside_what_covers_the_centre(show: Show) -> None:
    html = (
        "<button id=it style='position:absolute;left:0;top:0;width:200px;height:40px'>It</button>"
        "<div style='position:absolute;left:80px;top:0;width:40px;height:40px;background:red'></div>"
    )

    point = ask(show, html, find_click_point)

    assert point is not None
    assert not 80 <= point.x <= 120


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<button id=it hidden>It</button>",
        "<button id=it disabled>It</button>",
        "<button id=it style='position:absolute;top:2000px'>It</button>",
        "<button id=it>It</button><div style='position:fixed;inset:0;background:#fff'></div>",
        "<button id=it>It</button><button id=it>It</button>",
    ],
)
def test_aim_gives_nothing_when_a_click_would_miss(show: Show, html: str) -> None:
    assert ask(show, html, find_click_point) is None
    if "top" not in html and "inset" not in html:
        assert ask(show, html, describe) is None


def test_reveal_delta_brings_an_element_comfortably_into_view(show: Show) -> None:
    html = "<p style='height:5000px'></p><button id=it>It</button><p style='height:5000px'></p>"

    async def look(page: Page) -> tuple[float, Point | None, float, float]:
        down = await reveal_delta(page, "#it")
        await page.evaluate("y => scrollBy(0, y)", down)
        point, again = await find_click_point(page, "#it"), await reveal_delta(page, "#it")
        await page.evaluate("scrollTo(0, 1e6)")
        return down, point, again, await reveal_delta(page, "#it")

    down, point, again, up = show(html, look)

    assert down > 4000
    assert point is not None
    assert 100 < point.y < 620
    assert again == 0.0
    assert up < 0


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<button id=it>at the very top</button><p style='height:3000px'></p>",
        "<button id=it style='position:fixed;bottom:0'>It</button><p style='height:3000px'></p>",
        "<p style='height:650px;margin:0'></p><button id=it>at the end of all scrolling</button>",
    ],
)
def test_reveal_delta_is_0_where_scrolling_cannot_help(show: Show, html: str) -> None:
    assert ask(show, f"<style>body{{margin:0}}</style>{html}", reveal_delta) == 0.0


def test_text_that_is_cut_within_an_emoji_or_broken_from_the_start_can_be_stored(find: Find) -> None:
    cut, broken = find(
        f"<button>{'a' * 79}\U0001f600</button><button id=it>Broken</button>"
        "<script>it.title = it.ariaLabel = it.textContent = 'x\\ud800'</script>"
    )

    assert cut.text == "a" * 79 + "?"
    assert (broken.text, broken.label, broken.title) == ("x?", "x?", "x?")
    assert len({cut.fingerprint, broken.fingerprint}) == 2


def test_a_tab_opens_something_unless_it_is_open_already(find: Find) -> None:
    tabs = find("<button role=tab aria-selected=true>One</button><button role=tab>Two</button>")

    assert [tab.reveals for tab in tabs] == [False, True]
