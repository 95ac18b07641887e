"""The hostile server: raw sockets on loopback, in threads, plain and with bad certificates."""

import socket
import ssl
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from tests.attacks.hostile_pages.bomb import Bomb, Content
from tests.attacks.hostile_pages.certificates import CERTIFICATES, make_certificate
from tests.attacks.hostile_pages.exchange import Exchange

HEAD_LIMIT_BYTES = 256 * 1024
#: A browser opens connections that it never uses.
IDLE_S = 30.0


class HostileServer:
    """Serves bombs from entering to leaving, each below its own name; `asked` lists what came in."""

    def __init__(self, bombs: Mapping[str, Bomb]) -> None:
        self._bombs = bombs
        self._closing = Event()
        self._listeners: dict[str, socket.socket] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="bombs-")
        #: Method, path and the `Authorization` that came with it.
        self.asked: list[tuple[str, str, str]] = []

    def address(self, bomb: Bomb) -> str:
        """Where a take of the bomb begins."""
        scheme = "http" if bomb.port == "http" else "https"
        return f"{scheme}://{self.endpoint(bomb.port)}/{bomb.name}/"

    def endpoint(self, port: str) -> str:
        return f"127.0.0.1:{self._listeners[port].getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listen("http", None)
        for name, wrong in CERTIFICATES.items():
            if any(bomb.port == name for bomb in self._bombs.values()):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*make_certificate(Path(self._folder.name) / name, wrong))
                self._listen(name, context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for listener in self._listeners.values():
            listener.close()
        self._folder.cleanup()

    def _listen(self, name: str, context: ssl.SSLContext | None) -> None:
        listener = self._listeners[name] = socket.create_server(("127.0.0.1", 0), backlog=128)
        listener.settimeout(0.2)
        Thread(target=self._accept, args=(listener, context), daemon=True).start()

    def _accept(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            Thread(target=self._serve, args=(connection, context), daemon=True).start()

    def _serve(self, connection: socket.socket, context: ssl.SSLContext | None) -> None:
        with suppress(OSError, ValueError), connection:
            connection.settimeout(IDLE_S)
            peer = context.wrap_socket(connection, server_side=True) if context else connection
            with suppress(OSError), peer:
                self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < HEAD_LIMIT_BYTES:
            piece = peer.recv(65_536)
            if not piece:
                return
            head += piece
        first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        self.asked.append((method, path, headers.get("authorization", "")))
        exchange = Exchange(method, path, headers, peer, self._closing)
        content = self._content(path)
        if content is None:
            exchange.answer("<h1>Nothing here</h1>", "404 Not Found")
        elif isinstance(content, str):
            exchange.answer(content)
        else:
            content(exchange)

    def _content(self, path: str) -> Content | None:
        name, _, rest = path.partition("?")[0].lstrip("/").partition("/")
        bomb = self._bombs.get(name)
        return bomb.pages.get(rest) if bomb else None
