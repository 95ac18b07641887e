"""Finds, hardens and launches Chromium, and opens the one page of a take in a fresh context."""

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

#: Searched on PATH, lighter ones first: headless-shell starts in 0.25 s, full Chromium in 0.4 s.
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
    # Full Chromium reads one spelling, headless-shell the other; without them WebRTC bypasses the proxy.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # Whatever bypasses the proxy all the same resolves no host; the proxy's own address is the exception.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    *browser_background.FLAGS,
)

#: For filming frame by frame: the browser renders on request only, all stages at once, on one clock.
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
INIT_SCRIPT = Path(__file__).parent / "init_script.js"
#: In Chromium's errors when a kernel or a container does not allow its sandbox.
SANDBOX_ERRORS = ("sandbox", "namespace", "zygote_host")
LAUNCH_TIMEOUT_MS = 30_000
CLOSE_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser binary and where it was found."""

    path: str
    kind: Kind
    source: str


def find_chromium(configured: str | None = None) -> Chromium:
    """Finds the browser to film with: CHROMIUM_PATH, else Playwright's own, else one on PATH.

    Raises BrowserMissing with advice when there is none.
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
    """Returns the folder in which `playwright install` puts browsers, as its documentation says."""
    return Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")


def _kind(path: str) -> Kind:
    return "headless-shell" if "headless" in Path(path).name else "chromium"


@dataclass(frozen=True, slots=True)
class LaunchResult:
    """The result of a trial launch."""

    version: str
    sandboxed: bool


async def try_launch(chromium: Chromium) -> LaunchResult:
    """Starts and closes a browser. Raises BrowserCrashed when it does not start."""
    async with _start_playwright() as playwright:
        browser, sandboxed = await _launch(playwright, chromium, None)
        version = browser.version
        await _close(browser)
    return LaunchResult(version, sandboxed)


@asynccontextmanager
async def open_browser(
    chromium: Chromium, proxy_url: str, *, by_frames: bool = False, scale: float = 1.0
) -> AsyncIterator[Browser]:
    """Launches Chromium behind the proxy; closes it afterwards.

    `by_frames` prepares it for pages that render only when told to; `scale` is device pixels per CSS pixel.
    Raises BrowserCrashed when it does not start.
    """
    flags = (*FLAGS, *(FRAME_FLAGS if by_frames else ()), *_scale_flags(scale))
    async with _start_playwright() as playwright:
        browser, _ = await _launch(playwright, chromium, proxy_url, flags)
        try:
            yield browser
        finally:
            await _close(browser)


async def prepare_session(
    browser: Browser, brief: Brief, *, by_frames: bool = False, scale: float = 1.0
) -> BrowserSession:
    """Opens one page in a fresh context; `by_frames` and `scale` are those that the browser was opened with.

    Raises BrowserCrashed when the browser has crashed or hangs.
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
            await context.add_init_script(path=INIT_SCRIPT)
            page = await context.new_page()
            if by_frames:
                page = await _create_begin_frame_page(browser, page, brief)
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


async def _create_begin_frame_page(browser: Browser, first: Page, brief: Brief) -> Page:
    """Replaces the page `first` by one in the same context that is under BeginFrame control.

    Playwright cannot create such a page, but attaches to the one that CDP creates.
    """
    is_root = await browser.new_browser_cdp_session()
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
        await is_root.send("Target.createTarget", request)
    page = await opening.value
    await is_root.detach()
    await first.close()
    return page


@asynccontextmanager
async def _start_playwright() -> AsyncIterator[Playwright]:
    """Starts Playwright; its driver inherits our environment, which meanwhile holds only the allowed
    variables.
    """
    with only_passed():
        playwright = await async_playwright().start()
    try:
        yield playwright
    finally:
        await playwright.stop()


def _scale_flags(scale: float) -> tuple[str, ...]:
    """Returns the flags of a device scale: Playwright's own reaches the page but not its screenshots."""
    return () if scale == 1 else (f"--force-device-scale-factor={scale:g}",)


async def _launch(
    playwright: Playwright, chromium: Chromium, proxy_url: str | None, flags: tuple[str, ...] = FLAGS
) -> tuple[Browser, bool]:
    """Launches Chromium with its own sandbox where that works; not for root and on some kernels.

    Only a sandbox error is tried again without: any other would occur again.
    """
    is_root = os.geteuid() == 0
    attempts = (False,) if is_root else (True, False)
    error = ""
    for sandbox in attempts:
        try:
            browser = await playwright.chromium.launch(
                executable_path=chromium.path,
                chromium_sandbox=sandbox,
                args=list(flags),
                env={**passed(os.environ)},
                # The proxy is used for loopback too, which Chromium would exclude by itself.
                proxy={"server": proxy_url, "bypass": "<-loopback>"} if proxy_url else None,
                handle_sigint=False,
                handle_sigterm=False,
                timeout=LAUNCH_TIMEOUT_MS,
            )
        except PlaywrightError as exc:
            error = str(exc).splitlines()[0]
            if not any(sign in str(exc).lower() for sign in SANDBOX_ERRORS):
                break
            continue
        if not sandbox:
            why = (
                "which it refuses to root" if is_root else "because the kernel does not allow user namespaces"
            )
            log.warning(
                "Chromium runs without its own sandbox, %s: run it as an ordinary user",
                why,
            )
        return browser, sandbox
    raise BrowserCrashed(f"Chromium at {chromium.path} did not start: {error}")


async def _close(browser: Browser) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await browser.close()
    except (PlaywrightError, TimeoutError) as exc:
        log.warning("the browser did not close: %s", exc)
