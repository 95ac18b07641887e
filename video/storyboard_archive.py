"""Packs a storyboard (a picture for the start and for each step, and a list of the steps) into a zip."""

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
    """The data is no storyboard."""

    code = "storyboard_damaged"


def to_png(jpeg: bytes) -> bytes:
    """Converts a picture to PNG, 1280x720 when its aspect ratio is 16:9.

    Others are as large as fits into 1280x720, without bars and undistorted: the viewport of a vertical film
    becomes 403x720, that of a square one 720x720. Raises StoryboardDamaged for an invalid picture.
    """
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if picture is None:
        raise StoryboardDamaged("A picture for the storyboard cannot be read.")
    height, width = picture.shape[:2]
    scale = min(WIDTH_PX / width, HEIGHT_PX / height)
    if scale != 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        # Area averaging is sharpest for downscaling; for upscaling it would leave blocks.
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4)
    encoded, data = cv2.imencode(".png", picture)
    if not encoded:
        raise StoryboardDamaged("A picture for the storyboard could not be encoded.")
    return data.tobytes()


def pack_storyboard(panels: Iterable[tuple[bytes, Row]], max_bytes: int) -> tuple[bytes, int]:
    """Packs panels into a zip of `000.png` … and `steps.json`; returns it and the number of panels in it.

    A panel is a JPEG and its entry in `steps.json`, to which the picture's name is added as `png`. The first
    panel that would make the zip larger than `max_bytes`, and all after it, are left out. Raises as `to_png`.
    """
    out, rows = io.BytesIO(), list[dict[str, Any]]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # PNGs are compressed already
        for jpeg, row in panels:
            entry = {"png": f"{len(rows):03}.png", **row}
            png = to_png(jpeg)
            if out.tell() + len(png) + _reserved_bytes([*rows, entry]) > max_bytes:
                break
            archive.writestr(entry["png"], png)
            rows.append(entry)
        archive.writestr(STEPS_FILE, _steps_json(rows))
    return out.getvalue(), len(rows)


def unpack(data: bytes, folder: Path) -> None:
    """Unpacks a storyboard's files into the folder, `steps.json` last; other files there are kept.

    Creates the folder if necessary. Raises StoryboardDamaged before anything is written, and OSError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as exc:
        raise StoryboardDamaged(f"The storyboard cannot be read: {exc}") from exc
    unexpected = [name for name in files if name != STEPS_FILE and not _PICTURE.fullmatch(name)]
    if unexpected or STEPS_FILE not in files:
        raise StoryboardDamaged(f"The storyboard holds other files than its own: {sorted(files)[:5]}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files):  # digits sort before letters
        (folder / name).write_bytes(files[name])


def _steps_json(rows: list[dict[str, Any]]) -> bytes:
    # Texts of pages may contain lone surrogates, which cannot be encoded.
    return json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _reserved_bytes(rows: list[dict[str, Any]]) -> int:
    """Computes the size of the list, with 200 bytes per file for the zip's own records."""
    return len(_steps_json(rows)) + 200 * (len(rows) + 1)
