"""The connection below an answer: what has arrived at the other host, and who still reads there."""

import array
import asyncio
import fcntl
import socket
import struct
import termios
from typing import Any, Self

GLANCE_S = 0.005
#: A client that takes nothing at all for this long is gone.
STALL_LIMIT_S = 60.0
#: After the last byte has arrived, a client that was killed just before has this long to be noticed.
CONFIRM_S = 0.03

#: States of a connection, and where struct tcp_info has the other host's window (Linux 5.4 and later).
ESTABLISHED, CLOSE_WAIT = 1, 8
WINDOW_AT = 228


class SocketState:
    """Looks at a connection's socket, by a descriptor of its own that outlives the server's.

    Without a socket, as in a test's client, and where the kernel does not tell (not TCP, not Linux), all that
    was written counts as arrived.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        found = transport.get_extra_info("socket") if transport is not None else None
        self._socket: socket.socket | None = found.dup() if found is not None else None
        #: The most that `look` has seen.
        self.roomiest = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    @property
    def open(self) -> bool:
        """Whether the other host has neither closed nor reset the connection."""
        return self._state in (None, ESTABLISHED)

    def look(self) -> int:
        """Bytes that the other host would take now: fewer than at best while it has some that nobody read."""
        info = self._info
        room = int(struct.unpack_from("=I", info, WINDOW_AT)[0]) if len(info) >= WINDOW_AT + 4 else 0
        self.roomiest = max(self.roomiest, room)
        return room

    @property
    def unacknowledged(self) -> int:
        """Bytes in our buffer and the kernel's not acknowledged by the other host (tcp(7), SIOCOUTQ)."""
        if self._socket is None:
            return 0
        waiting = array.array("i", [0])
        fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, waiting)
        return int(self._transport.get_write_buffer_size()) + waiting[0]

    async def drained(self) -> None:
        """Returns when nothing is on its way any more, or nobody there to take it. Raises TimeoutError."""
        least = None
        async with asyncio.timeout(STALL_LIMIT_S) as limit:
            while self.open and (left := self.unacknowledged):
                if least is None or left < least:
                    least = left
                    limit.reschedule(asyncio.get_running_loop().time() + STALL_LIMIT_S)
                await asyncio.sleep(GLANCE_S)

    async def arrived(self) -> bool:
        """After the last byte: whether it has arrived with somebody there to read it.

        A program that has read everything closes with a FIN. One that closes, or is killed, with bytes
        unread, or before they come, makes its kernel send a RST. Raises TimeoutError.
        """
        clock = asyncio.get_running_loop().time
        since: float | None = None
        async with asyncio.timeout(STALL_LIMIT_S):
            while (state := self._state) in (ESTABLISHED, CLOSE_WAIT):
                if not self.unacknowledged:
                    since = clock() if since is None else since
                    if state == CLOSE_WAIT or clock() - since >= CONFIRM_S:
                        return True
                await asyncio.sleep(GLANCE_S)
        return state is None

    @property
    def _state(self) -> int | None:
        info = self._info
        return info[0] if info else None

    @property
    def _info(self) -> bytes:
        if self._socket is None:
            return b""
        try:
            return self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 512)
        except OSError:
            return b""
