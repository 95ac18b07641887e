"""`… URL`: the walk as a storyboard for `shot-scraper video`, filmed into film.mp4."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmark.frames.codes import VIEWPORT_PX
from tests.benchmark.rivals import WEBM_FILE
from tests.benchmark.rivals.walk import LINKS, LOOK_S, SCROLL_PX, SCROLL_S

STORYBOARD_FILE = "storyboard.yml"


def storyboard(url: str) -> dict[str, Any]:
    actions: list[dict[str, Any]] = []
    for link in (*LINKS, None):
        actions += [{"pause": LOOK_S}, {"scroll": {"y": SCROLL_PX, "duration": SCROLL_S}}, {"pause": LOOK_S}]
        actions += [{"click": f"text={link}"}] if link else []
    width, height = VIEWPORT_PX
    scenes = [{"name": "walk", "do": actions}]
    return {
        "output": WEBM_FILE,
        "url": url,
        "viewport": {"width": width, "height": height},
        "scenes": scenes,
    }


def main() -> int:
    # JSON is YAML.
    Path(STORYBOARD_FILE).write_text(json.dumps(storyboard(sys.argv[1])))
    return subprocess.call(["shot-scraper", "video", STORYBOARD_FILE, "--mp4"])


if __name__ == "__main__":
    sys.exit(main())
