import os
import subprocess
import threading

import pytest

from actors.supervision.process_tree import MARK
from explorer.environment import PASSES, only_passed, passed
from tests.support.canaries import canaries, variables


def test_only_what_is_listed_passes() -> None:
    listed = {"PATH": "/usr/bin", "TZ": "Europe/Oslo", MARK: "/tmp/take"}

    assert passed({**listed, **canaries(), "PLAYWRIGHT_SOMETHING": "1", "path": "/"}) == listed


def test_every_variable_that_passes_has_its_reason_and_none_is_a_setting() -> None:
    assert all(PASSES.values())
    assert PASSES.keys().isdisjoint({*variables().values(), "HTTPS_PROXY", "NODE_OPTIONS", "LD_PRELOAD"})


def test_our_own_environment_is_reduced_for_a_while_and_then_whole_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    monkeypatch.setenv("TZ", "Europe/Oslo")
    before = {**os.environ}

    with only_passed():
        started = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout

    assert "AWS_SECRET_ACCESS_KEY" not in started
    assert "TZ=Europe/Oslo" in started
    assert {**os.environ} == before


def test_it_stays_reduced_until_the_last_one_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with only_passed():
            entered.set()
            leave.wait()

    with only_passed():
        other = threading.Thread(target=stay)
        other.start()
        entered.wait()
    assert "AWS_SECRET_ACCESS_KEY" not in os.environ

    leave.set()
    other.join()
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "a secret"
