"""When a page is on screen that must not be filmed."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.guardrails.rules import Site
from explorer.navigation.scope_monitor import ScopeMonitor
from tests.explorer.conftest import Show
from tests.explorer.support.clocks import RealClock
from tests.site.server import SiteServer


@pytest.fixture(scope="module")
def site() -> Iterator[SiteServer]:
    with SiteServer() as server:
        yield server


def look_at(show: Show, home: str, *urls: str) -> tuple[list[Any], list[float]]:
    """Why each of these pages must not be seen; and the moments before, at and after the last of them."""

    async def look(page: Page) -> tuple[list[Any], list[float]]:
        clock = RealClock()
        scope_monitor = ScopeMonitor(page, clock, Site.of(home), EgressProxy(EgressPolicy()))
        found = []
        for url in urls:
            before = clock.now_ms()
            try:
                await page.goto(url)
            except PlaywrightError:
                await page.wait_for_url("chrome-error:**")
            found.append((scope_monitor.violation(), scope_monitor.failed))
        return found, [before, scope_monitor.last_in_scope_ms(), clock.now_ms()]

    answer: tuple[list[Any], list[float]] = show("", look)
    return answer


def test_pages_of_the_site_and_the_empty_page_may_be_seen(show: Show, site: SiteServer) -> None:
    found, _ = look_at(show, site.url, site.url, f"{site.url}about.html#x", "about:blank")

    assert found == [(None, False)] * 3


@pytest.mark.parametrize(
    ("path", "reason"), [("login.html", "auth_page"), ("lab/to-login", "auth_page")], ids=["page", "redirect"]
)
def test_a_sign_in_page_must_not_be_seen(show: Show, site: SiteServer, path: str, reason: str) -> None:
    found, _ = look_at(show, site.url, site.url, site.url + path)

    assert found[-1] == (reason, False)


def test_another_site_must_not_be_seen_even_when_it_does_not_load(show: Show, site: SiteServer) -> None:
    found, _ = look_at(show, site.url, site.url, "http://no-such-name.invalid/")

    assert found[-1] == ("left_domain", True)


def test_a_page_of_the_site_that_does_not_load_has_failed(show: Show, site: SiteServer) -> None:
    found, _ = look_at(show, site.url, site.url, f"{site.url}lab/close")

    assert found[-1] == (None, True)


def test_the_last_good_moment_lies_before_the_bad_page(show: Show, site: SiteServer) -> None:
    _, (before, good, now) = look_at(show, site.url, site.url, f"{site.url}login.html")

    assert before - 50 <= good < now - 1


def test_a_bad_page_that_is_left_for_a_worse_one_counts_from_the_first(show: Show, site: SiteServer) -> None:
    _, (before, good, _) = look_at(show, site.url, site.url, f"{site.url}login.html", "data:text/html,worse")

    assert good < before


@pytest.mark.parametrize(
    ("home", "url", "domains"),
    [
        ("http://example.com/", "https://example.com/a", ()),
        ("http://example.com/", "https://www.example.com/", ()),
        ("https://www.example.com/", "https://example.com/", ()),
        ("https://example.com/", "https://docs.example.com/", ()),
        ("https://example.com/", "https://a.b.example.com/", ()),
        ("https://en.example.com/", "https://example.com/", ()),
        ("https://www.example.com/", "https://de.example.com/", ()),
        ("http://example.com:8080/", "https://example.com/", ()),
        ("http://localhost:3000/", "http://app.localhost:3000/", ()),
        ("https://example.com/", "https://example.org/", ("example.org",)),
        ("https://a.example.com/", "https://b.example.com/", ("*.example.com",)),
        ("https://example.com/", "about:blank", ()),
        ("https://example.com/", "chrome-error://chromewebdata/", ()),
        ("https://example.com/", "mailto:a@example.org", ()),
    ],
)
def test_a_start_page_may_lead_to_its_own_site(
    show: Show, home: str, url: str, domains: tuple[str, ...]
) -> None:
    assert not leads_elsewhere(show, home, url, domains)


@pytest.mark.parametrize(
    ("home", "url"),
    [
        ("https://example.com/", "https://example.org/"),
        ("https://a.example.com/", "https://b.example.com/"),
        ("https://example.com/", "https://notexample.com/"),
        ("http://127.0.0.1:3000/", "http://localhost:3000/"),
        ("http://localhost:3000/", "http://localhost:4000/"),
        ("https://example.com/", "https://example.com:8443/"),
    ],
)
def test_a_start_page_that_leads_to_another_site_leads_elsewhere(show: Show, home: str, url: str) -> None:
    assert leads_elsewhere(show, home, url)


def leads_elsewhere(show: Show, home: str, url: str, domains: tuple[str, ...] = ()) -> bool:
    async def look(page: Page) -> bool:
        return ScopeMonitor(
            page, RealClock(), Site.of(home, domains), EgressProxy(EgressPolicy())
        ).is_elsewhere(url)

    return bool(show("", look))
