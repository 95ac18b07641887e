"""Parses the HTTP header `Retry-After` (RFC 9110, section 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: More digits are cut off: a thousand million seconds are 31 years.
_MAX_DIGITS = 9


def parse_retry_after(value: str) -> float | None:
    """Parses a delay in seconds, or a date, into seconds from now; None for neither, 0.0 for the past."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MAX_DIGITS])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
