"""`sitereel batch`: rows that are wrong, films from a server, and a real batch on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.settings import Settings
from tests.conftest import Serve
from tests.demo_api.batches.support import crew
from tests.demo_api.cli.test_main import flat, sitereel
from tests.demo_api.conftest import Type
from tests.site.server import SiteServer
from tests.support.films import is_blank, picture, probed

ROOT = Path(__file__).parents[3]
SCRIPT = """
url: http://1.1.1.1/
variables: {who: Ann}
steps: [{caption: "{{who}}, {{row}} of {{row_count}}"}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a script, a table and a list, in which commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo.yaml").write_text(SCRIPT)
    (tmp_path / "rows.csv").write_text("who;Notes\nBo;x\nMüller;\n", encoding="utf-8")
    (tmp_path / "sites.txt").write_text("# ours\n\nexample.com\nlocalhost:3000/a\n")
    return tmp_path


@pytest.fixture
def address(settings: Settings, serve: Serve) -> Iterator[str]:
    with serve(settings) as address:
        yield address


def test_a_check_shows_the_first_rows_and_makes_nothing(typed: Type, folder: Path) -> None:
    before = sorted(folder.iterdir())
    words = ("batch", "demo.yaml", "--rows", "rows.csv", "--column", "Notes=", "--name", "{{who}}")

    told = typed(*words, "--check", "--json").json
    shown = typed(*words, "--check")

    assert [(row["line"], row["file"], row["values"]) for row in told["rows"]] == [
        (2, "Bo.mp4", {"who": "Bo"}),
        (3, "Muller.mp4", {"who": "Müller"}),
    ]
    assert shown.code == 0
    assert "2 films, and nothing wrong." in shown.said
    assert sorted(folder.iterdir()) == before


def test_a_list_of_sites_has_comments_and_addresses_without_a_scheme(typed: Type) -> None:
    rows = typed("batch", "--sites", "sites.txt", "--check", "--json", "--size", "square").json["rows"]

    assert [row["values"]["url"] for row in rows] == ["https://example.com", "http://localhost:3000/a"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--rows FILE for a table, or --sites FILE"),
        (["demo.yaml", "--rows", "rows.csv", "--sites", "sites.txt"], "--rows FILE for a table, or --sites"),
        (["--rows", "rows.csv"], "line 1: there is no column url"),
        (["demo.yaml", "--rows", "rows.csv", "--column", "Nope=x"], "line 1, column Nope: is to be renamed"),
        (["demo.yaml", "--rows", "rows.csv", "--column", "who"], "--column 'who' is not HEADER=NAME"),
        (["demo.yaml", "--rows", "rows.csv", "--var", "plan=x"], "--var plan is no variable of this script"),
        (["demo.yaml", "--rows", "rows.csv", "--goal", "x" * 301], "--goal String should have at most 300"),
        (["demo.yaml", "--rows", "rows.csv", "--secret", "pin=env:HOME"], "secrets.pin"),
        (["--sites", "sites.txt", "--secret", "pin=env:HOME"], "--secret is for a script"),
        (["demo.yaml", "--rows", "rows.csv", "--priority", "low"], "give --server too"),
        (["--rows", "gone.csv"], "gone.csv could not be read"),
        (["demo.yaml", "--rows", "bad.csv"], "line 3, column who: begins with a quote that is never closed"),
        (["--sites", "bad.txt"], "line 3: must begin with http:// or https://"),
    ],
)
def test_bad_input_is_told_with_its_place_and_nothing_is_filmed(
    words: list[str], said: str, typed: Type, folder: Path
) -> None:
    (folder / "bad.csv").write_text('who,x\nBo,1\n"Cy\n')
    (folder / "bad.txt").write_text("example.com\n\nftp://example.com\n")

    done = typed("batch", *words)

    assert done.code == 2
    assert said in done.said
    assert not (folder / "films").exists()


def test_a_program_gets_all_problems_of_rows_in_one_object(typed: Type, folder: Path) -> None:
    (folder / "bad.csv").write_text('who,x\nBo,1,2\n"Cy\n')

    told = typed("batch", "demo.yaml", "--rows", "bad.csv", "--json").json

    assert told["error_code"] == "rows_invalid"
    assert "line 2, column 3" in told["error"]
    assert "line 3, column who" in told["error"]


def test_films_of_a_server_are_fetched_and_the_same_command_makes_what_is_missing(
    typed: Type, address: str, settings: Settings, folder: Path
) -> None:
    words = ("batch", "demo.yaml", "--rows", "rows.csv", "--server", address, "-o", "out")
    with crew(settings, fails=lambda job: job.item == 2):
        first = typed(*words)
    with crew(settings) as again:
        second = typed(*words, "--json")
    third = typed(*words)
    other = typed(*words, "--name", "x")

    assert (first.code, second.code, third.code, other.code) == (1, 0, 0, 2)
    assert "1 of 2 films are in out, 1 failed." in first.said
    assert "line 3, 2.mp4 failed: no luck" in first.said
    assert again == ["Müller, 2 of 2"]
    assert second.json["counts"]["completed"] == 2
    assert json.loads((folder / "out" / "report.json").read_text())["counts"]["completed"] == 2
    assert "was begun with another batch: the options differ" in other.said


def test_two_rows_are_filmed_here_and_a_private_address_of_a_row_is_not(
    site: SiteServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (folder / "demo.yaml").write_text(
        f"url: {site.url}about.html\nvariables: {{who: Ann}}\n"
        "steps: [{caption: 'Hello {{who}}'}, {hold: 0.5}]\nfilm: {style: plain}\n"
    )
    (folder / "rows.csv").write_text("who,url\nBo,\nCy,\nDi,http://127.0.0.1:9/\n")

    script, rows, films = (str(folder / name) for name in ("demo.yaml", "rows.csv", "films"))
    done = sitereel("batch", script, "--rows", rows, "--name", "{{who}}", "-o", films, "--json")

    assert done.returncode == 1, done.stderr
    assert sorted(path.name for path in (folder / "films").glob("*.mp4")) == ["Bo.mp4", "Cy.mp4"]
    assert probed(folder / "films" / "Cy.mp4").codec == "h264"
    assert not is_blank(picture(folder / "films" / "Bo.mp4", 1))
    *_, refused = json.loads(done.stdout)["items"]
    assert (refused["line"], refused["error_code"]) == (4, "address_refused")
    assert f"2 of 3 films are in {films}, 1 failed." in flat(done.stderr)
