"""A local HTTP server that speaks the OpenAI chat completions protocol and misbehaves as scripted."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

from tests.support.loopback_server import LoopbackServer

Behaviour = Callable[["_Handler"], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in: path, headers in lower case, and the decoded JSON body."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def question(self) -> dict[str, Any]:
        """The user's message, which is JSON, with or without a picture beside it."""
        content = self.body["messages"][-1]["content"]
        decoded: dict[str, Any] = json.loads(content if isinstance(content, str) else content[0]["text"])
        return decoded

    @property
    def instructions(self) -> str:
        """The system's message."""
        return str(self.body["messages"][0]["content"])

    @property
    def picture(self) -> dict[str, str]:
        """The picture beside the user's message."""
        shown: dict[str, str] = self.body["messages"][-1]["content"][1]["image_url"]
        return shown


@dataclass
class LlmServer:
    """Serves on loopback between `with` and its end; `base_url` is what the SDK is given."""

    behave: Behaviour
    requests: list[Request] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        return f"{self._server.url}v1"

    def __enter__(self) -> Self:
        handler = type("Scripted", (_Handler,), {"server_script": self})
        self._server = LoopbackServer(handler)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.stop()


class _Handler(BaseHTTPRequestHandler):
    server_script: LlmServer

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(self.rfile.read(length))
        self.server_script.requests.append(Request(self.path, headers, body))
        try:
            self.server_script.behave(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""

    def reply(self, status: int, body: str, kind: str = "application/json") -> None:
        payload = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


def answers(*plans: tuple[int, float, str], usage: object = None) -> Behaviour:
    """A well-formed answer with these (index, priority, reason) choices, and what it says that it took."""
    rows = [{"index": i, "priority": p, "reason": r} for i, p, r in plans]
    completion = _completion(json.dumps({"plans": rows}), usage=usage)
    return lambda handler: handler.reply(200, completion)


def captions(*plans: tuple[int, str]) -> Behaviour:
    """A well-formed answer that words the captions of these (index, caption) choices."""
    rows = [{"index": i, "priority": 50, "reason": "x", "caption": caption} for i, caption in plans]
    return says(json.dumps({"plans": rows}))


def says(content: str) -> Behaviour:
    """A completion whose message is exactly this text."""
    return lambda handler: handler.reply(200, _completion(content))


def sends(body: str, kind: str = "application/json") -> Behaviour:
    """HTTP 200 with a body that need not be a completion at all."""
    return lambda handler: handler.reply(200, body, kind)


def refuses(why: str = "I cannot help with that.") -> Behaviour:
    """A completion in which the model declines."""
    return lambda handler: handler.reply(200, _completion(None, refusal=why))


def breaks_off(reason: str) -> Behaviour:
    """A completion that ended for another reason than its own."""
    return lambda handler: handler.reply(200, _completion('{"plans": [{"index": 0', finish_reason=reason))


def fails(status: int) -> Behaviour:
    """An error of the API, with a body such as OpenAI's."""
    return lambda handler: handler.reply(status, json.dumps({"error": {"message": "no", "type": "error"}}))


def hangs(handler: _Handler) -> None:
    """Reads the request and never answers."""
    handler.server_script.closing.wait()


def drips(handler: _Handler) -> None:
    """Sends one byte every 50 ms: each read succeeds, and the answer never ends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not handler.server_script.closing.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def floods(handler: _Handler) -> None:
    """Begins well and sends a gigabyte as fast as it is taken."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(1 << 30))
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    for _ in range(1 << 14):
        handler.wfile.write(b" " * (1 << 16))


def hangs_up(handler: _Handler) -> None:
    """Closes the connection without a word."""
    handler.close_connection = True


def _completion(
    content: str | None, refusal: str | None = None, *, finish_reason: str = "stop", usage: object = None
) -> str:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "test",
            "choices": [{"index": 0, "finish_reason": finish_reason, "message": message}],
            **({} if usage is None else {"usage": usage}),
        }
    )
