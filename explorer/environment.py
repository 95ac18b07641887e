"""The allow-list of environment variables: what the processes that we start may see, and nothing else.

A browser runs code of strangers. What a stage needs of our settings is in its order: no secret has to pass.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

#: Each with its reason. No patterns: anything might be called `PYTHON...` or `PLAYWRIGHT_...`.
#: Left out on purpose: all settings; `HTTPS_PROXY` and its kin, whose addresses may hold passwords;
#: `NODE_OPTIONS`, `LD_PRELOAD` and `CHROMIUM_FLAGS`, which change what runs; `DEBUG`, with which Playwright
#: logs what pages say; `DISPLAY` and `DBUS_SESSION_BUS_ADDRESS`, which lead to a desktop; `XDG_CACHE_HOME`,
#: `XDG_CONFIG_HOME` and `XDG_RUNTIME_DIR`, which lead out of a stage's folder.
PASSES: Mapping[str, str] = {
    "PATH": "where the browser, ffmpeg and fontconfig's programs are found",
    "LD_LIBRARY_PATH": "without it Python or a browser in a folder of its own does not start",
    "HOME": "where programs look for what is theirs; a stage's is its own folder",
    "TMPDIR": "where films and profiles spool; a stage's is its own folder",
    "LANG": "how names of files and the output of programs are encoded",
    "LC_ALL": "the same",
    "LC_CTYPE": "the same",
    "TZ": "the time that pages show",
    "FONTCONFIG_FILE": "which fonts there are",
    "FONTCONFIG_PATH": "the same",
    "FONTCONFIG_SYSROOT": "the same",
    "XDG_DATA_DIRS": "where fonts lie that the system has installed",
    "XDG_DATA_HOME": "where fonts lie that the user has installed",
    "PYTHONHOME": "without it a Python that was moved does not start",
    "PYTHONPATH": "where our packages lie if they are not installed",
    "PYTHONDONTWRITEBYTECODE": "so that nothing is written beside our modules",
    "PLAYWRIGHT_BROWSERS_PATH": "where Playwright's own browsers lie",
    "PLAYWRIGHT_NODEJS_PATH": "the node that runs Playwright's driver, where its own cannot",
    "CHROME_DEVEL_SANDBOX": "where the helper of Chromium's sandbox lies; without it there may be no sandbox",
    "SSL_CERT_FILE": "whom to trust when a language model is asked",
    "SSL_CERT_DIR": "the same",
    "OPENBLAS_CORETYPE": "on some processors numpy computes wrongly without",
    "OPENBLAS_NUM_THREADS": "how many cores numpy may take",
    "OMP_NUM_THREADS": "the same",
    "SITEREEL_TAKE": "by which a stage's processes are found again: `actors.supervision.process_tree.MARK`",
}


def passed(environment: Mapping[str, str]) -> dict[str, str]:
    """What a process that we start may see of an environment."""
    return {name: value for name, value in environment.items() if name in PASSES}


class _Own:
    """Our own environment, which is reduced while anybody needs that, and whole again afterwards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._hidden: dict[str, str] = {}

    def reduce(self) -> None:
        with self._lock:
            self._users += 1
            for name in os.environ.keys() - PASSES.keys():
                self._hidden[name] = os.environ.pop(name)

    def restore(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                os.environ.update(self._hidden)
                self._hidden.clear()


_own = _Own()


@contextmanager
def only_passed() -> Iterator[None]:
    """Meanwhile our own environment has only what passes: for libraries that start processes without `env`.

    Keep it short, since the environment is the whole process's. It may be entered several times at once.
    """
    _own.reduce()
    try:
        yield
    finally:
        _own.restore()
