"""Classifies an HTTP response by its head: a page, an error status, a download, and when to retry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Self
from urllib.parse import unquote, urlsplit

from playwright.async_api import Response

from explorer.blocks.start_errors import unreachable_for
from explorer.errors import PageUnreachable
from explorer.retry_after import parse_retry_after
from explorer.text import clean

#: Statuses that may pass by themselves.
TRANSIENT_STATUS = frozenset({429, 502, 503, 504})
#: The scheme of a challenge and its realm (RFC 9110, section 11.6.1).
_SCHEME = re.compile(r"(?:^|[,\n])\s*(basic|digest|ntlm|negotiate|bearer|hoba|mutual|scram-[\w-]+)\b", re.I)
_REALM = re.compile(r'\brealm\s*=\s*(?:"([^"]*)"|([^\s,]+))', re.I)
_PROPER_NAMES = {"ntlm": "NTLM", "hoba": "HOBA"}
MAX_NAME_CHARS = 80
#: Kinds of content in words, by the first pattern that matches the whole media type.
KINDS: tuple[tuple[str, str], ...] = (
    (r"application/(?:rss|atom)\+xml", "a news feed"),
    (r"application/(?:json|.*\+json)|text/json", "JSON data"),
    (r"(?:application|text)/xml|application/.*\+xml", "XML data"),
    (r"image/svg\+xml|image/.*", "a picture"),
    (r"video/.*|application/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)", "a video"),
    (r"audio/.*", "a sound recording"),
    (r"application/pdf", "a PDF document"),
    (r"text/html|application/xhtml\+xml", "an HTML document"),
    (r"text/css", "a style sheet"),
    (r"(?:text|application)/(?:x-)?(?:java|ecma)script", "a script"),
    (r"text/(?:csv|tab-separated-values)|application/vnd\.(?:ms-excel.*|.*spreadsheet.*)", "a table"),
    (r"application/(?:msword|rtf|vnd\..*(?:word|opendocument\.text).*)|text/rtf", "a text document"),
    (r"application/(?:zip|gzip|x-(?:7z|rar|tar|bzip2?|xz|gzip|zip)[\w-]*|vnd\.rar|zstd)", "an archive"),
    (r"multipart/x-mixed-replace", "a stream"),
    (r"text/.*", "plain text"),
)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The head of a response; names of headers are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]

    @classmethod
    def of(cls, response: Response) -> Self:
        return cls(response.url, response.status, response.headers)

    @property
    def media_type(self) -> str:
        """Returns the media type, such as `text/html`; "" without one."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def retry_after_s(self) -> float:
        """Returns the seconds of `Retry-After`; 0.0 without a valid one."""
        return parse_retry_after(self.headers.get("retry-after", "")) or 0.0


def status_error(url: str, response: HttpResponse) -> PageUnreachable | None:
    """Returns the error of the status of `response`, to which `url` has led; None for a page.

    Its `retry_after_s` is set where another try may help.
    """
    status = response.status
    if status < 400:
        return None
    error = _status_error(url, response)
    if status in TRANSIENT_STATUS:
        error.retry_after_s = response.retry_after_s
    return error


def _status_error(url: str, response: HttpResponse) -> PageUnreachable:
    status = response.status
    if status == 401:
        return unreachable_for("password", url=url, scheme=_challenge(response))
    if status in (403, 451):
        return unreachable_for("forbidden", url=url, status=status)
    if status in (404, 410):
        return unreachable_for("missing", url=url, status=status)
    if status == 429:
        return unreachable_for("too_many_requests", url=url, status=status, retry=_retry_clause(response))
    if 500 <= status < 600:
        return unreachable_for("site_failed", url=url, status=status, retry=_retry_clause(response))
    return unreachable_for("turned_down", url=url, status=status)


def download_error(url: str, response: HttpResponse | None) -> PageUnreachable:
    """Returns the error for a response that the browser would save as a file."""
    if response is None:
        return unreachable_for("file", url=url, kind="its kind is not known")
    kind, name = kind_of(response.media_type), _file_name(response)
    return unreachable_for("file", url=url, kind=", ".join(filter(None, (kind, name))))


def kind_of(media_type: str) -> str:
    """Describes a media type in words: `JSON data (application/json)`."""
    for pattern, words in KINDS:
        if re.fullmatch(pattern, media_type):
            return f"{words} ({media_type})"
    return media_type or "its kind is not said"


def _challenge(response: HttpResponse) -> str:
    """Describes an authentication challenge: ` (Basic, realm “staging”)`."""
    header = response.headers.get("www-authenticate", "")
    schemes = [_PROPER_NAMES.get(name.lower(), name.title()) for name in _SCHEME.findall(header)]
    realm = _REALM.search(header)
    realm_text = clean((realm[1] or realm[2] or "")[:MAX_NAME_CHARS]) if realm else ""
    parts = [*dict.fromkeys(schemes), *([f"realm “{realm_text}”"] if realm_text else [])]
    return f" ({', '.join(parts)})" if parts else f" (status {response.status})"


def _retry_clause(response: HttpResponse) -> str:
    if not response.retry_after_s:
        return ""
    return f", and it asks to be left alone for {format_duration(response.retry_after_s)}"


def format_duration(seconds: float) -> str:
    """Formats a duration in words: `45 s`, `10 min`, `3 h`, `2 days`."""
    for unit_s, limit, unit in ((1, 100, "s"), (60, 100, "min"), (3600, 48, "h"), (86_400, 1_000, "days")):
        if seconds / unit_s < limit:
            return f"{max(1, round(seconds / unit_s))} {unit}"
    return "a long time"


def _file_name(response: HttpResponse) -> str:
    """Returns the file name of `Content-Disposition`, or else the last segment of the URL."""
    head = Message()
    head["content-disposition"] = response.headers.get("content-disposition", "")
    name = head.get_filename() or unquote(urlsplit(response.url).path.rpartition("/")[2])
    return clean(name[:MAX_NAME_CHARS])
