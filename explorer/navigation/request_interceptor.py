"""Intercepts requests: holds back those that may change something, and pages that must not be shown."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Page, Request
from playwright.async_api import Error as PlaywrightError

from explorer.browser.session import HttpCredentials
from explorer.guardrails.action_urls import find_suspicious_word
from explorer.guardrails.page_links import find_address_action, own_part
from explorer.guardrails.rules import Site, refuse_url
from explorer.guardrails.static_files import is_file_path, is_harmless_file
from explorer.types import Refusal, Wishes

log = logging.getLogger(__name__)

#: Methods that only read (RFC 9110, section 9.2.1).
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Resource types that can write or navigate. While a page loads by itself, images, scripts and styles are not
#: paused: that costs 4 to 11 ms on two busy cores. Unlike Playwright's `route` this leaves the cache on.
KINDS = ("Document", "XHR", "Fetch", "Ping", "CSPViolationReport", "Other")
#: After an action, images may be commands: `new Image().src = "/vote/7"`.
KINDS_AFTER_ACTION = (*KINDS, "Image", "Media")
#: Resource types that only count clicks: a picture that is shown would have changed the page.
COUNTERS = frozenset({"Image", "Ping"})
#: Resource types of files.
FILE_KINDS = frozenset({"Stylesheet", "Script", "Font", "Image", "Media", "Manifest", "TextTrack"})
#: Of what a page requests by itself, so many addresses are kept.
MAX_KNOWN_URLS = 5_000
#: Media types that Chromium shows instead of saving, beside text, images, sound and video.
SHOWN_TYPES = frozenset({"application/json", "application/xml", "application/xhtml+xml", "multipart/related"})
SHOWN_KINDS = ("text/", "image/", "audio/", "video/", "application/javascript", "multipart/x-mixed-replace")
#: Text types that it saves all the same (blink's `mime_util.cc`).
SAVED_TYPES = frozenset(
    {"text/csv", "text/tab-separated-values", "text/calendar", "text/vcard", "text/x-vcard", "text/rtf"}
)


class RequestInterceptor:
    """Intercepts the requests of a whole browser, with workers and all frames; one take at a time.

    Holds back requests that write, unless the wishes allow them, and after an action, requests whose address
    reads like a command. Once `site` is set, also documents of an installed page's main frame that
    `refuse_url` refuses, redirects included, and downloads: the old document stays on screen. Each refusal is
    given to `report`, as often as it happens. WebSockets are not intercepted.

    `off_camera` is stricter: after an action, only documents that may be shown, files, and addresses that the
    page had requested by itself may leave. `held_back` counts the requests held back since the last action.
    """

    def __init__(
        self,
        site: Site | None,
        wishes: Wishes,
        report: Callable[[Refusal], None],
        off_camera: bool = False,
        credentials: HttpCredentials | None = None,
    ) -> None:
        #: Where the page may go; None lets every navigation pass.
        self.site = site
        self.last_refused: Refusal | None = None
        #: Rules that yield to what the author of a script has named himself.
        self.yielding: frozenset[str] = frozenset()
        self.held_back = 0
        #: Called for each request that writes and is let out.
        self.on_write: Callable[[], None] = lambda: None
        #: For the server that asks for them; each request is answered once.
        self._credentials = credentials
        self._answered: set[str] = set()
        self._wishes = wishes
        self._report = report
        self._off_camera = off_camera
        #: The document on screen was acted upon: its requests from then on may be an effect of that.
        self._is_acted_upon = False
        #: The last action has set a switch or a field, and a request may save that.
        self._sets_state = False
        #: What the document has requested before it was acted upon.
        self._known_urls: set[str] = set()
        #: The installed pages, by the id of their main frame.
        self._pages: dict[str, Page] = {}
        self._session: CDPSession | None = None
        #: Documents from before `site` was known: the page may return to them.
        self._earlier_documents: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def install(self, page: Page) -> None:
        """Intercepts the browser's requests until this page and those installed later are closed.

        To be called before the page's first navigation.

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
            self._session.on("Fetch.authRequired", self._challenged)
            await self._intercept(KINDS)

    @property
    def is_acted_upon(self) -> bool:
        """Whether the document on screen has been acted upon."""
        return self._is_acted_upon

    def allow_writes(self, allowed: bool) -> None:
        """Lets requests that write leave from now on, or holds them back again."""
        self._wishes = replace(self._wishes, allow_writes=allowed)

    async def note_action(self, sets_state: bool = False) -> None:
        """Notes that an action follows: the page's requests from now on may be an effect of it.

        `sets_state` says that it sets a switch or a field: then only addresses are read that the page had
        requested by itself, perhaps with another query, as a filter does.
        """
        self.held_back, self._sets_state = 0, sets_state
        if not self._is_acted_upon:
            self._is_acted_upon = True
            await self._intercept(KINDS_AFTER_ACTION)

    async def _intercept(self, kinds: tuple[str, ...]) -> None:
        if self._session is None:
            return
        patterns = [{"resourceType": kind, "requestStage": "Request"} for kind in kinds]
        if self._off_camera and kinds is KINDS_AFTER_ACTION:
            patterns = [{"requestStage": "Request"}]
        patterns.append({"resourceType": "Document", "requestStage": "Response"})
        wants_auth = self._credentials is not None
        await self._session.send("Fetch.enable", {"patterns": patterns, "handleAuthRequests": wants_auth})

    def _requested(self, request: Request) -> None:
        if not self._is_acted_upon and len(self._known_urls) < MAX_KNOWN_URLS:
            self._known_urls.add(_without_fragment(request.url))

    def _document_loads(self) -> None:
        """Resets what is known of the document: another one loads, by itself."""
        if self._is_acted_upon:
            self._is_acted_upon = False
            self._start(self._ignoring_close(self._intercept(KINDS)))
        self._known_urls.clear()

    async def remove(self) -> None:
        """Stops intercepting, and lets paused requests continue."""
        session, self._session = self._session, None
        if session is not None:
            try:
                await session.detach()
            except PlaywrightError as exc:
                log.debug("the browser was closed before its interceptor: %s", exc)

    def _closed(self, main_frame: str) -> None:
        self._pages.pop(main_frame, None)
        if not self._pages:
            self._start(self.remove())

    def _challenged(self, event: dict[str, Any]) -> None:
        """Answers a server that asks who is there, if it is the one that the credentials are for."""
        known, challenge = self._credentials, event["authChallenge"]
        is_meant = known is not None and challenge.get("source") != "Proxy"
        answer: dict[str, Any] = {"response": "Default"}
        if known and is_meant and challenge["origin"] == known.origin:
            fresh = event["requestId"] not in self._answered
            self._answered.add(event["requestId"])
            given = {"username": known.username, "password": known.password}
            answer = {"response": "ProvideCredentials", **given} if fresh else {"response": "CancelAuth"}
        self._start(self._send("Fetch.continueWithAuth", event, authChallengeResponse=answer))

    def _paused(self, event: dict[str, Any]) -> None:
        answered = "responseStatusCode" in event or "responseErrorReason" in event
        refusal = self._refuse_download(event) if answered else self._refuse_request(event)
        if refusal is None and not answered and self._is_held_back(event):
            self.held_back += event["resourceType"] not in COUNTERS
            self._start(self._send("Fetch.failRequest", event, errorReason="BlockedByClient"))
            return
        if refusal is None:
            if answered and event.get("frameId") in self._pages:
                self._document_loads()
            self._start(self._send("Fetch.continueRequest", event))
            return
        self.held_back += 1
        self.last_refused = refusal
        self._report(refusal)
        # An aborted document leaves the old page as it is. A script's request must fail instead: `Aborted`
        # fires XMLHttpRequest's `abort`, for which hardly any page listens, and `fetch` rejects either way.
        reason = "Aborted" if event["resourceType"] == "Document" else "BlockedByClient"
        self._start(self._send("Fetch.failRequest", event, errorReason=reason))

    def _refuse_request(self, event: dict[str, Any]) -> Refusal | None:
        method, url = event["request"]["method"].upper(), event["request"]["url"]
        page = self._pages.get(event.get("frameId", ""))
        if method not in SAFE_METHODS and self._wishes.allow_writes:
            self.on_write()
        if method not in SAFE_METHODS and not self._wishes.allow_writes:
            what = f"{method} {_without_query(url)}"
            return Refusal(
                "write", what, "a request that may change something was held back", self._page_url(page)
            )
        if page is None or event["resourceType"] != "Document":
            return self._refuse_command(event, page)
        if self.site is None:
            self._earlier_documents.add(_without_fragment(url))
        known = {*self._earlier_documents, _without_fragment(page.url)}
        if self.site is None or _without_fragment(url) in known:
            return None
        return refuse_url(url, self.site, page.url, self._wishes, self.yielding)

    def _refuse_command(self, event: dict[str, Any], page: Page | None) -> Refusal | None:
        """Refuses, after an action, requests of scripts, frames and windows that read like a command."""
        url = event["request"]["url"]
        if not self._is_acted_upon or self._wishes.allow_writes or _without_fragment(url) in self._known_urls:
            return None
        is_document = event["resourceType"] == "Document"
        word = find_address_action(url) if is_document else find_suspicious_word(own_part(url))
        if event["resourceType"] in FILE_KINDS and is_file_path(own_part(url)):
            return None
        is_new = _without_query(url) not in map(_without_query, self._known_urls)
        may_save = self._sets_state and not is_document and is_new
        if word is None and not may_save:
            return None
        why = f"a request whose address says {word!r}" if word else "a request that may keep what was set"
        what = f"{event['request']['method'].upper()} {_without_query(url)}"
        return Refusal("write", what, f"{why} was held back", self._page_url(page))

    def _is_held_back(self, event: dict[str, Any]) -> bool:
        """Whether a request is neither needed to show the page nor one that it made by itself before."""
        url = event["request"]["url"]
        if not (self._off_camera and self._is_acted_upon) or _without_fragment(url) in self._known_urls:
            return False
        if event["resourceType"] == "Document":
            here = self._page_url(None)
            return self.site is not None and refuse_url(url, self.site, here, self._wishes) is not None
        return not is_harmless_file(own_part(url))

    def _refuse_download(self, event: dict[str, Any]) -> Refusal | None:
        if self.site is None or not 200 <= event.get("responseStatusCode", 0) < 300:
            return None
        headers = {header["name"].lower(): header["value"] for header in event.get("responseHeaders", ())}
        if not is_file(headers):
            return None
        url = _without_query(event["request"]["url"])
        here = self._page_url(self._pages.get(event.get("frameId", "")))
        return Refusal("download", url, "the server sends it as a file", here)

    def _page_url(self, page: Page | None) -> str:
        """The page's address; for requests of workers, frames and popups, that of the installed page."""
        shown = page or next(iter(self._pages.values()), None)
        return shown.url if shown else ""

    async def _ignoring_close(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except PlaywrightError as exc:
            log.debug("the browser was closed before its interceptor: %s", exc)

    async def _send(self, command: str, event: dict[str, Any], **more: Any) -> None:
        session = self._session
        if session is None:
            return  # paused requests have been continued
        try:
            await session.send(command, {"requestId": event["requestId"], **more})
        except PlaywrightError as exc:
            log.debug("a paused request was gone: %s", exc)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def is_file(headers: Mapping[str, str]) -> bool:
    """Whether Chromium would save a response with these headers (names in lower case) as a file."""
    if headers.get("content-disposition", "").strip().lower().startswith("attachment"):
        return True
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind or kind in SHOWN_TYPES or kind.endswith(("+xml", "+json")):
        return False
    return kind in SAVED_TYPES or not kind.startswith(SHOWN_KINDS)


def _without_query(url: str) -> str:
    """The address without credentials, query and fragment, which may hold secrets."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]
