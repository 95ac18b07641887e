"""The command line as a user types it, in this process: a process of its own costs half a second."""

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from demo_api.cli.main import main


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """All of stdout, which must be one object."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """Output of both streams, without colours and line breaks, which depend on the terminal."""
        return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", self.out + self.err).split())


Type = Callable[..., Ended]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Type]:
    """Runs `sitereel` with these arguments."""
    for name in ("SITEREEL_SERVER", "API_TOKEN", "REDIS_URL", "ALLOW_PRIVATE_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def typed(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["sitereel", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, said.out, said.err)

    yield typed
    signal.signal(signal.SIGTERM, before)
