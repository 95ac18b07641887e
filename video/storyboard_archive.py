"""The storyboard: one picture for the start and for each step, with a list of what they show, as one zip."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from video.errors import VideoError

WIDTH_PX, HEIGHT_PX = 1280, 720
STEPS_FILE = "steps.json"
_PICTURE = re.compile(r"\d{3,6}\.png")

Row = Mapping[str, Any]


class StoryboardDamaged(VideoError):
    """What should be a storyboard is none."""

    code = "storyboard_damaged"


def still(jpeg: bytes) -> bytes:
    """The picture as PNG, 1280x720 when its shape is 16:9.

    One of another shape is as large as fits into 1280x720, without bars and undistorted: the viewport of a
    vertical film gives 403x720, that of a square one 720x720. Raises StoryboardDamaged for no picture.
    """
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if picture is None:
        raise StoryboardDamaged("A picture for the storyboard cannot be read.")
    height, width = picture.shape[:2]
    scale = min(WIDTH_PX / width, HEIGHT_PX / height)
    if scale != 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        # Averaging is sharpest when pixels go; when they are made, it would leave blocks.
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4)
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise StoryboardDamaged("A picture for the storyboard could not be encoded.")
    return data.tobytes()


def bind(panels: Iterable[tuple[bytes, Row]], max_bytes: int) -> tuple[bytes, int]:
    """A zip of `000.png` … and `steps.json`, and how many of the panels are in it.

    A panel is a JPEG and what `steps.json` says of it, to which the picture's name is added as `png`. Those
    that would make the zip larger than `max_bytes` are left out, from the first one on. Raises as `still`.
    """
    out, rows = io.BytesIO(), list[dict[str, Any]]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as binder:  # a PNG does not get any smaller
        for jpeg, row in panels:
            named = {"png": f"{len(rows):03}.png", **row}
            png = still(jpeg)
            if out.tell() + len(png) + _list_bytes([*rows, named]) > max_bytes:
                break
            binder.writestr(named["png"], png)
            rows.append(named)
        binder.writestr(STEPS_FILE, _list(rows))
    return out.getvalue(), len(rows)


def unpack(data: bytes, folder: Path) -> None:
    """Writes a storyboard's files into the folder, `steps.json` last; others that are there stay.

    Makes the folder if there is none. Raises StoryboardDamaged before anything is written, and OSError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as binder:
            files = {name: binder.read(name) for name in binder.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as exc:
        raise StoryboardDamaged(f"The storyboard cannot be read: {exc}") from exc
    strange = [name for name in files if name != STEPS_FILE and not _PICTURE.fullmatch(name)]
    if strange or STEPS_FILE not in files:
        raise StoryboardDamaged(f"The storyboard holds other files than its own: {sorted(files)[:5]}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files):  # digits come before letters
        (folder / name).write_bytes(files[name])


def _list(rows: list[dict[str, Any]]) -> bytes:
    # A page may contain half a surrogate pair, which cannot be written down.
    return json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _list_bytes(rows: list[dict[str, Any]]) -> int:
    """What the list takes, with 200 bytes a file for the zip's own records."""
    return len(_list(rows)) + 200 * (len(rows) + 1)
