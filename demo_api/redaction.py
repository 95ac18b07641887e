"""Removes secrets from log lines: credentials, and the query and fragment of URLs."""

import re

REDACTED = "[redacted]"

#: A URL's user name and password, and its query and fragment up to the next space: quotes may be in it.
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
    """Returns the text without secrets."""
    text = _URL.sub(_without_secrets, text)
    text = _HEADER.sub(rf"\1\2{REDACTED}", text)
    text = _CREDENTIALS.sub(rf"\1\2{REDACTED}", text)
    text = _PAIR.sub(rf"\1\2{REDACTED}", text)
    return _OPENAI.sub(REDACTED, text)


def _without_secrets(match: re.Match[str]) -> str:
    scheme, rest, query = match.groups()
    return f"{scheme}{rest}{query[0] + REDACTED if query else ''}"
