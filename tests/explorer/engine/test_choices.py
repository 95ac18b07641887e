"""Whole explorations with looking ahead: what is small in the picture, editors, focus and goal."""

import pytest

from explorer.types import Wishes
from tests.explorer.support.exploration import Harness, Take
from tests.support.markers import first, thorough

PRICES = """<style>body { font: 17px sans-serif; margin: 30px } .on { background: #36c; color: white }
div { display: inline-block; width: 300px; height: 300px }</style><a href=/about>About</a><h1>Plans</h1>
<p id=unit><button class=on>Monthly</button><button>Yearly</button></p><div>Solo<p>$<b>9</b> / month</div>
<div>Team<p>$<b>29</b> / month</div><div>Company<p>$<b>99</b> / month</div><script>
const [monthly, yearly] = unit.children;
yearly.onclick = () => {
  monthly.className = ""; yearly.className = "on";
  document.querySelectorAll("b").forEach((price) => price.textContent = Math.round(price.textContent * 9.6));
};</script>"""

SKETCH = """<style>body { margin: 0; font: 16px sans-serif } button { width: 44px; height: 40px }
svg { display: block; background: #eee }</style><div id=tools><button title="Select [V]">\u2196</button>
<button title="Rectangle [R]">\u25ad</button><button title="Text [T]">\u2261</button></div>
<svg id=area width=1280 height=600></svg><script>
let tool = "", from = null;
[...tools.children].forEach((one) => one.onclick = () => tool = one.title);
area.onmousedown = (event) => from = tool.startsWith("Rect") ? event : null;
onmouseup = (event) => {
  if (!from) return;
  const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const size = { x: from.offsetX, y: from.offsetY, fill: "tomato" };
  Object.assign(size, { width: event.offsetX - from.offsetX, height: event.offsetY - from.offsetY });
  for (const name in size) box.setAttribute(name, size[name]);
  area.append(box);
};</script>"""

SHEET = """<style>td, th { border: 1px solid #ccc; width: 140px; height: 26px; font: 16px sans-serif }
li { display: inline-block; padding: 8px 14px; cursor: pointer } .active { font-weight: bold }</style>
<p>Sales of the four shops by month: choose a month below to see what each has sold.<table id=sheet></table>
<ul id=strip></ul><script>
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "Autumn", "Winter"];
const heads = "<tr><th><th>A<th>B<th>C<th>D";
const row = (month, n) => `<tr><th>${n}<td>${month}<td>${n * (month.length + 3)}<td>Shop ${month[n]}<td>`;
const show = (month) => {
  const rows = [1, 2, 3, 4].map((n) => row(month, n));
  sheet.innerHTML = heads + rows.join("") + "<tr><th>5<td><td><td><td>".repeat(9);
  strip.innerHTML = months.map((one) => `<li class="${one === month ? "active" : ""}">${one}`).join("");
  [...strip.children].forEach((one) => one.onmousedown = () => show(one.textContent));
  sheet.querySelectorAll("td").forEach((cell) => cell.ondblclick = () => {
    cell.innerHTML = "<input size=8>";
    const editor = cell.firstChild;
    editor.focus();
    editor.onkeydown = ({ key }) => { if (key === "Enter") cell.textContent = editor.value; };
  });
};
show("January");</script>"""

MENU = """<style>body { font: 18px sans-serif; margin: 30px } ul { position: absolute; background: #eef }
li { padding: 6px; cursor: pointer }</style><nav><a href=/blue>Blue</a> <a href=/red>Red</a></nav>
<button id=menu aria-haspopup=menu>View</button><button popovertarget=help id=keys>Help</button>
<p popover id=help>Press N for a new card, and F to find one.</p><ul id=list role=menu hidden>
<li role=menuitem>Dense<li role=menuitem>Dark columns</ul><p id=said>Three boards</p><script>
menu.onclick = () => list.hidden = !list.hidden;
const choose = ({ target }) => { said.textContent = target.textContent; list.hidden = true; };
[...list.children].forEach((one) => one.onclick = choose);
</script>"""

TABLE = """<style>td { padding: 9px 40px; font: 18px sans-serif }</style><h1>Stations</h1>
<input id=filter placeholder="Filter stations"><p id=none hidden>No matching records</p><table><tbody id=all>
<tr><td>Aldersund<td>Mora<tr><td>Birkholm<td>Mora<tr><td>Castel<td>Tiria<tr><td>Dunmarsh<td>Volta</table><script>
filter.oninput = () => {
  const rows = [...all.children];
  rows.forEach((row) => row.hidden = !row.textContent.toLowerCase().includes(filter.value.toLowerCase()));
  none.hidden = rows.some((row) => !row.hidden);
};</script>"""


def labels(take: Take) -> list[str]:
    return [step.label for step in take.steps]


def test_prices_by_the_year_are_shown_though_only_figures_change(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"], pages["/about"] = PRICES, "<body style='background: gold'><h1>About</h1>"

    take = harness.explore(harness.url, scout=True, max_clicks=2)

    assert [(step.label, step.outcome) for step in take.steps] == [("Yearly", "scene"), ("About", "page")]


@pytest.mark.thorough
def test_a_drawing_tool_is_used_on_the_page(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = SKETCH

    take = harness.explore(harness.url, scout=True, max_clicks=1)

    assert [(step.plan.action, step.outcome) for step in take.steps] == [("draw", "scene")]
    assert take.steps[0].plan.caption == "Draw: Rectangle"


@pytest.mark.thorough
def test_sheets_are_shown_first_and_then_a_cell_is_filled_in(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = SHEET

    take = harness.explore(harness.url, scout=True, max_clicks=6)

    assert labels(take)[:3] == ["February", "March", "April"]
    assert "type" in {step.plan.action for step in take.steps}
    assert {step.outcome for step in take.steps} == {"scene"}


@pytest.mark.thorough
def test_a_filter_is_given_a_word_that_finds_some_rows(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = TABLE

    take = harness.explore(harness.url, scout=True, max_clicks=1)

    assert [(step.plan.value, step.outcome) for step in take.steps] == [("mora", "scene")]


@pytest.mark.parametrize(
    ("page", "focus", "steps"),
    first(
        1,
        [
            (MENU, "Dark columns", ["View", "Dark columns"]),
            (MENU, "css=#keys", ["Help"]),
            (MENU, "css=[aria-haspopup]", ["View"]),
            (MENU, "/red", ["Red"]),
            (PRICES, "Yearly", ["Yearly"]),
            (PRICES, "css=#unit button:last-child", ["Yearly"]),
            (SKETCH, "Rectangle", ["Rectangle [R]"]),
            (SHEET, "Winter", ["Winter"]),
            (TABLE, "css=#filter", ["Filter stations"]),
        ],
    ),
)
def test_the_focus_comes_first(
    harness: Harness, pages: dict[str, str], page: str, focus: str, steps: list[str]
) -> None:
    pages["/"] = page
    for name, colour in {"red": "tomato", "blue": "skyblue", "about": "gold"}.items():
        pages[f"/{name}"] = f"<body style='background: {colour}'><h1>{name}</h1>"

    take = harness.explore(harness.url, scout=True, max_clicks=len(steps), wishes=Wishes(focus=(focus,)))

    assert labels(take) == steps
    assert "focus_not_found" not in {warning.code for warning in take.trace.warnings}


@pytest.mark.thorough
def test_a_focus_on_another_page_is_reached_over_the_link_that_leads_there(
    harness: Harness, pages: dict[str, str]
) -> None:
    links = "".join(f"<p><a href=/{name}>{name.title()}</a>" for name in ("tours", "boats", "people"))
    pages["/"] = f"<main style='font: 30px sans-serif'>{links}</main>"
    pages["/tours"] = pages["/people"] = "<body style='background: gold'><h1>Nothing else</h1>"
    pages[
        "/boats"
    ] = """<body style='background: skyblue'><button onclick='said.hidden = false'>Deck plan</button>
    <h1 id=said hidden>The upper deck has forty seats, and the lower one has a kitchen</h1>"""

    take = harness.explore(harness.url, scout=True, max_clicks=2, wishes=Wishes(focus=("deck plan",)))

    assert labels(take) == ["Boats", "Deck plan"]


def test_a_focus_that_is_nowhere_is_warned_of(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<h1>Hello</h1>"

    take = harness.explore(harness.url, max_clicks=1, wishes=Wishes(focus=("deck plan",)))

    assert "focus_not_found" in {warning.code for warning in take.trace.warnings}


GOALS = [
    ("Show what the plans cost", "pricing", ("Compare", "Seats", "Yearly", "Pricing")),
    ("How do the reports work?", "reports", ("Harvest", "Rainfall", "Soil", "Reports")),
    ("Show the photos", "gallery", ("Winter", "Summer", "Autumn", "Gallery")),
    ("Read the guides", "docs", ("Basics", "Themes", "Recipes", "Docs")),
    ("Meet the people behind it", "team", ("Engineers", "Designers", "Board", "Team")),
]


@pytest.mark.parametrize(("goal", "name", "served"), [thorough(*row) for row in GOALS])
def test_three_of_the_first_five_clicks_serve_the_goal(
    harness: Harness, pages: dict[str, str], goal: str, name: str, served: tuple[str, ...]
) -> None:
    names = ["stories", "careers", "contact", "partners", "events", name, "status"]
    nav = "".join(f"<a href=/{one}>{one.title()}</a> " for one in names)
    body = "<body style='font: 24px sans-serif; background: hsl({0} 80% 70%)'><nav>{1}</nav><main>{2}</main>"
    pages["/"] = body.format(0, nav, "<h1>Acre</h1>")
    more = "".join(
        f"<button onclick='document.body.style.background = \"hsl({20 + 90 * n} 60% 40%)\"'>{label}</button>"
        for n, label in enumerate(served[:3])
    )
    for number, one in enumerate(names):
        pages[f"/{one}"] = body.format(40 * number + 30, nav, more if one == name else f"<h1>{one}</h1>")

    take = harness.explore(harness.url, scout=True, max_clicks=5, wishes=Wishes(goal=goal))

    assert sum(label in served for label in labels(take)) >= 3


LIST = """<style>body { font: 24px sans-serif; margin: 30px } a { margin: 9px } li { padding: 9px }</style>
<h1>Errands</h1><input id=entry placeholder="What needs to be done?"><ul id=list></ul><p id=foot></p><script>
const entries = [];
const draw = () => {
  const wanted = { "#/active": false, "#/done": true }[location.hash];
  const shown = entries.filter((one) => wanted === undefined || one.done === wanted);
  list.innerHTML = shown.map((one) => `<li><label><input type=checkbox> ${one.text}</label>`).join("");
  [...list.querySelectorAll("input")].forEach((box, n) => {
    box.checked = shown[n].done;
    box.onchange = () => { shown[n].done = box.checked; draw(); };
    if (box.checked) box.parentElement.style = "text-decoration: line-through; color: silver";
  });
  foot.innerHTML = entries.length ? "<a href='#/active'>Active</a><a href='#/done'>Done</a>" : "";
};
entry.onkeydown = ({ key }) => {
  if (key === "Enter" && entry.value) { entries.push({ text: entry.value }); entry.value = ""; draw(); }
};
onhashchange = draw;</script>"""


@pytest.mark.thorough
def test_an_entry_is_ticked_off_before_the_list_is_filtered(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = LIST

    take = harness.explore(harness.url, scout=True, max_clicks=4)

    assert labels(take)[1:] == ["Plan the summer trip", "Active", "Done"]
    assert "nothing" not in {step.outcome for step in take.steps}
