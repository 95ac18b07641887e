"""Menus that are open only while the pointer is over their entry: pointed at, and gone into."""

import pytest

from tests.explorer.support.discovery_browser import DiscoveryBrowser
from tests.explorer.support.exploration import Harness
from tests.support.markers import first

STYLE = """<style>
nav { display: flex; gap: 30px } nav ul { display: flex; list-style: none; gap: 30px }
.entry { position: relative; padding: 10px 4px }
.list { position: absolute; top: 100%; left: -20px; width: 420px; padding: 10px; background: #eee }
.list a { display: inline-block; width: 180px; padding: 8px }
.hidden { display: none } .entry:not(.script):hover > .hidden { display: block }
.faded { visibility: hidden; opacity: 0 } .entry:hover > .faded { visibility: visible; opacity: 1 }
.beside { left: 100%; top: 0 } header .entry { width: 120px }
</style>"""
LIST = "<div class='list hidden'>"
LINKS = "<a href=/salmon>Salmon</a> <a href=/teal>Teal</a> <a href=/gold>Gold</a>"
OPENED_BY_SCRIPT = """<script>
const entry = document.querySelector(".entry"), list = entry.querySelector(".list");
entry.onmouseenter = () => list.classList.remove("hidden");
entry.onmouseleave = () => list.classList.add("hidden");
</script>"""
MENUS = {
    "hidden": f"<nav><div class=entry><span>Colours ▾</span>{LIST}{LINKS}</div></div></nav>",
    "faded": f"<nav><ul><li class=entry>Colours<div class='list faded'>{LINKS}</div></ul></nav>",
    "by script": f"<nav><div class='entry script'>Colours{LIST}{LINKS}</div></div></nav>" + OPENED_BY_SCRIPT,
    "beside": f"<header><div class=entry>Colours<div class='list hidden beside'>{LINKS}</div></div></header>",
}


def colours(pages: dict[str, str], menu: str) -> None:
    pages["/"] = f"{STYLE}{menu}<h1>Home</h1>"
    for name in ("salmon", "teal", "gold"):
        pages[f"/{name}"] = f"{STYLE}<body style='background:{name}'>{menu}<h1>{name.title()}</h1>"


@pytest.mark.parametrize("kind", first(1, MENUS))
def test_a_menu_is_pointed_at_and_its_pages_are_opened(
    harness: Harness, pages: dict[str, str], kind: str
) -> None:
    colours(pages, MENUS[kind])

    take = harness.explore(harness.url, scout=True, max_clicks=3)

    clicked = [step.label for step in take.steps if step.plan.action == "click"]
    pointed = [step for step in take.steps if step.plan.action == "hover"]
    assert clicked == ["Salmon", "Teal", "Gold"]
    assert {(step.label, step.outcome) for step in pointed} <= {
        ("Colours", "scene"),
        ("Colours", "disclosure"),
    }
    assert len(pointed) == 3
    assert take.metrics[-1].clicks == 3, "pointing is no click"


@pytest.mark.thorough
@pytest.mark.parametrize(
    "entry",
    [
        f"<nav><div class=entry><button>Colours</button>{LIST}{LINKS}</div></div></nav>",
        f"<nav><div class=entry><a href=/ aria-expanded=false>All</a>{LIST}{LINKS}</div></div></nav>",
        f"<main><div class=entry>Colours{LIST}{LINKS}</div></div></main>",
        "<nav><div class=entry>Colours<div class='list hidden'><a href=/gold>Gold</a></div></div></nav>",
        f"<nav><div class=entry>Colours<div class=list>{LINKS}</div></div></nav>",
        f"<nav style='position:relative;left:-3000px'><div class=entry>C{LIST}{LINKS}</div></div></nav>",
    ],
    ids=["button", "expanded by a click", "no bar", "one link", "open", "out of sight"],
)
def test_what_is_no_menu_to_point_at_is_not_pointed_at(browser: DiscoveryBrowser, entry: str) -> None:
    assert not [e.label for e in browser.see(STYLE + entry).elements if e.opens_on_hover and e.reveals]


def test_an_entry_is_named_by_itself_and_not_by_its_menu(browser: DiscoveryBrowser) -> None:
    (found,) = [e for e in browser.see(STYLE + MENUS["hidden"]).elements if e.opens_on_hover]

    assert (found.label, found.text) == ("Colours", "Colours")
