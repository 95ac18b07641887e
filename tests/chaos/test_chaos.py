"""A minute of chaos: the short version of `make chaos`."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
#: A run stops sending signals after half a minute, lets its last job end and stops all it has started.
LIMIT_S = 240
SHORT = "--kills 8 --redis-kills 1 --clients 2 --workers 3 --minutes 0.6 --lease 5"
#: Its deck has SIGKILL for a worker, a take, a browser, a driver and an encoder, and freezes a browser.
SEED = "81"


@pytest.mark.thorough
def test_a_minute_of_kills_loses_no_job_doubles_none_and_leaves_nothing_behind() -> None:
    # In a process of its own: it adopts whatever its children leave, which pytest should not.
    command = [sys.executable, "-m", "tests.chaos", *SHORT.split(), "--seed", SEED]

    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=LIMIT_S)

    assert ran.returncode == 0, ran.stdout + ran.stderr
