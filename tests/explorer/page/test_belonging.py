"""What things without a name are called, and what belongs together: rows, strips of views, tools."""

import pytest
from playwright.async_api import Page

from explorer.engine.trace_recorder import name_of
from explorer.guardrails.rules import Site, refuse_element
from explorer.page.discovery import discover
from explorer.types import Element
from tests.explorer.conftest import Show
from tests.explorer.support.discovery_browser import DiscoveryBrowser


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


def found(show: Show, html: str) -> list[Element]:
    async def look(page: Page) -> list[Element]:
        return list((await discover(page, ())).elements)

    elements: list[Element] = show(f"<style>body {{ font: 20px sans-serif }}</style>{html}", look)
    return elements


def names(show: Show, html: str) -> list[str]:
    return [element.label or element.text or element.hint for element in found(show, html)]


BOX = "style='width: 40px; height: 40px; cursor: pointer; display: inline-block' onclick='1'"


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (f"<div {BOX} data-tooltip='Merge two cells'></div>", "Merge two cells"),
        (f"<div {BOX} data-bs-original-title='Zoom in'></div>", "Zoom in"),
        (f"<div {BOX} title='icon' data-tips='Fill colour'></div>", "Fill colour"),
        (f"<div {BOX} aria-describedby=tip></div><p id=tip>Show the grid</p>", "Show the grid"),
        (f"<div {BOX}><i title='Paint format'></i></div>", "Paint format"),
        (f"<div {BOX} id=zoomFit></div>", "Zoom fit"),
        (f"<div {BOX} class='tb-btn'><i class='icn borders'></i></div>", "Borders"),
        (f"<div {BOX} aria-keyshortcuts='Ctrl+K'></div>", "Button with the key Ctrl+K"),
        (f"<span>Grid lines</span><div {BOX}></div>", "Grid lines"),
        (f"<div role=toolbar><div {BOX} class='flex w-4 px-2'></div></div>", "Button in the toolbar"),
        (f"<div {BOX} class='btn icon handle'></div>", "Button at the top"),
    ],
)
def test_what_has_no_name_is_told_in_words(show: Show, html: str, name: str) -> None:
    assert names(show, html) == [name]


def test_a_made_up_name_is_none_for_the_guardrails(show: Show) -> None:
    (element,) = found(show, f"<div {BOX} class='borders'></div>")
    assert (element.label, element.text, element.hint) == ("", "", "Borders")


ROW = """<div class='card {0}'><b>{1}</b><p>Something about it</p>
<a href=/c/{1}>Open</a><button>Like</button></div>"""


def test_rows_of_a_list_are_known_by_their_shape_also_in_several_columns(show: Show) -> None:
    cards = "".join(ROW.format(state, name) for state, name in [("", "A"), ("active", "B"), ("", "C")])
    html = f"<main><div class=col>{cards}</div><div class=col>{cards.replace('/c/', '/d/')}</div></main>"

    elements = found(show, html)

    assert len({e.row for e in elements if e.label == "Open"}) == 1
    assert len({e.row for e in elements if e.label == "Like"}) == 1
    assert all(e.row for e in elements)


def test_rows_that_differ_by_a_variant_of_their_class_are_of_one_list(show: Show) -> None:
    row = "<div class='op op-{0}'><p>{0} a pet</p><button class='open open-{0}'>{0} /pet</button></div>"
    elements = found(show, "".join(row.format(how) for how in ("get", "put", "post")))
    assert len({element.row for element in elements}) == 1
    assert all(element.row for element in elements)


@pytest.mark.parametrize(
    "html",
    [
        "<nav><ul><li><a href=/a>A</a><li><a href=/b>B</a><li><a href=/c>C</a></ul></nav>",
        "<main><ul><li><a href=/a>Tours</a><li><a href=/b>Boats</a><li><a href=/c>Prices</a></ul></main>",
        "<div role=toolbar><button>Bold</button><button>Italic</button><button>Left</button></div>",
        "<div role=tablist><b role=tab tabindex=0>One</b><b role=tab tabindex=0>Two</b></div>",
    ],
)
def test_menus_tools_and_tabs_are_no_rows(show: Show, html: str) -> None:
    assert {element.row for element in found(show, html)} == {""}


TABS = "<style>li {{ display: inline-block; padding: 9px; cursor: pointer }}</style><ul>{}</ul>"


def test_a_strip_of_views_is_known_by_the_one_that_is_marked(show: Show) -> None:
    sheets = "".join(
        f"<li onclick='1' class='{mark}'>{name}"
        for mark, name in [("", "May"), ("active", "June"), ("", "July")]
    )
    elements = found(show, TABS.format(sheets))
    assert [(e.label, e.strip) for e in elements] == [("May", "other"), ("June", "shown"), ("July", "other")]

    plain = "".join(f"<li onclick='1' class='{mark}'>x" for mark in ("btn-primary", "", ""))
    assert {e.strip for e in found(show, TABS.format(plain))} == {""}


def test_a_drawing_tool_needs_something_to_draw_on(show: Show) -> None:
    tools = "".join(f"<button title='{name} tool'>x</button>" for name in ("Select", "Rectangle", "Text"))
    drawing = "<svg width=800 height=500></svg>"

    assert [e.use for e in found(show, tools + drawing)] == ["", "draw", ""]
    assert {e.use for e in found(show, tools)} == {""}


def test_a_sheet_offers_one_cell(show: Show) -> None:
    heads, cells = "".join(f"<th>{letter}" for letter in " ABCD"), "<th>1" + "<td>&nbsp;" * 4
    sheet = f"<table style='width: 900px; height: 400px'><thead><tr>{heads}<tbody>" + f"<tr>{cells}" * 6

    assert [e.use for e in found(show, sheet) if e.use] == ["cell"]
    assert not [e for e in found(show, sheet.replace("<th>A<th>B<th>C", "<th>Name<th>Town<th>Age")) if e.use]


def test_a_picture_called_icon_or_a_sign_yields_to_the_title_that_says_more(
    browser: DiscoveryBrowser,
) -> None:
    icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'/>"
    html = f"""<button title="Path tool"><img alt=icon src="{icon}" width=20 height=20></button>
    <button title="Move up">▲</button> <button>▼</button> <button>Image</button>
    <a href=/x title="Ends here">link</a>"""

    assert browser.labels(html) == ["Path tool", "Move up", "▼", "Image", "Ends here"]


def test_a_word_that_a_font_draws_is_judged_by_guardrails_and_not_shown_to_viewers(show: Show) -> None:
    glyph = "<button><i class='material-icons'>{}</i>{}</button>"
    words = (("delete", " Item 3"), ("receipt_long", " Billing"), ("expand_more", ""))
    html = "".join(glyph.format(*each) for each in words)
    danger, billing, more = found(show, html)
    assert [name_of(element) for element in (danger, billing, more)] == ["Item 3", "Billing", "expand more"]
    assert refuse_element(danger, Site.of("http://127.0.0.1/"), "http://127.0.0.1/") is not None


def test_a_handle_in_a_small_button_is_named_as_the_button(show: Show) -> None:
    html = """<div title="Rectangle tool" style="width: 30px; height: 30px"><span>&nbsp;</span>
      <div class=handle style="width: 8px; height: 8px; cursor: pointer" onclick="1"></div></div>"""
    assert names(show, html) == ["Rectangle tool"]


CANVAS = "<canvas width=900 height=500 style='background: #eee'></canvas>"
PICTURE = "<svg width=30 height=30><rect width=20 height=20 /></svg>"


def uses(show: Show, html: str) -> list[str]:
    return [element.use for element in found(show, html)]


def test_shapes_of_a_palette_are_drawn_with_and_colours_are_not(show: Show) -> None:
    grid = "<div style='display: grid; grid-template-columns: repeat(4, 40px)'>{}</div>"
    shape = f"<a class=item style='cursor: pointer' onclick='1'>{PICTURE}</a>"
    colour = "<div class=square style='width: 15px; height: 15px; cursor: pointer' onclick='1'></div>"
    assert uses(show, CANVAS + grid.format(8 * shape)) == 8 * ["draw"]
    assert uses(show, CANVAS + grid.format(40 * colour)) == 40 * [""]
    assert uses(show, "<p>Nothing to draw on</p>" + grid.format(8 * shape)) == 8 * [""]


def test_tools_that_show_nothing_by_themselves_are_told_from_those_that_draw(show: Show) -> None:
    names = ("Select", "Zoom", "Rectangle", "Eyedropper")
    bar = "".join(f"<div {BOX} title='{name} tool'>{PICTURE}</div>" for name in names)
    assert uses(show, CANVAS + f"<div>{bar}</div>") == ["mode", "mode", "draw", "mode"]


def test_tools_in_components_stand_side_by_side_as_well(show: Show) -> None:
    html = """<div id=bar></div><script>for (const name of ["Pencil", "Line", "Zoom"]) {
      const tool = bar.appendChild(document.createElement("x-tool"));
      tool.attachShadow({ mode: "open" }).innerHTML =
        `<div title="${name} Tool" style="width: 30px; cursor: pointer" onclick="1">%s</div>` }</script>"""
    assert uses(show, CANVAS + html % PICTURE) == ["draw", "draw", "mode"]


def test_a_tab_is_one_with_its_link_unless_that_leads_elsewhere(show: Show) -> None:
    tab = "<li role=tab onclick=1 style='display: inline-block'><a href='{}'>{}</a>"
    tabs = f"<ul>{tab.format('#one', 'One')}{tab.format('/two', 'Two')}</ul>"
    told = [(element.role, element.label, element.in_view) for element in found(show, tabs)]
    assert told == [("tab", "One", True), ("link", "Two", True)]


def test_what_lies_under_a_panel_as_high_as_the_view_is_covered(show: Show) -> None:
    html = """<a href=/menu style="position: absolute; right: 40px; top: 10px">Menu</a>
      <div style="height: 3000px"></div>
      <aside style="position: fixed; right: 0; top: 0; width: 300px; height: 100vh">Settings</aside>"""

    async def look(page: Page) -> tuple[int, list[str]]:
        discovery = await discover(page, ())
        return len(discovery.elements), [element.label for element in discovery.covered]

    assert show(html, look) == (0, ["Menu"])


def test_menus_of_a_bar_are_a_group(show: Show) -> None:
    bar = "".join(f"<a class=entry onclick=1>{name}</a> " for name in ("File", "Edit", "View", "Help"))
    told = [element.group for element in found(show, f"<div>{bar}</div><button>Other</button>")]
    assert len(set(told[:4])) == 1
    assert told[0] != "" == told[4]


def test_what_stands_in_an_editor_is_not_its_name(show: Show) -> None:
    (editor,) = found(show, "<div contenteditable=true aria-label=Note>Hello there!</div>")
    (nameless,) = found(show, "<div contenteditable=true style='width: 99px'>Hello there!</div>")
    assert (editor.label, editor.text) == ("Note", "Note")
    assert (nameless.label, nameless.text) == ("", "")


def test_links_of_a_menu_are_known_by_the_part_of_it_that_they_stand_in(show: Show) -> None:
    html = """<nav><ul><li><a href=/>Home</a><li><button aria-expanded=false>Charts</button><ul>
    <li><a href=/bar>Bars</a>
    <li><a href=/pie>Pies</a></ul><li><a href=/map>Map</a></ul></nav><main><a href=/more>More</a></main>"""
    groups = {element.label: element.group for element in found(show, html)}
    assert groups["Home"] == groups["Map"] == groups["Charts"] != ""
    assert groups["Bars"] == groups["Pies"] not in {"", groups["Home"]}
    assert groups["More"] == ""


def test_what_unfolds_part_of_a_menu_stands_in_the_part_around_it_without_a_list_too(show: Show) -> None:
    html = """<nav><div><a href=/shop>Shop</a><div><button aria-expanded=false>Orders</button><div>
    <a href=/open>Open</a><a href=/done>Done</a></div></div><a href=/bill>Bill</a></div></nav>"""
    groups = {element.label: element.group for element in found(show, html)}
    assert groups["Shop"] == groups["Bill"] == groups["Orders"] != ""
    assert groups["Open"] == groups["Done"] != groups["Orders"]


def test_two_or_three_side_by_side_are_few_of_a_group_whichever_is_open(show: Show) -> None:
    tabs = "<button role=tab class='{}'>One</button><button role=tab class='{}'>Two</button>"
    bar = f"<div role=tablist>{tabs}</div>"
    html = "".join(f"<p>{name}</p>" + bar.format("", "") for name in "ab")
    before, after = (found(show, html + bar.format(*states)) for states in (("on", ""), ("", "on")))
    assert {element.group.partition(" ")[0] for element in before} == {"few"}
    assert before[-1].group == before[-2].group == after[-1].group


def test_texts_that_hold_something_are_known_and_so_are_lines_edited_in_place(show: Show) -> None:
    html = """<textarea aria-label=full>Here</textarea><textarea aria-label=empty></textarea>
    <div contenteditable aria-label=name>Anna</div>
    <div contenteditable aria-label=page style='height: 200px'>Once</div>"""
    states = {element.label: element.state for element in found(show, html)}
    assert states == {"full": "filled=true", "empty": "", "name": "filled=true", "page": ""}
