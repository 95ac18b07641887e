"""The gate to the network: nothing that acts gets out, no page that must not be shown gets in."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Page, Request
from playwright.async_api import Error as PlaywrightError

from explorer.guardrails.action_urls import find_suspicious_word
from explorer.guardrails.page_links import find_address_action, own_part
from explorer.guardrails.rules import Site, refuse_url
from explorer.guardrails.static_files import is_file_path, is_harmless_file
from explorer.types import Refusal, Wishes

log = logging.getLogger(__name__)

#: The methods that only read (RFC 9110, section 9.2.1).
READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: The kinds that can write or navigate. While a page loads by itself its pictures, scripts and styles are not
#: paused: that costs 4 to 11 ms on two busy cores. Unlike Playwright's `route` this leaves the cache on.
KINDS = ("Document", "XHR", "Fetch", "Ping", "CSPViolationReport", "Other")
#: After a press, pictures are messages too: `new Image().src = "/vote/7"`.
PRESSED_KINDS = (*KINDS, "Image", "Media")
#: What files are asked for as.
FILE_KINDS = frozenset({"Stylesheet", "Script", "Font", "Image", "Media", "Manifest", "TextTrack"})
#: A page that asks for more addresses by itself is not remembered in full.
MAX_ASKED = 5_000
#: What Chromium shows instead of saving it; beside these, all text, pictures, sound and film.
SHOWN_TYPES = frozenset({"application/json", "application/xml", "application/xhtml+xml", "multipart/related"})
SHOWN_KINDS = ("text/", "image/", "audio/", "video/", "application/javascript", "multipart/x-mixed-replace")
#: Text that it saves all the same (blink's `mime_util.cc`).
SAVED_TYPES = frozenset(
    {"text/csv", "text/tab-separated-values", "text/calendar", "text/vcard", "text/x-vcard", "text/rtf"}
)


class RequestInterceptor:
    """Pauses requests of a whole browser, workers and all frames included; one take at a time.

    Each request that writes is held back, unless the wishes allow it, and after a press each that reads from
    an address that orders something. Once `site` is set, so is each document of an installed page's main
    frame that `refuse_url` turns down, redirects included, and whatever would be saved as a file: the old one
    stays on screen. Every refusal is given to `report`, as often as it happens. WebSockets do not come by.

    `unseen` is for a page off camera: after a press there, only documents that may be shown, files, and
    addresses that the page had asked for by itself may leave; `held` counts what was kept back of all that.
    """

    def __init__(
        self, site: Site | None, wishes: Wishes, report: Callable[[Refusal], None], unseen: bool = False
    ) -> None:
        #: Where the page may go; None lets every navigation pass.
        self.site = site
        self.last_refused: Refusal | None = None
        self.held = 0
        self._wishes = wishes
        self._report = report
        self._unseen = unseen
        #: The document that is on screen has been acted upon: what it asks for from now on may be our doing.
        self._pressed = False
        #: What was set to something on it may be kept by what it asks for.
        self._keeps = False
        #: What it has asked for before that.
        self._asked: set[str] = set()
        #: The pages whose navigations are judged, by the id of their main frame.
        self._pages: dict[str, Page] = {}
        self._session: CDPSession | None = None
        #: Addresses of the page from before `site` was known: whoever asked for them may return to them.
        self._granted: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def install(self, page: Page) -> None:
        """Stands in front of the browser until the page closes; further pages may join it.

        Best before the page's first address.

        The browser's own session sees what the page's does not: shared workers, frames and dedicated workers
        in other processes, and windows that are only just opening. Raises PlaywrightError when it is gone.
        """
        browser = page.context.browser
        assert browser is not None, "a persistent context has no browser of its own"
        own = await page.context.new_cdp_session(page)
        main_frame = (await own.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
        await own.detach()
        self._pages[main_frame] = page
        page.once("close", lambda _: self._closed(main_frame))
        page.on("request", self._requested)
        if self._session is None:
            self._session = await browser.new_browser_cdp_session()
            self._session.on("Fetch.requestPaused", self._paused)
            await self._watch(KINDS)

    @property
    def pressed(self) -> bool:
        """Whether the document that is on screen has been acted upon."""
        return self._pressed

    async def press(self, keeps: bool = False) -> None:
        """To be called before each press: what the page asks for from now on may be its doing.

        `keeps` says that it sets a switch or a field: then nothing is read from addresses that the page had
        not asked for by itself, but for another query, as a filter does.
        """
        self.held, self._keeps = 0, keeps
        if not self._pressed:
            self._pressed = True
            await self._watch(PRESSED_KINDS)

    async def _watch(self, kinds: tuple[str, ...]) -> None:
        if self._session is None:
            return
        patterns = [{"resourceType": kind, "requestStage": "Request"} for kind in kinds]
        if self._unseen and kinds is PRESSED_KINDS:
            patterns = [{"requestStage": "Request"}]
        patterns.append({"resourceType": "Document", "requestStage": "Response"})
        await self._session.send("Fetch.enable", {"patterns": patterns})

    def _requested(self, request: Request) -> None:
        if not self._pressed and len(self._asked) < MAX_ASKED:
            self._asked.add(_document(request.url))

    def _loads_anew(self) -> None:
        """Another document comes, and what it asks for is its own doing."""
        if self._pressed:
            self._pressed = False
            self._start(self._quietly(self._watch(KINDS)))
        self._asked.clear()

    async def remove(self) -> None:
        """Lets everything pass again, also what is paused right now."""
        session, self._session = self._session, None
        if session is not None:
            try:
                await session.detach()
            except PlaywrightError as exc:
                log.debug("the browser was gone before its gate: %s", exc)

    def _closed(self, main_frame: str) -> None:
        self._pages.pop(main_frame, None)
        if not self._pages:
            self._start(self.remove())

    def _paused(self, event: dict[str, Any]) -> None:
        answered = "responseStatusCode" in event or "responseErrorReason" in event
        refusal = self._judge_answer(event) if answered else self._judge_request(event)
        if refusal is None and not answered and self._is_kept_back(event):
            self.held += 1
            self._start(self._send("Fetch.failRequest", event, errorReason="BlockedByClient"))
            return
        if refusal is None:
            if answered and event.get("frameId") in self._pages:
                self._loads_anew()
            self._start(self._send("Fetch.continueRequest", event))
            return
        self.held += 1
        self.last_refused = refusal
        self._report(refusal)
        # An aborted document leaves the old page as it is. A script's request must fail instead: `Aborted`
        # fires XMLHttpRequest's `abort`, for which hardly any page listens, and `fetch` rejects either way.
        reason = "Aborted" if event["resourceType"] == "Document" else "BlockedByClient"
        self._start(self._send("Fetch.failRequest", event, errorReason=reason))

    def _judge_request(self, event: dict[str, Any]) -> Refusal | None:
        method, url = event["request"]["method"].upper(), event["request"]["url"]
        page = self._pages.get(event.get("frameId", ""))
        if method not in READING and not self._wishes.allow_writes:
            what = f"{method} {_bare(url)}"
            return Refusal(
                "write", what, "a request that may change something was held back", self._here(page)
            )
        if page is None or event["resourceType"] != "Document":
            return self._judge_order(event, page)
        if self.site is None:
            self._granted.add(_document(url))
        if self.site is None or _document(url) in {*self._granted, _document(page.url)}:
            return None
        return refuse_url(url, self.site, page.url, self._wishes)

    def _judge_order(self, event: dict[str, Any], page: Page | None) -> Refusal | None:
        """After a press, what scripts, frames and windows read from an address that orders something."""
        url = event["request"]["url"]
        if not self._pressed or self._wishes.allow_writes or _document(url) in self._asked:
            return None
        is_document = event["resourceType"] == "Document"
        word = find_address_action(url) if is_document else find_suspicious_word(own_part(url))
        if event["resourceType"] in FILE_KINDS and is_file_path(own_part(url)):
            return None
        keeps = self._keeps and not is_document and _bare(url) not in map(_bare, self._asked)
        if word is None and not keeps:
            return None
        why = f"a request whose address says {word!r}" if word else "a request that may keep what was set"
        what = f"{event['request']['method'].upper()} {_bare(url)}"
        return Refusal("write", what, f"{why} was held back", self._here(page))

    def _is_kept_back(self, event: dict[str, Any]) -> bool:
        """Off camera, after a press: whatever nobody has asked for."""
        url = event["request"]["url"]
        if not (self._unseen and self._pressed) or _document(url) in self._asked:
            return False
        if event["resourceType"] == "Document":
            shown = self.site is None or refuse_url(url, self.site, self._here(None), self._wishes) is None
            return not shown
        return not is_harmless_file(own_part(url))

    def _judge_answer(self, event: dict[str, Any]) -> Refusal | None:
        if self.site is None or not 200 <= event.get("responseStatusCode", 0) < 300:
            return None
        headers = {header["name"].lower(): header["value"] for header in event.get("responseHeaders", ())}
        if not is_file(headers):
            return None
        url = _bare(event["request"]["url"])
        here = self._here(self._pages.get(event.get("frameId", "")))
        return Refusal("download", url, "the server sends it as a file", here)

    def _here(self, page: Page | None) -> str:
        """The page's address; for what workers, frames and popups ask for, that of the film's page."""
        shown = page or next(iter(self._pages.values()), None)
        return shown.url if shown else ""

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except PlaywrightError as exc:
            log.debug("the browser was gone before its gate: %s", exc)

    async def _send(self, command: str, event: dict[str, Any], **more: str) -> None:
        session = self._session
        if session is None:
            return  # what was paused has been let go
        try:
            await session.send(command, {"requestId": event["requestId"], **more})
        except PlaywrightError as exc:
            log.debug("a paused request was gone: %s", exc)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def is_file(headers: Mapping[str, str]) -> bool:
    """Whether Chromium would save an answer with these headers (names in lower case), and not show it."""
    if headers.get("content-disposition", "").strip().lower().startswith("attachment"):
        return True
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind or kind in SHOWN_TYPES or kind.endswith(("+xml", "+json")):
        return False
    return kind in SAVED_TYPES or not kind.startswith(SHOWN_KINDS)


def _bare(url: str) -> str:
    """The address without its query, where secrets travel."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _document(url: str) -> str:
    return url.partition("#")[0]
