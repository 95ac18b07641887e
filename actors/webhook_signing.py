"""Signatures of calls as in Standard Webhooks, so that receivers can use any of its libraries.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

PREFIX = "whsec_"
#: The specification's own bounds: 192 to 512 bits.
KEY_BYTES = range(24, 65)
NEW_KEY_BYTES = 32
WANTED = (
    "must be whsec_ and 24 to 64 bytes in base64, or 24 or more visible ASCII characters: "
    'try `echo "whsec_$(openssl rand -base64 32)"`'
)


def new_secret() -> str:
    """One that nobody has, as libraries want to be given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_KEY_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Text without the prefix signs as it is. Raises ValueError."""
    if not secret.startswith(PREFIX):
        if not re.fullmatch(r"[!-~]{24,}", secret):
            raise ValueError(WANTED)
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError(WANTED) from exc
    if len(key) not in KEY_BYTES:
        raise ValueError(WANTED)
    return key


def signed(secret: str, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows who has sent this, when, and that nobody changed it."""
    content = f"{message_id}.{timestamp_s}.".encode() + body
    digest = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
