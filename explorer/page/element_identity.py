"""Element identity across re-renders and pages: a hash of what stays the same about it."""

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

#: Query parameters that identify the visitor or the referrer, and not the page.
_VOLATILE_PARAMETERS = re.compile(
    r"utm_\w+|_ga|_gl|gclid|fbclid|msclkid|dclid|yclid|mc_[ce]id|ref|ref_src|referrer|source"
    r"|(?:php|j|asp)?sess(?:ion)?_?(?:id)?|sid|csrf\w*|_?token|nonce|ts|timestamp|_|cache\w*|rnd|rand(?:om)?",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)


def element_identity(key: str, href: str, frame: str = "") -> str:
    """Hashes an element's key (`identity.js`), its destination, or else the frame that it lies in.

    A link has the same identity on every page, so that a menu is recognized on each of them.
    """
    return hashlib.md5(
        "\n".join((key, destination(href) if href else frame)).encode(), usedforsecurity=False
    ).hexdigest()


def destination(href: str) -> str:
    """Removes from a URL what changes from visit to visit; digits are kept, as they distinguish pages."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    path = _SESSION_IN_PATH.sub("", parts.path)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, True)
        if not _VOLATILE_PARAMETERS.fullmatch(name)
    ]
    return parts._replace(path=path, query=urlencode(sorted(kept))).geturl()
