"""Who an element is across re-renders and pages: a hash of what stays the same about it."""

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

#: Parameters that say who asks, or from where, and not what for.
_PASSING = re.compile(
    r"utm_\w+|_ga|_gl|gclid|fbclid|msclkid|dclid|yclid|mc_[ce]id|ref|ref_src|referrer|source"
    r"|(?:php|j|asp)?sess(?:ion)?_?(?:id)?|sid|csrf\w*|_?token|nonce|ts|timestamp|_|cache\w*|rnd|rand(?:om)?",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)


def element_identity(key: str, href: str, frame: str = "") -> str:
    """The hash of an element's key (`identity.js`), of where it leads and of the frame that it lies in.

    What leads somewhere is the same wherever it stands, so that a menu is known again on each page.
    """
    return hashlib.md5(
        "\n".join((key, destination(href) if href else frame)).encode(), usedforsecurity=False
    ).hexdigest()


def destination(href: str) -> str:
    """An address without what changes from visit to visit; digits stay, as they tell pages apart."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    path = _SESSION_IN_PATH.sub("", parts.path)
    wanted = [(name, value) for name, value in parse_qsl(parts.query, True) if not _PASSING.fullmatch(name)]
    return parts._replace(path=path, query=urlencode(sorted(wanted))).geturl()
