"""Script coverage: for which scripts this machine has no font, and which package has one.

It is about the pages of a film: what Chromium finds no font for is filmed as boxes. `text` manages
without.
"""

from collections.abc import Iterable
from functools import lru_cache

from video.typography.installed_fonts import has_most
from video.typography.unicode_scripts import NAMED, SCRIPTS, Script, scripts_in


def missing_scripts(text: str) -> tuple[str, ...]:
    """Names of the scripts that the text is written in and that no font of this machine has."""
    return tuple(script.name for script in scripts_in(text) if _is_missing(script))


def all_missing() -> tuple[str, ...]:
    """Names of all scripts that no font of this machine has."""
    return tuple(script.name for script in SCRIPTS if _is_missing(script))


def font_missing(name: str) -> str:
    """What the missing font of a script does to a film, and what mends it: a sentence for who watches it."""
    script = NAMED[name]
    return (
        f"No font for {script.name} is installed: {script.signs} are boxes in the film. "
        f"Install {script.package}."
    )


def packages_for(names: Iterable[str]) -> tuple[str, ...]:
    """Debian's packages with fonts for these scripts, each once."""
    return tuple(dict.fromkeys(NAMED[name].package for name in names))


@lru_cache
def _is_missing(script: Script) -> bool:
    # Some letters of a script are in fonts for another, and some fonts for it lack a rare one.
    return not has_most(script.sample)
