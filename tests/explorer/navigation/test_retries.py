"""Addresses that do not open at once, and what a film shows of that."""

import pytest

from explorer.errors import Blocked, PageUnreachable, SiteError
from explorer.navigation.navigator import HOPELESS_PAUSE_S, MAX_PAUSE_S
from explorer.retry_policy import LIMITS, Retry, RetryPolicy
from explorer.types import ActionPlan, Scene
from tests.explorer.support.clocks import HastyClock
from tests.explorer.support.exploration import PAUSES, Clicks, Harness
from tests.support.markers import first

HTML = ("Content-Type: text/html",)
BUSY = ("503 Service Unavailable", *HTML)


class CoveredClock(HastyClock):
    """Notes what its camera was told, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.covers: list[tuple[float, bool]] = []

    def cover(self, covered: bool) -> None:
        self.covers.append((self.now_ms(), covered))


def test_the_limits_are_those_of_the_pauses() -> None:
    for often in (RetryPolicy(), RetryPolicy(lambda retry: None, *PAUSES)):
        assert len(often.navigation_pauses_s) == LIMITS["navigation"] == 3
        assert len(often.element_pauses_ms) == LIMITS["element"] == 2
    assert [*RetryPolicy().navigation_pauses_s] == sorted({*RetryPolicy().navigation_pauses_s})


@pytest.mark.thorough
@pytest.mark.parametrize(
    "failures",
    first(
        2,
        [
            [BUSY] * 3,
            [(), BUSY],
            [("502 Bad Gateway", *HTML), ("504 Gateway Timeout", *HTML)],
            [("429 Too Many Requests", "Retry-After: 1", *HTML)],
        ],
    ),
)
def test_a_start_page_that_comes_later_is_filmed_from_then_on(
    harness: Harness, pages: dict[str, str], failures: list[tuple[str, ...]]
) -> None:
    clock = CoveredClock()
    pages["/"] = "<h1>At last</h1>"
    harness.failing["/"] = [*failures]

    take = harness.explore(harness.url, clock=clock)

    # a try that meets Chromium's own is one more
    assert len(failures) <= len(take.retries) <= len(failures) + failures.count(())
    assert [retry.attempt for retry in take.retries] == [*range(1, len(take.retries) + 1)]
    assert {(retry.kind, retry.limit) for retry in take.retries} == {("navigation", 3)}
    assert [visit.title for visit in take.trace.visits] == ["/"]
    # nothing was filmed before the page that works had settled
    assert clock.covers[0][1]
    uncovered_ms = next(at_ms for at_ms, covered in clock.covers if not covered)
    assert take.retries[-1].at_ms < uncovered_ms <= take.trace.start_ms


def test_a_page_that_never_comes_is_asked_for_four_times(harness: Harness, pages: dict[str, str]) -> None:
    harness.failing["/"] = [BUSY] * 9

    with pytest.raises(SiteError, match="answered with status 503"):
        harness.explore(harness.url)

    assert harness.asked.count("GET /") == 1 + LIMITS["navigation"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "page_unreachable"),
        ("403 Forbidden", "forbidden"),
        ("401 Who", "password_required"),
        ("500 Oops", "site_error"),
    ],
)
def test_what_will_not_pass_is_asked_for_once(
    harness: Harness, pages: dict[str, str], status: str, code: str
) -> None:
    harness.failing["/"] = [(status, *HTML)] * 9

    with pytest.raises(PageUnreachable, match=status[:3]) as caught:
        harness.explore(harness.url)

    assert caught.value.code == code
    assert harness.asked.count("GET /") == 1


def test_a_wall_is_asked_for_once_even_where_its_status_may_pass(
    harness: Harness, pages: dict[str, str]
) -> None:
    harness.failing["/"] = [("503 Busy", *HTML, "cf-mitigated: challenge")] * 9

    with pytest.raises(Blocked, match="Cloudflare"):
        harness.explore(harness.url)

    assert harness.asked.count("GET /") == 1


@pytest.mark.thorough
def test_a_site_that_asks_for_more_patience_than_a_take_has_is_left_alone_at_once(
    harness: Harness, pages: dict[str, str]
) -> None:
    harness.failing["/"] = [("503 Busy", *HTML, "Retry-After: 3600")] * 9

    with pytest.raises(SiteError, match="asks to be left alone for 60 min"):
        harness.explore(harness.url)

    assert harness.asked.count("GET /") == 1
    assert LIMITS["navigation"] * MAX_PAUSE_S < HOPELESS_PAUSE_S


def test_a_name_that_does_not_exist_is_asked_for_once(harness: Harness) -> None:
    for scheme in ("http", "https"):
        retries: list[Retry] = []
        with pytest.raises(PageUnreachable):
            harness.explore(f"{scheme}://no-such-name.invalid/", told=retries.append)
        assert retries == []


def test_trying_again_ends_with_the_time_of_the_take(harness: Harness, pages: dict[str, str]) -> None:
    harness.failing["/"] = [("503 Busy", "Retry-After: 8", *HTML)] * 9

    with pytest.raises(SiteError):
        harness.explore(harness.url, max_runtime_s=4)

    assert harness.asked.count("GET /") == 1


@pytest.mark.thorough
def test_a_page_to_go_back_to_is_tried_again_and_its_error_is_never_seen(
    harness: Harness, pages: dict[str, str]
) -> None:
    clock = CoveredClock()
    pages["/"] = "<a href=/one>One</a><a href=/two>Two</a>"
    pages["/one"] = pages["/two"] = "<h1>Nothing more</h1>"

    class FailsLater(Clicks):
        async def plan(self, scene: Scene) -> list[ActionPlan]:
            if not self.scenes:
                harness.failing["/"] = [BUSY, ()]
            return await super().plan(scene)

    take = harness.explore(harness.url, FailsLater(["One", "Two"]), clock=clock)

    assert [step.label for step in take.steps] == ["One", "Two"]
    assert [(retry.kind, retry.attempt) for retry in take.retries[:2]] == [
        ("navigation", 1),
        ("navigation", 2),
    ]
    first_ms, last_ms = take.retries[0].at_ms, take.retries[-1].at_ms
    states = [covered for at_ms, covered in clock.covers if at_ms <= first_ms]
    assert states[-1]
    assert not [at_ms for at_ms, covered in clock.covers if first_ms < at_ms <= last_ms and not covered]
    assert not clock.covers[-1][1]
