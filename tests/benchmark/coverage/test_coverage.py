"""The oracle sees what is hidden from others, and every policy is measured on a real site."""

import asyncio
from pathlib import Path

import pytest

from tests.benchmark.coverage.oracle import Search, near
from tests.benchmark.coverage.policies import POLICIES
from tests.benchmark.coverage.report import Score, policy_table, summary_table
from tests.benchmark.coverage.score import read
from tests.benchmark.coverage.sites import Place, absent, name_of, opened
from tests.benchmark.coverage.takes import Take, keep, studio, take
from tests.benchmark.coverage.tree import MOST_CLICKS
from tests.site.server import SiteServer


def searched(site: SiteServer, path: str, tries: int) -> tuple[int, list[str]]:
    url = site.url + path

    async def search() -> tuple[int, list[str]]:
        async with studio([Place("it", url, lambda: 0)]) as (browser, _):
            known = await Search(browser, url, most_tries=tries).run()
            return known.best, list(known.path)

    return asyncio.run(search())


@pytest.mark.thorough
def test_the_oracle_types_and_never_writes(site: SiteServer) -> None:
    before = len(site.requests)
    best, labels = searched(site, "lab/todo/", 9)
    assert "New entry" in labels
    assert 1 < best <= MOST_CLICKS + 1
    assert all(method == "GET" for method, _ in site.requests[before:])


def taken(place: Place, policy: str) -> Take:
    async def one() -> Take:
        async with studio([place]) as (browser, proxy):
            return await take(browser, proxy, place, POLICIES[policy], clicks=2)

    return asyncio.run(one())


@pytest.mark.thorough
def test_a_policy_is_measured(site: SiteServer, tmp_path: Path) -> None:
    done = taken(Place("tests/site", site.url, lambda: 0), "ours")
    keep(done, tmp_path)
    score = Score.of(done, {"tests/site": 11})
    assert read(tmp_path).clicks == done.clicks == 2
    assert score.coverage == score.scenes / 11 > 0.1
    assert policy_table("ours", [score]).row_count == 3


@pytest.mark.thorough
def test_a_site_that_cannot_be_filmed_is_told(site: SiteServer) -> None:
    done = taken(Place("gone", f"{site.url}gone.html", lambda: 0), "random")
    assert "404" in done.error
    assert summary_table({"random": [Score.of(done, {})]}).row_count == 1


def test_sites_are_served_with_their_names() -> None:
    with opened(None, "lab/consent") as places:
        assert [place.name for place in places] == ["lab/consent", "lab/consent/shadow"]
        assert near(places[0].url) > {f"localhost:{places[0].url.split(':')[2].split('/')[0]}"}
    assert name_of("shop/") == "lab/shop"


def test_samples_are_served_when_installed(tmp_path: Path) -> None:
    (tmp_path / "sbadmin").mkdir()
    with opened(tmp_path) as places:
        assert "sbadmin" in [place.name for place in places]
    assert "sbadmin" not in absent(tmp_path)
    assert "sbadmin" in absent(None)
