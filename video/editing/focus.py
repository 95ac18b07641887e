"""What a script draws attention to: closer views, and highlights that dim the rest of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from video.editing.composition import Box, Highlight
from video.editing.pacing import Pace
from video.editing.timeline import Focus
from video.editing.zoom import OUT_MS, ease, fit_view, interpolate

#: How long it takes to move closer, and to dim.
IN_MS = 800.0
DIM_MS = 250.0


@dataclass(frozen=True, slots=True)
class FocusPlan:
    """The focuses of a film in film time; `whole` is the page, `max_zoom` the closest view."""

    focuses: Sequence[Focus]
    pace: Pace
    whole: Box
    max_zoom: float

    @property
    def over_ms(self) -> float:
        """End of the last move back."""
        ends = [self.pace.film_ms(one.to_ms) + OUT_MS for one in self.focuses if one.kind == "zoom"]
        return max(ends, default=0.0)

    def view_at(self, film_ms: float, view: Box) -> Box:
        """The view at a moment: `view`, or closer where a script asks for it."""
        for one in self.focuses:
            closer = fit_view(_box(one), self.whole, self.max_zoom) if one.kind == "zoom" else None
            if closer and (share := self._share(one, film_ms, IN_MS, OUT_MS)):
                view = interpolate(view, closer, ease(share))
        return view

    def highlight_at(self, film_ms: float) -> Highlight | None:
        """What is highlighted at a moment, and how much."""
        for one in self.focuses:
            if one.kind == "highlight" and (share := self._share(one, film_ms, DIM_MS, DIM_MS)):
                return Highlight(_box(one), round(share, 4))
        return None

    def _share(self, focus: Focus, film_ms: float, in_ms: float, out_ms: float) -> float:
        """How far it has come, from 0 to 1: in after its beginning, out after its end."""
        start_ms, end_ms = self.pace.film_ms(focus.from_ms), self.pace.film_ms(focus.to_ms)
        share = min((film_ms - start_ms) / in_ms, 1 - (film_ms - end_ms) / out_ms)
        return min(max(share, 0.0), 1.0)


def _box(focus: Focus) -> Box:
    return Box(*focus.area)
