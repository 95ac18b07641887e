"""Robots.txt, as tables."""

import asyncio

import pytest

from explorer.errors import PageUnreachable
from explorer.guardrails.robots_txt import MAX_BYTES, RobotsTxt, fetch_robots_txt

RULES = """\ufeff# hello
User-agent: other
User-Agent: SiteReel
Disallow: /private   # not this
Allow: /private/tour
Disallow: /*.pdf$
Disallow: /a*b*c
disallow: /caf%C3%A9
nonsense
Crawl-delay: 5

User-agent: *
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("", True),
        ("/private", False),
        ("/private/x", False),
        ("/privateer", False),
        ("/private/tour/1", True),
        ("/x/paper.pdf", False),
        ("/x/paper.pdf?v=1", True),
        ("/a1b2c3", False),
        ("/a1c2b3", True),
        ("/café", False),
    ],
)
def test_the_longest_rule_of_the_own_group_decides(path: str, allowed: bool) -> None:
    assert RobotsTxt(RULES).allows(f"https://shop.example{path}") is allowed


def test_who_is_not_named_follows_the_star() -> None:
    assert not RobotsTxt(RULES).allows("https://shop.example/x", "somebody")
    assert not RobotsTxt("User-agent: *\nDisallow: /x").allows("https://shop.example/x/y")


def test_an_empty_rule_forbids_nothing_and_a_group_of_ones_own_frees_from_the_star() -> None:
    robots = RobotsTxt("User-agent: *\nDisallow: /\n\nUser-agent: sitereel\nDisallow:\n")

    assert robots.allows("https://shop.example/x")


@pytest.mark.parametrize("text", ["", "<!doctype html><title>Not found</title>", "\x00\xff", "Disallow: /"])
def test_what_is_no_robots_file_allows_everything(text: str) -> None:
    assert RobotsTxt(text).allows("https://shop.example/x")


def test_a_hostile_pattern_is_answered_at_once() -> None:
    robots = RobotsTxt("User-agent: *\nDisallow: /" + "*a" * 2000 + "$")

    assert robots.allows("https://shop.example/" + "a" * 1900 + "b")


def fetched(status: int, text: str = "") -> RobotsTxt:
    async def fetch(url: str) -> tuple[int, str]:
        return status, text

    return asyncio.run(fetch_robots_txt(fetch, "https://shop.example/"))


def test_the_rules_are_fetched_from_the_root_of_the_site_up_to_a_limit() -> None:
    asked = []

    async def fetch(url: str) -> tuple[int, str]:
        asked.append(url)
        return 200, "User-agent: *\nDisallow: /early\n" + "#" * MAX_BYTES + "\nDisallow: /late"

    robots = asyncio.run(fetch_robots_txt(fetch, "https://shop.example:8443/deep/page?x#y"))

    assert asked == ["https://shop.example:8443/robots.txt"]
    assert not robots.allows("https://shop.example:8443/early")
    assert robots.allows("https://shop.example:8443/late")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 410, 429])
def test_a_file_that_is_unavailable_allows_everything(status: int) -> None:
    assert fetched(status, "User-agent: *\nDisallow: /").allows("https://shop.example/x")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_server_error_disallows_everything(status: int) -> None:
    assert not fetched(status, "User-agent: *\nAllow: /").allows("https://shop.example/x")


@pytest.mark.parametrize("failure", [OSError(), TimeoutError(), ValueError(), PageUnreachable("gone")])
def test_a_file_that_is_unreachable_disallows_everything(failure: Exception) -> None:
    async def fetch(url: str) -> tuple[int, str]:
        raise failure

    robots = asyncio.run(fetch_robots_txt(fetch, "https://shop.example/"))

    assert not robots.allows("https://shop.example/x")
