"""Asks the system's resolver, in threads of its own: a silent name server holds up nobody else."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable

#: All addresses of a host, best first. Raises OSError when it has none.
LookUp = Callable[[str, int], Awaitable[tuple[str, ...]]]

#: Lookups at a time in this process. One whose name server is silent ends after 10 to 30 s; asyncio's
#: own threads, six on two cores, would all hang by then, and with them whatever else goes to a thread.
MAX_LOOKUPS = 32
#: How often it is asked whether one of them is free again.
RETRY_S = 0.05
_places = threading.BoundedSemaphore(MAX_LOOKUPS)


async def look_up(host: str, port: int) -> tuple[str, ...]:
    """Waits for a free thread without end: the caller sets the limit. Raises OSError."""
    while not _places.acquire(blocking=False):
        await asyncio.sleep(RETRY_S)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def tell(addresses: tuple[str, ...], failure: OSError | None) -> None:
        if answer.done():
            return  # whoever asked has given up
        if failure is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(failure)

    def ask() -> None:
        try:
            addresses, failure = _ask(host, port)
        finally:
            _places.release()
        with contextlib.suppress(RuntimeError):  # the loop has ended in the meantime
            loop.call_soon_threadsafe(tell, addresses, failure)

    threading.Thread(target=ask, name="lookup", daemon=True).start()
    return await answer


def _ask(host: str, port: int) -> tuple[tuple[str, ...], OSError | None]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        return (), exc
    except ValueError:  # a label of more than 63 letters, or of none
        return (), OSError(f"{host!r} is not a host name")
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers)), None
