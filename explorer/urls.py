"""Addresses reduced to the page they show."""

import re
from urllib.parse import urlsplit


def page_key(url: str) -> str:
    """The page that `url` shows: no scheme, `www.`, index file, trailing slash or fragment.

    A fragment that is a hash route (`#/…` or `#!…`) is part of the place.
    """
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.")
    path = re.sub(r"/(?:index\.\w{3,5})?$", "", parts.path)
    route = parts.fragment.rstrip("/") if re.match(r"[/!]", parts.fragment) else ""
    return (
        host
        + path
        + (f"?{parts.query}" if parts.query else "")
        + (f"#{route}" if route not in {"", "!"} else "")
    )


def is_front_page(url: str) -> bool:
    """Whether `url` is the front page of its site or folder: no file but an index, and no query."""
    return (
        re.search(r"/(?:index\.\w{3,5})?$", urlsplit(url).path + ("?" if urlsplit(url).query else ""))
        is not None
    )
