"""Whole takes, with looks off camera, of sites on which plain links and fields do something."""

import pytest

from tests.explorer.support.exploration import Harness, Take

STYLE = """<style>body { font: 18px sans-serif; margin: 30px } nav a { margin-right: 20px }
.card { border: 1px solid #ccd; padding: 16px; margin: 12px 0 } svg { display: block }
.btn { display: inline-block; background: #05b; color: #fff; padding: 8px 14px; margin: 4px }
</style>"""


def picture(hue: int) -> str:
    return f"<svg width=900 height=300><rect width={300 + hue} height=300 fill='hsl({hue},60%,60%)'/></svg>"


def labels(take: Take) -> set[str]:
    return {step.label for step in take.steps}


def test_links_that_act_are_followed_neither_on_camera_nor_off(
    harness: Harness, pages: dict[str, str]
) -> None:
    nav = "<nav><a href=/>Board</a><a href=/orders>Orders</a><a href=/machines>Machines</a></nav>"
    acting = {
        "/demo/reset": "Reset demo data",
        "/notices/read-all": "Mark all as read",
        "/backup/run": "Run backup now",
        "/orders/7/approve": "Approve",
        "/orders/7?do=close": "Close order",
        "/machines/1/stop": "Stop",
        "/machines/2/start": "Start",
        "/machines/3/firmware?install=4.2": "Install update",
        "/orders/7/publish": "Publish",
    }
    links = "".join(f'<a class=btn href="{to}">{name}</a>' for to, name in acting.items())
    pages["/"] = f"{STYLE}{nav}<h1>Board</h1>{links}{picture(10)}"
    pages["/orders"] = (
        f"{STYLE}{nav}<h1>Orders</h1>{picture(200)}<a href=/orders/7/details>Details</a>{links}"
    )
    pages["/machines"] = f"{STYLE}{nav}<h1>Machines</h1>{picture(100)}{links}"
    pages["/orders/7/details"] = f"{STYLE}{nav}<h1>Details</h1>{picture(300)}"
    pages |= {to.partition("?")[0]: "<h1>Done</h1>" for to in acting}

    take = harness.explore(harness.url, scout=True, max_clicks=6)

    assert not {line.removeprefix("GET ") for line in harness.asked} & acting.keys()
    assert {"Orders", "Machines", "Details"} <= labels(take)
    assert set(acting.values()) <= {refusal.what for refusal in take.trace.refused}


@pytest.mark.thorough
def test_no_way_of_ending_the_visit_is_taken(harness: Harness, pages: dict[str, str]) -> None:
    icons = (
        '<a href=/session/end title="Leave"><svg width=20><path d="M9 21H5V3h4M16 17l5-5"/></svg></a>'
        '<a href=/s/0><i class="fa-solid fa-arrow-right-from-bracket"></i>⇥</a>'
        '<a href=/s/1><i class="bi bi-box-arrow-right"></i>⎋</a>'
        '<a href=/s/2><span class="material-icons">exit_to_app</span></a>'
    )
    nav = f"<nav><a href=/>Home</a><a href=/projects>Projects</a><a href=/team>Team</a>{icons}</nav>"
    ways = '<a class=btn href="/account/switch">Switch user</a><a class=btn href="/bye">End demo session</a>'
    more = '<a class=btn href="/x">Stop impersonating Robin</a>'
    pages["/"] = f"{STYLE}{nav}<h1>Good morning</h1>{ways}{more}{picture(10)}"
    pages["/projects"] = f"{STYLE}{nav}<h1>Projects</h1>{picture(200)}"
    pages["/team"] = f"{STYLE}{nav}<h1>Team</h1>{picture(100)}"
    ends = ["/session/end", "/s/0", "/s/1", "/s/2", "/account/switch", "/bye", "/x"]
    pages |= dict.fromkeys(ends, "<h1>Your session has ended</h1>")

    take = harness.explore(harness.url, scout=True, max_clicks=6)

    assert not {f"GET {end}" for end in ends} & {*harness.asked}
    assert {"Projects", "Team"} <= labels(take)


def test_what_saves_by_itself_saves_nothing_on_camera_or_off(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"""{STYLE}<h1>Notes</h1>
    <button class=btn onclick="ed.hidden = false">New note</button>
    <button class=btn onclick="if (confirm('Merge all notes into one?')) fetch('/merge')">Tidy up</button>
    <div id=ed hidden class=card>{picture(40)}<textarea rows=4 cols=60 data-save=note></textarea></div>
    <div class=card><label><input type=checkbox data-save=public> Everybody may read this</label><br>
    <label>Mails <select data-save=mails><option>never<option>daily<option>hourly</select></label></div>
    <script>document.querySelectorAll("[data-save]").forEach((one) => one.addEventListener("input", () =>
      fetch("/keep?key=" + one.dataset.save + "&value=" + (one.checked ?? one.value))));</script>"""

    take = harness.explore(harness.url, scout=True, max_clicks=5)

    assert "New note" in labels(take)
    assert not [line for line in harness.asked if "/keep" in line or "/merge" in line]
    assert not [one for one in take.trace.looked_at if one.what in {"Mails", "Everybody may read this"}]


@pytest.mark.thorough
def test_the_job_lists_what_was_looked_at_off_camera(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"""{STYLE}<nav><a href=/a>Birds</a></nav><h1>Home</h1>
    <button onclick="more.hidden = false">Show more</button><div id=more hidden>{picture(90)}</div>"""
    pages["/a"] = f"{STYLE}<h1>Birds</h1>{picture(200)}"

    take = harness.explore(harness.url, scout=True, max_clicks=2)

    looked = {(one.what, one.how, one.outcome) for one in take.trace.looked_at}
    assert {("Birds", "opened", "page"), ("Show more", "pressed", "scene")} <= looked


@pytest.mark.thorough
def test_sparse_pages_that_change_little_are_shown_all_the_same(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = f"""{STYLE}<nav><a href="#/a">One</a> <a href="#/b">Two</a> <a href="#/c">Three</a></nav>
    <h1 id=out></h1><script>
    const show = () => {{ out.textContent = "Here is " + (location.hash || "the start") + " of it" }};
    onhashchange = show; show();</script>"""

    take = harness.explore(harness.url, scout=True, max_clicks=3)

    assert len(take.steps) >= 2
