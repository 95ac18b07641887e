"""Warnings about requested parts of a film that could not be made, with stable codes."""

from dataclasses import dataclass
from typing import Literal

FilmCode = Literal[
    "style_simplified",
    "preview_missing",
    "poster_missing",
    "sheet_missing",
    "captions_missing",
    "subtitles_missing",
    "storyboard_missing",
    "pictures_missing",
    "storyboard_incomplete",
    "font_missing",
]

#: Warning codes by the name of the missing part.
MISSING: dict[str, FilmCode] = {
    "preview": "preview_missing",
    "poster": "poster_missing",
    "sheet": "sheet_missing",
    "captions": "captions_missing",
    "storyboard": "storyboard_missing",
    "pictures": "pictures_missing",
}


@dataclass(frozen=True, slots=True)
class FilmWarning:
    """Why a part could not be made as requested; the message is for people, the code is stable."""

    code: FilmCode
    message: str


def missing(name: str, reason: object) -> FilmWarning:
    """Creates the warning for a missing preview, poster, sheet, captions or storyboard."""
    return FilmWarning(MISSING[name], f"The film has no {name}: {reason}")
