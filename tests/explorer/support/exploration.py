"""Planners, small servers and one shared browser for the explorer's tests."""

import asyncio
import base64
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from playwright.async_api import Browser

from explorer.browser.chromium import find_chromium, open_browser, prepare_session
from explorer.browser.session import BrowserSession
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.egress.proxy import EgressProxy
from explorer.engine.composition import build_explorer
from explorer.engine.executor import Event
from explorer.languages import detection, vocabulary
from explorer.lookahead.scout_browser import scouting
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.protocols import Clock, Planner
from explorer.retry_policy import NoteRetry, Retry, RetryPolicy
from explorer.trace import Trace
from explorer.types import ActionPlan, Brief, Metrics, Refusal, Scene, State, Step
from tests.explorer.support.clocks import FrameClock as FrameClock
from tests.explorer.support.clocks import HastyClock as HastyClock
from tests.explorer.support.clocks import RealClock as RealClock
from tests.explorer.support.clocks import SeeingClock as SeeingClock
from tests.site.server import SiteServer

#: What lies between tries: seconds before addresses, cut short, and milliseconds before elements.
PAUSES = ((0.03, 0.05, 0.05), (300.0, 700.0))

T = TypeVar("T")
Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Clicks:
    """A planner that clicks these labels in turn, and is done when the next one is not offered."""

    labels: list[str]
    scenes: list[Scene] = field(default_factory=list)

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        self.scenes.append(scene)
        for element in scene.elements:
            if self.labels and self.labels[0] in (element.label, element.text):
                self.labels.pop(0)
                return [ActionPlan(element.selector, "click", 100, "script: next")]
        return []


@dataclass(frozen=True)
class Proposes:
    """A planner that proposes these selectors whatever it is shown."""

    selectors: tuple[str, ...]

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        return [ActionPlan(selector, "click", 100, "script: stubborn") for selector in self.selectors]


class Hangs:
    """A planner that never answers."""

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        await asyncio.Event().wait()
        return []


@dataclass(frozen=True)
class Take:
    """All that one exploration has told, and the story so far at each of its metrics."""

    events: list[Event]
    so_far: list[Trace]
    retries: list[Retry]

    @property
    def trace(self) -> Trace:
        (trace,) = self._all(Trace)
        return trace

    @property
    def steps(self) -> list[Step]:
        return self._all(Step)

    @property
    def metrics(self) -> list[Metrics]:
        return self._all(Metrics)

    @property
    def states(self) -> list[State]:
        return [metrics.state for metrics in self.metrics]

    @property
    def rules(self) -> set[tuple[str, str]]:
        return {(refusal.rule, refusal.what) for refusal in self.trace.refused}

    @property
    def announced(self) -> list[Refusal]:
        return self._all(Refusal)

    def _all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def serving(handle: Handle) -> AsyncIterator[int]:
    """Lets `handle` answer each connection to the loopback port that this gives."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(reader, writer)
        except (OSError, EOFError):
            pass  # a client that goes away is no fault of this server
        finally:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def dead_port() -> int:
    """A loopback port where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


async def read_head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """The request line and the headers, names in lower case."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
    return first, {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def answer(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    """An HTTP response that ends its connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more, "", ""]
    return "\r\n".join(lines).encode() + body


def greet(key: str) -> bytes:
    """The answer to a WebSocket's handshake (RFC 6455, section 1.3), and one message: hello."""
    digest = hashlib.sha1(
        f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False
    ).digest()
    accept = f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}"
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", accept, "", ""]
    return "\r\n".join(lines).encode() + b"\x81\x05hello"


class Harness:
    """Two browsers behind one proxy for many takes, the test site, and pages that a test writes itself."""

    def __init__(self, runner: asyncio.Runner, site: SiteServer) -> None:
        self._runner = runner
        self.site = site
        #: HTML by path, other texts as they are, status line and headers for those that need their own, and
        #: what was asked for, as "METHOD path".
        self.pages: dict[str, str] = {}
        self.plain: dict[str, str] = {}
        self.heads: dict[str, tuple[str, ...]] = {}
        #: How a path fails before it works: status line and headers each time, or () for no answer at all.
        self.failing: dict[str, list[tuple[str, ...]]] = {}
        self.asked: list[str] = []
        #: Paths that want this Authorization header.
        self.needs_auth: dict[str, str] = {}
        self.port = 0
        self.proxy: EgressProxy
        self.browser: Browser
        #: Another one for what is tried off camera: a gate stands in front of a whole browser.
        self.second_browser: Browser

    def forget(self) -> None:
        """Serves nothing more of what a test has written, and knows of no request."""
        tables = (self.pages, self.plain, self.heads, self.failing, self.asked, self.needs_auth)
        for table in (*tables, self.site.requests):
            table.clear()

    @property
    def url(self) -> str:
        """Where `pages` are served."""
        return f"http://127.0.0.1:{self.port}/"

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        async def waited() -> Any:
            return await work()

        return self._runner.run(waited())

    @asynccontextmanager
    async def session(self, brief: Brief) -> AsyncIterator[BrowserSession]:
        self.proxy.refused.clear()
        session = await prepare_session(self.browser, brief)
        try:
            yield session
        finally:
            await session.page.context.close()

    def explore(
        self,
        url: str,
        planner: Planner | None = None,
        clock: Clock | None = None,
        scout: bool = False,
        told: NoteRetry | None = None,
        **limits: Any,
    ) -> Take:
        """The take of `url`, by keywords unless told otherwise; with a `scout`, its clock sees pictures."""

        async def whole() -> Take:
            brief = Brief(url, **limits)
            async with AsyncExitStack() as opened:
                session = await opened.enter_async_context(self.session(brief))
                scouted = (
                    await opened.enter_async_context(scouting(brief, self.second_browser)) if scout else None
                )
                time = clock or (SeeingClock(session.page) if scout else HastyClock())
                take = Take([], [], [])
                often = RetryPolicy(told or take.retries.append, *PAUSES)
                explorer = build_explorer(
                    brief, session, time, planner or KeywordPlanner(), self.proxy, scouted, often
                )
                async for event in explorer.explore():
                    take.events.append(event)
                    if isinstance(event, Metrics):
                        take.so_far.append(explorer.trace_so_far())
                return take

        take: Take = self.run(whole)
        return take

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers with one of `pages`, and 204 to what is posted."""
        first, headers = await read_head(reader)
        if "sec-websocket-key" in headers:
            writer.write(greet(headers["sec-websocket-key"]))
            await reader.read()
            return
        method, path, _ = first.split(" ")
        self.asked.append(f"{method} {path}")
        page = self.pages.get(path)
        if self.failing.get(path):
            if how := self.failing[path].pop(0):
                writer.write(answer(b"<body style='background:red'>Sorry", *how))
        elif headers.get("authorization") != (wanted := self.needs_auth.get(path)) and wanted:
            writer.write(answer(b"", "401 Unauthorized", "WWW-Authenticate: Basic realm=members"))
        elif path in self.plain:
            writer.write(answer(self.plain[path].encode(), "200 OK", "Content-Type: text/plain"))
        elif method == "POST":
            writer.write(answer(b"", "204 No Content"))
        elif page is None:
            writer.write(answer(b"nothing here", "404 Not Found"))
        else:
            body = f"<!doctype html><meta charset=utf-8><title>{path}</title>{page}".encode()
            status, *more = self.heads.get(path, ("200 OK",))
            writer.write(answer(body, status, "Content-Type: text/html", *more))
        await writer.drain()


@contextmanager
def open_harness(*allowed_too: str) -> Iterator[Harness]:
    """Browser, proxy and servers, all on one event loop that runs while a test does."""
    # As a stage does while its browsers start.
    vocabulary.load()
    detection.load()
    with SiteServer() as site, asyncio.Runner() as runner:
        harness = Harness(runner, site)

        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            async with serving(harness.serve) as port:
                harness.port = port
                # Under its second name the machine is another site to a browser.
                hosts = (site.url, harness.url, f"http://localhost:{port}/")
                allowed = frozenset({*(str(Endpoint.of(url)) for url in hosts), *allowed_too})
                async with (
                    EgressProxy(EgressPolicy(allowed)) as harness.proxy,
                    open_browser(find_chromium(), harness.proxy.url) as harness.browser,
                    open_browser(find_chromium(), harness.proxy.url) as harness.second_browser,
                ):
                    yield

        stack = opened()
        runner.run(stack.__aenter__())
        try:
            yield harness
        finally:
            runner.run(stack.__aexit__(None, None, None))
