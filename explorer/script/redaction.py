"""Redacts secrets by value: the one place that keeps them out of every text, however they are spelled."""

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

#: What stands in a secret's place.
MASK = "•••"
#: A shorter value would take half of all texts with it: it is refused.
MIN_SECRET_CHARS = 4


class Redactor:
    """Replaces the values of secrets in texts; without secrets, texts stay as they are."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Redacts these from now on, too."""
        new = {secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS} - self._known
        if not new:
            return
        self._known |= new
        spellings = {spelling for secret in self._known for spelling in _spellings(secret)}
        ordered = sorted(filter(None, spellings), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def data(self, data: bytes) -> bytes:
        """The same for UTF-8."""
        return self.text(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


class RedactingFilter(logging.Filter):
    """Keeps secrets out of a log."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redactor.text(record.getMessage()), None
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_info, record.exc_text = None, self._redactor.text(text)
        return True


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it is, as JSON, URLs and base64 write it, and as the latter has it within longer data."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for quoted in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield quoted
        yield quote(quoted, safe="")
    data = secret.encode(errors="replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            # Letters that also depend on what stands before and after are left out.
            text = encode(b"\0" * shift + data).decode().rstrip("=")
            first, last = (0, 2, 3)[shift], len(text) - (1 if (len(data) + shift) % 3 else 0)
            if last - first >= MIN_SECRET_CHARS:
                yield text[first:last]
