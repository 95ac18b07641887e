"""Installs the reference runner below `build/replay`, once, with npm; its browser is the project's own."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("@puppeteer/replay@3.1.3", "puppeteer@24.43.1")
CACHE = Path("build/replay")
LIMIT_S = 300.0


class NotInstalled(Exception):
    """The reference runner is not there, and why."""


def install(cache: Path = CACHE) -> Path:
    """Returns the folder whose `node_modules` has the runner. Raises NotInstalled."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstalled(f"{program} was not found. Install Node.js 18 or later, with npm.")
    root = cache.resolve()
    if not (root / "node_modules/@puppeteer/replay").is_dir():
        root.mkdir(parents=True, exist_ok=True)
        (root / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        _run(("npm", "install", "--no-audit", "--no-fund", "--save-exact", *PACKAGES), root)
    return root


def _run(command: tuple[str, ...], folder: Path) -> None:
    skips_browser = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=skips_browser, capture_output=True, text=True, timeout=LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise NotInstalled(f"{command[0]} could not be run: {exc}") from exc
    if done.returncode:
        raise NotInstalled(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
