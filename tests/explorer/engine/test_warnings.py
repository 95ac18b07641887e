"""What a take lacks is said: which warnings there are, when, and in which words."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

import explorer
from explorer.engine.composition import Composition
from explorer.engine.warnings import OBSTACLES, STOPPED, Ending, TakeCode, warnings_of
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.retry_policy import RetryPolicy
from explorer.types import ActionPlan, Brief, Refusal, Scene, StopReason, Wishes
from tests.explorer.engine.test_never_filmed import PASSWORD
from tests.explorer.support.clocks import HastyClock
from tests.explorer.support.exploration import Clicks, Hangs, Harness, Take
from tests.support.markers import first, thorough

BRIEF = Brief("http://h/")
REFUSED = (Refusal("blacklist", "Delete", "its text says 'delete'"), Refusal("write", "POST /x", "held back"))


def told(take: Take) -> dict[str, str]:
    """The messages of a take's warnings by their codes, each of which is there once."""
    messages = {warning.code: warning.message for warning in take.trace.warnings}
    assert len(messages) == len(take.trace.warnings)
    return messages


def said(ending: Ending) -> dict[str, str]:
    return {warning.code: warning.message for warning in warnings_of(ending)}


def test_a_film_with_all_its_clicks_has_no_warning(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/one>One</a> <a href=/two>Two</a>"
    pages["/one"] = pages["/two"] = "<p>Arrived</p>"

    assert told(harness.explore(harness.url, max_clicks=2)) == {}


def test_a_page_without_anything_to_click_is_told_so(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<p>Only a text</p>"

    (message,) = told(harness.explore(harness.url)).values()

    assert message.startswith("Nothing was clicked")
    assert "nothing was found that can be clicked" in message


def test_a_page_with_nothing_but_what_is_refused_names_it(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<button>Delete account</button> <a href=/login>Log in</a>"

    take = harness.explore(harness.url)

    assert take.steps == []
    assert list(told(take)) == ["nothing_clicked"]
    assert "refused ('Delete account' and 'Log in')" in told(take)["nothing_clicked"]


@pytest.mark.thorough
def test_less_than_was_asked_for_is_told_with_both_numbers(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/one>One</a> <a href=/login>Log in</a>"
    pages["/one"] = "<p>Arrived</p>"

    message = told(harness.explore(harness.url, max_clicks=10))["little_to_show"]

    assert message.startswith("1 of 10 clicks was made: nothing else was left")
    assert "and 1 thing was refused. Start from another page. What was refused is listed" in message


def test_footage_that_is_full_stops_a_film_early(harness: Harness, pages: dict[str, str]) -> None:
    clock = HastyClock()

    class Fills:
        """Lets the footage be full once a click was chosen."""

        async def plan(self, scene: Scene) -> list[ActionPlan]:
            clock.full = True
            return await KeywordPlanner().plan(scene)

    pages["/"] = "<a href=/one>One</a>"
    pages["/one"] = "<a href=/two>Two</a>"

    messages = told(harness.explore(harness.url, Fills(), clock, max_clicks=5))

    assert list(messages) == ["stopped_early"]
    assert messages["stopped_early"].startswith("1 of 5 clicks was made: the footage had reached")


def test_a_page_that_asks_to_sign_in_stops_a_film_early(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/members>Members</a>"
    pages["/members"] = PASSWORD

    messages = told(harness.explore(harness.url, max_clicks=5))

    assert list(messages) == ["stopped_early"]
    assert "a page came up that asks to sign in" in messages["stopped_early"]


@pytest.mark.thorough
def test_time_that_runs_out_is_told_with_its_limit(harness: Harness, pages: dict[str, str]) -> None:
    class Tires:
        """Chooses once, and then thinks without end."""

        async def plan(self, scene: Scene) -> list[ActionPlan]:
            return await (Hangs() if scene.history else KeywordPlanner()).plan(scene)

    pages["/"] = "<a href=/one>One</a> <a href=/two>Two</a>"
    pages["/one"] = pages["/two"] = "<a href=/>Home</a><button aria-expanded=false>More</button>"

    messages = told(harness.explore(harness.url, Tires(), max_runtime_s=8))

    assert list(messages) == ["stopped_early"]
    assert messages["stopped_early"].startswith(
        "1 of 10 clicks was made: its time was up (max_runtime is 8 s)."
    )


def test_without_a_click_there_is_one_warning_whatever_ended_the_film(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/one>One</a>"
    clock = HastyClock()
    clock.full = True

    messages = told(harness.explore(harness.url, clock=clock))

    assert list(messages) == ["nothing_clicked"]
    assert "the footage had reached its greatest size" in messages["nothing_clicked"]


DIALOGS = """
<button>Count</button> <button>Tidy</button> <button>Sort</button> <button>Name</button> <a href=/two>Two</a>
<script>
const [count, tidy, sort, naming] = document.querySelectorAll("button");
count.addEventListener("click", () => alert("Three notes"));
tidy.addEventListener("click", () => { document.title = confirm("Show all notes?"); });
sort.addEventListener("click", () => { document.title = confirm("By date?"); });
naming.addEventListener("click", () => { document.title = prompt("A name?"); });
addEventListener("beforeunload", (event) => event.preventDefault());
</script>
"""


@pytest.mark.thorough
def test_dialogs_that_were_answered_for_the_page_are_counted(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"], pages["/two"] = DIALOGS, "<p>Arrived</p>"

    take = harness.explore(harness.url, Clicks(["Count", "Tidy", "Sort", "Name", "Two"]), max_clicks=5)

    assert take.steps[-1].outcome == "page"
    assert told(take)["dialogs_answered"].startswith(
        "1 message of the page was closed, 2 questions of the page were answered with no, 1 question of the "
        "page for a text was cancelled and the page asked to stay, and was left."
    )


REGISTER = "navigator.serviceWorker.register('/sw.js')"
BY_PROTOTYPE = "ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, '/sw.js')"
COVERS_UP = f"""
console.warn = () => {{}};
try {{ globalThis.__sitereel = {{ wantsServiceWorker: () => false }}; }} catch {{}}
try {{ delete globalThis.__sitereel; }} catch {{}}
{REGISTER};
"""


@pytest.mark.thorough
@pytest.mark.parametrize(
    "page",
    first(
        2,
        [
            f"<script>{REGISTER}</script>",
            f"<script>{BY_PROTOTYPE}</script>",
            f"<script>{COVERS_UP}</script>",
            f"<script>addEventListener('load', () => setTimeout(() => {REGISTER}, 300))</script>",
            "<iframe src=/framed></iframe>",
            "<iframe src=http://localhost:{port}/framed></iframe>",
        ],
    ),
    ids=["at once", "around Playwright", "covered up", "later", "in a frame", "in a frame of another site"],
)
def test_a_service_worker_that_a_page_asks_for_is_told_and_not_run(
    page: str, harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/one>One</a>" + page.replace("{port}", str(harness.port))
    pages["/one"] = "<p>Arrived</p>"
    pages["/framed"] = f"<p>Frame</p><script>{REGISTER}</script>"

    take = harness.explore(harness.url, max_clicks=1)

    assert len(take.steps) == 1
    assert list(told(take)) == ["service_worker_blocked"]
    assert "GET /sw.js" not in harness.asked


@pytest.mark.thorough
def test_a_page_that_only_looks_for_service_workers_has_asked_for_none(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = (
        "<a href=/one>One</a><iframe sandbox=allow-scripts srcdoc=x></iframe>"
        "<script>navigator.serviceWorker.getRegistrations(); 'serviceWorker' in navigator</script>"
    )
    pages["/one"] = "<p>Arrived</p>"

    assert told(harness.explore(harness.url, max_clicks=1)) == {}


def test_what_only_a_service_worker_shows_is_named_as_a_cause(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = (
        "<p id=root>Starting …</p><script>(async () => { await navigator.serviceWorker.register('/sw.js');"
        "await navigator.serviceWorker.ready; root.innerHTML = '<button>Tides</button>' })()</script>"
    )

    messages = told(harness.explore(harness.url))

    assert list(messages) == ["nothing_clicked", "service_worker_blocked"]
    assert "asked for a service worker, without which it may show nothing" in messages["nothing_clicked"]


SHOP = (
    "<nav><a href=/prices/all>What it costs</a> <a href=/team>The team</a></nav>"
    "<main><button aria-expanded=false>Price list</button></main><div id=plain><p>Text</p></div>"
    "<div id=menu><button>More</button></div>"
)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("focus", "labels", "missing"),
    first(
        2,
        [
            (("/prices",), ["What it costs"], []),
            (("/prices",), ["The team"], ["/prices"]),
            (("price list",), ["Price list"], []),
            (("price list", "/team", "roadmap"), ["The team"], ["price list", "roadmap"]),
            (("css=#menu",), ["More"], []),
            (("css=#plain", "css=#menu", "css=#["), ["More"], ["css=#plain", "css=#["]),
        ],
    ),
)
def test_each_entry_of_the_focus_that_no_click_has_shown_is_named(
    focus: tuple[str, ...],
    labels: list[str],
    missing: list[str],
    harness: Harness,
    pages: dict[str, str],
) -> None:
    pages["/"], pages["/prices/all"], pages["/team"] = SHOP, "<p>Prices</p>", "<p>Team</p>"

    take = harness.explore(harness.url, Clicks(labels), max_clicks=1, wishes=Wishes(focus=focus))

    assert len(take.steps) == 1
    named = told(take).get("focus_not_found", "").partition(". ")[0]
    assert re.findall("'(.*?)'", named) == missing


@pytest.mark.thorough
def test_a_focus_on_the_start_page_is_met(harness: Harness, pages: dict[str, str]) -> None:
    pages["/prices"] = "<a href=/team>The team</a>"
    pages["/team"] = "<p>Team</p>"

    take = harness.explore(f"{harness.url}prices", max_clicks=1, wishes=Wishes(focus=("/prices",)))

    assert told(take) == {}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("goal", "found"),
    first(
        2,
        [
            thorough("how to see what it costs", True),
            ("show the prices", True),
            ("how to order by telephone", False),
            # The page that the click leads to is called so
            ("everything about the weekly market", True),
            # Of such words nothing can be asked
            thorough("show this site", True),
        ],
    ),
)
def test_a_goal_is_missed_when_no_click_shares_a_word_with_it(
    goal: str, found: bool, harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = SHOP
    pages["/prices/all"] = "<title>Our market</title><script>document.title = 'Our market'</script>"

    take = harness.explore(harness.url, Clicks(["What it costs"]), max_clicks=1, wishes=Wishes(goal=goal))

    assert ("goal_not_found" not in told(take)) == found


@pytest.mark.thorough
def test_the_name_of_the_site_does_not_make_a_goal_met(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"{SHOP}<script>document.title = 'Lumen'</script>"
    pages["/team"] = "<script>document.title = 'Team | Lumen'</script>"

    take = harness.explore(
        harness.url, Clicks(["The team"]), max_clicks=1, wishes=Wishes(goal="the roadmap of Lumen")
    )

    assert list(told(take)) == ["goal_not_found"]


@pytest.mark.thorough
def test_what_a_language_model_has_chosen_is_not_judged_by_words(
    harness: Harness, pages: dict[str, str]
) -> None:
    class Model:
        async def plan(self, scene: Scene) -> list[ActionPlan]:
            return [ActionPlan(scene.elements[0].selector, "click", 90, "llm: the prices are there")]

    pages["/"], pages["/prices/all"] = SHOP, "<p>Prices</p>"

    take = harness.explore(harness.url, Model(), max_clicks=1, wishes=Wishes(goal="Preise zeigen"))

    assert told(take) == {}


def test_what_was_recorded_is_told_once(harness: Harness, pages: dict[str, str]) -> None:
    async def noted() -> Any:
        async with harness.session(BRIEF) as session:
            recorder = Composition(
                BRIEF, session, HastyClock(), KeywordPlanner(), harness.proxy, None, RetryPolicy()
            ).recorder
            for kind in ("consent", "tour", "consent"):
                recorder.note_obstacle(kind)
            for note in ("This page is in no language that is known.", "Nor is that."):
                recorder.note_unknown_language(note)
            return Ending(
                BRIEF,
                "max_clicks",
                clicks=10,
                obstacles=recorder.obstacles_left,
                language_note=recorder.language_note,
            )

    messages = said(harness.run(noted))

    assert list(messages) == ["obstacle_left", "language_unknown"]
    assert messages["obstacle_left"].startswith("A cookie banner and a tour could not be closed")
    assert messages["language_unknown"] == "This page is in no language that is known."


@pytest.mark.parametrize("stop", get_args(StopReason))
def test_every_reason_to_stop_says_why_fewer_clicks_were_made(stop: StopReason) -> None:
    (none,) = said(Ending(BRIEF, stop, clicks=0, offered=3)).items()
    (some,) = said(Ending(BRIEF, stop, clicks=4, offered=3)).items()

    assert none[0] == "nothing_clicked"
    assert some[0] == ("stopped_early" if stop in STOPPED else "little_to_show")
    assert some[1].startswith("4 of 10 clicks were made: ")
    cause = some[1].partition(": ")[2].partition(".")[0]
    assert stop not in STOPPED or cause in none[1]


def test_what_was_held_back_on_the_network_is_nothing_that_could_be_clicked() -> None:
    message = said(Ending(BRIEF, "nothing_left", refused=REFUSED))["nothing_clicked"]

    assert "refused ('Delete')" in message


def test_of_many_labels_a_few_are_quoted_and_none_at_length() -> None:
    many = tuple(Refusal("blacklist", f"Delete {number} {'x' * 99}", "") for number in range(9))

    message = said(Ending(BRIEF, "nothing_left", refused=many))["nothing_clicked"]

    assert "6 more" in message
    assert len(message) < 500


def test_a_limit_on_depth_is_named_where_it_was_reached() -> None:
    assert "Raise max_depth" in said(Ending(BRIEF, "nothing_left", clicks=2, depth=3))["little_to_show"]
    assert "max_depth" not in said(Ending(BRIEF, "nothing_left", clicks=2, depth=2))["little_to_show"]


def test_there_is_a_case_for_every_code() -> None:
    everything = {
        "obstacles": ["consent"],
        "dialogs": {"alert": 1},
        "wants_worker": True,
        "missing_focus": ["/x"],
        "misses_goal": True,
        "language_note": "Unknown.",
    }
    endings: list[tuple[StopReason, int]] = [("nothing_left", 0), ("nothing_left", 1), ("runtime", 1)]

    made = {code for stop, clicks in endings for code in said(Ending(BRIEF, stop, clicks, **everything))}  # type: ignore[arg-type]

    # Of scripts, as tests/explorer/script/test_player.py shows.
    assert made | {"steps_skipped", "steps_healed"} == set(get_args(TakeCode))


def test_every_kind_of_obstacle_has_a_name_in_plain_words() -> None:
    script = (Path(explorer.__file__).parent / "overlays" / "js" / "dismissal.js").read_text()

    assert set(re.findall(r'kind: "(\w+)"', script)) <= set(OBSTACLES)
