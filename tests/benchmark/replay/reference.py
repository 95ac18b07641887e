"""Plays recordings by the reference runner, `@puppeteer/replay`, in a process of its own."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.benchmark.replay.recordings import Recording
from tests.benchmark.replay.state import EndState

RUNNER = Path(__file__).parent / "reference.mjs"
LIMIT_S = 120.0


def play_by_reference(
    recordings: Sequence[Recording], packages: Path, chromium: str, folder: Path
) -> list[EndState]:
    """The end state of each recording, which is written below `folder` first."""
    files = []
    for recording in recordings:
        files.append(folder / f"{recording.name}.json")
        files[-1].write_text(recording.text, encoding="utf-8")
    done = subprocess.run(
        ("node", str(RUNNER), str(packages), chromium),
        input="".join(f"{file}\n" for file in files),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LIMIT_S * len(files),
        check=True,
    )
    return [EndState.of(json.loads(line)) for line in done.stdout.splitlines()]
