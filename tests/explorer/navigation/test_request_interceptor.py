"""The gate in a real Chromium, between pages of two loopback origins and the servers behind them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.chromium import FLAGS
from explorer.guardrails.rules import Site
from explorer.navigation.request_interceptor import RequestInterceptor, is_file
from explorer.types import Refusal, Wishes
from tests.explorer.support.exploration import answer, read_head, serving
from tests.support.chromium import launched_chromium

PAGES = {
    "/": "<p>home</p><script src=/cached.js></script>",
    "/second": "<p>second</p><script src=/cached.js></script>",
    "/form": "<form method=post action=/sent><input name=a><button>Go</button></form>",
    "/search": "<form action=/found><input name=q value=x><button>Go</button></form>",
    "/found": "<p>found</p>",
    "/worker": "<script>new Worker('/w.js').onmessage = e => document.title = e.data</script>",
    "/shared": "<script>new SharedWorker('/sw.js').port.onmessage = e => document.title = e.data;</script>",
    "/posts": "<script>fetch('/inner', {method: 'POST'}).catch(() => top.postMessage('no', '*'))</script>",
    "/cached.js": "window.loaded = true",
    "/w.js": "fetch('/put', {method: 'PUT'}).then(() => postMessage('ok'), () => postMessage('failed'))",
    "/sw.js": "onconnect = e => fetch('/put', {method: 'PUT'}).then("
    "() => e.ports[0].postMessage('ok'), () => e.ports[0].postMessage('failed'))",
    "/login": "<input type=password>",
    "/data": "a,b",
}
HEADS = {
    "/cached.js": ("Content-Type: text/javascript", "Cache-Control: max-age=600"),
    "/w.js": ("Content-Type: text/javascript",),
    "/sw.js": ("Content-Type: text/javascript",),
    "/data": ("Content-Type: text/html", "Content-Disposition: attachment; filename=data.csv"),
}


@dataclass
class World:
    """A page behind a gate; what the servers were asked, and what the gate has refused."""

    browser: Browser
    page: Page
    interceptor: RequestInterceptor
    port: int
    asked: list[str]
    refused: list[Refusal] = field(default_factory=list)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def elsewhere(self) -> str:
        """The same server under another name: another site."""
        return f"http://localhost:{self.port}"

    @property
    def writes(self) -> list[str]:
        return [line for line in self.asked if not line.startswith("GET ")]

    @property
    def rules(self) -> list[tuple[str, str]]:
        return [(one.rule, one.what.replace(str(self.port), "PORT")) for one in self.refused]

    async def until_refused(self) -> None:
        while not self.refused:
            await asyncio.sleep(0.02)


Enter = Callable[..., Any]


@pytest.fixture(scope="module")
def behind() -> Iterator[Enter]:
    """`behind(work)` gives what `work(world)` finds; keyword arguments become wishes."""
    # Here without the proxy, which alone knows names in a take.
    flags = [flag for flag in FLAGS if "resolver" not in flag]
    with asyncio.Runner() as runner, launched_chromium(runner, flags) as browser:

        def enter(work: Callable[[World], Awaitable[Any]], **wishes: Any) -> Any:
            async def whole() -> Any:
                async with open_world(browser, Wishes(**wishes)) as world, asyncio.timeout(30):
                    return await work(world)

            return runner.run(whole())

        yield enter


@asynccontextmanager
async def open_world(browser: Browser, wishes: Wishes) -> AsyncIterator[World]:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, _ = await read_head(reader)
        method, path, _ = first.split(" ")
        asked.append(f"{method} {path}")
        path, _, query = path.partition("?")
        if path == "/to":
            writer.write(answer(b"", "302 Found", f"Location: {query}"))
        else:
            body = PAGES.get(path, "<p>other</p>").encode()
            writer.write(answer(body, "200 OK", *HEADS.get(path, ("Content-Type: text/html",))))
        await writer.drain()

    context = await browser.new_context(accept_downloads=False, service_workers="block")
    try:
        async with serving(serve) as port:
            page = await context.new_page()
            refused: list[Refusal] = []
            interceptor = RequestInterceptor(None, wishes, refused.append)
            await interceptor.install(page)
            yield World(browser, page, interceptor, port, asked, refused)
    finally:
        await context.close()
        await interceptor.remove()


async def at_home(world: World, path: str = "/") -> None:
    """Opens the page, after which the gate knows its site."""
    await world.page.goto(world.home + path)
    world.interceptor.site = Site.of(world.home)


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ("fetch('/w?key=secret', {method: 'POST'}).then(() => 'ok', () => 'failed')", "failed"),
        ("fetch('/w', {method: 'post', keepalive: true}).then(() => 'ok', () => 'failed')", "failed"),
        (
            "new Promise(done => { const x = new XMLHttpRequest(); x.open('POST', '/w');"
            " x.onload = () => done('ok'); x.onerror = () => done('failed'); x.send() })",
            "failed",
        ),
        ("navigator.sendBeacon('/w', 'x')", True),
    ],
    ids=["fetch", "fetch that outlives the page", "XMLHttpRequest", "beacon"],
)
def test_a_request_of_a_script_that_writes_fails_and_is_told(
    behind: Enter, script: str, answer: object
) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        said = await world.page.evaluate(script)
        await world.until_refused()
        return said, world.rules, world.writes

    said, rules, writes = behind(work)

    assert said == answer
    assert rules == [("write", "POST http://127.0.0.1:PORT/w")]
    assert not writes


@pytest.mark.parametrize("path", ["/worker", "/shared"])
def test_a_worker_cannot_write_either(behind: Enter, path: str) -> None:
    async def work(world: World) -> Any:
        await world.page.goto(world.home + path)
        await world.page.wait_for_function("document.title")
        return await world.page.title(), world.rules, world.writes

    assert behind(work) == ("failed", [("write", "PUT http://127.0.0.1:PORT/put")], [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_frame_cannot_write_whatever_its_origin(behind: Enter, host: str) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        await world.page.evaluate(
            "url => new Promise(done => { addEventListener('message', done);"
            " const f = document.createElement('iframe'); f.src = url; document.body.append(f) })",
            f"http://{host}:{world.port}/posts",
        )
        return world.rules, world.writes

    rules, writes = behind(work)

    assert rules == [("write", f"POST http://{host}:PORT/inner")]
    assert not writes


def test_a_form_that_posts_leaves_the_page_as_it_is(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world, "/form")
        await world.page.fill("input", "typed")
        await world.page.click("button", no_wait_after=True)
        await world.until_refused()
        kept = await world.page.input_value("input")
        return kept, world.page.url.rpartition("/")[2], world.rules, world.writes

    assert behind(work) == ("typed", "form", [("write", "POST http://127.0.0.1:PORT/sent")], [])


def test_a_form_that_searches_passes(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world, "/search")
        await world.page.click("button")
        await world.page.wait_for_url("**/found?q=x")
        return world.rules

    assert behind(work) == []


def test_a_form_that_posts_to_a_new_window_is_held_back_there(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world, "/form")
        await world.page.evaluate("document.forms[0].target = '_blank'; document.forms[0].submit()")
        await world.until_refused()
        return world.rules, world.writes

    assert behind(work) == ([("write", "POST http://127.0.0.1:PORT/sent")], [])


def test_a_scout_may_join_and_leave(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        scout = await world.browser.new_page()
        await world.interceptor.install(scout)
        with pytest.raises(PlaywrightError, match="net::ERR_ABORTED"):
            await scout.goto(f"{world.home}/to?/login")
        await scout.close()
        await world.page.evaluate("fetch('/w', {method: 'POST'}).catch(() => 0)")
        return world.rules, world.writes

    rules = [("auth", "http://127.0.0.1:PORT/login"), ("write", "POST http://127.0.0.1:PORT/w")]
    assert behind(work) == (rules, [])


def test_writing_is_let_through_when_it_is_wished(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        status = await world.page.evaluate("fetch('/w', {method: 'POST'}).then(r => r.status)")
        return status, world.writes, world.rules

    assert behind(work, allow_writes=True) == (200, ["POST /w"], [])


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("{elsewhere}/", "off_domain"),
        ("{home}/to?{elsewhere}/", "off_domain"),
        ("{home}/to?/login", "auth"),
        ("{home}/to?/to?/users/sign_in", "auth"),
        ("{home}/account/delete", "blacklist"),
        ("{home}/setup.exe", "download"),
        ("{home}/data", "download"),
        ("{home}/admin/users", "avoid"),
    ],
)
def test_a_page_that_must_not_be_shown_never_appears(behind: Enter, path: str, rule: str) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        shown = []
        world.page.on("framenavigated", lambda frame: shown.append(frame.url))
        url = path.format(home=world.home, elsewhere=world.elsewhere)
        await world.page.evaluate("url => { location = url }", url)
        await world.until_refused()
        text = await world.page.inner_text("p")
        assert world.interceptor.last_refused == world.refused[0]
        return text, shown, [one.rule for one in world.refused], world.page.url == f"{world.home}/"

    assert behind(work, avoid=("/admin",)) == ("home", [], [rule], True)


def test_what_is_opened_by_us_is_judged_as_well(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        with pytest.raises(PlaywrightError, match="net::ERR_ABORTED"):
            await world.page.goto(world.home + "/login")
        await world.page.goto(world.home + "/second")
        return await world.page.inner_text("p"), world.rules

    assert behind(work) == ("second", [("auth", "http://127.0.0.1:PORT/login")])


def test_a_start_page_is_returned_to_whatever_its_address_says(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world, "/checkout")
        await world.page.goto(world.home + "/second")
        await world.page.go_back()
        await world.page.reload()
        return world.page.url.rpartition("/")[2], world.rules

    assert behind(work) == ("checkout", [])


def test_frames_and_other_domains_of_the_site_may_be_shown(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        await world.page.evaluate(
            "url => new Promise(done => { const f = document.createElement('iframe'); f.onload = done;"
            " f.src = url; document.body.append(f) })",
            world.elsewhere,
        )
        world.interceptor.site = Site.of(world.home, domains=("localhost",))
        await world.page.goto(world.elsewhere + "/second")
        return world.rules

    assert behind(work) == []


def test_the_cache_still_serves_what_it_has(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        await world.page.goto(world.home + "/second")
        assert await world.page.evaluate("loaded")
        return world.asked.count("GET /cached.js")

    assert behind(work) == 1


def test_a_page_that_closes_leaves_nothing_hanging_and_frees_the_browser(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await at_home(world)
        await world.page.evaluate("for (let i = 0; i < 50; i++) fetch('/x' + i, {method: 'POST'}), 0")
        await world.page.close()
        next_page = await world.browser.new_page()
        try:
            await world.interceptor.remove()
            await next_page.goto(world.home + "/second")
            return await next_page.evaluate("fetch('/w', {method: 'POST'}).then(r => r.status)")
        finally:
            await next_page.close()

    assert behind(work) == 200


@pytest.mark.parametrize(
    ("headers", "saved"),
    [
        ({}, False),
        ({"content-type": "text/html; charset=utf-8"}, False),
        ({"content-type": "application/json"}, False),
        ({"content-type": "image/svg+xml"}, False),
        ({"content-type": "application/atom+xml"}, False),
        ({"content-type": "text/html", "content-disposition": "inline"}, False),
        ({"content-type": "text/html", "content-disposition": "Attachment; filename=x"}, True),
        ({"content-type": "application/octet-stream"}, True),
        ({"content-type": "application/pdf"}, True),
        ({"content-type": "text/csv; header=present"}, True),
    ],
)
def test_files_are_known_by_their_headers(headers: dict[str, str], saved: bool) -> None:
    assert is_file(headers) is saved


def test_after_a_press_reads_that_order_something_are_held_back(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await world.page.goto(f"{world.home}/")
        await world.page.evaluate("fetch('/queue/clear')")
        await world.interceptor.note_action()
        await world.page.evaluate(
            """() => Promise.allSettled(["/queue/clear", "/vote/7", "/rows", "/orders/7/approve.json"].map(
            (one) => fetch(one)).concat(new Promise((done) => {
              const image = new Image();
              image.onerror = image.onload = done;
              image.src = "/orders/7/approve";
            })))"""
        )
        return [line.removeprefix("GET ") for line in world.asked[2:]], world.rules

    asked, rules = behind(work)

    assert sorted(asked) == ["/queue/clear", "/queue/clear", "/rows"]
    assert sorted(what for _, what in rules) == [
        "GET http://127.0.0.1:PORT/orders/7/approve",
        "GET http://127.0.0.1:PORT/orders/7/approve.json",
        "GET http://127.0.0.1:PORT/vote/7",
    ]
    assert {rule for rule, _ in rules} == {"write"}


def test_what_sets_a_switch_may_only_filter_what_was_asked_for_before(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await world.page.goto(f"{world.home}/")
        await world.page.evaluate("fetch('/rows')")
        await world.interceptor.note_action(sets_state=True)
        await world.page.evaluate(
            "() => Promise.allSettled(['/rows?open=1', '/prefs?mails=1'].map((one) => fetch(one)))"
        )
        return [line.removeprefix("GET ") for line in world.asked[2:]], world.rules

    asked, rules = behind(work)

    assert asked == ["/rows", "/rows?open=1"]
    assert rules == [("write", "GET http://127.0.0.1:PORT/prefs")]


def test_another_document_asks_for_what_it_wants(behind: Enter) -> None:
    async def work(world: World) -> Any:
        await world.page.goto(f"{world.home}/")
        await world.interceptor.note_action()
        await world.page.goto(f"{world.home}/second")
        await world.page.evaluate("fetch('/vote/7')")
        return world.asked[-1], world.rules

    assert behind(work) == ("GET /vote/7", [])
