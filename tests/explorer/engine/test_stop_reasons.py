"""How a take ends that cannot go on: pages that hang or close, time and footage that run out."""

import pytest

from explorer.engine.start_page_opener import SETTLE_PART
from tests.explorer.support.clocks import HastyClock, RealClock
from tests.explorer.support.exploration import Clicks, Hangs, Harness
from tests.site.server import SiteServer

#: Spins for ever as soon as the pointer is over the button.
TRAP = "<button onmouseover='while (true) {}'>Trap</button>"


def test_a_script_that_never_ends_is_stopped_and_the_take_goes_on(harness: Harness, site: SiteServer) -> None:
    take = harness.explore(f"{site.url}lab/crash.html", Clicks(["Spin for ever", "Say something"]))

    assert [step.label for step in take.steps] == ["Spin for ever", "Say something"]
    assert take.trace.stop_reason == "nothing_left"


@pytest.mark.thorough
def test_the_story_is_kept_when_time_is_nearly_over_on_a_page_that_hangs(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = TRAP

    take = harness.explore(harness.url, max_runtime_s=4)

    assert take.trace.stop_reason == "runtime"
    assert take.metrics[-1].runtime_s < 4


@pytest.mark.thorough
def test_a_page_that_settles_when_time_is_nearly_over_is_filmed_from_then_on(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<button>Hello</button><script>setInterval(() => document.body.append('.'), 50)</script>"

    take = harness.explore(harness.url, Hangs(), RealClock(), max_runtime_s=9)

    assert take.trace.stop_reason == "runtime"
    assert not take.steps
    assert (9_000 - 1_000) * SETTLE_PART <= take.trace.start_ms <= take.trace.end_ms
    assert take.trace.pointer


def test_a_planner_that_never_answers_ends_the_exploration_in_time(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<a href=/one>One</a>"

    take = harness.explore(harness.url, Hangs(), max_runtime_s=3)

    assert take.trace.stop_reason == "runtime"


def test_full_footage_ends_the_exploration(harness: Harness, site: SiteServer) -> None:
    clock = HastyClock()
    clock.full = True

    take = harness.explore(f"{site.url}lab/dead.html", clock=clock)

    assert take.trace.stop_reason == "footage_limit"
    assert not take.steps


def test_a_page_that_closes_itself_ends_the_exploration_with_its_story(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<button onclick='window.close()'>Shut</button>"

    take = harness.explore(harness.url)

    assert take.trace.stop_reason in ("page_lost", "nothing_left")
    assert [step.label for step in take.steps] == ["Shut"]


@pytest.mark.thorough
def test_a_page_that_never_rests_is_explored_all_the_same(harness: Harness, site: SiteServer) -> None:
    clock = HastyClock(still=0)

    take = harness.explore(f"{site.url}lab/animated.html", clock=clock, max_clicks=1)

    assert [(step.label, step.outcome) for step in take.steps] == [("Add a line", "scene")]
