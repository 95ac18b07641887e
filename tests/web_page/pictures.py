"""`python -m tests.web_page.pictures DIR`: a picture of each state, desktop and phone, light and dark."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from actors.embedded_redis import embedded_valkey
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.server import make_server
from explorer.browser.chromium import find_chromium
from tests.conftest import serving
from tests.web_page.batch_scenes import SCENES as BATCHES
from tests.web_page.batch_scenes import Scene
from tests.web_page.scenes import SCENES, show_picture
from tests.web_page.visitor import Visitor

SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")


async def film(out: Path, only: list[str]) -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url, lease_s=600.0)
        async with AsyncExitStack() as stack:
            store = await stack.enter_async_context(Store.opened(url, settings))
            address = stack.enter_context(serving(make_server(settings)))
            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(executable_path=find_chromium().path)
            jobs = {name: await make(store) for name, (make, _) in SCENES.items() if not only or name in only}
            for name, job_id in jobs.items():
                await _all_looks(browser, store, address, out, name, job_id, list(jobs.values()))
            for name, show in BATCHES.items():
                if not only or f"batch-{name}" in only:
                    await _all_batch_looks(browser, store, address, out / f"batch-{name}", show)
            await browser.close()


async def _all_looks(
    browser: Browser, store: Store, address: str, out: Path, name: str, job_id: str, known: list[str]
) -> None:
    for look in product(SCREENS, SCHEMES):
        async with _visiting(browser, address, *look) as visitor:
            await visitor.visit()
            for other in filter(None, known):
                await visitor.knows(other, f"https://{other}.example/pricing")
            if name == "live":
                await show_picture(store, job_id)
            await visitor.visit(job_id)
            await visitor.sees(SCENES[name][1])
            await _take(visitor, out / name, look)


async def _all_batch_looks(browser: Browser, store: Store, address: str, path: Path, show: Scene) -> None:
    for look in product(SCREENS, SCHEMES):
        await store.redis.flushdb()
        async with _visiting(browser, address, *look) as visitor:
            await show(visitor, store)
            await visitor.page.evaluate("scrollTo(0, 0)")
            await _take(visitor, path, look)


@asynccontextmanager
async def _visiting(browser: Browser, address: str, screen: str, scheme: str) -> AsyncIterator[Visitor]:
    width, height = SCREENS[screen]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=screen == "phone",
        is_mobile=screen == "phone",
        device_scale_factor=1,
    )
    yield Visitor(await context.new_page(), address)
    await context.close()


async def _take(visitor: Visitor, path: Path, look: tuple[str, str]) -> None:
    await visitor.page.wait_for_timeout(1500)
    await visitor.page.screenshot(path=f"{path}-{'-'.join(look)}.png", full_page=True)
    if visitor.complaints:
        print(path.name, look, visitor.complaints)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.web_page.pictures", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "scenes",
        nargs="*",
        choices=[*SCENES, *(f"batch-{name}" for name in BATCHES), []],
        help="which states; all if none is named",
    )
    wish = parser.parse_args()
    wish.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(film(wish.out, wish.scenes))


if __name__ == "__main__":
    main()
