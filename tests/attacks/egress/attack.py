"""One run: a browser behind the proxy, the hostile site in front of it, and every vector in turn."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.chromium import Chromium, open_session
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.types import Brief, Refusal, Wishes
from tests.attacks.egress.disarmed import Sockets, armed, read_sockets
from tests.attacks.egress.hostile import HostileSite
from tests.attacks.egress.secret import Secret
from tests.attacks.egress.vectors import Places, Vector

FRAMES_AT_A_TIME = 40
PAGES_AT_A_TIME = 10
GOTO_TIMEOUT_MS = 10_000


@dataclass(slots=True)
class Row:
    """A family: how many vectors it has, and the marks of those that got through."""

    vectors: int
    tcp: list[str]
    udp: list[str]

    @property
    def leaked_tcp(self) -> int:
        return _sum(self.tcp)

    @property
    def leaked_udp(self) -> int:
        return _sum(self.udp)


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    rows: dict[str, Row]
    vectors: dict[str, Vector]
    sockets: Sockets
    refused: list[Refusal]
    proxy_at: str
    escapes: list[str]
    #: Connections that the hostile site saw beyond those of the proxy, and fields that speak of one.
    strangers: int
    telling: set[str]
    #: Hosts that the browser asked for on its own account, answered or not.
    calls_home: set[str]

    @property
    def leaked_tcp(self) -> int:
        return sum(row.leaked_tcp for row in self.rows.values())

    @property
    def leaked_udp(self) -> int:
        return sum(row.leaked_udp for row in self.rows.values())

    @property
    def past_the_proxy(self) -> set[str]:
        """Addresses that the browser dialed itself."""
        return self.sockets.dialed - {self.proxy_at}

    @property
    def names_asked(self) -> set[str]:
        """Names that the browser asked the system for; an address is no name."""
        return {name for name in self.sockets.names if "//127.0.0.1:" not in name}

    @property
    def rules(self) -> Counter[str]:
        return Counter(refusal.rule for refusal in self.refused)

    @property
    def holds(self) -> bool:
        """Nothing leaked, and nothing went past the proxy, towards this machine or anywhere else."""
        quiet = not (self.past_the_proxy or self.names_asked or self.sockets.datagrams)
        leaks = (
            self.leaked_tcp
            or self.leaked_udp
            or self.escapes
            or self.strangers
            or self.telling
            or self.calls_home
        )
        return quiet and not leaks


@dataclass(frozen=True, slots=True)
class Run:
    """How the browser is launched: flags taken away and added, whether the gate stands before the proxy."""

    name: str
    chromium: Chromium
    removed: Sequence[str] = ()
    added: Sequence[str] = field(default=())
    gate: bool = False
    settle_s: float = 2.0


#: What tells a site of a proxy, or of who is behind it.
TELLING = frozenset(
    (
        "via",
        "forwarded",
        "x-forwarded-for",
        "x-real-ip",
        "proxy-connection",
        "proxy-authorization",
        "x-forwarded-host",
    )
)


async def attack(run: Run, vectors: Iterable[Vector]) -> Outcome:
    """Carries out the run. The browser is launched as a take launches it, but for what `run` says."""
    tagged = {f"v{number:04}": vector for number, vector in enumerate(vectors)}
    async with AsyncExitStack() as opened:
        site = await opened.enter_async_context(HostileSite())
        fence = EgressPolicy(frozenset({f"localhost:{site.port}"}), look_up=site.look_up)
        proxy = await opened.enter_async_context(EgressProxy(fence, connect=site.connect))
        secrets = {
            name: await opened.enter_async_context(Secret())
            for name in dict.fromkeys(vector.family for vector in tagged.values())
        }
        for name, secret in secrets.items():
            own = {tag: vector for tag, vector in tagged.items() if vector.family == name}
            places = Places(site.url, site.evil, secret.port, int(proxy.url.rpartition(":")[2]))
            site.stage(own, places)
        added = [flag.replace("@SITE", str(site.port)) for flag in run.added]
        with armed(run.chromium, run.removed, added) as (chromium, log):
            brief = Brief(site.url, width_px=1280, height_px=720)
            async with open_session(brief, chromium, proxy.url) as stage:
                if run.gate:
                    await RequestInterceptor(None, Wishes(allow_writes=True), lambda refusal: None).install(
                        stage.page
                    )
                await _perform(stage.page, site, tagged, run.settle_s)
            sockets = read_sockets(log)
        rows = {
            name: Row(sum(one.family == name for one in tagged.values()), secret.tcp, secret.udp)
            for name, secret in secrets.items()
        }
        return Outcome(
            rows,
            tagged,
            sockets,
            proxy.refused,
            proxy.url.removeprefix("http://"),
            site.escapes,
            max(0, site.accepted - site.dialed),
            site.fields & TELLING,
            site.strange_names | {one.what for one in proxy.refused if one.rule == "browser_service"},
        )


async def _perform(page: Page, site: HostileSite, tagged: dict[str, Vector], settle_s: float) -> None:
    browser = page.context.browser
    assert browser is not None
    framed = [tag for tag, vector in tagged.items() if not vector.top]
    for batch in _batches(framed, FRAMES_AT_A_TIME):
        await _visit(page, f"{site.url}/batch/?{','.join(batch)}", settle_s)
        await _close_others(page.context, page)
    bare = await browser.new_context()
    for context, is_bare in ((page.context, False), (bare, True)):
        alone = [tag for tag, vector in tagged.items() if vector.top and vector.bare == is_bare]
        for batch in _batches(alone, PAGES_AT_A_TIME):
            await asyncio.gather(
                *(_alone(context, f"{site.home_of(tag)}/v/{tag}", settle_s) for tag in batch)
            )
            await _close_others(context, page)
    await bare.close()


def _batches(tags: list[str], size: int) -> Iterable[list[str]]:
    return (tags[first : first + size] for first in range(0, len(tags), size))


async def _alone(context: BrowserContext, url: str, settle_s: float) -> None:
    with suppress(PlaywrightError):
        await _visit(await context.new_page(), url, settle_s)


async def _visit(page: Page, url: str, settle_s: float) -> None:
    with suppress(PlaywrightError):
        await page.goto(url, timeout=GOTO_TIMEOUT_MS)
    await asyncio.sleep(settle_s)


async def _close_others(context: BrowserContext, kept: Page) -> None:
    for page in context.pages:
        if page != kept:
            with suppress(PlaywrightError):
                await page.close()


def _sum(marks: list[str]) -> int:
    """Vectors that got through; what came without a mark counts by itself."""
    return len({mark for mark in marks if mark}) + marks.count("")
