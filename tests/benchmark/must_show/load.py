"""A busy machine: processes that do nothing but keep its cores busy."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SPIN = "while True: pass"


@contextmanager
def busy(processes: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Keeps so many processes busy until left, and yields them."""
    spinning = [subprocess.Popen((sys.executable, "-c", SPIN)) for _ in range(processes)]
    try:
        yield spinning
    finally:
        for each in spinning:
            each.kill()
        for each in spinning:
            each.wait()
