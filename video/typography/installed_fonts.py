"""Installed fonts: which characters the fonts of this machine have, all of them together."""

import subprocess
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from video.typography.system_fonts import has_glyph

FC_LIST_LIMIT_S = 20.0
#: Where fonts are, for where there is no fontconfig to ask.
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
)
#: Any, and the only one that Noto Color Emoji has.
SIZES_PX = (24, 109)
SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}

Ranges = list[tuple[int, int]]


def has_most(letters: Iterable[str]) -> bool:
    """True when the machine's fonts have most of these letters; without fontconfig, when one font has."""
    wanted = {*letters}
    if known() is not None:
        return _is_most(wanted, map(is_known, wanted))
    fonts = ((file, size) for size in SIZES_PX for file in _files())
    return any(_is_most(wanted, (has_glyph(file, 0, char, size) for char in wanted)) for file, size in fonts)


def is_known(char: str) -> bool:
    """True when fontconfig knows a font for the character."""
    ranges = known() or []
    place = bisect_right(ranges, ord(char), key=lambda found: found[0]) - 1
    return place >= 0 and ord(char) <= ranges[place][1]


@lru_cache(maxsize=1)
def known() -> Ranges | None:
    """All code points that fontconfig knows a font for, as ranges in order; None where it cannot be asked."""
    command = ["fc-list", "-f", "%{charset} "]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FC_LIST_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return merged(map(_range, {*done.stdout.split()}))


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same code points in order, without overlaps."""
    found: Ranges = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def _is_most(letters: set[str], there: Iterable[bool]) -> bool:
    return 2 * sum(there) > len(letters)


def _range(part: str) -> tuple[int, int]:
    """`41-5a` or `41`, in hexadecimal."""
    first, _, last = part.partition("-")
    return int(first, 16), int(last or first, 16)


@lru_cache(maxsize=1)
def _files() -> tuple[str, ...]:
    found = (path for folder in FOLDERS for path in Path(folder).expanduser().rglob("*"))
    return tuple(str(path) for path in found if path.suffix.lower() in SUFFIXES)
