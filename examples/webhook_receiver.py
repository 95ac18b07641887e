"""Receives the webhooks of a Sitereel server, and believes only those with a valid signature.

    WEBHOOK_SECRET=whsec_… python examples/webhook_receiver.py --port 9000

The secret is the server's WEBHOOK_SECRET, or the `callback_secret` in the answer of `POST /demo/run`.
Signatures are those of Standard Webhooks, so any of its libraries can take the place of `verify`.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: An older message may be one that somebody has recorded and sends again.
MAX_AGE_S = 300
#: Webhooks hold a status without its steps; nobody sends more than this.
MAX_BYTES = 1 << 20


def verify(secret: str, headers: Message, body: bytes, now_s: float) -> bool:
    """Whether a message comes from the server, unchanged and fresh. `body` is bytes, as received."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now_s - int(timestamp)) > MAX_AGE_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(digest).decode()}".encode()
    # While a secret is replaced there may be several signatures, separated by spaces.
    given = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(signature, expected) for signature in given)


def handle(event: dict[str, Any]) -> None:
    """Prints an event. A real receiver would fetch the film here, from `links.export`."""
    data = event["data"]
    print(event["type"], data["job_id"], data["error"] or data["links"]["export"], flush=True)


class Receiver(ThreadingHTTPServer):
    """Listens on loopback; port 0 takes a free one."""

    def __init__(self, secret: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.secret = secret
        #: A message may come twice, with the same id. A real receiver keeps the ids in its database.
        self.known: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    """Answers 204 to a valid message and 401 to all else; anything but 2xx has the server try again."""

    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length) if length <= MAX_BYTES else b""
        if not verify(self.server.secret, self.headers, body, time.time()):
            self.send_error(401)
            return
        message_id = self.headers["webhook-id"]
        if message_id not in self.server.known:
            self.server.known.add(message_id)
            handle(json.loads(body))
        self.send_response(204)
        self.end_headers()


def main() -> None:
    parser = argparse.ArgumentParser(description="Receives the webhooks of a Sitereel server.")
    parser.add_argument("--port", type=int, default=9000)
    options = parser.parse_args()
    secret = os.environ.get("WEBHOOK_SECRET") or parser.error("WEBHOOK_SECRET is not set")
    with Receiver(secret, options.port) as receiver:
        print(f"Listening on http://127.0.0.1:{receiver.server_port}", flush=True)
        receiver.serve_forever()


if __name__ == "__main__":
    main()
