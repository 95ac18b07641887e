"""Responses of `/` and `/static/`, without a browser."""

import re
from pathlib import Path
from typing import get_args

import httpx
import pytest
from pydantic import SecretStr

from actors.batches.states import ItemStatus
from actors.failures import TRANSIENT_CODES
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from demo_api.routes.static_files import STATIC
from explorer.retry_policy import RetryKind
from explorer.types import Action, Outcome, State, StopReason
from tests.conftest import Serve

FILES = sorted(path for part in ("*", "css/*", "js/**/*") for path in STATIC.glob(part) if path.is_file())
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
INDEX = (STATIC / "index.html").read_text()
#: Each page with the script that it starts.
PAGES = {"index.html": "js/main.js", "batch.html": "js/batch.js"}


def name_of(path: Path) -> str:
    """As in an address below `/static/`."""
    return path.relative_to(STATIC).as_posix()


def imports(script: Path) -> set[str]:
    """The names of the scripts that this one imports."""
    found = re.findall(r'from "(\.[^"]+)"', script.read_text())
    return {name_of((script.parent / path).resolve()) for path in found}


def used_by(page: str) -> set[str]:
    """The names of the scripts that a page loads, one through the other."""
    found, new = set[str](), {PAGES[page]}
    while new:
        found |= new
        new = {name for script in new for name in imports(STATIC / script)} - found
    return found


def test_the_page_and_each_of_its_files_come_as_what_they_are(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        files = [(f"/static/{name_of(file)}", file) for file in FILES]
        pages = [("/", STATIC / "index.html"), ("/batch", STATIC / "batch.html")]
        for name, path in [*pages, *files]:
            answer = client.get(name)

            assert answer.status_code == 200
            assert answer.content == path.read_bytes()
            assert answer.headers["content-type"] == MEDIA_TYPES[path.suffix]
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_policy_lets_in_nothing_but_the_pages_own(address: str) -> None:
    policy = httpx.get(address).headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    for rule in ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert rule in policy


def test_a_file_that_has_not_changed_is_not_sent_again(address: str) -> None:
    first = httpx.get(address)
    again = httpx.get(address, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    other = httpx.get(address, headers={"if-none-match": '"other"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (other.status_code, first.headers["cache-control"]) == (200, "no-cache")


def test_a_head_request_only_looks(address: str) -> None:
    answer = httpx.head(address)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(INDEX.encode())


@pytest.mark.parametrize("path", ["nothing.js", "page.py", "..%2Fpage.py", "..%2f..%2fpyproject.toml"])
def test_nothing_else_is_sent(path: str, address: str) -> None:
    assert httpx.get(f"{address}/static/{path}").status_code == 404


def test_the_page_needs_no_token_and_its_form_has_the_operators_defaults(
    settings: Settings, serve: Serve
) -> None:
    update = {
        "api_token": SecretStr("a-token-of-24-characters"),
        "film": FilmOptions(size="square"),
        "exploration": ExplorationOptions(max_clicks=7),
    }
    with serve(settings.model_copy(update=update)) as address:
        assert httpx.get(address).status_code == 200
        said = httpx.get(f"{address}/static/defaults.json")

    assert (said.json()["size"], said.json()["max_clicks"], said.json()["token"]) == ("square", 7, True)
    assert "a-token" not in said.text


def test_each_page_names_the_files_that_it_needs_and_none_is_unused() -> None:
    named = {
        page: set(re.findall(r'(?:src|href)="/static/([^"]+)"', (STATIC / page).read_text()))
        for page in PAGES
    }

    for page, names in named.items():
        assert {name for name in names if name.endswith(".js")} == used_by(page)
    assert set.union(*named.values()) == {name_of(path) for path in FILES} - PAGES.keys()


@pytest.mark.parametrize("page", PAGES)
def test_every_element_that_a_script_asks_for_is_on_its_page(page: str) -> None:
    ids = set(re.findall(r' id="([^"]+)"', (STATIC / page).read_text()))
    scripts = [(STATIC / name).read_text() for name in used_by(page)]

    assert {name for text in scripts for name in re.findall(r'\$\("([^"]+)"\)', text)} <= ids


def test_each_page_leads_to_the_other() -> None:
    for page, other in (("index.html", "/batch"), ("batch.html", "/")):
        nav = (STATIC / page).read_text().partition("<nav")[2].partition("</nav>")[0]
        assert f'href="{other}"' in nav


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_long_or_makes_markup_of_strings(path: Path) -> None:
    text = path.read_text()

    assert text.count("\n") <= 300 or path.suffix == ".html"
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text
    if path.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src)", text)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            "js/text/labels.js",
            (*get_args(State), *get_args(Outcome), *get_args(Action), *get_args(StopReason)),
        ),
        ("js/text/labels.js", get_args(RetryKind)),
        ("js/text/batch_words.js", tuple(ItemStatus)),
        ("js/text/error_messages.js", sorted(TRANSIENT_CODES)),
    ],
)
def test_every_code_of_the_pipeline_has_a_label(file: str, words: tuple[str, ...]) -> None:
    text = (STATIC / file).read_text()

    missing = [
        word for word in words if not re.search(rf'^\s*"?{word}"?[:,]|[{{ ]{word}: ', text, re.MULTILINE)
    ]
    assert missing == []
