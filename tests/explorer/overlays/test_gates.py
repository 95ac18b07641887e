"""What greets a visitor: questions where he is and how old he is, news, tours and chats."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.overlays.dismissal import Dismissed, dismiss_overlays
from explorer.overlays.search import find_walls
from tests.explorer.conftest import Show
from tests.explorer.overlays.test_dismissal import CROSS, SITE
from tests.explorer.support.exploration import FrameClock, RealClock
from tests.support.markers import first


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


#: Lets the visitor in.
IN = 'onclick="g.remove()"'
MONTHS = [*("January", "February", "March", "April", "May", "June"), *(f"Month {n}" for n in range(7, 13))]


def gate(inner: str, role: str = "") -> str:
    return f"<div id=g class=veil><div class=box {role}>{inner}</div></div>"


def options(names: Any) -> str:
    return "".join(f"<option>{name}" for name in names)


def answered(show: Show, html: str) -> tuple[list[tuple[str, str]], bool, list[str]]:
    """The kinds and ways of what was dismissed, whether the gate still stands, and what remains."""
    remaining: list[str] = []

    async def look(page: Page) -> Any:
        found: list[Dismissed] = []
        found += await dismiss_overlays(page, FrameClock(), on_remaining=remaining.append)
        return [(one.kind, one.how) for one in found], await page.evaluate("!!document.querySelector('#g')")

    found, stands = show(SITE + html, look)
    return found, stands, remaining


GATES = {
    "a year in a list": (
        "age",
        f"""<h2>Are you of legal drinking age?</h2><label>Year of birth <select id=y><option value="">Year
        {options(range(2026, 1920, -1))}</select></label>
        <button onclick="if (y.value && y.value < 2008) g.remove()">Continue to the cellar</button>""",
    ),
    "a year to type": (
        "age",
        """<p>Please enter your year of birth</p><input id=y type=number placeholder=YYYY>
        <button disabled id=b onclick="if (y.value == 1985) g.remove()">OK</button>
        <script>y.oninput = () => { b.disabled = y.value.length < 4 }</script>""",
    ),
    "three fields to type": (
        "age",
        """<p>Enter your date of birth to verify your age</p><input id=d maxlength=2 placeholder=DD>
        <input id=m maxlength=2 placeholder=MM><input id=y maxlength=4 placeholder=YYYY>
        <button onclick="if (d.value && m.value && y.value == '1985') g.remove()">Submit</button>""",
    ),
    "three lists": (
        "age",
        f"""<p>Age verification</p><select id=m><option value="">Month{options(MONTHS)}</select>
        <select id=d><option value="">Day{options(range(1, 32))}</select>
        <select id=y><option value="">Year{options(range(2020, 1930, -1))}</select>
        <button onclick="if (m.value && d.value && y.value) g.remove()">Enter site</button>
        <button onclick="g.dataset.no = 1">Leave</button>""",
    ),
    "a year and a country": (
        "age",
        f"""<p>You must be of legal drinking age</p><select id=c>{options(["Choose", "Chile", "Ireland"])}
        </select><select id=y><option value="">Year{options(range(2020, 1930, -1))}</select>
        <button onclick="if (c.value != 'Choose' && y.value) g.remove()">Come in</button>""",
    ),
    "countries in a list": (
        "region",
        f"""<h2>Choose your country</h2><ul>{
            "".join(
                f'<li style="cursor:pointer" onclick="pressed.push(this.innerText); g.remove()">{name}</li>'
                for name in ("Austria", "Denmark", "United Kingdom", "Japan")
            )
        }</ul>""",
    ),
    "countries in their own words": (
        "region",
        f"""<h2>Willkommen · Welcome · Bienvenue</h2>{
            "".join(
                f"<button {IN}>{name}</button>"
                for name in ("Deutschland", "Österreich (Deutsch)", "日本", "France")
            )
        }""",
    ),
    "a select of countries": (
        "region",
        f"""<h2>Select your region</h2><select id=c><option value="">…
        {options(["Brasil", "Canada (English)", "Danmark"])}</select>
        <button onclick="if (c.value.startsWith('Canada')) g.remove()">Go</button>""",
    ),
}


@pytest.mark.parametrize("name", first(3, GATES))
def test_a_gate_is_answered_and_gone(show: Show, name: str) -> None:
    kind, inner = GATES[name]

    found, stands, remaining = answered(show, gate(inner))

    assert ([one for one, _ in found], stands, remaining) == ([kind], False, [])


def test_of_a_list_of_countries_the_pages_own_one_is_chosen_and_no_link_to_another_site(show: Show) -> None:
    links = "<a href=https://fr.example.com/>France</a> <a href=#at>Austria</a> <a href=https://example.com/uk>UK</a>"
    html = f"""<script>document.documentElement.lang = "de-AT"</script>{gate(f"Wähle dein Land {links}")}
      <script>addEventListener("hashchange", () => g.remove())</script>"""

    async def look(page: Page) -> Any:
        return await dismiss_overlays(page, FrameClock()), page.url.partition("#")[2]

    found, part = show(SITE + html, look)

    assert [(one.kind, one.label) for one in found] == [("region", "Austria")]
    assert part == "at"


@pytest.mark.parametrize(
    "inner",
    first(
        1,
        [
            """<p>Your date of birth</p><input id=n name=name><input maxlength=4 placeholder=YYYY>
        <button onclick="g.remove()">Enter</button>""",
            """<p>Verify your age: year of birth</p><input type=email><input type=number placeholder=YYYY>
        <button onclick="g.remove()">Enter</button>""",
            """<p>Are you over 18?</p><form method=post action=/age><input maxlength=4 placeholder=YYYY>
        <button>Enter</button></form>""",
        ],
    ),
)
def test_no_name_is_typed_and_no_form_is_sent(show: Show, inner: str) -> None:
    found, stands, _ = answered(show, gate(inner))

    assert (found, stands) == ([], True)


WELCOMES = [
    (
        "notice",
        ["only"],
        gate(f"<h2>Say hello to boards</h2><button {IN}>Lovely, take me there</button>", "role=dialog"),
    ),
    (
        "notice",
        ["only"],
        gate(f"<h2>Summer update</h2><a href=/news>More</a><button {IN}>Wow</button>", "aria-modal=true"),
    ),
    (
        "tour",
        ["next", "next", "next"],
        gate("""<p id=n>Step 1 of 3</p><button onclick="i = (window.i ?? 1) + 1; i > 3 ? g.remove()
        : (n.textContent = `Step ${i} of 3`)">Next</button>"""),
    ),
    (
        "notice",
        ["next", "next", "fine"],
        gate(
            """<p id=n>Boards</p><button id=b onclick="i = (window.i ?? 1) + 1; i > 3 ? g.remove()
        : (n.textContent = 'Page ' + 'x'.repeat(i), b.innerText = i > 2 ? 'Done' : 'Next')">Next</button>""",
            "role=dialog",
        ),
    ),
    (
        "teaser",
        ["minimize"],
        f"""<div id=g class=corner style="height:520px"><b>Hi there</b><p>We chat all day.</p>
        <button {IN} aria-label="Minimize chat">&#8211;</button><textarea></textarea>
        <button>Send</button></div>""",
    ),
    (
        "consent",
        ["only"],
        f"""<div id=g class=bar>We bake with cookies. <a href=/cookies>Read on</a>
        <button {IN}>Alrighty</button></div>""",
    ),
]


@pytest.mark.parametrize(("kind", "hows", "html"), first(1, WELCOMES))
def test_a_welcome_is_closed_by_the_one_way_that_there_is(
    show: Show, kind: str, hows: list[str], html: str
) -> None:
    found, stands, remaining = answered(show, html)

    assert (found, stands, remaining) == ([(kind, how) for how in hows], False, [])


@pytest.mark.parametrize(
    "label",
    first(1, ["Publish", "Delete my account", "Upgrade"]),
)
def test_a_lone_button_that_does_something_is_not_pressed(show: Show, label: str) -> None:
    found, stands, _ = answered(show, gate(f"<p>News</p><button {IN}>{label}</button>"))

    assert (found, stands) == ([], True)


@pytest.mark.thorough
def test_a_tour_without_end_is_left_after_ten_steps(show: Show) -> None:
    endless = """<p id=n>Step 1 of 99</p><button onclick="n.textContent = 'Step ' + (i = (window.i ?? 1) + 1)
      + ' of 99'">Next</button>"""

    found, stands, remaining = answered(show, gate(endless))

    assert (found, stands, remaining) == ([("tour", "next")] * 10, True, ["tour"])


@pytest.mark.thorough
def test_a_box_that_comes_back_is_closed_twice_and_then_left_and_said(show: Show) -> None:
    box = f"<button onclick='again()' aria-label=Close>{CROSS}</button> Join our newsletter, 10% off"
    html = f"""<script>const again = () => {{ document.querySelector("#g")?.remove();
      setTimeout(() => document.body.insertAdjacentHTML("beforeend", `<div id=g class=box>{box}</div>`), 150);
      }}; again()</script>"""
    remaining: list[str] = []

    async def look(page: Page) -> Any:
        found = []
        for _ in range(4):
            await page.wait_for_selector("#g")
            found += await dismiss_overlays(page, FrameClock(), 1, remaining.append)
        return len(found), await page.evaluate("pressed.length")

    assert show(SITE + html, look) == (2, 2)
    assert set(remaining) == {"newsletter"}


def test_where_paying_is_the_other_choice_nothing_is_pressed_and_the_place_is_known(show: Show) -> None:
    html = gate("""<h2>Read us with advertising, or ad-free</h2>
      <button onclick="g.remove()">Agree and go on</button>
      <button onclick="g.remove()">Subscribe for 4 € a month</button>""")

    async def look(page: Page) -> Any:
        remaining: list[str] = []
        found = await dismiss_overlays(page, FrameClock(), on_remaining=remaining.append)
        return found, remaining, await page.evaluate("pressed"), await find_walls(page)

    found, remaining, pressed, walls = show(SITE + html, look)

    assert (found, pressed, remaining) == ([], [], ["consent"])
    assert (walls[0].width, walls[0].height) == (1280, 720)


def test_a_box_that_stays_unseen_over_the_page_is_waited_for(show: Show) -> None:
    html = f"""<div id=g class=veil><div class=box role=dialog>Our newsletter <button aria-label=Close
      onclick="g.style.opacity = 0; setTimeout(() => g.remove(), 400)">{CROSS}</button></div></div>"""

    async def look(page: Page) -> Any:
        await dismiss_overlays(page, RealClock())
        return await page.evaluate("!!document.elementFromPoint(20, 300)?.closest('#g')")

    assert show(SITE + html, look) is False
