"""A canary in every secret and in variables of somebody else, and a watch on who gets to see one."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from pydantic import AliasChoices

from actors.options import declared
from actors.settings import Settings

#: Stands in every canary, and nowhere else.
SIGN = "canary-0c7e5d"
#: What belongs to others, of whom we know nothing.
FOREIGN = ("AWS_SECRET_ACCESS_KEY", "SITEREEL_SOMETHING_NEW")
#: To list all processes takes some ms of a processor: every 0.01 s, that was a quarter of one.
LOOK_S = 0.05
#: What a process is, by what stands in its command; the first that fits.
KINDS = {
    "guard": "actors/supervision/subreaper.py",
    "child": "actors.stages.child",
    "driver": "driver/package/cli.js",
    "zygote": "--type=zygote",
    "browser's own": "--type=",
    "browser": "chrom",
    "ffmpeg": "ffmpeg",
    "valkey": "valkey-server",
}


def variables() -> dict[str, str]:
    """The variable of each setting, by the field's name; those of options by theirs."""
    aliases = {name: field.validation_alias for name, field in Settings.model_fields.items()}
    options = {name: option.setting for name, _, option in declared() if option.setting}
    return options | {
        name: str(alias.choices[0]) if isinstance(alias, AliasChoices) else name.upper()
        for name, alias in aliases.items()
        if name not in ("exploration", "film")
    }


def secret_variables() -> frozenset[str]:
    """Those that are secret: by their type, and the address of Redis, which may hold a password."""
    fields = Settings.model_fields.items()
    secret = {name for name, field in fields if "SecretStr" in str(field.annotation)} | {"redis_url"}
    return frozenset(variables()[name] for name in secret)


def canaries() -> dict[str, str]:
    """Variables in which all that must stay with us is marked; the address of Redis is left to the caller."""
    names = (secret_variables() - {"REDIS_URL", "SECRETS_KEY"}).union(FOREIGN)
    return {
        **{name: f"{SIGN}-in-{name.lower()}" for name in names},
        # A key of 32 bytes, in whose base64 the canary stands.
        "SECRETS_KEY": f"{SIGN:A<43}=",
        "HTTPS_PROXY": f"http://user:{SIGN}@127.0.0.1:9",
        # A model that nobody can ask: what it is offered stays here.
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }


class Watch:
    """Reads, again and again, the environment of all that a process has started, as the kernel tells it."""

    def __init__(self, root: psutil.Process) -> None:
        self._root = root
        self._stopping = threading.Event()
        #: How many of each kind were read, and had an environment.
        self.read: Counter[str] = Counter()
        #: Which process saw which variable.
        self.leaks: set[tuple[str, str]] = set()
        #: The command with which each was read: an environment is another only after an exec.
        self._commands: dict[psutil.Process, list[str]] = {}

    def run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            with suppress(psutil.Error):
                for process in self._root.children(recursive=True):
                    self._look(process)

    def stop(self) -> None:
        self._stopping.set()

    def _look(self, process: psutil.Process) -> None:
        with suppress(psutil.Error, OSError):
            # The command first: one that is read together with the environment before it is of no use.
            command = process.cmdline()
            if command == self._commands.get(process):
                return
            above = psutil.Process(process.ppid()).cmdline()
            found = Path(f"/proc/{process.pid}/environ").read_bytes().decode(errors="replace").split("\0")
            if command == above:
                return  # a fork that has not become its program yet is its parent still
            kind = _kind(" ".join(command))
            if any(variable.startswith("PATH=") for variable in found):
                self.read[kind] += 1
                self._commands[process] = command
            self.leaks |= {(kind, variable.partition("=")[0]) for variable in found if SIGN in variable}


@contextmanager
def watching(process: psutil.Process) -> Iterator[Watch]:
    """Watches what comes of a process until left."""
    watch = Watch(process)
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join()


def _kind(command: str) -> str:
    return next((kind for kind, sign in KINDS.items() if sign in command), command)
