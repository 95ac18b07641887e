"""Start pages of every kind in a real browser: what each is taken for."""

import asyncio
from contextlib import suppress

import pytest
from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.chromium import find_chromium, open_browser, prepare_session
from explorer.deadlines import Deadlines
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.engine.start_page_check import StartPageCheck
from explorer.engine.stop_conditions import MAX_INTERRUPTIONS
from explorer.errors import Blocked, ExplorerError, LeftDomain, StartPageBlank, StartPageError
from explorer.guardrails.rules import Site
from explorer.navigation.navigator import Navigator
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.page.settle import Settler
from explorer.protocols import Clock
from explorer.retry_policy import RetryPolicy
from explorer.types import Brief
from tests.explorer.support.clocks import RealClock
from tests.explorer.support.exploration import PAUSES, serving
from tests.explorer.support.start_pages import BAD, GOOD, StartPages
from tests.support.markers import thorough

#: Pictures are taken at the end of holds from this length on.
LOOK_FROM_MS = 100.0
#: A page that paints late does so after 0.9 s here.
RESOLVE_MS: dict[type[ExplorerError], float] = {
    StartPageBlank: 1_500.0,
    Blocked: 900.0,
    StartPageError: 600.0,
    LeftDomain: 300.0,
}
RESOLVE_REAL_S = 1.3
SETTLE_MS = 1_500.0
AT_A_TIME = 10
FILMED = "filmed"
RIGHT = {name: code for code, pages in BAD.items() for name in pages} | dict.fromkeys(GOOD, FILMED)
#: Where a picture tells more than the structure, or the other way round.
SEEN = (
    *("threw", "only-white", "hidden", "pixel", "grey-word", "canvas", "dark", "image", "late", "background"),
    *("faded-in", "frameset", "iframe", "shadow", "below", "generated"),
)

Outcomes = dict[str, tuple[str, str]]


class Photographer(RealClock):
    """Photographs a page now and then."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._picture = b""

    def picture(self) -> bytes:
        return self._picture

    async def hold(self, duration_ms: float) -> None:
        await super().hold(duration_ms)
        if duration_ms >= LOOK_FROM_MS:
            self._picture = await self._page.screenshot(type="jpeg", quality=90)


async def judged(browser: Browser, proxy: EgressProxy, url: str, sees: bool) -> tuple[str, str]:
    """The code and the sentence with which a take of `url` would end, or `FILMED`."""
    session = await prepare_session(browser, Brief(url))
    try:
        clock: Clock = Photographer(session.page) if sees else RealClock()
        deadlines, scope_monitor = (
            Deadlines(clock, 100),
            ScopeMonitor(session.page, clock, Site.of(url), proxy),
        )
        often = RetryPolicy(navigation_pauses_s=PAUSES[0])
        start = StartPageCheck(
            url,
            session,
            clock,
            scope_monitor,
            deadlines,
            resolve_ms=RESOLVE_MS,
            resolve_real_s=RESOLVE_REAL_S,
        )
        settler = Settler(session.page, clock)
        await settler.install()
        await Navigator(session, clock, deadlines, scope_monitor, proxy, often).open(url)
        for _ in range(MAX_INTERRUPTIONS):
            with suppress(PlaywrightError):  # the page has moved on meanwhile
                await start.check_redirect()
                await settler.settle(SETTLE_MS)
                await start.check()
                return FILMED, ""
    except ExplorerError as exc:
        return exc.code, str(exc)
    finally:
        await session.page.context.close()
    return "moves on", ""


async def judge_all(names: tuple[str, ...], sees: bool) -> Outcomes:
    async def judge(name: str) -> None:
        async with at_a_time:
            outcomes[name] = await judged(browser, proxy, f"http://127.0.0.1:{port}/{name}", sees)

    outcomes: Outcomes = {}
    at_a_time, pages = asyncio.Semaphore(AT_A_TIME), StartPages()
    async with serving(pages.serve) as port:
        pages.other = f"http://localhost:{port}/"
        egress_policy = EgressPolicy(frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))
        async with EgressProxy(egress_policy) as proxy, open_browser(find_chromium(), proxy.url) as browser:
            await asyncio.gather(*map(judge, names))
    return outcomes


def asked_for(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The pages that the selected tests of this file are about."""
    cases = (item.callspec.params for item in request.session.items if hasattr(item, "callspec"))
    return tuple({params["name"] for params in cases if params.get("name") in RIGHT})


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Outcomes:
    """By their structure."""
    return asyncio.run(judge_all(asked_for(request), sees=False))


@pytest.fixture(scope="module")
def outcomes_seen() -> Outcomes:
    """Of some, by their pictures."""
    return asyncio.run(judge_all(SEEN, sees=True))


@pytest.mark.parametrize("name", [name if n % 5 == 0 else thorough(name) for n, name in enumerate(RIGHT)])
def test_a_start_page_is_taken_for_what_it_is(outcomes: Outcomes, name: str) -> None:
    code, said = outcomes[name]

    assert code == RIGHT[name], said


@pytest.mark.thorough
@pytest.mark.parametrize("name", SEEN)
def test_a_picture_of_a_start_page_says_the_same(outcomes_seen: Outcomes, name: str) -> None:
    code, said = outcomes_seen[name]

    assert code == RIGHT[name], said


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "threw",
            "nothing was painted on it within {s} s, and its script ended with “no such module”. If it",
        ),
        (
            "soft-404",
            "shows an error page, “404 - Page not found”, although the site answered with status 200.",
        ),
        (
            "cloudflare",
            "lets no automated visitor in: Cloudflare shows “Just a moment...” instead of the page.",
        ),
        ("too-many", "with status 429: too many requests, and it asks to be left alone for 15 min."),
        ("json", "is JSON data (application/json), not a page."),
        ("json-as-html", "is JSON data (sent as text/html), not a page."),
        ("pdf", "is a file to be saved (a PDF document (application/pdf), pdf), not a page."),
        ("attachment", "is a file to be saved (an HTML document (text/html), report.html), not a page."),
        ("redirect", "redirects to {other}landing, which is another site. Film that address instead"),
        ("redirect-to-an-error", "redirects to {other}broken, which is another site."),
        ("refresh", "redirects to {other}landing, which is another site."),
        ("no-content", "answered without a page (status 204): there is nothing to film."),
        ("basic", "asks for a user name and password (Basic, realm “staging”)"),
        (
            "503",
            "answered with status 503: the fault is the site's own, and it asks to be left alone for 60 min",
        ),
        ("loop", "redirects in a circle"),
        ("404", "does not exist there"),
        (
            "broken-off",
            "could not be opened: its document did not arrive whole (ERR_CONTENT_DECODING_FAILED).",
        ),
        ("other-scheme", "redirects to mailto:a@example.com, which is no website."),
    ],
)
def test_what_is_said_of_it_is_one_clear_sentence(outcomes: Outcomes, name: str, sentence: str) -> None:
    _, said = outcomes[name]

    told = said.replace("localhost", "127.0.0.1")
    address = told.partition(f"/{name}")[0] + "/"
    for part in sentence.replace("{other}", address).split("{s}"):
        assert part in told
    assert told.startswith(f"{address}{name} ")
