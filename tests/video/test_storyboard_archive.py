import io
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from video.storyboard_archive import StoryboardDamaged, pack_storyboard, to_png, unpack


def jpeg(width: int, height: int, noise: bool = False) -> bytes:
    """A red picture with a blue right half, or one that does not compress."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2, 2] = picture[:, width // 2 :, 0] = 255
    if noise:
        picture = np.random.default_rng(1).integers(0, 256, picture.shape, np.uint8)
    return bytes(cv2.imencode(".jpg", picture)[1].tobytes())


@pytest.mark.parametrize(
    ("viewport", "size"),
    [
        ((1280, 720), (1280, 720)),
        ((1152, 648), (1280, 720)),
        ((1728, 972), (1280, 720)),
        ((1080, 1920), (405, 720)),
        ((972, 972), (720, 720)),
    ],
)
def test_a_picture_is_as_large_as_fits_and_keeps_its_shape(
    viewport: tuple[int, int], size: tuple[int, int]
) -> None:
    picture = Image.open(io.BytesIO(to_png(jpeg(*viewport))))

    assert (picture.format, picture.size) == ("PNG", size)
    left, right = (picture.convert("RGB").getpixel((x, 300)) for x in (10, size[0] - 10))
    assert left[0] > 200 > 60 > left[2]  # type: ignore[index]
    assert right[2] > 200 > 60 > right[0]  # type: ignore[index]


@pytest.mark.parametrize("data", [b"", b"no picture"])
def test_what_is_no_picture_is_an_error(data: bytes) -> None:
    with pytest.raises(StoryboardDamaged):
        to_png(data)


def test_panels_are_bound_with_a_list_and_unpacked_beside_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "000.png").write_text("of yesterday")
    panels = [(jpeg(1280, 720), {"url": f"https://example.com/{n}", "label": "\ud83d"}) for n in range(3)]

    data, count = pack_storyboard(panels, 1 << 20)
    unpack(data, tmp_path)

    assert count == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000.png",
        "001.png",
        "002.png",
        "notes.txt",
        "steps.json",
    ]
    assert Image.open(tmp_path / "000.png").size == (1280, 720)
    rows = json.loads((tmp_path / "steps.json").read_text())
    assert rows[2] == {"png": "002.png", "url": "https://example.com/2", "label": "?"}


def test_a_storyboard_ends_where_it_would_grow_too_large() -> None:
    noisy = jpeg(1280, 720, noise=True)

    data, count = pack_storyboard([(noisy, {})] * 3, 2 * len(to_png(noisy)) + 5_000)

    assert count == 2
    assert len(data) <= 2 * len(to_png(noisy)) + 5_000
    with zipfile.ZipFile(io.BytesIO(data)) as binder:
        assert len(json.loads(binder.read("steps.json"))) == 2


@pytest.mark.parametrize("name", ["../001.png", "/etc/001.png", "001.png.sh", "a/001.png", "steps.json/x"])
def test_only_a_storyboards_own_files_are_written(name: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as binder:
        binder.writestr("steps.json", "[]")
        binder.writestr(name, "x")

    with pytest.raises(StoryboardDamaged):
        unpack(out.getvalue(), tmp_path / "here")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"no zip"])
def test_what_is_no_storyboard_is_not_unpacked(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(StoryboardDamaged):
        unpack(data, tmp_path / "here")
