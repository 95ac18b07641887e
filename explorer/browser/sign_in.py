"""What a visitor has who is signed in already: cookies and stored items, and HTTP credentials."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from explorer.browser.session import BrowserSession, HttpCredentials
from explorer.guardrails.rules import Site

#: Sets the items of an origin before its page runs, unless it has set them itself meanwhile.
_SET_ITEMS = """
(() => {
  const items = %s[location.origin];
  try {
    for (const {name, value} of items ?? [])
      if (localStorage.getItem(name) === null) localStorage.setItem(name, value);
  } catch { /* storage is switched off */ }
})();
"""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a take is signed in from its start: Playwright's storage state, and HTTP credentials."""

    storage_state: Mapping[str, Any] = field(repr=False, default_factory=dict)
    username: str = ""
    password: str = field(repr=False, default="")

    def __bool__(self) -> bool:
        return bool(self.storage_state or self.password)

    def values(self) -> Iterator[str]:
        """What must not get into any text."""
        if self.password:
            yield self.password
        for cookie in self.storage_state.get("cookies", ()):
            yield str(cookie.get("value", ""))
        for origin in self.storage_state.get("origins", ()):
            for item in origin.get("localStorage", ()):
                yield str(item.get("value", ""))

    async def apply(self, session: BrowserSession, site: Site, url: str) -> None:
        """Signs the session in, on origins of `site` only; credentials are bound to the origin of `url`."""
        context = session.page.context
        hosts = replace(site, port=None)  # cookies know no ports
        cookies = [one for one in self.storage_state.get("cookies", ()) if hosts.holds(_cookie_url(one))]
        if cookies:
            await context.add_cookies(cookies)
        items = {
            one["origin"]: one.get("localStorage", [])
            for one in self.storage_state.get("origins", ())
            if site.holds(str(one.get("origin", "")))
        }
        if items:
            await context.add_init_script(_SET_ITEMS % json.dumps(items))
        if self.password:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            session.http_credentials = HttpCredentials(origin, self.username, self.password)


def _cookie_url(cookie: Mapping[str, Any]) -> str:
    """An address that the cookie is sent to."""
    return f"https://{str(cookie.get('domain', '')).lstrip('.')}/"
