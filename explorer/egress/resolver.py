"""Resolves host names in threads of its own, so that a silent name server blocks nothing else."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable

#: Resolves a host to all of its addresses, best first. Raises OSError when it has none.
LookUp = Callable[[str, int], Awaitable[tuple[str, ...]]]

#: Concurrent lookups of this process. One whose name server does not answer ends after 10 to 30 s; asyncio's
#: own threads, six on two cores, would all block meanwhile, and with them all else that runs in a thread.
MAX_LOOKUPS = 32
#: Polling interval while all threads are in use.
RETRY_S = 0.05
_slots = threading.BoundedSemaphore(MAX_LOOKUPS)


async def look_up(host: str, port: int) -> tuple[str, ...]:
    """Resolves a host; waits for a free thread without a limit, which the caller sets. Raises OSError."""
    while not _slots.acquire(blocking=False):
        await asyncio.sleep(RETRY_S)
    loop = asyncio.get_running_loop()
    result: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def deliver(addresses: tuple[str, ...], error: OSError | None) -> None:
        if result.done():
            return  # the caller was cancelled
        if error is None:
            result.set_result(addresses)
        else:
            result.set_exception(error)

    def run() -> None:
        try:
            addresses, error = _getaddrinfo(host, port)
        finally:
            _slots.release()
        with contextlib.suppress(RuntimeError):  # the loop has ended in the meantime
            loop.call_soon_threadsafe(deliver, addresses, error)

    threading.Thread(target=run, name="lookup", daemon=True).start()
    return await result


def _getaddrinfo(host: str, port: int) -> tuple[tuple[str, ...], OSError | None]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        return (), exc
    except ValueError:  # a label of more than 63 letters, or of none
        return (), OSError(f"{host!r} is not a host name")
    return tuple(dict.fromkeys(str(result[4][0]) for result in rows)), None
