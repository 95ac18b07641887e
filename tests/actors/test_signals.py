"""A signal is noticed whichever thread it is given to, and whatever the main thread waits for."""

import signal
import subprocess
import sys

import pytest

WITHIN_S = 60
#: Its main thread waits for a lock, as a worker does, while another thread is given the signal.
WAITING = """
import signal, sys, threading, time
from actors.signals import on_signal

def give(number):
    signal.pthread_kill(other.ident, number)

heard, inner = threading.Event(), threading.Event()
other = threading.Thread(target=time.sleep, args=(3600,), daemon=True)
other.start()
number = int(sys.argv[1])
with on_signal(lambda found: found == number and heard.set()):
    threading.Timer(0.3, give, (number,)).start()
    heard.wait()
    with on_signal(lambda found: inner.set()):
        threading.Timer(0.3, give, (number,)).start()
        inner.wait()
    heard.clear()
    threading.Timer(0.3, give, (number,)).start()
    heard.wait()
print("heard three times")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_another_thread_is_given_is_noticed(number: signal.Signals) -> None:
    command = [sys.executable, "-c", WAITING, str(int(number))]

    assert subprocess.run(command, timeout=WITHIN_S, capture_output=True, check=True).stdout
