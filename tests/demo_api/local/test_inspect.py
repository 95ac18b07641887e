"""`sitereel inspect` as a user types it: a table, JSON, and a picture with numbers."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.demo_api.cli.test_main import flat, sitereel
from tests.site.server import SiteServer


def test_json_lists_what_may_be_clicked_and_what_not_and_why(site: SiteServer, tmp_path: Path) -> None:
    picture = tmp_path / "boxes.png"

    done = sitereel("inspect", site.url, "--json", "--screenshot", str(picture))

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["url"] == site.url
    assert told["viewport"] == {"width": 1280, "height": 720}
    assert [element["number"] for element in told["elements"]] == list(range(1, len(told["elements"]) + 1))
    assert len({element["identity"] for element in told["elements"]}) == len(told["elements"])
    link = next(element for element in told["elements"] if element["role"] == "link" and element["in_view"])
    assert link["selector"].startswith("role=link[name=")
    assert link["box"]["x"] <= link["point"]["x"] <= link["box"]["x"] + link["box"]["width"]
    assert all(
        (element["refused"] is None) == element["why"].startswith("may be") for element in told["elements"]
    )
    with Image.open(picture) as image:
        assert (image.format, image.size) == ("PNG", (1280, 720))
        assert (0, 110, 60) in {colour for _, colour in image.getcolors(1 << 24) or []}


@pytest.mark.thorough
def test_a_table_is_printed_for_people(site: SiteServer) -> None:
    done = sitereel("inspect", site.url, COLUMNS="200")

    assert done.returncode == 0, done.stderr
    assert "role=link[name=" in done.stdout
    assert "may be clicked" in flat(done.stdout)
    assert "elements" in flat(done.stderr)


@pytest.mark.thorough
def test_the_size_of_a_film_gives_the_viewport(site: SiteServer) -> None:
    done = sitereel("inspect", site.url, "--json", "--size", "vertical")

    assert json.loads(done.stdout)["viewport"] == {"width": 540, "height": 960}


@pytest.mark.thorough
def test_inspecting_what_is_no_page_fails_as_recording_does(site: SiteServer) -> None:
    done = sitereel("inspect", f"{site.url}api/time", "--json")

    assert done.returncode == 1
    assert "is JSON data (application/json), not a page." in flat(done.stderr)
    assert json.loads(done.stdout)["error_code"] == "not_a_page"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("ftp://a.example/",), 2, "must begin with http"),
        (("http://127.0.0.1:9/",), 1, "127.0.0.1:9"),
        (("http://127.0.0.1:9/", "--screenshot", "/nowhere/x.png"), 1, "/nowhere"),
    ],
)
def test_what_cannot_be_inspected_is_an_error(words: tuple[str, ...], code: int, sentence: str) -> None:
    done = sitereel("inspect", *words)

    assert done.returncode == code, done.stderr
    assert sentence in flat(done.stderr)
    assert "Traceback" not in done.stderr
