"""Signs webhooks as in Standard Webhooks, so that receivers can verify them with any of its libraries.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

The library `standardwebhooks` would only replace the HMAC: it neither makes nor checks secrets (it decodes
any text as base64), takes no text secrets, and returns a signature instead of the headers. The tests verify
our signatures with it.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

PREFIX = "whsec_"
#: Bounds of the specification: 192 to 512 bits.
KEY_BYTES = range(24, 65)
NEW_KEY_BYTES = 32
SECRET_FORMAT = (
    "must be whsec_ and 24 to 64 bytes in base64, or 24 or more visible ASCII characters: "
    'try `echo "whsec_$(openssl rand -base64 32)"`'
)


def new_secret() -> str:
    """A random secret in the format of the specification."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_KEY_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The signing key of a secret. Text without the prefix is the key itself. Raises ValueError."""
    if not secret.startswith(PREFIX):
        if not re.fullmatch(r"[!-~]{24,}", secret):
            raise ValueError(SECRET_FORMAT)
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError(SECRET_FORMAT) from exc
    if len(key) not in KEY_BYTES:
        raise ValueError(SECRET_FORMAT)
    return key


def signed(secret: str, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The three headers with which a receiver verifies sender, time and content."""
    content = f"{message_id}.{timestamp_s}.".encode() + body
    digest = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
