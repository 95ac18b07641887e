"""TCP state of a connection: what the peer has acknowledged, and whether it still reads."""

import array
import asyncio
import fcntl
import socket
import struct
import termios
from typing import Any, Self

POLL_S = 0.005
#: A client that accepts no bytes for this long counts as disconnected.
STALL_LIMIT_S = 60.0
#: How long after the acknowledgement of the last byte the RST of a killed client is awaited.
CONFIRM_S = 0.03

#: TCP states, and the offset of the peer's receive window in struct tcp_info (Linux 5.4 and later).
ESTABLISHED, CLOSE_WAIT = 1, 8
WINDOW_OFFSET = 228


class SocketState:
    """Reads the TCP state of a connection through a duplicated descriptor, which outlives the server's.

    Without a socket, as in a test client, and where the kernel has no TCP_INFO (not TCP, not Linux), all
    bytes that were written count as delivered.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        original = transport.get_extra_info("socket") if transport is not None else None
        self._socket: socket.socket | None = original.dup() if original is not None else None
        #: The largest window that `peer_window` has returned.
        self.max_window_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    @property
    def is_open(self) -> bool:
        """Whether the peer has neither closed nor reset the connection."""
        return self._state in (None, ESTABLISHED)

    def peer_window(self) -> int:
        """Returns the peer's receive window in bytes: below its maximum while the client has not read all."""
        info = self._info
        window_bytes = (
            int(struct.unpack_from("=I", info, WINDOW_OFFSET)[0]) if len(info) >= WINDOW_OFFSET + 4 else 0
        )
        self.max_window_bytes = max(self.max_window_bytes, window_bytes)
        return window_bytes

    @property
    def unacknowledged(self) -> int:
        """Bytes in our and the kernel's buffers that the peer has not acknowledged (tcp(7), SIOCOUTQ)."""
        if self._socket is None:
            return 0
        queued = array.array("i", [0])
        fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, queued)
        return int(self._transport.get_write_buffer_size()) + queued[0]

    async def wait_acknowledged(self) -> None:
        """Waits until all bytes are acknowledged or the connection is closed. Raises TimeoutError."""
        least = None
        async with asyncio.timeout(STALL_LIMIT_S) as limit:
            while self.is_open and (left := self.unacknowledged):
                if least is None or left < least:
                    least = left
                    limit.reschedule(asyncio.get_running_loop().time() + STALL_LIMIT_S)
                await asyncio.sleep(POLL_S)

    async def confirm_delivery(self) -> bool:
        """Waits, after the last byte, until it is acknowledged; False when the peer reset the connection.

        A client that has read everything closes with a FIN. One that closes, or is killed, with unread bytes
        makes its kernel send a RST. Raises TimeoutError.
        """
        clock = asyncio.get_running_loop().time
        since: float | None = None
        async with asyncio.timeout(STALL_LIMIT_S):
            while (state := self._state) in (ESTABLISHED, CLOSE_WAIT):
                if not self.unacknowledged:
                    since = clock() if since is None else since
                    if state == CLOSE_WAIT or clock() - since >= CONFIRM_S:
                        return True
                await asyncio.sleep(POLL_S)
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
