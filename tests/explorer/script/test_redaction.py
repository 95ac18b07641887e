"""Secrets are kept out of texts, however they are spelled there."""

import base64
import json
import logging
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.script.redaction import MASK, MIN_SECRET_CHARS, RedactingFilter, Redactor

SECRET = 'pä"ss w/rd+1'
SPELLINGS = {
    "plain": SECRET,
    "json": json.dumps(SECRET),
    "unicode json": json.dumps(SECRET, ensure_ascii=False),
    "url": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "twice": quote(quote(SECRET, safe=""), safe=""),
    "lower": quote(SECRET, safe="").lower(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "basic auth": base64.b64encode(f"user:{SECRET}".encode()).decode(),
    "url-safe": base64.urlsafe_b64encode(f"u:{SECRET}".encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_masked_however_it_is_spelled(spelling: str) -> None:
    shown = Redactor([SECRET]).text(f"before {spelling} after")

    assert MASK in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


def test_other_texts_stay_as_they_are() -> None:
    assert Redactor([SECRET]).text("password") == "password"
    assert Redactor().text(SECRET) == SECRET


@given(st.text(min_size=MIN_SECRET_CHARS, max_size=40), st.binary(max_size=5))
def test_no_secret_is_left_in_base64(secret: str, before: bytes) -> None:
    secret = secret.encode(errors="replace").decode()
    encoded = base64.b64encode(before + secret.encode()).decode()
    shown = Redactor([secret]).text(encoded).replace(MASK, "")

    whole = base64.b64encode(secret.encode()).decode().rstrip("=")
    assert len(whole) < 8 or whole[1:-2] not in shown


def test_nothing_of_it_gets_into_a_log(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("of secrets")
    log.addFilter(RedactingFilter(Redactor(["s3cret"])))
    try:
        raise ValueError("it was s3cret")
    except ValueError:
        log.exception("failed with %s", "s3cret")

    assert "s3cret" not in caplog.text
    assert MASK in caplog.text
