"""Other tools that film a page, as commands; each is optional and found where its users have it."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.browser.chromium import find_chromium

#: Files that this folder's scripts write, and clickcast when it is told to.
FILM_FILE = "film.mp4"
WEBM_FILE = "film.webm"


@dataclass(frozen=True, slots=True)
class Rival:
    """A tool, what it needs here (None when it has all that), and how it is asked to film `url`.

    The command runs in a folder of its own and leaves `film` there.
    """

    name: str
    missing: Callable[[], str | None]
    command: Callable[[str], Sequence[str]]
    film: str = FILM_FILE


def _script(name: str, *arguments: str) -> Callable[[str], Sequence[str]]:
    return lambda url: (sys.executable, "-m", f"tests.benchmark.rivals.{name}", url, *arguments)


def _on_path(name: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else "not installed"


def _playwright() -> str | None:
    """Playwright records with an ffmpeg of its own, which `playwright install ffmpeg` fetches."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    return None if any(Path(folder).glob("ffmpeg-*/ffmpeg-*")) else "no ffmpeg of its own"


RIVALS = (
    Rival(
        "Playwright recordVideo",
        _playwright,
        lambda url: _script("playwright_video", "context", find_chromium().path)(url),
        WEBM_FILE,
    ),
    Rival(
        "Playwright screencast",
        _playwright,
        lambda url: _script("playwright_video", "page", find_chromium().path)(url),
        WEBM_FILE,
    ),
    Rival("shot-scraper video", _on_path("shot-scraper"), _script("shot_scraper")),
    Rival("agent-browser", _on_path("agent-browser"), _script("agent_browser")),
    Rival(
        "clickcast auto",
        _on_path("clickcast"),
        lambda url: (
            *("clickcast", "auto", url, "-o", FILM_FILE, "--format", "mp4"),
            *("--viewport", "1280x720", "--max-steps", "2"),
        ),
    ),
)
