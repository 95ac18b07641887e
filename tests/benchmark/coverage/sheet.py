"""A contact sheet: each picture of a storyboard small, with what the score made of it, for people."""

from collections.abc import Sequence

import cv2
import numpy as np

from tests.benchmark.coverage.scenes import Picture, Shot, firsts, still

THUMB_PX = (400, 225)
ACROSS = 4
LINE_PX = 20
#: In BGR: a new scene, one seen before, a click that changed nothing.
COLOURS = {"new": (80, 150, 40), "seen": (30, 130, 220), "dead": (60, 60, 200)}


def contact_sheet(shots: Sequence[Shot], labels: Sequence[str]) -> Picture:
    """`labels` say what was clicked before each shot; the first one's is for the start page."""
    new, dead = set(firsts(shots)), set(still(shots))
    tiles = []
    for number, (shot, label) in enumerate(zip(shots, labels, strict=True)):
        verdict = "new" if number in new else "dead" if number in dead else "seen"
        tiles.append(_tile(shot, f"{number} {verdict}: {label}", COLOURS[verdict]))
    blank = np.full_like(tiles[0], 255)
    tiles += [blank] * (-len(tiles) % ACROSS)
    lines = [np.hstack(tiles[first : first + ACROSS]) for first in range(0, len(tiles), ACROSS)]
    return np.asarray(np.vstack(lines), np.uint8)


def _tile(shot: Shot, title: str, colour: tuple[int, int, int]) -> Picture:
    thumb = cv2.resize(shot.picture, THUMB_PX, interpolation=cv2.INTER_AREA)
    tile = np.full((THUMB_PX[1] + 2 * LINE_PX + 12, THUMB_PX[0] + 8, 3), 255, np.uint8)
    tile[2 * LINE_PX + 4 : 2 * LINE_PX + 4 + THUMB_PX[1], 4:-4] = thumb
    for line, (text, ink) in enumerate(((title, colour), (shot.path, (110, 110, 110)))):
        # Hershey fonts have no letters beyond ASCII.
        plain = text.encode("ascii", "replace").decode()[:52]
        place = (6, (line + 1) * LINE_PX - 4)
        cv2.putText(tile, plain, place, cv2.FONT_HERSHEY_SIMPLEX, 0.44, ink, 1, cv2.LINE_AA)
    return tile
