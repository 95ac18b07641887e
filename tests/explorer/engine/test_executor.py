"""Whole explorations: a real site, a real browser behind the proxy, and planners that follow a script."""

from dataclasses import dataclass

import pytest

from explorer.text import MAX_URL_CHARS
from explorer.trace import Trace
from explorer.types import ActionPlan, Metrics, Refusal, Scene, Step
from tests.explorer.support.exploration import Clicks, Harness, Take
from tests.site.server import SiteServer


@pytest.fixture(scope="module")
def ordinary(harness: Harness) -> Take:
    """Two clicks from the site's front page."""
    return harness.explore(harness.site.url, max_clicks=2)


def test_an_exploration_tells_each_state_in_order_and_ends_with_the_story(ordinary: Take) -> None:
    assert ordinary.states[:4] == ["navigating", "discovering", "planning", "executing"]
    assert ordinary.states[-1] == "complete"
    assert isinstance(ordinary.events[-1], Trace)
    assert {type(event) for event in ordinary.events} <= {Metrics, Step, Refusal, Trace}


def test_clicks_are_counted_numbered_and_limited(ordinary: Take) -> None:
    assert ordinary.trace.stop_reason == "max_clicks"
    assert [step.number for step in ordinary.steps] == [1, 2]
    assert ordinary.metrics[-1].clicks == 2
    assert ordinary.trace.steps == tuple(ordinary.steps)


def test_the_story_is_in_order_on_the_clock_and_the_pointer_is_at_every_click(ordinary: Take) -> None:
    trace = ordinary.trace

    moments = [t for step in trace.steps for t in (step.start_ms, step.click_ms, step.end_ms)]
    assert moments == sorted(moments)
    assert trace.start_ms <= moments[0]
    assert moments[-1] <= trace.end_ms
    for step in trace.steps:
        (*_, last) = (sample for sample in trace.pointer if sample.at_ms <= step.click_ms)
        assert (last.x, last.y) == (step.point.x, step.point.y)


def test_what_is_told_so_far_is_the_beginning_of_the_story(ordinary: Take) -> None:
    trace = ordinary.trace
    ends = [so_far.end_ms for so_far in ordinary.so_far]
    assert ends == sorted(ends)
    assert len(set(ends)) > 3, "it grows"
    for so_far in ordinary.so_far[1:]:
        end_ms = so_far.end_ms
        assert so_far.start_ms == trace.start_ms
        assert so_far.branding == trace.branding
        assert so_far.steps == tuple(step for step in trace.steps if step.end_ms <= end_ms)
        assert so_far.pointer == tuple(sample for sample in trace.pointer if sample.at_ms <= end_ms)
        assert so_far.visits == tuple(visit for visit in trace.visits if visit.at_ms <= end_ms)
        assert so_far.waits == tuple(wait for wait in trace.waits if wait.to_ms <= end_ms)
        assert not any(step.start_ms < end_ms < step.end_ms for step in trace.steps), "none is under way"
        assert not any(wait.from_ms < end_ms < wait.to_ms for wait in trace.waits)


def test_a_step_tells_what_was_clicked_and_where_it_stood(ordinary: Take) -> None:
    for step in ordinary.steps:
        assert step.role in {"link", "button", "tab"}
        assert step.target is not None
        assert step.target.x <= step.point.x <= step.target.x + step.target.width
        assert step.target.y <= step.point.y <= step.target.y + step.target.height


def test_scrolls_and_waits_are_part_of_the_story(ordinary: Take) -> None:
    assert any(scroll.dy > 0 for scroll in ordinary.trace.scrolls)
    for step in ordinary.steps:
        assert any(step.click_ms <= wait.from_ms < wait.to_ms <= step.end_ms for wait in ordinary.trace.waits)


def test_the_story_tells_the_sites_colour_and_icon(ordinary: Take) -> None:
    assert ordinary.trace.branding.theme.startswith("#")
    assert ordinary.trace.branding.icon


@pytest.mark.thorough
def test_pages_that_were_seen_are_told_once_with_address_and_title(
    harness: Harness, site: SiteServer
) -> None:
    take = harness.explore(site.url, Clicks(["Features", "Lumen home", "Docs"]), max_clicks=3)

    assert take.metrics[-1].visited_urls == (site.url, f"{site.url}features.html", f"{site.url}docs/")
    titles = [visit.title for visit in take.trace.visits]
    assert len(titles) == 4
    assert titles[0] == titles[2]
    assert take.metrics[-1].depth == 1


@pytest.mark.thorough
def test_what_lies_deeper_than_allowed_is_not_offered(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/one>One</a>"
    pages["/one"] = "<a href=/two>Two</a> <button aria-expanded=false>Panel</button>"
    pages["/two"] = "<p>Deep</p>"
    planner = Clicks(["One", "Two"])

    take = harness.explore(harness.url, planner, max_depth=1)

    assert [step.label for step in take.steps] == ["One"]
    assert [element.text for element in planner.scenes[1].elements] == ["Panel"]
    assert "GET /two" not in harness.asked


@pytest.mark.thorough
def test_buttons_lead_no_deeper_than_links_may(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<button onclick='location = \"/1\"'>To 1</button> <button>Stay</button>"
    for depth in range(1, 6):
        pages[f"/{depth}"] = f"<button onclick='location = \"/{depth + 1}\"'>To {depth + 1}</button>"

    take = harness.explore(harness.url, Clicks(["To 1", "To 2", "To 3", "Stay"]), max_depth=1)

    assert [step.label for step in take.steps] == ["To 1", "To 2"]
    assert "GET /3" not in harness.asked
    assert take.trace.stop_reason == "nothing_left"


def test_it_goes_back_for_what_is_left_and_ends_when_nothing_is(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/one>One</a> <a href=/two>Two</a>"
    pages["/one"] = pages["/two"] = "<p>No way on</p>"

    take = harness.explore(harness.url)

    assert [step.label for step in take.steps] == ["One", "Two"]
    assert [step.outcome for step in take.steps] == ["page", "page"]
    assert take.trace.stop_reason == "nothing_left"


@pytest.mark.thorough
def test_it_goes_back_to_a_page_with_something_better_before_it_makes_a_poor_click(
    harness: Harness, pages: dict[str, str]
) -> None:
    nav = "<nav><a href=/one>One</a> <a href=/two>Two</a></nav>"
    pages["/"] = f"{nav}<p>Home</p>"
    room = "<button aria-haspopup=dialog onclick='document.body.append(this.textContent)'>Room {}</button>"
    pages["/one"] = nav + "".join(map(room.format, range(3)))
    pages["/two"] = f"{nav}<label><input type=checkbox>Send me news</label>"

    take = harness.explore(harness.url, max_clicks=4)

    assert [step.label.partition(" ")[0] for step in take.steps] == ["One", "Room", "Two", "Room"]
    assert [visit.url.rpartition("/")[2] for visit in take.trace.visits] == ["", "one", "two", "one"]


@pytest.mark.thorough
def test_a_planner_that_finds_everything_poor_does_not_make_it_go_to_and_fro(
    harness: Harness, pages: dict[str, str]
) -> None:
    @dataclass
    class Bored:
        async def plan(self, scene: Scene) -> list[ActionPlan]:
            return [ActionPlan(element.selector, "click", 1, "bored") for element in scene.elements]

    pages["/"] = "<nav><a href=/one>One</a></nav>" + "<button>A</button> <button>B</button>"
    pages["/one"] = "<nav><a href=/>Home</a></nav>" + "<button>C</button> <button>D</button>"

    take = harness.explore(harness.url, Bored(), max_clicks=4)

    # The fourth would be one more button, a kind that has done nothing before.
    assert len(take.steps) == 3
    assert len(take.trace.visits) <= 5


@pytest.mark.thorough
def test_ten_clicks_show_every_main_page_of_a_site_and_what_is_inside(
    harness: Harness, site: SiteServer
) -> None:
    take = harness.explore(site.url)

    main = ("", "features.html", "pricing.html", "gallery.html", "docs/", "about.html", "contact.html")
    assert {site.url + page for page in main} <= set(take.metrics[-1].visited_urls)
    inside = {step.page_url.rpartition("/")[2] for step in take.steps if step.outcome != "page"}
    assert {"", "features.html", "pricing.html"} <= inside


@pytest.mark.thorough
def test_a_page_that_has_come_to_lead_elsewhere_is_not_gone_back_to_for_ever(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<button onclick='sessionStorage.x = 1; location = \"/end\"'>Go</button>" + (
        "<script>if (sessionStorage.x) location = '/end';</script>"
    )
    pages["/end"] = "<p>The end</p>"

    take = harness.explore(harness.url, max_runtime_s=20)

    assert take.trace.stop_reason == "nothing_left"


@pytest.mark.thorough
def test_a_click_that_does_nothing_is_told_as_such(harness: Harness, site: SiteServer) -> None:
    take = harness.explore(f"{site.url}lab/dead.html", max_clicks=3)

    assert [step.outcome for step in take.steps] == ["nothing"] * 3
    assert len({step.label for step in take.steps}) == 3


def test_a_click_that_changes_the_page_in_place_is_a_scene(harness: Harness, site: SiteServer) -> None:
    take = harness.explore(f"{site.url}lab/polling.html", Clicks(["Show details"]))

    assert [step.outcome for step in take.steps] == ["disclosure"]


def test_a_dead_link_is_survived(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"<a href=/lab>Gone</a> <button onclick='location = \"{'/x' * 3}\"'>Also gone</button>"

    take = harness.explore(harness.url)

    assert [step.outcome for step in take.steps] == ["page", "page"]
    assert take.trace.stop_reason == "nothing_left"


@pytest.mark.thorough
def test_broken_titles_and_endless_addresses_are_told_in_a_form_that_can_be_stored(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = (
        f"<button>{'a' * 79}\U0001f600</button> <a href=/logout>Out</a>"
        "<script>document.title = 'x\\ud800';"
        "history.replaceState(null, '', '/?' + 'y'.repeat(1e6))</script>"
    )

    take = harness.explore(harness.url, max_clicks=1)

    (visit,), (step,), (refusal,) = take.trace.visits, take.steps, take.trace.refused
    assert visit.title == "x?"
    assert step.label == "a" * 79 + "?"
    addresses = [visit.url, step.page_url, refusal.page_url, *take.metrics[-1].visited_urls]
    assert [len(address) for address in addresses] == [MAX_URL_CHARS] * 4
