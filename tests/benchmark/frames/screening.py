"""A film of the clock pages, watched once: what each picture says, and some of the text."""

from dataclasses import dataclass
from pathlib import Path

from tests.benchmark.frames.codes import Code, Luma
from tests.benchmark.frames.motion import Seen
from tests.benchmark.frames.projector import play

#: Where the scrolling text is, as in clock.css: from the left, from the top, width, height.
PANEL_PX = (20, 60, 560, 600)
#: Of every so many pictures the text is kept: 340 kB each.
KEEP_EVERY = 4
#: A picture with less deviation than this, of 255, shows nothing.
BLANK_DEVIATION = 2.0
#: Text that has not moved for so many pictures either way is at rest.
REST_PICTURES = 6
#: Text that moves by at least so much a picture scrolls.
SCROLL_PX = 2


@dataclass(frozen=True, slots=True)
class Screening:
    """All pictures of a film; `panels` holds the text of some, by number."""

    seen: tuple[Seen, ...]
    panels: dict[int, Luma]
    blank_start: bool

    def scrolling(self) -> list[int]:
        """Numbers of kept pictures on which the text was moving."""
        return [number for number in self.panels if self._speed(number) >= SCROLL_PX]

    def resting(self) -> list[int]:
        """Numbers of kept pictures around which the text stood still for a while."""
        return [number for number in self.panels if self._still(number)]

    def _speed(self, number: int) -> int:
        """By how much the text moved since the picture before that was another one; 0 when nobody knows."""
        here = self.seen[number].code
        for before in reversed(self.seen[max(0, number - REST_PICTURES) : number]):
            if here and before.code and before.code.page == here.page and before.code.painted != here.painted:
                return abs(here.offset_px - before.code.offset_px)
        return 0

    def _still(self, number: int) -> bool:
        around = self.seen[max(0, number - REST_PICTURES) : number + REST_PICTURES + 1]
        places = {(each.code.page, each.code.offset_px) if each.code else None for each in around}
        return len(places) == 1 and None not in places


def screen(film: Path) -> Screening:
    """Plays the film. Raises Undecodable."""
    left, top, width, height = PANEL_PX
    seen: list[Seen] = []
    panels: dict[int, Luma] = {}
    blank_start = False
    for number, shown in enumerate(play(film)):
        if number == 0:
            blank_start = bool(shown.luma.std() < BLANK_DEVIATION)
        code = Code.read(shown.luma)
        seen.append(Seen(shown.at_ms, code))
        if code and number % KEEP_EVERY == 0:
            panels[number] = shown.luma[top : top + height, left : left + width].copy()
    return Screening(tuple(seen), panels, blank_start)
