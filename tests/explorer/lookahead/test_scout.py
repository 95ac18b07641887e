"""What the scout sees off camera: a real browser of its own context, on pages that a test writes."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from explorer.guardrails.rules import Site
from explorer.lookahead.scout import STILL_LOADING, Scout
from explorer.lookahead.scout_browser import scouting
from explorer.state.outcomes import KnownOutcome
from explorer.state.page_state import PageState
from explorer.types import ActionPlan, Brief, Wishes
from tests.explorer.support.exploration import Harness
from tests.support.markers import first

T = TypeVar("T")

#: Large enough for a viewer to notice.
STYLE = "<style>body { font: 40px sans-serif }</style>"
WISHES = Wishes()


def scouted(harness: Harness, work: Callable[[Scout], Awaitable[T]], wishes: Wishes = WISHES) -> T:
    async def whole() -> T:
        async with scouting(Brief(harness.url, wishes=wishes), harness.second_browser) as scout:
            scout.limit_to(Site.of(harness.url))
            return await work(scout)

    found: T = harness.run(whole)
    return found


def visited(harness: Harness, path: str, wishes: Wishes = WISHES) -> KnownOutcome:
    async def work(scout: Scout) -> KnownOutcome:
        return await scout.visit(harness.url + path)

    return scouted(harness, work, wishes)


def click(selector: str) -> ActionPlan:
    return ActionPlan(selector, "click", 0, "")


def tried(
    harness: Harness, *actions: ActionPlan, done: tuple[ActionPlan, ...] = ()
) -> list[KnownOutcome | None]:
    """What each deed does on the front page, once `done` was done there; None where it cannot be done."""

    async def work(scout: Scout) -> list[KnownOutcome | None]:
        return [await scout.dry_run(deed, PageState(harness.url, done)) for deed in actions]

    return scouted(harness, work)


def rehearsed(
    harness: Harness, *actions: ActionPlan, done: tuple[ActionPlan, ...] = ()
) -> list[KnownOutcome]:
    known_outcomes = tried(harness, *actions, done=done)
    assert None not in known_outcomes
    return [known_outcome for known_outcome in known_outcomes if known_outcome]


def test_a_page_is_seen_with_its_title_and_picture(harness: Harness, pages: dict[str, str]) -> None:
    pages["/a"] = "<h1>Hello</h1>"

    known_outcome = visited(harness, "a")

    assert (known_outcome.outcome, known_outcome.url, known_outcome.title) == (
        "page",
        f"{harness.url}a",
        "/a",
    )
    assert known_outcome.rule == ""
    assert known_outcome.picture is not None
    assert known_outcome.picture.path == "/a"


@pytest.mark.thorough
def test_pictures_of_pages_differ_when_a_viewer_says_so(harness: Harness, pages: dict[str, str]) -> None:
    pages["/a"] = "<body style='background: white'>"
    pages["/b"] = "<body style='background: navy'>"

    async def work(scout: Scout) -> list[float]:
        pictures = [(await scout.visit(harness.url + path)).picture for path in "aab"]
        return [float(picture.pixels.mean()) for picture in pictures if picture]

    first, again, other = scouted(harness, work)
    assert first == again
    assert abs(first - other) > 100


def test_a_page_that_is_not_there_is_broken(harness: Harness, pages: dict[str, str]) -> None:
    known_outcome = visited(harness, "nowhere")

    assert known_outcome.rule == "broken"
    assert "404" in known_outcome.detail


def test_an_address_where_nobody_answers_is_broken(harness: Harness, pages: dict[str, str]) -> None:
    async def work(scout: Scout) -> KnownOutcome:
        scout.limit_to(Site.of("http://no-such-name.invalid/"))
        return await scout.visit("http://no-such-name.invalid/")

    assert scouted(harness, work, Wishes(ignore_robots=True)).rule == "broken"
    assert scouted(harness, work).rule == "broken", "the host is unreachable, not only its robots.txt"


@pytest.mark.parametrize(
    ("path", "head", "rule"),
    first(
        3,
        [
            ("login", (), "auth"),
            ("go", ("302 Found", "Location: /login"), "auth"),
            ("go", ("302 Found", "Location: https://example.com/"), "off_domain"),
            ("members", (), "auth"),
            ("file", ("200 OK", "Content-Disposition: attachment"), "download"),
        ],
    ),
    ids=["sign-in", "redirected to sign-in", "redirected off the site", "by sight", "a file"],
)
def test_a_page_that_must_not_be_shown_is_known_by_its_rule(
    harness: Harness, pages: dict[str, str], path: str, head: tuple[str, ...], rule: str
) -> None:
    pages["/go"] = pages["/file"] = "moved"
    pages["/login"] = pages["/members"] = "<center><h1>Members</h1><input type=password></center>"
    if head:
        harness.heads[f"/{path}"] = head

    assert visited(harness, path).rule == rule


def test_robots_txt_is_asked_once_and_obeyed(harness: Harness, pages: dict[str, str]) -> None:
    pages["/a"] = pages["/b"] = pages["/private"] = "<p>Hello</p>"
    harness.plain["/robots.txt"] = "User-agent: *\nDisallow: /private\n"

    async def work(scout: Scout) -> list[str]:
        return [(await scout.visit(harness.url + path)).rule for path in ("a", "private", "b")]

    try:
        rules = scouted(harness, work)
        anyhow = visited(harness, "private", Wishes(ignore_robots=True))
    finally:
        harness.plain.clear()

    assert rules == ["", "robots", ""]
    assert anyhow.rule == ""
    assert harness.asked.count("GET /robots.txt") == 1
    assert harness.asked.count("GET /private") == 1


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        (("404 Not Found",), ""),
        (("302 Found", "Location: https://elsewhere.example/"), ""),
        (("503 Service Unavailable",), "robots"),
    ],
)
def test_the_status_of_robots_txt_decides_where_there_are_no_rules(
    harness: Harness, pages: dict[str, str], head: tuple[str, ...], rule: str
) -> None:
    pages["/a"] = pages["/robots.txt"] = "<p>Hello</p>"
    harness.heads["/robots.txt"] = head

    assert visited(harness, "a").rule == rule


REHEARSALS = f"""{STYLE}<h1>Home</h1><p id=out></p>
<button id=dead>Dead</button>
<button id=scene onclick='out.textContent = "Something else"'>Scene</button>
<button id=dialog onclick='box.showModal()'>Dialog</button> <dialog id=box>A question?</dialog>
<button id=unfold aria-expanded=false onclick='this.ariaExpanded = "true"; more.hidden = false'>Unfold
</button><p id=more hidden>Much more to read</p>
<button id=leave onclick='location = "/a"'>Go on</button> <a id=window href=/a target=_blank>Window</a>
<button id=popup onclick='window.open("/a")'>Popup</button>"""


@pytest.mark.parametrize(
    ("selector", "expected"),
    first(
        3,
        [
            ("#dead", "nothing"),
            ("#scene", "scene"),
            ("#dialog", "dialog"),
            ("#unfold", "disclosure"),
            ("#leave", "page"),
            ("#window", "page"),
            ("#popup", "page"),
        ],
    ),
)
def test_a_rehearsal_tells_what_a_click_does(
    harness: Harness, pages: dict[str, str], selector: str, expected: str
) -> None:
    pages["/"], pages["/a"] = REHEARSALS, "<h1>Another page</h1>"

    (known_outcome,) = rehearsed(harness, click(selector))

    assert known_outcome.outcome == expected


@pytest.mark.thorough
def test_a_rehearsal_has_title_and_picture_and_tells_how_much_has_changed(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"], pages["/a"] = REHEARSALS, f"{STYLE}<h1>Another page</h1>"

    dead, scene, leave = rehearsed(harness, click("#dead"), click("#scene"), click("#leave"))

    assert 0 <= dead.changed < scene.changed < 0.2
    assert (leave.url, leave.title, leave.changed) == (f"{harness.url}a", "/a", 1.0)
    assert leave.picture is not None


def test_each_rehearsal_begins_in_the_same_state(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"], pages["/a"] = REHEARSALS, "<h1>Another page</h1>"

    order = ["#dialog", "#unfold", "#scene", "#leave", "#scene", "#unfold", "#dialog"]
    known_outcomes = rehearsed(harness, *map(click, order))

    assert [known_outcome.outcome for known_outcome in known_outcomes] == [
        "dialog",
        "disclosure",
        "scene",
        "page",
        "scene",
        "disclosure",
        "dialog",
    ]


@pytest.mark.thorough
def test_escape_and_a_second_click_spare_opening_the_page_anew(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = f"""{STYLE}<h1>Home</h1><button id=dialog onclick='box.showModal()'>Dialog</button>
    <dialog id=box>A question?</dialog><details><summary id=sum>More</summary>Much more to read</details>"""

    known_outcomes = rehearsed(harness, click("#dialog"), click("#sum"), click("#dialog"), click("#sum"))

    assert [known_outcome.outcome for known_outcome in known_outcomes] == ["dialog", "disclosure"] * 2
    assert harness.asked.count("GET /") == 1


def test_what_a_rehearsal_leaves_in_the_stores_is_put_back(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"""{STYLE}<h1 id=title>None</h1>
    <script>
      title.textContent = `${{localStorage.n ?? "None"}} ${{sessionStorage.n ?? "None"}}`;
      const count = () => {{
        localStorage.n = sessionStorage.n = "Some";
        title.textContent += " and more to read";
      }};
    </script><button id=count onclick='count()'>Count</button>"""

    one, other = rehearsed(harness, click("#count"), click("#count"))

    assert one.picture is not None
    assert other.picture is not None
    assert (one.picture.pixels == other.picture.pixels).mean() > 0.99


@pytest.mark.thorough
def test_a_rehearsal_happens_in_the_state_that_its_film_has_reached(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = f"""{STYLE}<button id=one onclick='two.hidden = false'>One</button>
    <button id=two hidden onclick='document.body.append("Much more")'>Two</button>"""

    too_early = tried(harness, click("#two"))
    (in_time,) = rehearsed(harness, click("#two"), done=(click("#one"),))

    assert too_early == [None], "it may be within reach on camera"
    assert in_time.outcome == "scene"


@pytest.mark.parametrize("selector", first(2, ["#nowhere", "button", "#under", "#out"]))
def test_what_is_not_there_or_must_not_be_clicked_is_not_rehearsed(
    harness: Harness, pages: dict[str, str], selector: str
) -> None:
    pages["/"] = """<button id=under>Under</button><button id=out onclick='fetch("/x")'>Sign out</button>
    <div style='position: fixed; inset: 0; z-index: 9'></div>"""

    (known_outcome,) = tried(harness, click(selector))

    assert known_outcome is None
    assert "GET /x" not in harness.asked


@pytest.mark.thorough
def test_places_that_come_within_reach_are_told(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"""{STYLE}<a href=/a>A</a>
    <button id=menu onclick='list.hidden = false'>Menu</button>
    <p id=list hidden><a href=/b>B</a> <a href=/c>C</a> <a href=/logout>Out</a></p>"""

    (known_outcome,) = rehearsed(harness, click("#menu"))

    host = harness.url.removeprefix("http://")
    assert set(known_outcome.opens) == {f"{host}b", f"{host}c"}


@pytest.mark.thorough
def test_what_is_looked_for_is_seen_off_camera_and_nothing_is_chosen_there(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = f"""{STYLE}<input id=q oninput='out.textContent = this.value + " was found here"'>
    <select id=s onchange='out.textContent = this.value + " was chosen here"'><option>A<option>B</select>
    <p id=out>Nothing</p>"""

    typed, chosen = tried(
        harness, ActionPlan("#q", "type", 0, "", value="lamp"), ActionPlan("#s", "choose", 0, "", value="B")
    )

    assert typed is not None
    assert typed.outcome == "scene"
    assert chosen is None


def test_nothing_is_written_off_camera_and_what_was_held_back_is_told(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = """<button id=post onclick='fetch("/x", {method: "POST"})'>Show more</button>"""

    async def work(scout: Scout) -> list[tuple[str, str]]:
        await scout.dry_run(click("#post"), PageState(harness.url))
        return [(refusal.rule, refusal.what) for refusal in scout.refused]

    assert scouted(harness, work) == [("write", f"POST {harness.url}x")]
    assert not any(line.startswith("POST") for line in harness.asked)


@pytest.mark.parametrize(
    "control",
    first(
        2,
        [
            "<input type=checkbox id=c oninput='ask()'>",
            "<button id=c role=switch aria-checked=false onclick='ask()'>Mails</button>",
            "<button id=c aria-pressed=false onclick='ask()'>Bold</button>",
            "<select id=c onchange='ask()'><option>A<option>B</select>",
            "<input id=c placeholder=Title oninput='ask()'>",
            "<form action=/found><button id=c>Go</button></form>",
        ],
    ),
)
def test_nothing_is_toggled_chosen_or_sent_off_camera(
    harness: Harness, pages: dict[str, str], control: str
) -> None:
    pages["/"] = f"{STYLE}{control}<script>const ask = () => fetch('/asked')</script>"

    assert tried(harness, click("#c")) == [None]
    assert "GET /asked" not in harness.asked
    assert "GET /found?" not in harness.asked


def test_after_a_press_off_camera_only_files_pages_and_what_was_asked_for_before_may_leave(
    harness: Harness, pages: dict[str, str]
) -> None:
    asks = ["/rows", "/rows?page=2", "/part.json", "/vote/7"]
    pages["/"] = f"""{STYLE}<p id=out>Nothing</p><button id=b onclick='ask()'>Show more</button><script>
    fetch("/rows");
    function ask() {{
      {"".join(f'fetch("{one}");' for one in asks)}
      new Image().src = "/pixel?open=1"; new Image().src = "/hand.png";
    }}</script>"""

    async def work(scout: Scout) -> list[str]:
        await scout.dry_run(click("#b"), PageState(harness.url))
        return [refusal.what.removeprefix(f"GET {harness.url}") for refusal in scout.refused]

    told = scouted(harness, work)

    assert harness.asked.count("GET /rows") == 2
    assert "GET /part.json" in harness.asked
    assert "GET /hand.png" in harness.asked
    assert not [line for line in harness.asked if "vote" in line or "?" in line]
    assert told == ["vote/7"]


@pytest.mark.thorough
def test_what_shows_nothing_because_it_was_held_back_stays_unknown(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = f"""{STYLE}<p id=out>Nothing</p><button id=b onclick='
    fetch("/rows").then(() => {{ out.textContent = "All the rows, one below the other" }})'>Show more</button>
    <button id=dead>Nothing at all</button>"""

    assert [one and one.outcome for one in tried(harness, click("#b"), click("#dead"))] == [None, "nothing"]


@pytest.mark.thorough
def test_placeholders_are_not_taken_for_the_page(harness: Harness, pages: dict[str, str]) -> None:
    boxes = "<div class='card-skeleton' style='width: 600px; height: 200px; background: silver'></div>"
    pages["/slow"] = f"""{STYLE}<main id=main aria-busy=true>{boxes}</main><script>
    const load = () => {{ main.removeAttribute("aria-busy"); main.textContent = "Forty boats" }};
    setTimeout(load, 1200)</script>"""
    pages["/never"] = f"<main>{boxes}</main>"

    assert visited(harness, "slow").rule == ""
    assert visited(harness, "never").rule == STILL_LOADING
