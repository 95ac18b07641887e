"""What pages say, fit to be stored and sent on: every string encodes, and none is endless."""

from playwright.async_api import Page

#: `history.replaceState` can make an address of a megabyte; longer ones than this few servers take.
MAX_URL_CHARS = 2_048
MAX_TITLE_CHARS = 300


def clean(text: str) -> str:
    """The text with `?` for each half of a broken surrogate pair, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()


def clip(url: str) -> str:
    """An address, or a text that names one, cut to `MAX_URL_CHARS`."""
    return clean(url[:MAX_URL_CHARS])


async def title_of(page: Page) -> str:
    return clean((await page.title())[:MAX_TITLE_CHARS])
