"""What a film never shows and never clicks, whatever the page or the planner does."""

import pytest

from explorer.navigation.scope_monitor import COMMIT_MARGIN_MS
from explorer.types import Refusal
from tests.explorer.support.exploration import Clicks, Harness, Proposes, dead_port
from tests.site.server import SiteServer
from tests.support.markers import first, thorough

PASSWORD = "<center><h1>Members only</h1><input><input type=password><button>Enter</button></center>"
#: No request is sent for this page, so nothing can hold it back.
SIGNS_IN_BY_SCRIPT = {"/": "<button onclick='history.pushState(0, 0, \"/login\")'>Go</button>"}


@pytest.mark.thorough
def test_what_is_told_so_far_ends_before_a_page_that_must_not_be_seen(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages.update(SIGNS_IN_BY_SCRIPT)

    take = harness.explore(harness.url, Clicks(["Go"]))

    assert take.trace.stop_reason == "auth_page"
    assert all(so_far.end_ms <= take.trace.end_ms + COMMIT_MARGIN_MS for so_far in take.so_far)


@pytest.mark.parametrize(
    ("address", "rule"),
    first(1, [("/login", "auth"), ("https://example.com/", "off_domain"), ("/to-login", "auth")]),
    ids=["sign-in", "elsewhere", "redirected to sign-in"],
)
def test_a_click_that_leads_where_the_film_must_not_go_leads_nowhere_and_the_film_goes_on(
    harness: Harness, pages: dict[str, str], address: str, rule: str
) -> None:
    pages["/"] = f"<button onclick='location = \"{address}\"'>Go</button> <a href=/in>In</a>"
    pages["/in"], pages["/login"], pages["/to-login"] = "<p>In</p>", "<p>Who are you?</p>", "moved"
    harness.heads["/to-login"] = ("302 Found", "Location: /login")

    take = harness.explore(harness.url, Clicks(["Go", "In"]))

    assert [(step.label, step.outcome) for step in take.steps] == [("Go", "nothing"), ("In", "page")]
    assert rule in {rule for rule, _ in take.rules}
    assert "GET /login" not in harness.asked
    assert [visit.url for visit in take.trace.visits][:2] == [harness.url, f"{harness.url}in"]


@pytest.mark.thorough
def test_the_film_ends_before_a_page_that_a_script_calls_a_sign_in_page(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages.update(SIGNS_IN_BY_SCRIPT)

    take = harness.explore(harness.url, Clicks(["Go"]))

    (step,) = take.steps
    assert take.trace.stop_reason == "auth_page"
    assert step.click_ms - 50 <= take.trace.end_ms < step.end_ms
    assert take.metrics[-1].visited_urls == (harness.url,)


def test_the_film_ends_before_a_page_that_asks_for_a_password(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/members>Members</a>"
    pages["/members"] = PASSWORD

    take = harness.explore(harness.url)

    assert take.trace.stop_reason == "auth_page"
    assert take.trace.end_ms < take.steps[0].end_ms


def test_a_forbidden_page_is_cut_off_even_when_time_runs_out_on_it(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = SIGNS_IN_BY_SCRIPT["/"].replace("'>Go", "; setTimeout(() => { while (true) {} }, 200)'>Go")

    take = harness.explore(harness.url, Clicks(["Go"]), max_runtime_s=9)

    assert take.trace.stop_reason == "auth_page"
    assert take.trace.end_ms < take.steps[0].end_ms


def test_a_click_that_leads_to_a_private_address_leads_nowhere_and_is_told(
    harness: Harness, pages: dict[str, str]
) -> None:
    address = f"http://127.0.0.1:{dead_port()}/"
    pages["/"] = f"<button onclick='location = \"{address}\"'>Go</button>"

    take = harness.explore(harness.url, max_clicks=1)

    assert [step.outcome for step in take.steps] == ["nothing"]
    assert ("off_domain", address) in take.rules


def test_nothing_is_written_by_a_click_and_that_is_told(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = """<button onclick='fetch("/x", {method: "POST"})'>Show more</button>"""

    take = harness.explore(harness.url)

    assert [step.outcome for step in take.steps] == ["nothing"]
    assert ("write", f"POST {harness.url}x") in take.rules
    assert not any(line.startswith("POST") for line in harness.asked)


@pytest.mark.parametrize(
    "selector", ["[data-danger=delete]", thorough("[data-danger=sign-out]"), thorough("#nowhere"), "]["]
)
def test_what_a_planner_was_not_offered_is_not_clicked_but_told(
    harness: Harness, site: SiteServer, selector: str
) -> None:
    take = harness.explore(f"{site.url}account.html", Proposes((selector,)))

    assert not take.steps
    assert ("not_offered", selector) in take.rules
    assert ("blacklist", "Delete account") in take.rules
    assert {(refusal.rule, refusal.what) for refusal in take.announced} == take.rules
    assert all(method == "GET" for method, _ in site.requests)


@pytest.mark.thorough
def test_a_planner_that_repeats_itself_gets_one_click(harness: Harness, site: SiteServer) -> None:
    take = harness.explore(f"{site.url}lab/dead.html", Proposes(("#heard", "#heard")))

    assert len(take.steps) == 1


@pytest.mark.parametrize(
    "change",
    first(
        2,
        [
            "onmouseover='this.textContent = \"Delete account\"'",
            "onmouseover='this.title = \"Delete account\"'",
            "onmouseover='this.href = \"/logout\"'",
            "onmouseover='this.href = \"https://example.com/\"'",
        ],
    ),
)
def test_what_turns_dangerous_between_plan_and_click_is_refused(
    harness: Harness, pages: dict[str, str], change: str
) -> None:
    pages["/"] = f'<a id=it href=/fine {change} onclick=\'fetch("/x", {{method: "POST"}})\'>Show more</a>'

    take = harness.explore(harness.url, Proposes(("#it",)))

    assert not take.steps
    assert {rule for rule, _ in take.rules} <= {"blacklist", "off_domain", "not_offered"}
    assert any(isinstance(event, Refusal) for event in take.events)
    assert harness.asked == ["GET /"] or harness.asked == ["GET /", "GET /favicon.ico"]


def test_popups_and_new_tabs_are_shown_in_the_one_page(harness: Harness, site: SiteServer) -> None:
    start = f"{site.url}lab/popup.html"

    take = harness.explore(start, Clicks(["Open a window"]), max_clicks=1)
    tab = harness.explore(start, Clicks(["Open in a new tab"]), max_clicks=1)

    assert [step.outcome for step in (*take.steps, *tab.steps)] == ["page", "page"]
    assert take.metrics[-1].visited_urls == (start, f"{site.url}docs/usage.html")
    assert tab.metrics[-1].visited_urls == (start, f"{site.url}about.html")


@pytest.mark.thorough
def test_a_popup_that_leads_off_the_site_is_refused_and_the_film_goes_on(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<button onclick='window.open(\"https://example.com/\")'>Out</button> <a href=/in>In</a>"
    pages["/in"] = "<p>In</p>"

    take = harness.explore(harness.url, Clicks(["Out", "In"]))

    assert [(step.label, step.outcome) for step in take.steps] == [("Out", "nothing"), ("In", "page")]
    assert ("off_domain", "https://example.com/") in take.rules


def test_dialogs_are_declined_and_do_not_block(harness: Harness, site: SiteServer) -> None:
    labels = ["Alert", "Ask me", "Guard this page", "Home page"]

    take = harness.explore(f"{site.url}lab/dialogs.html", Clicks(list(labels)))

    assert [(step.label, step.outcome) for step in take.steps] == [
        ("Alert", "scene"),
        ("Ask me", "scene"),
        ("Guard this page", "scene"),
        ("Home page", "page"),
    ]
