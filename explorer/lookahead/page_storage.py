"""Saves and restores what pages keep in their storage, so that every dry run begins the same."""

from urllib.parse import urlsplit

from playwright.async_api import Page

SAVE = "() => [{...localStorage}, {...sessionStorage}]"
RESTORE = """
(kept) => [localStorage, sessionStorage].forEach((store, i) => {
  store.clear();
  for (const [key, value] of Object.entries(kept[i])) store.setItem(key, value);
})
"""


class PageStorage:
    """The storage of each origin as it was when the page first came there."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._saved: dict[str, object] = {}

    async def save(self) -> None:
        """Saves the storage of the page's origin, unless it is saved already."""
        origin = origin_of(self._page.url)
        if origin not in self._saved:
            self._saved[origin] = await self._page.evaluate(SAVE)

    async def restore(self, url: str) -> None:
        """Restores the storage for `url`, if the page is at its origin."""
        origin = origin_of(url)
        if origin in self._saved and origin_of(self._page.url) == origin:
            await self._page.evaluate(RESTORE, self._saved[origin])


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
