"""`python -m tests.benchmark.coverage.score DIR`: how much of a site a storyboard shows.

DIR holds `000.png` (the start, before any click), `001.png` … and `steps.json`, with one entry a picture.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from tests.benchmark.console import screen
from tests.benchmark.coverage.scenes import Shot, dead, distinct, firsts, load, near_duplicates, still
from tests.benchmark.coverage.sheet import contact_sheet


@dataclass(frozen=True, slots=True)
class Storyboard:
    """The shots of a film, and what was clicked before each; the start's label is empty."""

    shots: tuple[Shot, ...]
    labels: tuple[str, ...]

    @property
    def clicks(self) -> int:
        return max(0, len(self.shots) - 1)


def read(folder: Path) -> Storyboard:
    """Raises OSError and ValueError for what is no storyboard."""
    steps = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    if not isinstance(steps, list):
        raise ValueError("steps.json holds no list")
    if steps and all(step["png"] != "000.png" for step in steps):
        # A list of clicks alone does not tell where the film began: at the page the first click left.
        steps = [{"png": "000.png", "url": steps[0].get("page_url", steps[0]["url"]), "label": ""}, *steps]
    shots = tuple(Shot(load(folder / step["png"]), step["url"]) for step in steps)
    return Storyboard(shots, tuple(step.get("label") or "" for step in steps))


def report(board: Storyboard) -> str:
    new, unmoved = set(firsts(board.shots)), set(still(board.shots))
    lines = [
        f"{number:3} {'new ' if number in new else 'dead' if number in unmoved else 'seen'}  "
        f"{label or 'start'}  {shot.url}"
        for number, (shot, label) in enumerate(zip(board.shots, board.labels, strict=True))
    ]
    return "\n".join((*lines, summary(board)))


def summary(board: Storyboard) -> str:
    return (
        f"{board.clicks} clicks, {distinct(board.shots)} distinct scenes, "
        f"{near_duplicates(board.shots)} near-duplicates, {dead(board.shots)} dead clicks"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.coverage.score", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a storyboard")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write a contact sheet, as PNG, to here")
    options = parser.parse_args(arguments)
    try:
        board = read(options.folder)
    except (OSError, ValueError, KeyError) as exc:
        print(f"{options.folder} is no storyboard: {exc}", file=sys.stderr)
        return 1
    screen.print(report(board), markup=False)
    if options.sheet and board.shots:
        cv2.imwrite(str(options.sheet), contact_sheet(board.shots, board.labels))
    return 0


if __name__ == "__main__":
    sys.exit(main())
