"""An ffmpeg is found, or the error says how to get one."""

import os
from pathlib import Path

import pytest

from video.encoding.ffmpeg_binary import Ffmpeg, find_ffmpeg
from video.errors import FfmpegMissing


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_the_ffmpeg_found_can_make_our_films() -> None:
    found = find_ffmpeg()
    assert found.version
    assert "libx264" in found.encoders
    assert "ass" in found.filters
    assert not found.missing


def test_a_configured_ffmpeg_is_used(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    chosen = tmp_path / "my-ffmpeg"
    chosen.symlink_to(ffmpeg.path)
    assert find_ffmpeg(str(chosen)).path == str(chosen)


def test_a_configured_ffmpeg_that_is_not_there_is_an_error_and_not_passed_over() -> None:
    with pytest.raises(FfmpegMissing, match=r"FFMPEG_PATH is /nowhere/ffmpeg, but .* does not run"):
        find_ffmpeg("/nowhere/ffmpeg")


def test_a_configured_program_that_is_not_ffmpeg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FfmpegMissing, match="is not ffmpeg"):
        find_ffmpeg(script(tmp_path / "other", "echo hello"))


def test_a_configured_ffmpeg_without_what_we_need_is_refused(tmp_path: Path) -> None:
    slim = script(tmp_path / "slim", "echo ffmpeg version 7.1 slim")
    with pytest.raises(FfmpegMissing, match="lacks ass, colorspace, fps, libx264, scale"):
        find_ffmpeg(slim)


def test_a_slim_ffmpeg_on_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slim = script(tmp_path / "ffmpeg", "echo ffmpeg version 7.1 slim")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert find_ffmpeg().path != slim
