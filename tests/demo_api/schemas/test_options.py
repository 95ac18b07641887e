"""Options of a request: valid ones, and the errors of invalid ones."""

import json
from typing import Any

import pytest

from actors.option_checks import check_domain
from actors.options import ExplorationOptions
from actors.settings import Settings
from demo_api.errors import RequestInvalid
from demo_api.schemas.jobs import RunRequest
from explorer.types import Wishes

URL = "https://www.example.com/"


def parse(url: str = URL, **wishes: Any) -> RunRequest:
    return RunRequest.parse(json.dumps({"url": url, **wishes}).encode())


def complaint(url: str = URL, **wishes: Any) -> str:
    with pytest.raises(RequestInvalid) as caught:
        parse(url, **wishes)
    (only,) = caught.value.fields
    assert only["field"] in wishes
    return only["message"]


def test_all_options_are_optional() -> None:
    assert parse().spec(Settings()).wishes == Wishes()
    assert parse().spec(Settings()).storyboard is False


def test_every_option_of_a_request_reaches_the_spec() -> None:
    wished: dict[str, Any] = {
        "goal": "show how\nto filter   orders",
        "focus": [" /orders ", "Filter", "css=#menu > a", "Filter"],
        "avoid": ["/admin", "css=a[href^='https://other']"],
        "domains": ["Docs.Example.com.", "*.example.com"],
        "interact": "click",
        "allow_writes": True,
        "scout": False,
        "ignore_robots": True,
        "ignore_certificate_errors": True,
    }

    assert parse(**wished).spec(Settings()).wishes == Wishes(
        goal="show how to filter orders",
        focus=("/orders", "Filter", "css=#menu > a"),
        avoid=("/admin", "css=a[href^='https://other']"),
        domains=("docs.example.com", "*.example.com"),
        interact="click",
        allow_writes=True,
        scout=False,
        ignore_robots=True,
        ignore_certificate_errors=True,
    )


def test_omitted_options_have_the_operators_defaults() -> None:
    careful = Settings(exploration=ExplorationOptions(interact="click", scout=False))

    assert parse().spec(careful).wishes == Wishes(interact="click", scout=False)
    assert parse(interact="all", scout=True).spec(careful).wishes == Wishes()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("goal", "x" * 301, "at most 300"),
        ("goal", 5, "string"),
        ("focus", "/orders", "list"),
        ("focus", ["x"] * 21, "at most 20"),
        ("focus", [""], "empty"),
        ("focus", ["  "], "empty"),
        ("focus", ["x" * 201], "200 are the most"),
        ("focus", ["two\nlines"], "line breaks"),
        ("focus", ["css= "], "without a selector"),
        ("focus", ["https://example.com/orders"], "name its path"),
        ("avoid", [5], "string"),
        ("avoid", ["css="], "without a selector"),
        ("domains", ["docs.example.com"] * 11, "at most 10"),
        ("domains", ["docs.example.com:8080"], "no host"),
        ("domains", ["https://docs.example.com"], "no host"),
        ("domains", ["docs .example.com"], "no host"),
        ("domains", ["-a.example.com"], "no host"),
        ("domains", ["a..example.com"], "no host"),
        ("domains", ["*"], "no host"),
        ("domains", ["*.*.example.com"], "no host"),
        ("domains", ["com"], "no host"),
        ("domains", ["127.0.0.1"], "no host"),
        ("domains", ["127.1"], "no host"),
        ("domains", [f"{'a' * 64}.example.com"], "no host"),
        ("domains", ["other.com"], "only example.com and hosts below it"),
        ("domains", ["notexample.com"], "only example.com and hosts below it"),
        ("domains", ["example.com.evil.net"], "only example.com and hosts below it"),
        ("domains", ["*.com"], "no host"),
        ("interact", "none", "'all' or 'click'"),
        ("allow_writes", "yes", "boolean"),
        ("allow_writes", 1, "boolean"),
        ("scout", 0, "boolean"),
        ("ignore_robots", None, "boolean"),
        ("ignore_certificate_errors", "true", "boolean"),
        ("storyboard", "here", "boolean"),
    ],
)
def test_an_invalid_option_is_named_with_its_reason(field: str, value: Any, sentence: str) -> None:
    assert sentence in complaint(**{field: value})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "http://[::1]/", "http://localhost:3000/", "http://wiki/"]
)
def test_an_address_has_no_other_hosts(url: str) -> None:
    assert "not an IP address or localhost" in complaint(url, domains=["docs.example.com"])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/", "docs.example.com"),
        ("https://app.example.com:8443/", "example.com"),
        ("https://a.b.example.com/", "*.c.example.com"),
        ("https://shop.example.co.uk/", "help.example.co.uk"),
        ("https://www.b\u00fccher.example/", "xn--bcher-kva.example"),
    ],
)
def test_hosts_around_the_start_may_belong_to_the_site(url: str, host: str) -> None:
    assert check_domain(host, url) == host


def test_a_shared_name_is_no_site() -> None:
    with pytest.raises(ValueError, match=r"only example\.co\.uk and hosts below it"):
        check_domain("other.co.uk", "https://shop.example.co.uk/")


def test_a_host_is_spelled_as_browsers_do() -> None:
    assert check_domain("B\u00fccher.example", "https://b\u00fccher.example/") == "xn--bcher-kva.example"


def test_a_bad_url_is_the_only_complaint_about_it() -> None:
    with pytest.raises(RequestInvalid) as caught:
        parse("nonsense", domains=["docs.example.com"])

    assert [row["field"] for row in caught.value.fields] == ["url"]
