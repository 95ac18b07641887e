"""Going to an address, and each way in which that fails."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.errors import AddressRefused, PageUnreachable
from explorer.guardrails.rules import Site
from explorer.navigation.navigator import Navigator
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.retry_policy import RetryPolicy
from explorer.types import Refusal
from tests.explorer.conftest import Show
from tests.explorer.support.clocks import RealClock
from tests.explorer.support.exploration import PAUSES
from tests.site.server import SiteServer


@pytest.fixture(scope="module")
def site() -> Iterator[SiteServer]:
    with SiteServer() as server:
        yield server


def open_each(show: Show, site: SiteServer, *urls: str, fenced: tuple[Refusal, ...] = ()) -> str:
    """Where the page is after all of these."""

    async def look(page: Page) -> str:
        assert page.context.browser is not None
        clock = RealClock()
        proxy = EgressProxy(EgressPolicy())
        proxy.refused.extend(fenced)
        scope_monitor = ScopeMonitor(page, clock, Site.of(site.url), proxy)
        session = BrowserSession(page.context.browser, page)
        often = RetryPolicy(navigation_pauses_s=PAUSES[0])
        navigator = Navigator(session, clock, Deadlines(clock, 60), scope_monitor, proxy, often)
        for url in urls:
            await navigator.open(url)
        return page.url

    url: Any = show("", look)
    return str(url)


def test_a_page_is_opened_and_so_is_a_part_of_it(show: Show, site: SiteServer) -> None:
    about = f"{site.url}about.html"

    assert open_each(show, site, about, f"{about}#team") == f"{about}#team"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere", "answered with status 404"),
        ("lab/status?code=500", "answered with status 500"),
        ("lab/close", "closed the connection without an answer"),
        (
            "lab/redirect?to=/lab/redirect%3Fto%3D//no-such-name.invalid/",
            r"no-such-name.invalid/, to which http\S+ redirects, could not be opened",
        ),
    ],
)
def test_a_page_that_does_not_load_is_told_with_its_cause(
    show: Show, site: SiteServer, path: str, said: str
) -> None:
    with pytest.raises(PageUnreachable, match=said):
        open_each(show, site, site.url + path)


def test_a_port_on_which_nobody_listens_is_told(show: Show, site: SiteServer) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"

    with pytest.raises(PageUnreachable, match="ERR_CONNECTION_REFUSED"):
        open_each(show, site, url)


def test_only_a_refusal_of_that_very_address_is_blamed(show: Show, site: SiteServer) -> None:
    refused = Refusal("private_address", "no-such-name.invalid:80", "It is private.")
    other = Refusal("private_address", "other.invalid:80", "Another one.")

    with pytest.raises(AddressRefused, match="It is private"):
        open_each(show, site, "http://no-such-name.invalid/", fenced=(refused, other))
    with pytest.raises(PageUnreachable):
        open_each(show, site, "http://no-such-name.invalid/", fenced=(other,))
