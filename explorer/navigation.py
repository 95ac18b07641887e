"""Going to an address, with each way it can fail told apart."""

from collections.abc import Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from explorer.browser import Stage
from explorer.errors import AddressRefused, PageUnreachable, PageUnresponsive
from explorer.patience import Patience
from explorer.proxy import STATUS_HEADER
from explorer.types import Refusal

NAVIGATION_TIMEOUT_S = 30.0


class Navigator:
    """Opens addresses in the stage's page. `fenced` is the growing list of what the proxy turned down."""

    def __init__(self, stage: Stage, patience: Patience, fenced: Sequence[Refusal]) -> None:
        self._stage = stage
        self._patience = patience
        self._fenced = fenced

    async def open(self, url: str) -> None:
        """Goes to `url` until its document begins to arrive.

        Raises PageUnreachable with the cause, or AddressRefused when it, or what it redirects to, is private.
        """
        response = await self._goto(url)
        if response is None:
            return  # the same document, another fragment
        if response.headers.get(STATUS_HEADER, "").startswith("sitereel"):
            detail = (await self._patience.do(response.body())).decode(errors="replace")
            raise AddressRefused(detail) if response.status == 403 else PageUnreachable(detail)
        if response.status >= 400:
            raise PageUnreachable(f"{url} answered with status {response.status}. Check the address.")

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
            said = str(exc).splitlines()[0]
            if "ERR_TUNNEL_CONNECTION_FAILED" in said and self._fenced:
                raise AddressRefused(self._fenced[-1].detail) from exc
            cause = said.partition("net::")[2].partition(" at ")[0] or said
            raise PageUnreachable(f"{url} could not be opened: {cause}.") from exc
