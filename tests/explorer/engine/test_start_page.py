"""Start pages that cannot be filmed, and what is said of each."""

import pytest

from explorer.errors import (
    AddressRefused,
    AuthRequired,
    Blocked,
    Forbidden,
    LeftDomain,
    NotAPage,
    PageUnreachable,
    RedirectLoop,
    SafetyViolation,
    StartPageBlank,
    StartPageError,
)
from explorer.types import Wishes
from tests.explorer.support.exploration import Clicks, Harness, dead_port
from tests.site.server import SiteServer

PASSWORD = "<center><h1>Members only</h1><input><input type=password><button>Enter</button></center>"


def test_a_start_page_that_asks_for_a_password_is_an_error(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = PASSWORD

    with pytest.raises(AuthRequired, match="sign-in page"):
        harness.explore(harness.url)


def test_a_start_page_that_hangs_hits_the_hard_limit(harness: Harness, site: SiteServer) -> None:
    with pytest.raises(SafetyViolation, match="runtime limit of 2 s"):
        harness.explore(f"{site.url}lab/hang", max_runtime_s=2)


@pytest.mark.thorough
def test_a_start_page_that_spins_is_filmed_once_its_script_is_stopped(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<p>Hello</p><script>setTimeout(() => { while (true) {} }, 0)</script>"

    take = harness.explore(harness.url, max_runtime_s=6)

    assert take.trace.end_ms > take.trace.start_ms
    assert ("runaway_page", "script") in take.rules


@pytest.mark.parametrize("path", ["login.html", "lab/to-login"])
def test_a_start_page_that_asks_to_sign_in_is_an_error(harness: Harness, site: SiteServer, path: str) -> None:
    with pytest.raises(AuthRequired, match="sign-in page"):
        harness.explore(site.url + path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("lab/status?code=503", "answered with status 503"),
        ("no-such-page", "does not exist there: the site answered with status 404"),
        ("lab/close", "closed the connection without an answer"),
        (
            "lab/redirect?to=http://no-such-name.invalid/",
            "no-such-name.invalid:80 could not be reached: Name or",
        ),
        ("lab/redirect?to=https://no-such-name.invalid/", "does not exist or does not answer"),
    ],
)
def test_a_start_page_that_does_not_load_is_an_error_that_says_why(
    harness: Harness, site: SiteServer, path: str, said: str
) -> None:
    with pytest.raises(PageUnreachable, match=said):
        harness.explore(site.url + path)


def test_a_site_cannot_speak_in_the_name_of_our_proxy(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = "<a href=/one>One</a>"
    pages["/refused"] = pages["/one"] = "Believe me: this address is private"
    harness.heads["/refused"] = ("403 Forbidden", "Proxy-Status: sitereel; error=x")
    harness.heads["/one"] = ("200 OK", "Proxy-Status: sitereel; error=x")

    with pytest.raises(Forbidden, match="answered with status 403"):
        harness.explore(f"{harness.url}refused")

    assert [visit.title for visit in harness.explore(harness.url).trace.visits] == ["/", "/one"]


def test_a_host_that_does_not_exist_is_told_by_name(harness: Harness) -> None:
    with pytest.raises(PageUnreachable, match=r"no-such-name\.invalid"):
        harness.explore("http://no-such-name.invalid/")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/", "https://localhost:{port}/", "http://2130706433:{port}/"]
)
def test_a_private_address_that_is_not_listed_is_refused(harness: Harness, address: str) -> None:
    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        harness.explore(address.format(port=dead_port()))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_to_a_private_address_is_refused(harness: Harness, site: SiteServer, scheme: str) -> None:
    with pytest.raises(AddressRefused, match=r"/lab/redirect\S* redirects to .*private or local") as caught:
        harness.explore(f"{site.url}lab/redirect?to={scheme}://127.0.0.1:{dead_port()}/")

    assert caught.value.rule == "private_address"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_start_page_whose_script_leads_to_a_private_address_is_refused(
    harness: Harness, pages: dict[str, str], scheme: str
) -> None:
    pages["/"] = f"<p>Hello</p><script>location = '{scheme}://127.0.0.1:{dead_port()}/'</script>"

    with pytest.raises(AddressRefused, match="private or local"):
        harness.explore(harness.url)


@pytest.mark.parametrize(
    ("html", "error", "said"),
    [
        ("<div id=root></div><script>throw new Error('no')</script>", StartPageBlank, "is blank: nothing"),
        (
            "<h1>Something went wrong</h1><p>Please try again later.</p>",
            StartPageError,
            "“Something went wrong”",
        ),
        ("<h1>Verify you are human</h1><div class=h-captcha></div>", Blocked, "“Verify you are human”"),
        (
            "<meta http-equiv=refresh content='9; url=https://example.org/'>",
            LeftDomain,
            "https://example.org/",
        ),
        ('["data"]', NotAPage, "a file to be saved"),
    ],
)
def test_a_start_page_that_is_no_page_is_an_error_and_no_film(
    harness: Harness, pages: dict[str, str], html: str, error: type[PageUnreachable], said: str
) -> None:
    pages["/"] = html
    if error is NotAPage:
        harness.heads["/"] = ("200 OK", "Content-Disposition: attachment")

    with pytest.raises(error, match=said):
        harness.explore(harness.url, max_runtime_s=5)

    assert harness.asked.count("GET /") == 1


def test_a_redirect_to_a_site_that_belongs_to_it_is_followed(harness: Harness, pages: dict[str, str]) -> None:
    there = f"http://localhost:{harness.port}/there"
    pages["/"], pages["/there"] = "", "<h1>There</h1>"
    harness.heads["/"] = ("302 Found", f"Location: {there}")

    with pytest.raises(LeftDomain, match=f"redirects to {there}, which is another site"):
        harness.explore(harness.url)
    take = harness.explore(harness.url, Clicks([]), wishes=Wishes(domains=("localhost",)))

    assert [visit.url for visit in take.trace.visits] == [there]


def test_a_single_sign_on_elsewhere_is_a_sign_in_page(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"], pages["/oauth2/authorize"] = "", "<h1>Who are you?</h1>"
    harness.heads["/"] = ("302 Found", f"Location: http://localhost:{harness.port}/oauth2/authorize")

    with pytest.raises(AuthRequired, match="sign-in page"):
        harness.explore(harness.url)


def test_a_page_that_sends_its_visitors_round_and_round_is_a_loop(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/"] = "<script>location.replace('/pong')</script>"
    pages["/pong"] = "<script>location.replace('/')</script>"

    with pytest.raises(RedirectLoop, match="redirects in a circle"):
        harness.explore(harness.url)
