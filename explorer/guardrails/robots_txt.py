"""robots.txt (RFC 9309): fetches a site's rules and says which of its pages may be visited by a robot."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from protego import Protego

from explorer.errors import ExplorerError

#: RFC 9309, section 2.5: at least 500 KiB have to be parsed, so no site may count on more.
MAX_BYTES = 512 * 1024
USER_AGENT = "sitereel"
_DISALLOW_ALL = "User-agent: *\nDisallow: /"

#: Fetches a URL and returns status and text. Raises when there is no complete answer.
Fetch = Callable[[str], Awaitable[tuple[int, str]]]


class RobotsTxt:
    """Parses a robots.txt; lines that cannot be parsed are ignored. An empty one allows everything."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text.removeprefix("\ufeff"))

    def allows(self, url: str, user_agent: str = USER_AGENT) -> bool:
        """Checks whether `user_agent` may fetch `url`, by its own group, else by that of `*`."""
        return self._rules.can_fetch(url, user_agent)


async def fetch_robots_txt(fetch: Fetch, url: str) -> RobotsTxt:
    """Fetches the rules of the site that `url` is on.

    As RFC 9309 says in section 2.3.1: a status of 4xx, and a redirect that is not followed, allow everything;
    5xx and no answer at all disallow everything.
    """
    parts = urlsplit(url)
    try:
        status, text = await fetch(f"{parts.scheme}://{parts.netloc}/robots.txt")
    except (OSError, ValueError, PlaywrightError, ExplorerError):
        return RobotsTxt(_DISALLOW_ALL)
    if status >= 500:
        return RobotsTxt(_DISALLOW_ALL)
    if not 200 <= status < 300:
        return RobotsTxt("")
    return RobotsTxt(text.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore"))
