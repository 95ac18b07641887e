"""Going to an address, with each way it can fail told apart."""

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from explorer.border import Border
from explorer.browser import Stage
from explorer.errors import AddressRefused, PageUnreachable, PageUnresponsive
from explorer.fence import Endpoint
from explorer.patience import Patience
from explorer.proxy import EgressProxy
from explorer.text import clip

NAVIGATION_TIMEOUT_S = 30.0
#: In words, for those that people meet; others keep Chromium's own name.
CAUSES = {
    "ERR_TUNNEL_CONNECTION_FAILED": "its host does not exist or does not answer",
    "ERR_EMPTY_RESPONSE": "it closed the connection without an answer",
    "ERR_CONNECTION_RESET": "it broke off the connection",
    "ERR_TOO_MANY_REDIRECTS": "it redirects in a circle",
    "ERR_SSL_PROTOCOL_ERROR": "it does not speak https",
}


class Navigator:
    """Opens addresses in the stage's page; why one did not open, the proxy knows better than the browser."""

    def __init__(self, stage: Stage, patience: Patience, border: Border, proxy: EgressProxy) -> None:
        self._stage = stage
        self._patience = patience
        self._border = border
        self._proxy = proxy

    async def open(self, url: str) -> None:
        """Goes to `url` until its document begins to arrive.

        Raises PageUnreachable with the cause, or AddressRefused when it, or what it redirects to, is private.
        """
        response = await self._goto(url)
        if response is None:
            return  # the same document, another fragment
        if self._proxy.has_answered(response.headers):
            raise self._refused() or PageUnreachable(clip(self._proxy.last_failure))
        if response.status >= 400:
            raise PageUnreachable(f"{url} answered with status {response.status}. Check the address.")

    def failure(self, cause: str) -> AddressRefused | PageUnreachable:
        """Why what was last asked for is not on screen: the fence, or else `cause`."""
        unreachable = f"{clip(self._border.wanted)} could not be opened: {cause}. Check the address."
        return self._refused() or PageUnreachable(unreachable)

    def _refused(self) -> AddressRefused | None:
        """The fence's answer to what was last asked for, when it turned that down."""
        for refusal in self._proxy.refused:
            if refusal.what == str(Endpoint.of(self._border.wanted)):
                return AddressRefused(refusal.detail)
        return None

    async def _goto(self, url: str) -> Response | None:
        try:
            return await self._patience.do(
                self._stage.page.goto(url, wait_until="commit", timeout=NAVIGATION_TIMEOUT_S * 1000),
                NAVIGATION_TIMEOUT_S + 1,
            )
        except (PlaywrightTimeout, PageUnresponsive) as exc:
            raise PageUnreachable(f"{url} did not answer within {NAVIGATION_TIMEOUT_S:.0f} s.") from exc
        except PlaywrightError as exc:
            self._stage.check()
            said = str(exc).splitlines()[0].removeprefix("Page.goto: ")
            name = said.partition("net::")[2].partition(" at ")[0]
            raise self.failure(CAUSES.get(name, name or said)) from exc
