"""Every way in which a page can say that something may be clicked or filled in, and what is no such sign."""

import pytest

from tests.explorer.support.discovery_browser import DiscoveryBrowser

IT = "<div id=it>It</div>"
BOX = "<div id=it style='width:90px;height:30px'>It</div>"


def script(code: str, html: str = BOX) -> str:
    return f"{html}<script>const it = document.getElementById('it'); {code}</script>"


@pytest.mark.parametrize(
    "html",
    [
        script("it.addEventListener('click', () => 1)"),
        script("it.addEventListener('mousedown', () => 1)"),
        script("it.addEventListener('pointerup', {handleEvent() {}})"),
        script("it.onclick = () => 1"),
        script("it.__reactProps$x1y2 = {onClick() {}}"),
        script("it.__reactEventHandlers$q9 = {onMouseDown() {}}"),
        script("it._vei = {onClick() {}}"),
        script("it[Symbol('_vei')] = {onClick() {}}"),
        script("it.__vueParentComponent = {subTree: {el: it}, vnode: {props: {onClick() {}}}}"),
        script("it.__vue__ = {$el: it, $listeners: {click() {}}}"),
        script("it.__zone_symbol__clickfalse = [{}]"),
        script("it.__click = () => 1"),
        script("it.$$click = () => 1"),
        script("window.jQuery = {_data: (el) => el === it && {click: [{handler() {}}]}};"
               "it.addEventListener('click', () => 1)"),
        script("window.jQuery = {_data: (el) => el === document && {click: [{selector: '#it'}]}};"),
        "<div @click='open = true'>It</div>",
        "<div x-on:click.prevent='open'>It</div>",
        "<div v-on:click='open'>It</div>",
        "<div wire:click='open'>It</div>",
        "<div ng-click='open()'>It</div>",
        "<div hx-get=/part>It</div>",
        "<div data-action='click->menu#open'>It</div>",
        "<div jsaction='click:x.open'>It</div>",
        "<div data-bs-toggle=collapse>It</div>",
        "<div aria-expanded=false>It</div>",
        "<div aria-haspopup=menu>It</div>",
        "<div aria-pressed=true>It</div>",
        "<span tabindex=0>It</span>",
        "<table><tr><td style='cursor:pointer'>It</table>",
        "<h2 style='cursor:pointer'>It</h2>",
        "<x-card style='cursor:pointer;display:block'>It</x-card>",
        "<div role=grid><div role=row><div role=gridcell tabindex=-1>It</div></div></div>",
        "<div role=columnheader aria-sort=none>It</div>",
        "<label>It<input type=checkbox hidden></label>",
        "<input type=checkbox aria-label=It style='opacity:0;width:40px;height:40px'>",
        "<input aria-label=It>",
        "<textarea aria-label=It></textarea>",
        "<select aria-label=It><option>one</select>",
        "<input type=date aria-label=It>",
        "<div contenteditable aria-label=It style='height:40px'></div>",
        "<div role=slider tabindex=0 aria-label=It style='height:20px'></div>",
        script("it.addEventListener('click', () => 1)",
               "<svg width=90 height=90><g id=it><title>It</title><circle cx=40 cy=40 r=30 /></g></svg>"),
        "<svg width=90 height=90 style='cursor:pointer'><title>It</title><circle cx=40 cy=40 r=30 /></svg>",
        "<img usemap=#m width=200 height=99><map name=m><area href=/x alt=It coords=10,10,90,60></map>",
    ],
)  # fmt: skip
def test_one_thing_is_found_once(browser: DiscoveryBrowser, html: str) -> None:
    assert browser.labels(html) == ["It"]


@pytest.mark.parametrize(
    "html",
    [
        script("for (const all of [document, document.body]) all.addEventListener('click', () => 1)"),
        script("it.addEventListener('keydown', () => 1)"),
        script("const f = () => 1; it.addEventListener('click', f); it.removeEventListener('click', f)"),
        script("it.addEventListener('mousedown', () => 1)", "<main id=it style='height:600px'>text</main>"),
        script("it.addEventListener('click', () => 1)", "<main id=it style='height:700px'>text</main>"),
        script("it.addEventListener('mousedown', () => 1)",
               "<div id=it style='width:9px;height:300px;cursor:col-resize'></div>"),
        script("it.addEventListener('click', () => 1)", "<canvas id=it width=300 height=200></canvas>"),
        script("it.__reactProps$x1y2 = {onClick: null, className: 'x'}"),
        script("window.jQuery = {_data: (el) => el === it && {click: [{selector: 'b'}]}};"
               "it.addEventListener('click', () => 1)"),
        script("Object.defineProperty(it, '_vei', {enumerable: true, get() { throw 1 }})"),
        "<pre tabindex=0>text</pre>",
        "<div role=tabpanel tabindex=0>text</div>",
        "<div data-toggle=tooltip>text</div>",
        "<input type=hidden>",
    ],
)  # fmt: skip
def test_what_is_no_sign_is_left_out(browser: DiscoveryBrowser, html: str) -> None:
    assert browser.labels(html) == []


@pytest.mark.parametrize(
    ("html", "labels"),
    [
        ("<div onclick=1><b onclick=1>A</b> <b onclick=1>B</b></div>", ["A", "B"]),
        ("<ul onclick=1><li style='cursor:pointer'>A<li style='cursor:pointer'>B</ul>", ["A", "B"]),
        ("<li onclick=1><a href=/x style='display:block'>A</a></li>", ["A"]),
        ("<button><span onclick=1>A</span></button>", ["A"]),
        ("<div role=button tabindex=0 onclick=1><div onclick=1>A</div></div>", ["A"]),
        (
            "<div onclick=1 aria-label=Card style='width:300px;height:200px'>Card<button>More</button></div>",
            ["Card", "More"],
        ),
        ("<label>Name <input></label><label>Send <input type=checkbox></label>", ["Name", "Send"]),
    ],
)
def test_boxes_and_what_they_hold_are_told_apart(
    browser: DiscoveryBrowser, html: str, labels: list[str]
) -> None:
    assert browser.labels(html) == labels


def test_a_canvas_app_shows_its_controls(browser: DiscoveryBrowser) -> None:
    html = (
        "<style>body{margin:0}</style><canvas style='position:fixed;inset:0;width:100%;height:100%'></canvas>"
        "<div style='position:fixed;top:10px'><button>Pen</button><span role=button>Line</span></div>"
        "<script>document.querySelector('canvas').addEventListener('pointerdown', () => 1)</script>"
    )

    assert browser.labels(html) == ["Pen", "Line"]


@pytest.mark.parametrize(
    ("html", "fills", "input_type"),
    [
        ("<input>", "text", "text"),
        ("<input type=search>", "search", "search"),
        ("<input type=password>", "text", "password"),
        ("<input type=email>", "text", "email"),
        ("<input type=datetime-local>", "datetime", "datetime-local"),
        ("<input type=range>", "range", "range"),
        ("<input type=color>", "color", "color"),
        ("<input type=file>", "", "file"),
        ("<input readonly>", "", "text"),
        ("<textarea></textarea>", "text", ""),
        ("<select><option>a</select>", "select", ""),
        ("<button>It</button>", "", ""),
    ],
)
def test_fields_say_what_they_take(browser: DiscoveryBrowser, html: str, fills: str, input_type: str) -> None:
    (only,) = browser.see(html).elements

    assert (only.fills, only.input_type) == (fills, input_type)


def test_a_field_carries_what_is_needed_to_fill_it(browser: DiscoveryBrowser) -> None:
    name, size, colour = browser.see(
        "<form method=post><input name=mail autocomplete=email placeholder='Your mail'></form>"
        "<input type=number min=1 max=9 step=2>"
        "<select><option>Red<option selected>Green<option disabled>None</select>"
    ).elements

    assert (name.field_name, name.autocomplete, name.placeholder, name.form_method) == (
        *("mail", "email", "Your mail"),
        "post",
    )
    assert (size.bounds, size.form_method) == ("1 9 2", "")
    assert colour.options == ("Green", "Red")


def test_states_and_icons_are_told(browser: DiscoveryBrowser) -> None:
    tab, box, more, bin_, theme = browser.see(
        "<div role=tab aria-selected=true>Tab</div><input type=checkbox checked>"
        "<details><summary>More</summary>x</details><button><i class='fa fa-trash'></i> x</button>"
        "<button aria-label=Theme><svg data-icon=moon width=20 height=20></svg></button>"
    ).elements

    assert [tab.state, box.state, more.state] == ["selected=true", "checked=true", "expanded=false"]
    assert [bin_.icon, theme.icon] == ["trash", "moon"]
