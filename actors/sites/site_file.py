"""A site file and its folder: which file is for an address, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from actors.option_checks import ascii_host
from actors.options import ExplorationOptions, FilmOptions

if TYPE_CHECKING:
    from explorer.script.model import Script
    from explorer.script.variables import BoundScript

#: The pattern of hosts that is for all others.
GENERIC = "*"
#: Between two takes of one host in a batch, and how many at a time, where no file says otherwise.
PACE_S, AT_ONCE = 2.0, 1


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the operator's; `exploration`, `film` and `limits` count where their fields were set."""

    name: str
    #: Host names with `*` for any characters, or `*` alone for all hosts that no other file is for.
    hosts: tuple[str, ...]
    #: Played when a request brings no script; its address is that of the request.
    script: "Script | None" = None
    exploration: ExplorationOptions = field(default_factory=ExplorationOptions)
    film: FilmOptions = field(default_factory=FilmOptions)
    #: Above these no limit may be.
    limits: ExplorationOptions = field(default_factory=ExplorationOptions)
    #: The button that refuses or closes the consent box: `css=` and a selector, or its words.
    consent: tuple[str, ...] = ()
    #: Targets that are filled with black.
    mask: tuple[str, ...] = ()
    pace_s: float = PACE_S
    at_once: int = AT_ONCE

    def bound_script(self, url: str) -> "BoundScript | None":
        """The file's script from `url` on; no guardrail yields to its words, for it widens nothing."""
        if self.script is None:
            return None
        from explorer.script.variables import bind  # takes a third of a second, and most have no script

        literal_url = url.replace("{{", r"\{{")
        return bind(self.script.model_copy(update={"url": literal_url}), {}).untrusted()


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """All files of a folder, in the order of their names."""

    folder: str = ""
    files: Sequence[SiteFile] = ()

    def match(self, url: str) -> SiteFile | None:
        """The first file for the host of `url`, or else the first generic one."""
        host = ascii_host(urlsplit(url).hostname or "")
        fitting = [
            (pattern == GENERIC, index)
            for index, file in enumerate(self.files)
            for pattern in file.hosts
            if fnmatchcase(host, pattern)
        ]
        return self.files[min(fitting)[1]] if fitting else None

    def __str__(self) -> str:
        return self.folder
