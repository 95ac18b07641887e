"""Artifacts: what comes with a film, in one table.

Storage keys, uploads, links, routes, command-line options and docs follow from it. How to add one is in
docs/recipes.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that is made beside the film; a film does not fail with it."""

    #: Its file in the folder of a stage, whose ending is also that of a download.
    file: str
    media_type: str
    #: One line for people.
    help: str
    #: Option of the command line that names a file for it; "" for none.
    flag: str = ""
    #: Whether the film's stage makes it as a file. Else a take stores it itself.
    with_film: bool = True
    #: Whether it is kept when the film itself fails.
    outlives_failure: bool = False


#: By the name that each has in a job, in its links and in its address.
ARTIFACTS: Mapping[str, Artifact] = MappingProxyType(
    {
        "preview": Artifact("preview.mp4", "video/mp4", "a small film with a watermark"),
        "poster": Artifact("poster.png", "image/png", "one picture of it (PNG)", "--poster"),
        "sheet": Artifact(
            "sheet.png", "image/png", "pictures from all of it on one sheet (PNG)", "--contact-sheet"
        ),
        "captions": Artifact(
            "captions.vtt", "text/vtt; charset=utf-8", "its captions (WebVTT)", "--subtitles"
        ),
        "timeline": Artifact(
            "timeline.json",
            "application/json",
            "what happened in it, and when (JSON)",
            "--timeline",
            with_film=False,
            outlives_failure=True,
        ),
        "storyboard": Artifact(
            "storyboard.zip",
            "application/zip",
            "a picture of the start and of each step, and steps.json",
            with_film=False,
            outlives_failure=True,
        ),
        "pictures": Artifact(
            "pictures.zip",
            "application/zip",
            "the pictures that a script has taken",
            "--pictures",
            with_film=False,
        ),
        "screenshot": Artifact(
            "screenshot.jpg",
            "image/jpeg",
            "the page on which a script has failed (JPEG)",
            with_film=False,
            outlives_failure=True,
        ),
    }
)
