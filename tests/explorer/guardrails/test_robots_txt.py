"""Robots.txt, as tables."""

import asyncio

import pytest

from explorer.errors import PageUnreachable
from explorer.guardrails.robots_txt import MAX_BYTES, Robots, fetch_robots

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
    assert Robots.parse(RULES).allows(f"https://shop.example{path}") is allowed


def test_who_is_not_named_follows_the_star() -> None:
    assert not Robots.parse(RULES).allows("https://shop.example/x", "somebody")
    assert not Robots.parse("User-agent: *\nDisallow: /x").allows("https://shop.example/x/y")


def test_an_empty_rule_forbids_nothing_and_a_group_of_ones_own_frees_from_the_star() -> None:
    robots = Robots.parse("User-agent: *\nDisallow: /\n\nUser-agent: sitereel\nDisallow:\n")

    assert robots.allows("https://shop.example/x")


@pytest.mark.parametrize("text", ["", "<!doctype html><title>Not found</title>", "\x00\xff", "Disallow: /"])
def test_what_is_no_robots_file_allows_everything(text: str) -> None:
    assert Robots.parse(text).allows("https://shop.example/x")


def test_a_hostile_pattern_is_answered_at_once() -> None:
    robots = Robots.parse("User-agent: *\nDisallow: /" + "*a" * 2000 + "$")

    assert robots.allows("https://shop.example/" + "a" * 1900 + "b")


def test_the_rules_are_fetched_from_the_root_of_the_site_up_to_a_limit() -> None:
    asked = []

    async def get(url: str) -> str:
        asked.append(url)
        return "User-agent: *\nDisallow: /early\n" + "#" * MAX_BYTES + "\nDisallow: /late"

    robots = asyncio.run(fetch_robots(get, "https://shop.example:8443/deep/page?x#y"))

    assert asked == ["https://shop.example:8443/robots.txt"]
    assert not robots.allows("https://shop.example:8443/early")
    assert robots.allows("https://shop.example:8443/late")


@pytest.mark.parametrize("failure", [OSError(), TimeoutError(), ValueError(), PageUnreachable("gone")])
def test_rules_that_cannot_be_had_allow_everything(failure: Exception) -> None:
    async def get(url: str) -> str:
        raise failure

    assert asyncio.run(fetch_robots(get, "https://shop.example/")).allows("https://shop.example/x")
