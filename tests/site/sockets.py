"""The site's WebSocket (RFC 6455): prices, one every `TICK_S`; what the browser says is not read."""

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from typing import BinaryIO

TICK_S = 0.4
#: RFC 6455, section 1.3.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def handshake(key: str) -> bytes:
    """The answer that turns a request into a WebSocket."""
    digest = hashlib.sha1((key + GUID).encode(), usedforsecurity=False).digest()
    accept = base64.b64encode(digest).decode()
    lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return "\r\n".join((*lines, f"Sec-WebSocket-Accept: {accept}", "", "")).encode()


def text_frame(text: str) -> bytes:
    """One unmasked text message of up to 64 kB, as servers send them."""
    data = text.encode()
    head = bytes([0x81, len(data)]) if len(data) < 126 else b"\x81\x7e" + struct.pack(">H", len(data))
    return head + data


def tick(out: BinaryIO, key: str, wait: Callable[[float], bool]) -> None:
    """Sends prices until `wait` says that the site closes, or the browser has gone."""
    out.write(handshake(key))
    number = 0
    while not wait(TICK_S):
        try:
            out.write(text_frame(json.dumps({"number": number, "price": 90 + number * 37 % 60})))
        except OSError:
            return
        number += 1
