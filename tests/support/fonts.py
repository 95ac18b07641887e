"""Machines with other fonts than this one: Python where fontconfig knows a few fonts, or none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from video.typography.font_fallback import FILES, FOLDER

INTER = FOLDER / FILES["medium"]


def only_fonts(folder: Path, fonts: Sequence[Path] = ()) -> dict[str, str]:
    """Variables under which fontconfig knows these fonts alone."""
    there = folder / "fonts"
    there.mkdir(parents=True)
    for font in fonts:
        shutil.copy(font, there)
    settings = folder / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{there}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>"
    )
    return {"FONTCONFIG_FILE": str(settings)}


def without_shaping(folder: Path) -> dict[str, str]:
    """Variables under which Pillow does not find FriBidi, and so cannot shape."""
    folder.mkdir(parents=True)
    for name in ("libfribidi.so.0", "libfribidi.so"):
        (folder / name).touch()
    return {"LD_LIBRARY_PATH": str(folder)}


def python(program: str, variables: dict[str, str]) -> str:
    """What a program prints."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | variables
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
