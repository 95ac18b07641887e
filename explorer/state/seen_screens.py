"""Measures how much a picture, and what can be read in it, differ from all that the film has shown."""

from collections.abc import Iterable

from explorer.page.visible_text import Line, TextChange
from explorer.page.visual_diff import NEW_SCENE_SHARE, NEW_SCENE_SHARE_OTHER_PATH, Picture, changed_share


class SeenScreens:
    """The pictures that the film has shown, one for each scene."""

    def __init__(self) -> None:
        self._shown: list[Picture] = []
        #: Lines that could be read, with their figures and without.
        self._read: set[str] = set()

    def add(self, picture: Picture) -> bool:
        """Adds a picture that was shown; False when it is no new scene."""
        new = self.novelty(picture) >= 1
        if new:
            self._shown.append(picture)
        return new

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Adds what could be read on screen."""
        for line in lines:
            self._read.update((line.text, line.folded))

    def text_novelty(self, change: TextChange) -> float:
        """How much of what a click brings could not be read yet: from 1 on it is a scene of its own."""
        return sum(weight for key, weight in change.weights.items() if key not in self._read)

    def novelty(self, picture: Picture) -> float:
        """How much it differs from the most similar picture shown: from 1 on it is a scene of its own."""
        return min((_distance(picture, shown) for shown in self._shown), default=10.0)


def _distance(one: Picture, other: Picture) -> float:
    least = NEW_SCENE_SHARE if one.path == other.path else NEW_SCENE_SHARE_OTHER_PATH
    return changed_share(one, other) / least
