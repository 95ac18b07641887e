"""Signals that ask a process to end, noticed by whichever of its threads the kernel gives them to."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_signal(handle: Callable[[int], None]) -> Iterator[None]:
    """Calls `handle` with the number of each SIGINT and SIGTERM while it is entered, in a thread of its own.

    A plain handler runs in the main thread, and only once that runs at all: waiting for a lock, as in
    `Event.wait` or `Thread.join`, it is not woken by a signal that another thread was given. So a worker on a
    busy machine missed one of fourteen. The wakeup file descriptor is written to in any case. In other
    threads than the main one, which cannot handle signals, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    thread = threading.Thread(target=_forward, args=(reader, handle), name="signals", daemon=True)
    thread.start()
    fd_before = signal.set_wakeup_fd(writer.fileno())
    before = {number: signal.signal(number, lambda *_: None) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(fd_before)
        writer.close()
        thread.join()
        reader.close()


def _forward(reader: socket.socket, handle: Callable[[int], None]) -> None:
    while numbers := reader.recv(64):
        for number in numbers:
            if number in NUMBERS:
                handle(number)
