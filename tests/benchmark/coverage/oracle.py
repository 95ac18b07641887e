"""`python -m tests.benchmark.coverage.oracle NAME URL`: the most that a film of ten clicks can show of it.

A longer search than any film's: every state that is reached is a node, each click an edge, best first.
"""

import argparse
import asyncio
import datetime
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Route
from playwright.async_api import Error as PlaywrightError

from explorer.browser.chromium import find_chromium, open_browser
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.egress.proxy import EgressProxy
from explorer.guardrails.rules import Site, is_auth_url
from explorer.urls import page_key
from tests.benchmark.coverage.calm import look, rest, settled_picture
from tests.benchmark.coverage.finder import FINDER, Control, act, allowed, find, reach
from tests.benchmark.coverage.scenes import DEAD_SHARE, HEIGHT_PX, SCENE_SHARE, WIDTH_PX, Shot, differ, share
from tests.benchmark.coverage.tree import MOST_CLICKS, best_tree, shown

STORE = Path(__file__).parent / "oracles.json"
MOST_TRIES = 250
MOST_S = 240.0
#: As many clicks in a row that make no better film end the search.
MOST_VAIN = 60
PASSWORD = "!![...document.querySelectorAll('input[type=password]')].find((e) => e.checkVisibility())"


@dataclass(slots=True)
class Node:
    """A state of the site: reached by clicks from an address, with what was stored in the browser there."""

    parent: int
    label: str
    depth: int
    base: str
    stored: Any
    clicks: tuple[tuple[int, str, int], ...]
    shot: Shot = field(repr=False)
    scene: int
    #: How many clicks since the last new scene have shown nothing new: a menu may lie there, seldom more.
    repeats: int = 0
    left: list[Control] = field(repr=False, default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """The answer of one search: scenes of the best film, start included, and what it clicks."""

    best: int
    clicks_tried: int
    path: tuple[str, ...]


class Search:
    """One search of the site at `url`; `page` is where it stands, `here` the node whose state that is."""

    def __init__(self, browser: Browser, url: str, most_tries: int = MOST_TRIES) -> None:
        self._most_tries = most_tries
        self._browser = browser
        self._url = url
        self._site = Site.of(url)
        self._near = near(url)
        self._context: BrowserContext | None = None
        self._page: Page
        self._here = -1
        self.nodes: list[Node] = []
        self._scenes: list[Shot] = []
        self._tried: Counter[str] = Counter()
        self._gone_to: set[str] = {page_key(url)}
        self._vain: Counter[str] = Counter()
        self.tries = 0

    async def run(self) -> Known:
        began = time.monotonic()
        await self._stand_at_start()
        best, better_at = 1, 0
        while self.tries < self._most_tries and time.monotonic() - began < MOST_S:
            if self._best() > best:
                best, better_at = self._best(), self.tries
            if best > MOST_CLICKS or self.tries - better_at > MOST_VAIN:
                break
            choice = self._choose()
            if choice is None:
                break
            self.tries += 1
            try:
                async with asyncio.timeout(30):
                    await self._try(*choice)
            except (PlaywrightError, TimeoutError):
                self._here = -1  # the page was lost; the next try begins anew
        if self._context:
            await self._context.close()
        tree = sorted(self._tree())
        return Known(self._best(), self.tries, tuple(self.nodes[node].label for node in tree[1:]))

    def _tree(self) -> set[int]:
        return best_tree([node.parent for node in self.nodes], [node.scene for node in self.nodes])

    def _best(self) -> int:
        return shown(self._tree(), [node.scene for node in self.nodes])

    async def _stand_at_start(self) -> None:
        await self._open(self._url, None)
        shot = Shot(await settled_picture(self._page), self._page.url)
        self.nodes.append(Node(0, "start", 0, self._url, None, (), shot, self._scene(shot)))
        self._here = 0
        await self._list(0)

    async def _list(self, number: int) -> None:
        found = await find(self._page)
        self.nodes[number].left = [c for c in found if allowed(c, self._site, self._page.url)]

    def _choose(self) -> tuple[int, Control] | None:
        """The most promising click anywhere: near the start, of a kind that pays, not tried before."""
        offers = [
            (self._cost(node, order, control), number, order)
            for number, node in enumerate(self.nodes)
            for order, control in enumerate(node.left)
        ]
        if not offers:
            return None
        _, number, order = min(offers)
        return number, self.nodes[number].left.pop(order)

    def _cost(self, node: Node, order: int, control: Control) -> float:
        leads = bool(control.href) and page_key(control.href) not in self._gone_to
        seen = bool(control.href) and not leads and "#" not in control.href
        # Typing into a list once more makes it longer; clicking the same again seldom shows anything.
        again = (0.3 if control.is_field else 3.0) * self._tried[control.key]
        cost = node.depth + again + 1.5 * node.repeats + 0.4 * self._vain[control.kind] + 0.01 * order
        return cost + 50.0 * seen - 1.5 * leads - 0.5 * bool(control.row["chrome"])

    async def _try(self, number: int, control: Control) -> None:
        node = self.nodes[number]
        self._tried[control.key] += 1
        if self._here != number and not await self._return_to(node):
            self._here = -1
            return
        self._here = number
        again = await self._again(control.who)
        if again is None:
            self._here = -1
            return
        await reach(self._page, again)
        before = await look(self._page)
        await self._page.evaluate("window[Symbol.for('oracle.same')] = true")
        if not await act(self._page, again):
            self._here = -1
            return
        self._here = -1
        picture = await settled_picture(self._page)
        if not await self._fit_to_show():
            return
        url = self._page.url
        self._gone_to |= {page_key(url)} | ({page_key(control.href)} if control.href else set())
        moved, elsewhere = share(before, picture), page_key(url) != page_key(node.shot.url)
        if moved < (DEAD_SHARE if elsewhere else SCENE_SHARE):
            self._vain[control.kind] += 1
            self._here = number if moved < DEAD_SHARE and not elsewhere else -1
            if moved < DEAD_SHARE or elsewhere:
                return
        await self._keep(number, control, Shot(picture, url))

    async def _keep(self, number: int, control: Control, shot: Shot) -> None:
        """Notes the state that is now on screen."""
        known = len(self._scenes)
        scene = self._scene(shot)
        parent = self.nodes[number]
        if scene < known:
            self._vain[control.kind] += 1
        else:
            self._tried[control.key] = 0  # "Next" shows something else each time
        same = await self._page.evaluate("window[Symbol.for('oracle.same')] === true")
        base, stored, clicks = parent.base, parent.stored, (*parent.clicks, control.who)
        if not same and self._context:
            base, stored, clicks = shot.url, await self._context.storage_state(), ()
        repeats = 0 if scene == known else parent.repeats + 1
        self.nodes.append(
            Node(number, control.name, parent.depth + 1, base, stored, clicks, shot, scene, repeats)
        )
        self._here = len(self.nodes) - 1
        await self._list(self._here)

    def _scene(self, shot: Shot) -> int:
        """Which scene this is; a new one is kept."""
        for number, scene in enumerate(self._scenes):
            if not differ(scene, shot):
                return number
        self._scenes.append(shot)
        return len(self._scenes) - 1

    async def _return_to(self, node: Node) -> bool:
        await self._open(node.base, node.stored)
        await rest(self._page)
        for who in node.clicks:
            control = await self._again(who)
            if control is None or not await act(self._page, control):
                return False
            await rest(self._page)
        return True

    async def _again(self, who: tuple[int, str, int]) -> Control | None:
        return next((control for control in await find(self._page) if control.who == who), None)

    async def _fit_to_show(self) -> bool:
        url = self._page.url
        return self._site.holds(url) and not is_auth_url(url) and not await self._page.evaluate(PASSWORD)

    async def _open(self, url: str, stored: Any) -> None:
        if self._context:
            await self._context.close()
        self._context = await self._browser.new_context(
            viewport={"width": WIDTH_PX, "height": HEIGHT_PX},
            locale="en-US",
            color_scheme="light",
            accept_downloads=False,
            service_workers="block",
            storage_state=stored,
        )
        await self._context.add_init_script(FINDER)
        await self._context.route("**/*", self._guard)
        self._page = await self._context.new_page()
        await self._page.goto(url, wait_until="domcontentloaded", timeout=15_000)

    async def _guard(self, route: Route) -> None:
        """Nothing is written, the site is not left, and no time is lost on hosts out of reach."""
        request = route.request
        far = (
            not request.url.startswith(("data:", "blob:")) and str(Endpoint.of(request.url)) not in self._near
        )
        opens = request.is_navigation_request() and request.frame.parent_frame is None
        if far or request.method not in {"GET", "HEAD"} or (opens and not self._site.holds(request.url)):
            await route.abort("aborted")
        else:
            await route.continue_()


async def consult(url: str) -> Known:
    """Searches the site at `url`, which may be on loopback."""
    async with (
        EgressProxy(EgressPolicy(near(url))) as proxy,
        open_browser(find_chromium(), proxy.url) as browser,
    ):
        return await Search(browser, url).run()


def near(url: str) -> frozenset[str]:
    """The site's own `host:port`, and the two names of loopback, as frames of another origin use them."""
    port = Endpoint.of(url).port
    return frozenset({str(Endpoint.of(url)), f"127.0.0.1:{port}", f"localhost:{port}"})


def store(name: str, known: Known) -> None:
    """Keeps the better answer: a search that ran into its time limit must not lower the yardstick."""
    kept: dict[str, Any] = json.loads(STORE.read_text()) if STORE.is_file() else {}
    if known.best >= kept.get(name, {}).get("best", 0):
        made = datetime.datetime.now(datetime.UTC).date().isoformat()
        kept[name] = {
            "best": known.best,
            "clicks_tried": known.clicks_tried,
            "made": made,
            "path": list(known.path),
        }
    STORE.write_text(json.dumps(dict(sorted(kept.items())), indent=2, ensure_ascii=False) + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.coverage.oracle", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("url")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    known = asyncio.run(consult(options.url))
    store(options.name, known)
    print(
        f"{options.name}: {known.best} scenes, {known.clicks_tried} clicks, {time.monotonic() - began:.0f} s"
    )
    print(" > ".join(known.path))


if __name__ == "__main__":
    main()
