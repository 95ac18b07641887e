"""Takes out of a line of the log what opens something: credentials, and what follows a URL's path."""

import re

GONE = "[redacted]"

#: A URL's user name and password, and its query and fragment, which end with the word: quotes may be in it.
_URL = re.compile(r"\b([a-z][a-z0-9+.-]{0,15}:/{2,3})(?:[^\s/?#]*@)?([^\s?#]*)([?#]\S*)?", re.IGNORECASE)
_CREDENTIALS = re.compile(r"\b(bearer|basic)(\s+)[\w.~+/=:-]+", re.IGNORECASE)
#: `Authorization: x`, and the same as a member of JSON or of a Python dict or list of pairs.
_HEADER = re.compile(
    r"""\b((?:proxy-)?authorization|cookie|set-cookie)(["']?\s*[:=,]\s*(?:b?["'])?)[^"'\r\n]+""", re.I
)
_PAIR = re.compile(
    r"""\b((?:\w+[_-])?(?:key|token|secret|password|passwd|pwd))(["']?\s*[=:]\s*["']?)[^\s"'&,;)]{4,}""", re.I
)
_OPENAI = re.compile(r"\bsk-[\w*-]{6,}")


def redact(text: str) -> str:
    """The same text, fit to be kept."""
    text = _URL.sub(_bare, text)
    text = _HEADER.sub(rf"\1\2{GONE}", text)
    text = _CREDENTIALS.sub(rf"\1\2{GONE}", text)
    text = _PAIR.sub(rf"\1\2{GONE}", text)
    return _OPENAI.sub(GONE, text)


def _bare(match: re.Match[str]) -> str:
    scheme, rest, query = match.groups()
    return f"{scheme}{rest}{query[0] + GONE if query else ''}"
