"""Decodes finished films with ffmpeg."""

import asyncio
import io
import subprocess
from pathlib import Path

from PIL import Image

from video.encoding.ffmpeg_binary import find_ffmpeg
from video.encoding.verify import FilmInfo, probe


def probed(path: Path) -> FilmInfo:
    """Probes a film, decoded to its last frame."""
    return asyncio.run(probe(find_ffmpeg(), path))


def picture(path: Path, at_s: float) -> Image.Image:
    """Returns the frame at this time."""
    command = [find_ffmpeg().path, "-v", "error", "-ss", str(at_s), "-i", str(path)]
    command += ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]
    return Image.open(io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout))


def is_blank(image: Image.Image) -> bool:
    """True when nearly all of the picture is of one colour."""
    small = image.convert("L").resize((160, 90))
    histogram = small.histogram()
    return max(histogram) > 0.98 * 160 * 90
