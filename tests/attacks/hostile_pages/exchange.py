"""One request to the hostile server, and the raw means to answer it badly."""

import itertools
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

PIECE_BYTES = 64 * 1024


@dataclass(slots=True)
class Exchange:
    """A request that has been read; `closing` is set when the server goes away."""

    method: str
    path: str
    headers: dict[str, str]
    connection: socket.socket
    closing: Event

    @property
    def query(self) -> str:
        return self.path.partition("?")[2]

    def send(self, data: bytes | str) -> None:
        """Raises OSError when the browser has gone away."""
        self.connection.sendall(data.encode() if isinstance(data, str) else data)

    def head(self, status: str = "200 OK", *lines: str, kind: str = "text/html; charset=utf-8") -> None:
        """The status line and the headers; without a length, the end of the connection is the end."""
        typed = [f"Content-Type: {kind}"] if kind else []
        self.send("\r\n".join([f"HTTP/1.1 {status}", *typed, "Connection: close", *lines, "", ""]))

    def answer(
        self, body: bytes | str, status: str = "200 OK", *lines: str, kind: str = "text/html; charset=utf-8"
    ) -> None:
        """A whole and proper response."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        self.head(status, f"Content-Length: {len(data)}", *lines, kind=kind)
        self.send(data)

    def drip(self, pieces: Iterator[bytes], pause_s: float) -> None:
        """Sends piece after piece with pauses, until the browser or the server goes away."""
        for piece in pieces:
            self.send(piece)
            if self.closing.wait(pause_s):
                return

    def hang(self, kind: str) -> None:
        """Begins to answer, and says nothing more."""
        self.head(kind=kind)
        self.silence()

    def repeat(self, piece: bytes, pause_s: float, kind: str) -> None:
        """Answers the same again and again, without end."""
        self.head(kind=kind)
        self.drip(itertools.repeat(piece), pause_s)

    def silence(self) -> None:
        """Says nothing more until the browser or the server goes away."""
        self.connection.settimeout(0.5)
        while not self.closing.is_set():
            try:
                if not self.connection.recv(PIECE_BYTES):
                    return
            except TimeoutError:
                continue
