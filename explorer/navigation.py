"""Going to an address, with each way it can fail told apart."""

from collections.abc import Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from explorer.border import Border
from explorer.browser import Stage
from explorer.errors import AddressRefused, PageUnreachable, PageUnresponsive
from explorer.fence import Endpoint
from explorer.patience import Patience
from explorer.proxy import is_own_answer
from explorer.types import Refusal

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
    """Opens addresses in the stage's page. `fenced` is the growing list of what the proxy turned down."""

    def __init__(self, stage: Stage, patience: Patience, border: Border, fenced: Sequence[Refusal]) -> None:
        self._stage = stage
        self._patience = patience
        self._border = border
        self._fenced = fenced

    async def open(self, url: str) -> None:
        """Goes to `url` until its document begins to arrive.

        Raises PageUnreachable with the cause, or AddressRefused when it, or what it redirects to, is private.
        """
        response = await self._goto(url)
        if response is None:
            return  # the same document, another fragment
        if is_own_answer(response.headers):
            detail = (await self._patience.do(response.body())).decode(errors="replace")
            raise AddressRefused(detail) if response.status == 403 else PageUnreachable(detail)
        if response.status >= 400:
            raise PageUnreachable(f"{url} answered with status {response.status}. Check the address.")

    def failure(self, cause: str) -> AddressRefused | PageUnreachable:
        """Why what was last asked for is not on screen: the fence, or else `cause`."""
        url = self._border.wanted
        for refusal in self._fenced:
            if refusal.what == str(Endpoint.of(url)):
                return AddressRefused(refusal.detail)
        return PageUnreachable(f"{url} could not be opened: {cause}. Check the address.")

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
