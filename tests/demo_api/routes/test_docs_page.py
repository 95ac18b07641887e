"""The page at /docs in a real browser: accessible, offline and public."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

import demo_api
from actors.embedded_redis import embedded_valkey
from actors.settings import Settings
from demo_api.routes.table import OPERATIONS
from explorer.browser.chromium import find_chromium
from tests.conftest import Serve

VENDORED = Path(demo_api.__file__).parent / "static" / "vendor" / "swagger-ui"


@pytest.fixture(scope="module")
def address(serve: Serve) -> Iterator[str]:
    """An API that has a token."""
    with embedded_valkey() as url:
        settings = Settings(redis_url=url, api_token=SecretStr("a-token-that-is-long"))
        with serve(settings) as address:
            yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_chromium(os.environ.get("CHROMIUM_PATH")).path
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=["--no-sandbox"]
        )
        yield launched
        launched.close()


def violations(page: Page) -> list[str]:
    """Violations that axe finds, one a line."""
    found: dict[str, Any] = Axe().run(page).response
    return [f"{rule['id']}: {node['target']}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("scheme", "width_px", "height_px"),
    [("light", 1280, 800), pytest.param("dark", 360, 740, marks=pytest.mark.thorough)],
    ids=["desktop", "phone"],
)
@pytest.mark.thorough
def test_the_docs_are_public_and_load_nothing_from_elsewhere(
    scheme: Literal["light", "dark"], width_px: int, height_px: int, address: str, browser: Browser
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width_px, "height": height_px}, reduced_motion="reduce"
    )
    page, asked, complaints = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/docs")
    shown = page.locator("#operations-Films-retry")
    shown.locator(".opblock-summary-control").click()
    shown.locator(".responses-wrapper").wait_for()

    assert page.locator(".opblock-get").count() == sum(operation.method == "GET" for operation in OPERATIONS)
    assert "queue_full" in shown.inner_text()
    assert violations(page) == []
    for narrow_px in (width_px, 320):
        page.set_viewport_size({"width": narrow_px, "height": height_px})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), narrow_px
    assert complaints == []
    assert {url for url in asked if not url.startswith((address, "data:"))} == set()
    context.close()


def test_its_policy_lets_nothing_in_from_elsewhere(address: str) -> None:
    policy = httpx.get(f"{address}/docs").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_what_it_is_made_of_is_sent_once(name: str, address: str) -> None:
    url = f"{address}/static/vendor/swagger-ui/{name}"
    first = httpx.get(url)
    assert len(first.content) > 2 * first.num_bytes_downloaded
    again = httpx.get(url, headers={"if-none-match": first.headers["etag"]})

    assert first.content == (VENDORED / name).read_bytes()
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_vendored_is_what_was_published() -> None:
    noted = (VENDORED / "VENDORED.txt").read_text()
    for path in sorted(VENDORED.iterdir()):
        if path.name != "VENDORED.txt":
            assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in noted
