"""Plays a film back, picture by picture, each with the moment at which a viewer sees it."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from tests.benchmark.frames.codes import VIEWPORT_PX, Luma
from video.encoding.ffmpeg_binary import find_ffmpeg


class Undecodable(Exception):
    """ffmpeg could not read the film; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a film, as brightness (0 black, 255 white), scaled to the width of the viewport."""

    at_ms: float
    luma: Luma


def play(film: Path) -> Iterator[Shown]:
    """All pictures of a film, as many as it holds: none is doubled or dropped. Raises Undecodable."""
    times_ms, (width, height) = _times_ms(film), _size(film)
    command = [_ffmpeg(), "-v", "error", "-i", str(film), "-map", "0:v:0", "-fps_mode", "passthrough"]
    command += ["-f", "rawvideo", "-pix_fmt", "gray", "-"]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=-1, stderr=said) as process:
        assert process.stdout is not None
        try:
            for at_ms in times_ms:
                data = process.stdout.read(width * height)
                if len(data) < width * height:
                    break
                yield Shown(at_ms, _scaled(np.frombuffer(data, np.uint8).reshape(height, width)))
        finally:
            process.stdout.close()
        said.seek(0)
        if complaint := said.read().decode(errors="replace").strip():
            raise Undecodable(complaint)


def _scaled(luma: Luma) -> Luma:
    """At the width of the viewport, cut or filled with white to its height."""
    width, height = VIEWPORT_PX
    if luma.shape[1] != width:
        size = (width, round(luma.shape[0] * width / luma.shape[1]))
        luma = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
    if luma.shape[0] < height:
        luma = np.pad(luma, ((0, height - luma.shape[0]), (0, 0)), constant_values=255)
    return luma[:height]


def _times_ms(film: Path) -> list[float]:
    """When each picture is shown, from the packets' time stamps."""
    asked = ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
    lines = _run([_ffmpeg(), "-v", "error", "-i", str(film), *asked]).decode().splitlines()
    base = next((line.split(":")[1] for line in lines if line.startswith("#tb 0")), "0/1")
    numerator, denominator = map(int, base.split("/"))
    stamps = sorted(int(line.split(",")[2]) for line in lines if not line.startswith("#"))
    if not stamps:
        raise Undecodable(f"{film.name} has no pictures")
    return [(stamp - stamps[0]) * 1000 * numerator / denominator for stamp in stamps]


def _size(film: Path) -> tuple[int, int]:
    """Width and height of the first picture, by making it a PNG."""
    png = _run(
        [_ffmpeg(), "-v", "error", "-i", str(film), "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]
    )
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise Undecodable(f"{film.name} has no picture")
    return picture.shape[1], picture.shape[0]


def _run(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise Undecodable(
            done.stderr.decode(errors="replace").strip() or f"ffmpeg ended with {done.returncode}"
        )
    return done.stdout


@cache
def _ffmpeg() -> str:
    return find_ffmpeg().path
