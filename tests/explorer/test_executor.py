"""Whole explorations: a real site, a real browser behind the proxy, and planners that follow a script."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from explorer.border import COMMIT_MARGIN_MS
from explorer.errors import AddressRefused, AuthRequired, PageUnreachable, PageUnresponsive, SafetyViolation
from explorer.executor import FIRST_SETTLE_MS
from explorer.text import MAX_URL_CHARS
from explorer.types import ActionPlan, Metrics, Refusal, Scene, Step, Story
from tests.explorer.stage import Clicks, Hangs, HastyClock, Proposes, RealClock, Take, Theatre, open_theatre
from tests.site.server import SiteServer

#: Spins for ever as soon as the pointer is over the button.
TRAP = "<button onmouseover='while (true) {}'>Trap</button>"


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with open_theatre() as opened:
        yield opened


@pytest.fixture
def site(theatre: Theatre) -> SiteServer:
    theatre.site.requests.clear()
    return theatre.site


@pytest.fixture
def pages(theatre: Theatre) -> dict[str, str]:
    theatre.pages.clear()
    theatre.heads.clear()
    theatre.asked.clear()
    return theatre.pages


def dead_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


@pytest.fixture(scope="module")
def ordinary(theatre: Theatre) -> Take:
    """Two clicks from the site's front page."""
    return theatre.explore(theatre.site.url, max_clicks=2)


def test_an_exploration_tells_each_state_in_order_and_ends_with_the_story(ordinary: Take) -> None:
    assert ordinary.states[:4] == ["navigating", "discovering", "planning", "executing"]
    assert ordinary.states[-1] == "complete"
    assert isinstance(ordinary.events[-1], Story)
    assert {type(event) for event in ordinary.events} <= {Metrics, Step, Refusal, Story}


def test_clicks_are_counted_numbered_and_limited(ordinary: Take) -> None:
    assert ordinary.story.stop_reason == "max_clicks"
    assert [step.number for step in ordinary.steps] == [1, 2]
    assert ordinary.metrics[-1].clicks == 2
    assert ordinary.story.steps == tuple(ordinary.steps)


def test_the_story_is_in_order_on_the_clock_and_the_pointer_is_at_every_click(ordinary: Take) -> None:
    story = ordinary.story

    moments = [t for step in story.steps for t in (step.start_ms, step.click_ms, step.end_ms)]
    assert moments == sorted(moments)
    assert story.start_ms <= moments[0]
    assert moments[-1] <= story.end_ms
    for step in story.steps:
        (*_, last) = (sample for sample in story.pointer if sample.at_ms <= step.click_ms)
        assert (last.x, last.y) == (step.point.x, step.point.y)


def test_what_is_told_so_far_is_the_beginning_of_the_story(ordinary: Take) -> None:
    story = ordinary.story
    ends = [so_far.end_ms for so_far in ordinary.so_far]
    assert ends == sorted(ends)
    assert len(set(ends)) > 3, "it grows"
    for so_far in ordinary.so_far[1:]:
        end_ms = so_far.end_ms
        assert so_far.start_ms == story.start_ms
        assert so_far.look == story.look
        assert so_far.steps == tuple(step for step in story.steps if step.end_ms <= end_ms)
        assert so_far.pointer == tuple(sample for sample in story.pointer if sample.at_ms <= end_ms)
        assert so_far.visits == tuple(visit for visit in story.visits if visit.at_ms <= end_ms)
        assert so_far.waits == tuple(wait for wait in story.waits if wait.to_ms <= end_ms)
        assert not any(step.start_ms < end_ms < step.end_ms for step in story.steps), "none is under way"
        assert not any(wait.from_ms < end_ms < wait.to_ms for wait in story.waits)


def test_a_step_tells_what_was_clicked_and_where_it_stood(ordinary: Take) -> None:
    for step in ordinary.steps:
        assert step.role in {"link", "button", "tab"}
        assert step.target is not None
        assert step.target.x <= step.point.x <= step.target.x + step.target.width
        assert step.target.y <= step.point.y <= step.target.y + step.target.height


def test_scrolls_and_waits_are_part_of_the_story(ordinary: Take) -> None:
    assert any(scroll.dy > 0 for scroll in ordinary.story.scrolls)
    for step in ordinary.steps:
        assert any(step.click_ms <= wait.from_ms < wait.to_ms <= step.end_ms for wait in ordinary.story.waits)


def test_the_story_tells_the_sites_colour_and_icon(ordinary: Take) -> None:
    assert ordinary.story.look.theme.startswith("#")
    assert ordinary.story.look.icon


def test_what_is_told_so_far_ends_before_a_page_that_must_not_be_seen(
    theatre: Theatre, site: SiteServer
) -> None:
    take = theatre.explore(f"{site.url}lab/leave.html", Proposes(("#login",)))
    assert take.story.stop_reason == "auth_page"
    assert all(so_far.end_ms <= take.story.end_ms + COMMIT_MARGIN_MS for so_far in take.so_far)


def test_pages_that_were_seen_are_told_once_with_address_and_title(
    theatre: Theatre, site: SiteServer
) -> None:
    take = theatre.explore(site.url, Clicks(["Features", "Lumen home", "Docs"]), max_clicks=3)

    assert take.metrics[-1].visited_urls == (site.url, f"{site.url}features.html", f"{site.url}docs/")
    titles = [visit.title for visit in take.story.visits]
    assert len(titles) == 4
    assert titles[0] == titles[2]
    assert take.metrics[-1].depth == 1


def test_what_lies_deeper_than_allowed_is_not_offered(theatre: Theatre, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/one>One</a>"
    pages["/one"] = "<a href=/two>Two</a> <button aria-expanded=false>Panel</button>"
    pages["/two"] = "<p>Deep</p>"
    planner = Clicks(["One", "Two"])

    take = theatre.explore(theatre.url, planner, max_depth=1)

    assert [step.label for step in take.steps] == ["One"]
    assert [element.text for element in planner.scenes[1].elements] == ["Panel"]
    assert "GET /two" not in theatre.asked


def test_buttons_lead_no_deeper_than_links_may(theatre: Theatre, pages: dict[str, str]) -> None:
    pages["/"] = "<button onclick='location = \"/1\"'>To 1</button> <button>Stay</button>"
    for depth in range(1, 6):
        pages[f"/{depth}"] = f"<button onclick='location = \"/{depth + 1}\"'>To {depth + 1}</button>"

    take = theatre.explore(theatre.url, Clicks(["To 1", "To 2", "To 3", "Stay"]), max_depth=1)

    assert [step.label for step in take.steps] == ["To 1", "To 2"]
    assert "GET /3" not in theatre.asked
    assert take.story.stop_reason == "nothing_left"


def test_it_goes_back_for_what_is_left_and_ends_when_nothing_is(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/one>One</a> <a href=/two>Two</a>"
    pages["/one"] = pages["/two"] = "<p>No way on</p>"

    take = theatre.explore(theatre.url)

    assert [step.label for step in take.steps] == ["One", "Two"]
    assert [step.outcome for step in take.steps] == ["page", "page"]
    assert take.story.stop_reason == "nothing_left"


def test_it_goes_back_to_a_page_with_something_better_before_it_makes_a_poor_click(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    nav = "<nav><a href=/one>One</a> <a href=/two>Two</a></nav>"
    pages["/"] = f"{nav}<p>Home</p>"
    room = "<button aria-haspopup=dialog onclick='document.body.append(this.textContent)'>Room {}</button>"
    pages["/one"] = nav + "".join(map(room.format, range(3)))
    pages["/two"] = f"{nav}<label><input type=checkbox>Send me news</label>"

    take = theatre.explore(theatre.url, max_clicks=4)

    assert [step.label.partition(" ")[0] for step in take.steps] == ["One", "Room", "Two", "Room"]
    assert [visit.url.rpartition("/")[2] for visit in take.story.visits] == ["", "one", "two", "one"]


def test_a_planner_that_finds_everything_poor_does_not_make_it_go_to_and_fro(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    @dataclass
    class Bored:
        async def plan(self, scene: Scene) -> list[ActionPlan]:
            return [ActionPlan(element.selector, "click", 1, "bored") for element in scene.elements]

    pages["/"] = "<nav><a href=/one>One</a></nav>" + "<button>A</button> <button>B</button>"
    pages["/one"] = "<nav><a href=/>Home</a></nav>" + "<button>C</button> <button>D</button>"

    take = theatre.explore(theatre.url, Bored(), max_clicks=4)

    assert len(take.steps) == 4
    assert len(take.story.visits) <= 5


def test_ten_clicks_show_every_main_page_of_a_site_and_what_is_inside(
    theatre: Theatre, site: SiteServer
) -> None:
    take = theatre.explore(site.url)

    main = ("", "features.html", "pricing.html", "gallery.html", "docs/", "about.html", "contact.html")
    assert {site.url + page for page in main} <= set(take.metrics[-1].visited_urls)
    inside = {step.page_url.rpartition("/")[2] for step in take.steps if step.outcome == "scene"}
    assert {"features.html", "gallery.html"} <= inside


def test_a_page_that_has_come_to_lead_elsewhere_is_not_gone_back_to_for_ever(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<button onclick='sessionStorage.x = 1; location = \"/end\"'>Go</button>" + (
        "<script>if (sessionStorage.x) location = '/end';</script>"
    )
    pages["/end"] = "<p>The end</p>"

    take = theatre.explore(theatre.url, max_runtime_s=20)

    assert take.story.stop_reason == "nothing_left"


def test_a_click_that_does_nothing_is_told_as_such(theatre: Theatre, site: SiteServer) -> None:
    take = theatre.explore(f"{site.url}lab/dead.html", max_clicks=3)

    assert [step.outcome for step in take.steps] == ["nothing"] * 3
    assert len({step.label for step in take.steps}) == 3


def test_a_click_that_changes_the_page_in_place_is_a_scene(theatre: Theatre, site: SiteServer) -> None:
    take = theatre.explore(f"{site.url}lab/polling.html", Clicks(["Show details"]))

    assert [step.outcome for step in take.steps] == ["scene"]


@pytest.mark.parametrize(("button", "reason"), [("#login", "auth_page"), ("#away", "left_domain")])
def test_the_film_ends_before_a_page_that_must_not_be_seen(
    theatre: Theatre, site: SiteServer, button: str, reason: str
) -> None:
    take = theatre.explore(f"{site.url}lab/leave.html", Proposes((button,)))

    (step,) = take.steps
    assert take.story.stop_reason == reason
    assert step.click_ms - 50 <= take.story.end_ms < step.end_ms
    assert all("login" not in url and "example" not in url for url in take.metrics[-1].visited_urls)


def test_a_forbidden_page_is_cut_off_even_when_time_runs_out_on_it(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<button id=go onclick='location = \"/login\"'>Go</button>"
    pages["/login"] = "<h1>Who are you?</h1><script>setTimeout(() => { while (true) {} }, 200)</script>"

    take = theatre.explore(theatre.url, Proposes(("#go",)), max_runtime_s=5)

    assert take.story.stop_reason == "auth_page"
    assert take.story.end_ms < take.steps[0].end_ms


def test_a_page_that_hangs_ends_the_exploration_and_keeps_its_story(
    theatre: Theatre, site: SiteServer
) -> None:
    take = theatre.explore(f"{site.url}lab/crash.html", Clicks(["Say something", "Spin for ever"]))

    assert [step.label for step in take.steps] == ["Say something", "Spin for ever"]
    assert take.story.stop_reason == "page_lost"


def test_the_story_is_kept_when_time_is_nearly_over_on_a_page_that_hangs(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = TRAP

    take = theatre.explore(theatre.url, max_runtime_s=4)

    assert take.story.stop_reason == "runtime"
    assert take.metrics[-1].runtime_s < 4


def test_a_page_that_settles_when_time_is_nearly_over_is_filmed_from_then_on(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<p>Hello</p><script>setInterval(() => document.body.append('.'), 50)</script>"

    take = theatre.explore(theatre.url, clock=RealClock(), max_runtime_s=FIRST_SETTLE_MS / 1000 + 1)

    assert take.story.stop_reason == "runtime"
    assert not take.steps
    assert FIRST_SETTLE_MS <= take.story.start_ms <= take.story.end_ms
    assert take.story.pointer


def test_a_planner_that_never_answers_ends_the_exploration_in_time(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/one>One</a>"

    take = theatre.explore(theatre.url, Hangs(), max_runtime_s=3)

    assert take.story.stop_reason == "runtime"


def test_full_footage_ends_the_exploration(theatre: Theatre, site: SiteServer) -> None:
    clock = HastyClock()
    clock.full = True

    take = theatre.explore(f"{site.url}lab/dead.html", clock=clock)

    assert take.story.stop_reason == "footage_limit"
    assert not take.steps


def test_a_start_page_that_hangs_hits_the_hard_limit(theatre: Theatre, site: SiteServer) -> None:
    with pytest.raises(SafetyViolation, match="runtime limit of 2 s"):
        theatre.explore(f"{site.url}lab/hang", max_runtime_s=2)


def test_a_start_page_that_spins_is_said_to_be_unresponsive(theatre: Theatre, pages: dict[str, str]) -> None:
    pages["/"] = "<p>Hello</p><script>setTimeout(() => { while (true) {} }, 0)</script>"

    with pytest.raises((PageUnresponsive, SafetyViolation)):
        theatre.explore(theatre.url, max_runtime_s=3)


@pytest.mark.parametrize("path", ["login.html", "lab/to-login"])
def test_a_start_page_that_asks_to_sign_in_is_an_error(theatre: Theatre, site: SiteServer, path: str) -> None:
    with pytest.raises(AuthRequired, match="sign-in page"):
        theatre.explore(site.url + path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("lab/status?code=503", "answered with status 503"),
        ("no-such-page", "answered with status 404"),
        ("lab/close", "closed the connection without an answer"),
        (
            "lab/redirect?to=http://no-such-name.invalid/",
            "no-such-name.invalid:80 could not be reached: Name or",
        ),
        ("lab/redirect?to=https://no-such-name.invalid/", "does not exist or does not answer"),
    ],
)
def test_a_start_page_that_does_not_load_is_an_error_that_says_why(
    theatre: Theatre, site: SiteServer, path: str, said: str
) -> None:
    with pytest.raises(PageUnreachable, match=said):
        theatre.explore(site.url + path)


def test_a_site_cannot_speak_in_the_name_of_our_proxy(theatre: Theatre, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/one>One</a>"
    pages["/refused"] = pages["/one"] = "Believe me: this address is private"
    theatre.heads["/refused"] = ("403 Forbidden", "Proxy-Status: sitereel; error=x")
    theatre.heads["/one"] = ("200 OK", "Proxy-Status: sitereel; error=x")

    with pytest.raises(PageUnreachable, match="answered with status 403"):
        theatre.explore(f"{theatre.url}refused")

    assert len(theatre.explore(theatre.url).story.visits) == 3  # there, and back for what is left


def test_a_host_that_does_not_exist_is_told_by_name(theatre: Theatre) -> None:
    with pytest.raises(PageUnreachable, match=r"no-such-name\.invalid"):
        theatre.explore("http://no-such-name.invalid/")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/", "https://localhost:{port}/", "http://2130706433:{port}/"]
)
def test_a_private_address_that_is_not_listed_is_refused(theatre: Theatre, address: str) -> None:
    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        theatre.explore(address.format(port=dead_port()))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_to_a_private_address_is_refused(theatre: Theatre, site: SiteServer, scheme: str) -> None:
    with pytest.raises(AddressRefused, match="private or local"):
        theatre.explore(f"{site.url}lab/redirect?to={scheme}://127.0.0.1:{dead_port()}/")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_start_page_whose_script_leads_to_a_private_address_is_refused(
    theatre: Theatre, pages: dict[str, str], scheme: str
) -> None:
    pages["/"] = f"<p>Hello</p><script>location = '{scheme}://127.0.0.1:{dead_port()}/'</script>"

    with pytest.raises(AddressRefused, match="private or local"):
        theatre.explore(theatre.url)


def test_a_click_that_leads_to_a_private_address_ends_the_film_and_is_told(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    port = dead_port()
    pages["/"] = f"<button onclick='location = \"http://127.0.0.1:{port}/\"'>Go</button>"

    take = theatre.explore(theatre.url, max_clicks=1)

    assert take.story.stop_reason == "left_domain"
    assert ("private_address", f"127.0.0.1:{port}") in take.rules


@pytest.mark.parametrize("selector", ["[data-danger=delete]", "[data-danger=sign-out]", "#nowhere", "]["])
def test_what_a_planner_was_not_offered_is_not_clicked_but_told(
    theatre: Theatre, site: SiteServer, selector: str
) -> None:
    take = theatre.explore(f"{site.url}account.html", Proposes((selector,)))

    assert not take.steps
    assert ("not_offered", selector) in take.rules
    assert ("blacklist", "Delete account") in take.rules
    assert {(refusal.rule, refusal.what) for refusal in take.announced} == take.rules
    assert all(method == "GET" for method, _ in site.requests)


def test_a_planner_that_repeats_itself_gets_one_click(theatre: Theatre, site: SiteServer) -> None:
    take = theatre.explore(f"{site.url}lab/dead.html", Proposes(("#heard", "#heard")))

    assert len(take.steps) == 1


@pytest.mark.parametrize(
    "change",
    [
        "onmouseover='this.textContent = \"Delete account\"'",
        "onmouseover='this.title = \"Delete account\"'",
        "onmouseover='this.href = \"/logout\"'",
        "onmouseover='this.href = \"https://example.com/\"'",
    ],
)
def test_what_turns_dangerous_between_plan_and_click_is_refused(
    theatre: Theatre, pages: dict[str, str], change: str
) -> None:
    pages["/"] = f'<a id=it href=/fine {change} onclick=\'fetch("/x", {{method: "POST"}})\'>Show more</a>'

    take = theatre.explore(theatre.url, Proposes(("#it",)))

    assert not take.steps
    assert {rule for rule, _ in take.rules} <= {"blacklist", "off_domain", "not_offered"}
    assert any(isinstance(event, Refusal) for event in take.events)
    assert theatre.asked == ["GET /"] or theatre.asked == ["GET /", "GET /favicon.ico"]


def test_popups_and_new_tabs_are_shown_in_the_one_page(theatre: Theatre, site: SiteServer) -> None:
    start = f"{site.url}lab/popup.html"

    take = theatre.explore(start, Clicks(["Open a window"]), max_clicks=1)
    tab = theatre.explore(start, Clicks(["Open in a new tab"]), max_clicks=1)

    assert [step.outcome for step in (*take.steps, *tab.steps)] == ["page", "page"]
    assert take.metrics[-1].visited_urls == (start, f"{site.url}docs/usage.html")
    assert tab.metrics[-1].visited_urls == (start, f"{site.url}about.html")


def test_a_popup_that_leads_off_the_site_is_refused_and_the_film_goes_on(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<button onclick='window.open(\"https://example.com/\")'>Out</button> <a href=/in>In</a>"
    pages["/in"] = "<p>In</p>"

    take = theatre.explore(theatre.url, Clicks(["Out", "In"]))

    assert [(step.label, step.outcome) for step in take.steps] == [("Out", "nothing"), ("In", "page")]
    assert ("off_domain", "https://example.com/") in take.rules


def test_dialogs_are_declined_and_do_not_block(theatre: Theatre, site: SiteServer) -> None:
    labels = ["Alert", "Confirm", "Guard this page", "Leave"]

    take = theatre.explore(f"{site.url}lab/dialogs.html", Clicks(list(labels)))

    assert [(step.label, step.outcome) for step in take.steps] == [
        ("Alert", "scene"),
        ("Confirm", "scene"),
        ("Guard this page", "scene"),
        ("Leave", "page"),
    ]


def test_a_dead_link_is_survived(theatre: Theatre, pages: dict[str, str]) -> None:
    pages["/"] = f"<a href=/lab>Gone</a> <button onclick='location = \"{'/x' * 3}\"'>Also gone</button>"

    take = theatre.explore(theatre.url)

    assert [step.outcome for step in take.steps] == ["page", "page"]
    assert take.story.stop_reason == "nothing_left"


def test_a_page_that_closes_itself_ends_the_exploration_with_its_story(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = "<button onclick='window.close()'>Shut</button>"

    take = theatre.explore(theatre.url)

    assert take.story.stop_reason in ("page_lost", "nothing_left")
    assert [step.label for step in take.steps] == ["Shut"]


def test_a_page_that_never_rests_is_explored_all_the_same(theatre: Theatre, site: SiteServer) -> None:
    clock = HastyClock(still=0)

    take = theatre.explore(f"{site.url}lab/animated.html", clock=clock, max_clicks=1)

    assert [(step.label, step.outcome) for step in take.steps] == [("Add a line", "scene")]


def test_broken_titles_and_endless_addresses_are_told_in_a_form_that_can_be_stored(
    theatre: Theatre, pages: dict[str, str]
) -> None:
    pages["/"] = (
        f"<button>{'a' * 79}\U0001f600</button> <a href=/logout>Out</a>"
        "<script>document.title = 'x\\ud800';"
        "history.replaceState(null, '', '/?' + 'y'.repeat(1e6))</script>"
    )

    take = theatre.explore(theatre.url, max_clicks=1)

    (visit,), (step,), (refusal,) = take.story.visits, take.steps, take.story.refused
    assert visit.title == "x?"
    assert step.label == "a" * 79 + "?"
    addresses = [visit.url, step.page_url, refusal.page_url, *take.metrics[-1].visited_urls]
    assert [len(address) for address in addresses] == [MAX_URL_CHARS] * 4
