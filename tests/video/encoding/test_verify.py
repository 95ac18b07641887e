"""The probe decodes a film to its end and believes nothing else."""

import subprocess
from pathlib import Path

import pytest

from tests.video.support.drawn import HEIGHT, WIDTH, composition_of, shots
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.mp4_boxes import list_boxes
from video.encoding.verify import FilmInfo, check, probe
from video.errors import EncodingFailed
from video.style import Style

pytestmark = pytest.mark.anyio


@pytest.fixture
def sample(ffmpeg: Ffmpeg, tmp_path: Path) -> Path:
    """Two seconds of a test picture, not laid out for fast starting."""
    path = tmp_path / "sample.mp4"
    source = f"testsrc=size={WIDTH}x{HEIGHT}:rate=25:duration=2"
    command = [ffmpeg.path, "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-colorspace", "bt709", str(path)], check=True)
    return path


def damage(path: Path) -> None:
    """Blanks some of the pictures in the middle."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)


def size_bytes(path: Path) -> int:
    return path.stat().st_size


async def test_a_film_is_described(ffmpeg: Ffmpeg, sample: Path) -> None:
    film = await probe(ffmpeg, sample)
    assert (film.frames, film.width, film.height, film.fps) == (50, WIDTH, HEIGHT, 25)
    assert (film.codec, film.profile, film.pix_fmt) == ("h264", "High", "yuv420p")
    assert film.duration_s == pytest.approx(2.0)
    assert film.size_bytes == size_bytes(sample)
    assert not film.faststart
    assert [kind for kind, _ in list_boxes(sample)] == ["ftyp", "free", "mdat", "moov"]


async def test_a_damaged_film_does_not_pass(ffmpeg: Ffmpeg, sample: Path) -> None:
    damage(sample)
    with pytest.raises(EncodingFailed, match="decode"):
        await probe(ffmpeg, sample)


@pytest.mark.parametrize("data", [b"", b"not a film at all"])
async def test_what_is_no_film_does_not_pass(ffmpeg: Ffmpeg, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "no.mp4"
    path.write_bytes(data)
    with pytest.raises(EncodingFailed):
        await probe(ffmpeg, path)


def test_a_film_that_is_not_what_was_cut_is_refused() -> None:
    made = FilmInfo(2.0, 50, WIDTH, HEIGHT, 30.0, "yuv420p", "tv, bt709", "h264", "High", 1000, True)
    check(made, composition_of(shots(50)))
    with pytest.raises(EncodingFailed, match="51"):
        check(made, composition_of(shots(51)))
    with pytest.raises(EncodingFailed, match="webm"):
        check(made, composition_of(shots(50), Style(name="plain", format="webm")))
