"""What a film comes without, though it was asked for: warnings with stable codes."""

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
    "storyboard_incomplete",
    "font_missing",
]

#: By the name of what comes with a film: how it is told that it does not.
MISSING: dict[str, FilmCode] = {
    "preview": "preview_missing",
    "poster": "poster_missing",
    "sheet": "sheet_missing",
    "captions": "captions_missing",
    "storyboard": "storyboard_missing",
}


@dataclass(frozen=True, slots=True)
class FilmWarning:
    """Why something could not be made as asked; the message is for people, the code does not change."""

    code: FilmCode
    message: str


def missing(name: str, why: object) -> FilmWarning:
    """The film goes without its preview, poster, sheet, captions or storyboard."""
    return FilmWarning(MISSING[name], f"The film has no {name}: {why}")
