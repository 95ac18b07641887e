"""What must be shown is found in what a step brought, and the lists of the sites can be used as they are."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.benchmark.coverage.scenes import Shot
from tests.benchmark.coverage.takes import studio
from tests.benchmark.must_show.film import Film, score
from tests.benchmark.must_show.install import NotInstalled, install
from tests.benchmark.must_show.load import busy
from tests.benchmark.must_show.report import goal_table, lines, table
from tests.benchmark.must_show.sites import THINGS_EACH, PackagedSite, Thing, known, with_goals
from tests.benchmark.must_show.view import Act, View, look, shown

START = View("http://a.test/web/shop.html", "Shop", frozenset({"Basket", "Shoes"}), frozenset({".row"}))


def act(label: str = "More", outcome: str = "scene", **after: object) -> Act:
    view = {"url": START.url, "title": START.title, "texts": START.texts, "present": START.present}
    return Act(label, outcome, START, View(**{**view, **after}))  # type: ignore[arg-type]


def thing(**matchers: str) -> Thing:
    return Thing.of("it", matchers)


def test_a_thing_is_shown_when_one_matcher_fits_one_step() -> None:
    either = thing(label="^sort", url=r"orders\.html")
    assert act("Sort by price").shows(either)
    assert act(url="http://a.test/web/orders.html?page=2").shows(either)
    assert not act("Resort").shows(either)
    assert shown([either, thing(label="basket")], [act(), act("sort")]) == ["it"]


def test_what_was_there_before_a_step_is_not_shown_by_it() -> None:
    assert not act().shows(thing(title="shop"))
    assert not act().shows(thing(url="shop"))
    assert not act().shows(thing(text="basket"))
    assert not act().shows(thing(element=".row"))
    assert act(texts=START.texts | {"3 results"}).shows(thing(text=r"\d results"))
    assert act(present=frozenset({".row", "dialog"})).shows(thing(element="dialog"))


def test_a_host_is_no_part_of_the_address() -> None:
    assert not act(url="http://a.test/web/orders.html").shows(thing(url=r"a\.test"))


def test_a_click_that_did_nothing_shows_nothing() -> None:
    assert not act("Sort by price", "nothing").shows(thing(label="sort"))


def test_an_unknown_matcher_is_refused() -> None:
    with pytest.raises(ValueError, match="titel"):
        thing(titel="Orders")
    with pytest.raises(ValueError, match="no matcher"):
        thing()


def test_there_are_ten_sites_of_different_kinds_with_five_things_each() -> None:
    sites = known()
    assert len(sites) >= 10
    assert len({site.kind for site in sites}) >= 10
    assert all(len(site.things) == THINGS_EACH for site in sites)
    assert [site.name for site in known("sprea")] == ["spreadsheet"]


def test_there_are_five_goals_on_five_sites() -> None:
    goals = with_goals()
    assert len(goals) == len({site.goal for site in goals}) == 5
    assert all(len(site.things) == 1 for site in goals)


HOST = """<title>Hosted</title><p>Seen</p><p hidden>Hidden</p><div id=host></div>
<script>host.attachShadow({mode: "open"}).innerHTML = "<b class=card>Within</b>"</script>
<p style="margin-top: 5000px">Below</p>"""


@pytest.mark.thorough
def test_what_is_in_view_is_read_also_in_shadow_roots() -> None:
    view = looked_at(HOST, [".card", "p[hidden]"])
    assert view.texts == {"Seen", "Within"}
    assert view.present == {".card"}
    assert view.title == "Hosted"


def test_every_selector_of_the_lists_is_understood_by_a_browser() -> None:
    selectors = [selector for site in (*known(), *with_goals()) for selector in site.selectors]
    assert looked_at("<p>Here</p>", selectors).texts == {"Here"}


def looked_at(markup: str, selectors: list[str]) -> View:
    async def looking() -> View:
        async with studio([]) as (browser, _):
            page = await browser.new_page()
            await page.set_content(markup)
            return await look(page, selectors)

    return asyncio.run(looking())


def packaged(folder: Path, build: tuple[str, ...] = ()) -> PackagedSite:
    """A site that has been installed into `folder` before."""
    site = PackagedSite("it", "app", "npm", "it", "1.0", "dist", "index.html", (thing(label="sort"),), build)
    (folder / "it-1.0" / "dist").mkdir(parents=True)
    return site


def test_what_is_installed_is_not_fetched_again(tmp_path: Path) -> None:
    site = packaged(tmp_path)
    (tmp_path / "it-1.0/dist/index.html").touch()
    assert install(site, tmp_path) == tmp_path / "it-1.0/dist"


def test_a_package_without_its_start_page_is_reported(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match=r"dist/index\.html"):
        install(packaged(tmp_path), tmp_path)


def test_takes_are_scored_and_printed(tmp_path: Path) -> None:
    site = packaged(tmp_path)
    blank, other = np.zeros((720, 1280, 3), np.uint8), np.full((720, 1280, 3), 255, np.uint8)
    shots = tuple(Shot(picture, START.url) for picture in (blank, other, blank, blank, other))
    acts = (act("Basket"), act("Sort"), act("Home", "nothing"), act("Basket"))
    film = Film(site, acts, shots, took_s=4.0)
    # The second picture equals the start's, but is of what must be shown; the third is a dead click.
    assert (film.shown, film.dead, film.near_duplicates) == (["it"], 1, 1)
    lost = Film(site, error="gone")
    assert score([film, lost]).shown == 0.5
    assert score([film, lost]).missing == ("it",)
    assert table("Must-show", [score([film, lost])]).row_count == 3
    assert list(lines(film))[2].endswith("[it]")
    assert (film.serving(1), film.serving(5)) == (0, 1)
    assert list(goal_table([[film, film]]).columns[2].cells) == ["1, 1"]


def test_a_machine_is_busy_only_while_asked() -> None:
    with busy(1) as spinning:
        assert [each.poll() for each in spinning] == [None]
    assert all(each.returncode for each in spinning)
