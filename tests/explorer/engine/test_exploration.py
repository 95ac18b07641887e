"""Whole explorations with a scout: what they choose to film, and what they leave out."""

from collections import Counter

import pytest

from explorer.types import Wishes
from tests.explorer.support.exploration import Harness, Take
from tests.support.markers import thorough

#: Large enough for a viewer to notice.
STYLE = "<style>body { font: 40px sans-serif; margin: 20px } nav a { margin-right: 20px }</style>"
PASSWORD = "<center><h1>Members only</h1><input><input type=password><button>Enter</button></center>"

DIALOG = "<button onclick='box.showModal()'>Look</button><dialog id=box>Hello there</dialog>"


def page(colour: str, *, links: tuple[str, ...] = (), more: str = "") -> str:
    """A page that no other looks like, with a navigation to these paths."""
    nav = "".join(f"<a href=/{link}>{link.capitalize()}</a>" for link in links)
    return f"{STYLE}<body style='background: {colour}'><nav>{nav}</nav>{more}"


def labels(take: Take) -> list[str]:
    return [step.label for step in take.steps]


#: Three pages that differ, and one that looks like the front page.
LINKS = ("blue", "twin", "red", "green")


@pytest.fixture
def shop(pages: dict[str, str]) -> dict[str, str]:
    pages["/"] = pages["/twin"] = page("white", links=LINKS)
    # As grey, plain "green" looks like red.
    for name, colour in {"blue": "blue", "red": "red", "green": "lime"}.items():
        pages[f"/{name}"] = page(colour, links=LINKS)
    return pages


def test_no_click_is_dead_where_the_scout_knows_what_is(harness: Harness, pages: dict[str, str]) -> None:
    dead = "".join(f"<button>Explore {number}</button>" for number in range(5))
    alive = "<button onclick='document.body.style.background = \"{0}\"'>{0}</button>"
    pages["/"] = STYLE + dead + alive.format("blue") + alive.format("red")

    take = harness.explore(harness.url, scout=True, max_clicks=6)

    assert set(labels(take)) == {"blue", "red"}
    assert [step.outcome for step in take.steps] == ["scene", "scene"]
    assert take.trace.stop_reason == "nothing_left"


@pytest.mark.thorough
def test_three_clicks_show_the_three_pages_that_differ(harness: Harness, shop: dict[str, str]) -> None:
    take = harness.explore(harness.url, scout=True, max_clicks=3)

    assert Counter(labels(take)) == Counter(["Blue", "Red", "Green"])
    assert [step.outcome for step in take.steps] == ["page"] * 3


@pytest.mark.thorough
def test_what_is_new_comes_before_what_stands_first(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = pages["/twin"] = page("white", links=("twin", "blue"))
    pages["/blue"] = page("blue", links=("twin", "blue"))

    with_scout = harness.explore(harness.url, scout=True, max_clicks=1)
    without = harness.explore(harness.url, max_clicks=1)

    assert labels(with_scout) == ["Blue"]
    assert labels(without) == ["Twin"]


@pytest.mark.parametrize("how", [thorough("by redirect"), "by sight", thorough("by script")])
@pytest.mark.thorough
def test_a_link_that_ends_on_a_sign_in_page_is_never_filmed(
    harness: Harness, pages: dict[str, str], how: str
) -> None:
    pages["/"] = page("white", links=("members", "blue"))
    pages["/blue"] = page("blue", links=("members", "blue"))
    pages["/login"] = PASSWORD
    pages["/members"] = PASSWORD if how == "by sight" else "moved"
    if how == "by redirect":
        harness.heads["/members"] = ("302 Found", "Location: /login")
    elif how == "by script":
        pages["/members"] = f"<script>history.replaceState(0, 0, '/login')</script>{PASSWORD}"

    take = harness.explore(harness.url, scout=True)

    assert "Members" not in labels(take)
    assert "Blue" in labels(take)
    assert take.trace.stop_reason == "nothing_left"
    assert ("auth", "Members") in take.rules
    assert all(not visit.url.endswith(("/members", "/login")) for visit in take.trace.visits)


@pytest.mark.thorough
def test_a_broken_link_is_not_filmed(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = page("white", links=("gone", "blue"))
    pages["/blue"] = page("blue", links=("gone", "blue"))

    take = harness.explore(harness.url, scout=True, max_clicks=3)

    assert labels(take)[0] == "Blue"
    assert f"{harness.url}gone" not in {visit.url for visit in take.trace.visits}


@pytest.mark.thorough
def test_the_same_start_gives_the_same_plan_twice(harness: Harness, shop: dict[str, str]) -> None:
    shop["/blue"] = page("blue", links=LINKS, more=DIALOG)

    one, other = (harness.explore(harness.url, scout=True, max_clicks=3) for _ in range(2))

    assert [step.plan for step in one.steps] == [step.plan for step in other.steps]
    assert [step.outcome for step in one.steps] == [step.outcome for step in other.steps]
    assert len(one.steps) == 3


@pytest.mark.thorough
def test_a_goal_changes_the_order(harness: Harness, shop: dict[str, str]) -> None:
    plain = harness.explore(harness.url, scout=True, max_clicks=1)
    wished = harness.explore(
        harness.url, scout=True, max_clicks=1, wishes=Wishes(goal="Show the green things")
    )

    assert labels(plain) == ["Blue"]
    assert labels(wished) == ["Green"]


@pytest.mark.thorough
@pytest.mark.parametrize("focus", ["/green", thorough("green"), thorough("css=a[href='/green']")])
def test_what_is_in_focus_comes_first(harness: Harness, shop: dict[str, str], focus: str) -> None:
    take = harness.explore(harness.url, scout=True, max_clicks=2, wishes=Wishes(focus=(focus,)))

    assert labels(take)[0] == "Green"


@pytest.mark.parametrize("avoid", ["blue", thorough("/blue"), thorough("css=a[href='/blue']")])
@pytest.mark.thorough
def test_what_is_to_be_avoided_is_not_clicked_and_that_is_told(
    harness: Harness, shop: dict[str, str], avoid: str
) -> None:
    take = harness.explore(harness.url, scout=True, wishes=Wishes(avoid=(avoid,)))

    assert "Blue" not in labels(take)
    assert {"Red", "Green"} <= set(labels(take))
    assert any(rule == "avoid" for rule, _ in take.rules)
    assert "GET /blue" not in harness.asked, "nor looked at off camera"


@pytest.mark.thorough
def test_what_robots_txt_forbids_is_not_looked_at_but_may_be_filmed(
    harness: Harness, shop: dict[str, str]
) -> None:
    harness.plain["/robots.txt"] = "User-agent: *\nDisallow: /"
    try:
        take = harness.explore(harness.url, scout=True, max_clicks=2)
    finally:
        harness.plain.clear()

    assert labels(take) == ["Blue", "Twin"]
    assert harness.asked.count("GET /blue") == 1


@pytest.mark.thorough
def test_a_site_whose_robots_txt_fails_is_filmed_but_not_looked_at_ahead(
    harness: Harness, shop: dict[str, str]
) -> None:
    harness.pages["/robots.txt"] = "Sorry"
    harness.heads["/robots.txt"] = ("503 Service Unavailable",)

    take = harness.explore(harness.url, scout=True, max_clicks=2)

    assert labels(take) == ["Blue", "Twin"]
    assert harness.asked.count("GET /blue") == 1


@pytest.mark.thorough
def test_without_the_wish_nothing_is_tried_off_camera(harness: Harness, shop: dict[str, str]) -> None:
    take = harness.explore(harness.url, scout=True, max_clicks=1, wishes=Wishes(scout=False))

    assert labels(take) == ["Blue"]
    assert [line for line in harness.asked if "favicon" not in line] == ["GET /", "GET /blue"]


def test_a_dialog_is_shown_and_closed_and_the_film_goes_on(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = page("white", links=("blue",), more=DIALOG)
    pages["/blue"] = page("blue", links=("blue",))

    take = harness.explore(harness.url, scout=True)

    outcomes = {step.label: step.outcome for step in take.steps}
    assert outcomes == {"Look": "dialog", "Blue": "page"}


@pytest.mark.thorough
def test_a_wizard_is_walked_through_with_one_button(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"""{STYLE}<h1 id=title>Welcome</h1><button onclick='go()'>Next</button><script>
    const steps = ["blue", "red", "lime"];
    const show = (step) => document.body.style.background = title.textContent = step;
    const go = () => {{ if (steps.length) show(steps.shift()); }};
    </script>"""

    take = harness.explore(harness.url, scout=True)

    assert labels(take) == ["Next"] * 3
    assert [step.outcome for step in take.steps] == ["scene"] * 3


@pytest.mark.thorough
def test_each_step_tells_when_it_had_settled_and_where_it_was_then(
    harness: Harness, shop: dict[str, str]
) -> None:
    take = harness.explore(harness.url, scout=True, max_clicks=2)

    for step in take.steps:
        assert step.click_ms < step.settled_ms <= step.end_ms
    assert [step.url_after for step in take.steps] == [
        f"{harness.url}{step.label.lower()}" for step in take.steps
    ]


@pytest.mark.thorough
def test_a_side_panel_is_slid_in_for_the_pages_that_it_holds(harness: Harness, pages: dict[str, str]) -> None:
    panel = """<style>aside { position: fixed; left: -260px; top: 0; width: 200px; height: 100vh }
      aside { background: #eee } aside.open { left: 0 }</style>
      <header style="margin-left: 300px"><a onclick="panel.classList.toggle('open')">Menu</a></header>
      <aside id=panel><a href=/blue>Blue</a><br><a href=/red>Red</a></aside>"""
    pages["/"] = page("white", more=panel)
    for name in ("blue", "red"):
        pages[f"/{name}"] = page(name, more=panel)

    take = harness.explore(harness.url, scout=True, max_clicks=4)

    assert labels(take) == ["Menu", "Blue", "Menu", "Red"]
