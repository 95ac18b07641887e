"""The header `Retry-After`, in seconds and as a date."""

from email.utils import formatdate
from time import time

import pytest

from explorer.retry_after import parse_retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, 999_999_999.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_seconds_and_dates_are_parsed_and_all_else_is_none(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value) == seconds


def test_a_date_counts_from_now() -> None:
    assert 6_900 < (parse_retry_after(formatdate(time() + 7_000, usegmt=True)) or 0.0) <= 7_000
