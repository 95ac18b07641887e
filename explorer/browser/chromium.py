"""Chromium, hardened and without memory: found, launched and reduced to one page per take."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from explorer.browser.session import BrowserSession
from explorer.egress import browser_background
from explorer.environment import only_passed, passed
from explorer.errors import BrowserCrashed, BrowserMissing
from explorer.types import Brief

log = logging.getLogger(__name__)

Kind = Literal["headless-shell", "chromium"]

#: Looked for on PATH, lighter ones first: headless-shell starts in 0.25 s, full Chromium in 0.4 s.
NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)

#: Under Playwright's browser folder; the shell's file name differs between its builds.
PLAYWRIGHT_PATTERNS = (
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium_headless_shell-*/*/headless_shell",
    "chromium-*/*/chrome",
)

FLAGS = (
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--mute-audio",
    "--font-render-hinting=none",
    # Full Chromium reads one spelling, headless-shell the other; without, WebRTC goes around the proxy.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # What would go past the proxy all the same finds no host; the proxy's own address is the exception.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    *browser_background.FLAGS,
)

#: For filming frame by frame: the browser renders when it is told to, all of it in one go, on one clock.
FRAME_FLAGS = (
    "--enable-begin-frame-control",
    "--run-all-compositor-stages-before-draw",
    "--disable-new-content-rendering-timeout",
    "--disable-threaded-animation",
    "--disable-threaded-scrolling",
    "--disable-checker-imaging",
    "--disable-image-animation-resync",
)

#: Runs before each page's own scripts.
HOOKS = Path(__file__).parent / "init_script.js"
#: In what Chromium says when a kernel or a container keeps its sandbox from it.
NO_SANDBOX = ("sandbox", "namespace", "zygote_host")
LAUNCH_TIMEOUT_MS = 30_000
CLOSE_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser binary and where it came from."""

    path: str
    kind: Kind
    source: str


def find_chromium(configured: str | None = None) -> Chromium:
    """The browser to film with: CHROMIUM_PATH, else Playwright's own, else one on PATH.

    Raises BrowserMissing with what to do when there is none.
    """
    if configured:
        if not (Path(configured).is_file() and os.access(configured, os.X_OK)):
            raise BrowserMissing(f"CHROMIUM_PATH is {configured!r}, which is not an executable file.")
        return Chromium(configured, _kind(configured), "CHROMIUM_PATH")
    for pattern in PLAYWRIGHT_PATTERNS:
        own = sorted(browsers_folder().glob(pattern))
        if own:
            return Chromium(str(own[-1]), _kind(str(own[-1])), "Playwright")
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return Chromium(path, _kind(path), "PATH")
    raise BrowserMissing(
        "No Chromium was found. Run `playwright install chromium`, "
        "or install Debian's chromium-headless-shell, or set CHROMIUM_PATH."
    )


def browsers_folder() -> Path:
    """Where `playwright install` puts browsers, as its documentation says."""
    return Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")


def _kind(path: str) -> Kind:
    return "headless-shell" if "headless" in Path(path).name else "chromium"


@dataclass(frozen=True, slots=True)
class Launched:
    """What a trial launch told."""

    version: str
    sandboxed: bool


async def try_launch(chromium: Chromium) -> Launched:
    """Starts and closes a browser. Raises BrowserCrashed when it does not start."""
    async with _driver() as playwright:
        browser, sandboxed = await _launch(playwright, chromium, None)
        version = browser.version
        await _close(browser)
    return Launched(version, sandboxed)


@asynccontextmanager
async def open_browser(
    chromium: Chromium, proxy_url: str, *, by_frames: bool = False, scale: float = 1.0
) -> AsyncIterator[Browser]:
    """Launches Chromium behind the proxy; closes it afterwards.

    `by_frames` prepares it for pages that render only when told to; `scale` is device pixels per CSS pixel.
    Raises BrowserCrashed when it does not start.
    """
    flags = (*FLAGS, *(FRAME_FLAGS if by_frames else ()), *_scaled(scale))
    async with _driver() as playwright:
        browser, _ = await _launch(playwright, chromium, proxy_url, flags)
        try:
            yield browser
        finally:
            await _close(browser)


async def prepare_session(
    browser: Browser, brief: Brief, *, by_frames: bool = False, scale: float = 1.0
) -> BrowserSession:
    """One page in a fresh context; `by_frames` and `scale` are those that the browser was opened with.

    Raises BrowserCrashed when the browser is gone or hangs.
    """
    try:
        async with asyncio.timeout(LAUNCH_TIMEOUT_MS / 1000):
            context = await browser.new_context(
                viewport={"width": brief.width_px, "height": brief.height_px},
                device_scale_factor=scale,
                accept_downloads=False,
                service_workers="block",
                ignore_https_errors=brief.wishes.ignore_certificate_errors,
                locale="en-US",
                color_scheme="light",
            )
            await context.add_init_script(path=HOOKS)
            page = await context.new_page()
            if by_frames:
                page = await _page_by_frames(browser, page, brief)
    except (PlaywrightError, TimeoutError) as exc:
        raise BrowserCrashed("The browser died before filming began.") from exc
    return BrowserSession(browser, page, by_frames)


@asynccontextmanager
async def open_session(
    brief: Brief, chromium: Chromium, proxy_url: str, *, by_frames: bool = False, scale: float = 1.0
) -> AsyncIterator[BrowserSession]:
    """Launches Chromium with a fresh context behind the proxy; closes everything afterwards.

    Raises BrowserCrashed when it does not start.
    """
    async with open_browser(chromium, proxy_url, by_frames=by_frames, scale=scale) as browser:
        yield await prepare_session(browser, brief, by_frames=by_frames, scale=scale)


async def _page_by_frames(browser: Browser, first: Page, brief: Brief) -> Page:
    """Another page in the context of `first`, which it replaces, under BeginFrame control.

    Playwright cannot ask for that; it takes up the page that the browser makes for us.
    """
    root = await browser.new_browser_cdp_session()
    own = await first.context.new_cdp_session(first)
    target = (await own.send("Target.getTargetInfo"))["targetInfo"]
    request = {
        "url": "about:blank",
        "width": brief.width_px,
        "height": brief.height_px,
        "browserContextId": target["browserContextId"],
        "enableBeginFrameControl": True,
    }
    async with first.context.expect_page() as opening:
        await root.send("Target.createTarget", request)
    page = await opening.value
    await root.detach()
    await first.close()
    return page


@asynccontextmanager
async def _driver() -> AsyncIterator[Playwright]:
    """Playwright and its driver, which gets all of our environment: for a moment, what passes."""
    with only_passed():
        playwright = await async_playwright().start()
    try:
        yield playwright
    finally:
        await playwright.stop()


def _scaled(scale: float) -> tuple[str, ...]:
    """Playwright's own device scale reaches the page but not the pictures taken of it."""
    return () if scale == 1 else (f"--force-device-scale-factor={scale:g}",)


async def _launch(
    playwright: Playwright, chromium: Chromium, proxy_url: str | None, flags: tuple[str, ...] = FLAGS
) -> tuple[Browser, bool]:
    """With Chromium's own sandbox where it runs; root and some kernels refuse it.

    Only a browser that says so is started without: one that fails for another reason would fail again.
    """
    root = os.geteuid() == 0
    attempts = (False,) if root else (True, False)
    failure = ""
    for sandbox in attempts:
        try:
            browser = await playwright.chromium.launch(
                executable_path=chromium.path,
                chromium_sandbox=sandbox,
                args=list(flags),
                env={**passed(os.environ)},
                # Playwright's proxy covers loopback too, which Chromium would leave out by itself.
                proxy={"server": proxy_url, "bypass": "<-loopback>"} if proxy_url else None,
                handle_sigint=False,
                handle_sigterm=False,
                timeout=LAUNCH_TIMEOUT_MS,
            )
        except PlaywrightError as exc:
            failure = str(exc).splitlines()[0]
            if not any(sign in str(exc).lower() for sign in NO_SANDBOX):
                break
            continue
        if not sandbox:
            why = "it refuses it to root" if root else "the kernel does not allow user namespaces"
            log.warning("Chromium runs without its own sandbox, %s: run as a user who may have it", why)
        return browser, sandbox
    raise BrowserCrashed(f"Chromium at {chromium.path} did not start: {failure}")


async def _close(browser: Browser) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await browser.close()
    except (PlaywrightError, TimeoutError) as exc:
        log.warning("the browser did not close by itself: %s", exc)
