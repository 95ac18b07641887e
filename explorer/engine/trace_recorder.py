"""Records an exploration while it runs: the trace that a film is cut from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from explorer.input.mouse import Mouse
from explorer.page.settle import Settler
from explorer.protocols import Clock
from explorer.state.refusals import Refusals
from explorer.text import clip
from explorer.trace import MAX_LOOKED_AT, Focus, LookedAt, Note, SiteBranding, Trace, Visit, Wait
from explorer.types import Element, Step, StopReason, TakeWarning

T = TypeVar("T", bound="_Ended")

#: Those before it are Latin, which each font has.
FIRST_LETTER = "\u0250"
MAX_LETTERS = 2_000
#: What only scripts direct.
DIRECTIONS = ("captions", "chapters", "holds", "cuts")


class _Ended(Protocol):
    """Something that ended at a moment."""

    @property
    def to_ms(self) -> float: ...


class TraceRecorder:
    """Collects steps and visits; pointer, scrolls, waits and refusals are kept where they arise."""

    def __init__(self, clock: Clock, mouse: Mouse, settler: Settler, refusals: Refusals) -> None:
        self._clock = clock
        self._mouse = mouse
        self._settler = settler
        self._refusals = refusals
        self.steps: list[Step] = []
        self.visits: list[Visit] = []
        self.branding = SiteBranding()
        #: What was tried off camera.
        self.looked_at: list[LookedAt] = []
        #: The kinds of obstacles that could not be closed, in order; why a page's language is not known.
        self.obstacles_left: list[str] = []
        self.language_note = ""
        #: What a script says and wants to be seen, and what it did off camera.
        self.captions: list[Note] = []
        self.chapters: list[Note] = []
        self.holds: list[Wait] = []
        self.cuts: list[Wait] = []
        self.focuses: list[Focus] = []
        #: Pictures that a script has taken, as JPEG by name.
        self.pictures: dict[str, bytes] = {}
        #: Each letter once that pages have shown, from `FIRST_LETTER` on.
        self.letters: set[str] = set()
        #: The keys of all that was ever offered to be clicked.
        self.offered: set[str] = set()
        self.start_ms = 0.0
        #: Nothing later is for the film, though more may have been filmed.
        self._end_ms: float | None = None
        #: The last moment between two steps at which what is on screen was known to be fit for the film.
        self._confirmed_ms = 0.0

    def begin_film(self) -> None:
        """Starts the film at this moment."""
        self.start_ms = self._confirmed_ms = self._clock.now_ms()

    def confirm(self) -> None:
        """Confirms that all filmed so far may be shown, except in the scope monitor's margin before now."""
        self._confirmed_ms = self._clock.now_ms()

    def end_at(self, end_ms: float) -> None:
        """Ends the film at a moment that has passed."""
        self._end_ms = max(self.start_ms, end_ms)

    def resume(self) -> None:
        """Goes on after a film that has ended early: what was not for it is cut out."""
        if self._end_ms is not None:
            self.visits[:] = [visit for visit in self.visits if visit.at_ms <= self._end_ms]
            self.cuts.append(Wait(self._end_ms, self._clock.now_ms()))
            self._end_ms = None

    def note_wait(self, began_ms: float) -> None:
        """Records that nothing but waiting was filmed from `began_ms` until now."""
        self._settler.waits.append(Wait(began_ms, self._clock.now_ms()))

    def note_obstacle(self, kind: str) -> None:
        """Records that an obstacle of this kind, such as `consent`, could not be closed."""
        if kind not in self.obstacles_left:
            self.obstacles_left.append(kind)

    def note_unknown_language(self, note: str) -> None:
        """Records that a page is in a language without word lists; the first note is kept."""
        self.language_note = self.language_note or note

    def note_letters(self, text: str) -> None:
        """Records which letters a page shows."""
        if len(self.letters) < MAX_LETTERS:
            self.letters.update(char for char in text if char >= FIRST_LETTER)

    def note_offered(self, elements: Iterable[Element]) -> None:
        """Records what may be clicked."""
        self.offered.update(element.key for element in elements)

    def trace(self, stop: StopReason, warnings: tuple[TakeWarning, ...] = ()) -> Trace:
        """The whole trace, once the exploration has ended."""
        return Trace(
            start_ms=self.start_ms,
            end_ms=self._clock.now_ms() if self._end_ms is None else self._end_ms,
            stop_reason=stop,
            steps=tuple(self.steps),
            visits=tuple(self.visits),
            refused=self._refusals.all(),
            pointer=tuple(self._mouse.trail),
            scrolls=tuple(self._mouse.scrolls),
            waits=tuple(self._settler.waits),
            branding=self.branding,
            looked_at=self._looked_at(),
            warnings=warnings,
            letters="".join(sorted(self.letters)),
            pictures=dict(self.pictures),
            **self._directions(float("inf")),
        )

    def trace_so_far(self) -> Trace:
        """The trace up to the last confirmed moment; its stop reason means nothing, warnings are left out."""
        end_ms = self._confirmed_ms
        return Trace(
            start_ms=self.start_ms,
            end_ms=end_ms,
            stop_reason="nothing_left",
            steps=tuple(step for step in self.steps if step.end_ms <= end_ms),
            visits=tuple(visit for visit in self.visits if visit.at_ms <= end_ms),
            refused=self._refusals.all(),
            pointer=tuple(sample for sample in self._mouse.trail if sample.at_ms <= end_ms),
            scrolls=_ended_by(self._mouse.scrolls, end_ms),
            waits=_ended_by(self._settler.waits, end_ms),
            branding=self.branding,
            looked_at=self._looked_at(),
            **self._directions(end_ms),
        )

    def _directions(self, end_ms: float) -> dict[str, Any]:
        """What a script has directed up to a moment."""
        begun = (one for one in self.focuses if one.from_ms <= end_ms)
        last_ms = min(end_ms, self._clock.now_ms())
        focuses = tuple(replace(one, to_ms=min(one.to_ms, last_ms)) for one in begun)
        return {name: _ended_by(getattr(self, name), end_ms) for name in DIRECTIONS} | {"focuses": focuses}

    def _looked_at(self) -> tuple[LookedAt, ...]:
        return tuple(
            replace(one, what=clip(one.what), page_url=clip(one.page_url))
            for one in self.looked_at[:MAX_LOOKED_AT]
        )


def name_of(element: Element) -> str:
    """What viewers are told that it is: its name, or else what it is and where it stands."""
    name = element.label or element.text or element.placeholder or element.hint or "Part of the page"
    if not any(map(str.isalnum, name)):
        return element.title or name  # a sign such as a triangle says less than its tooltip
    # Guardrails judge the word that an icon font draws, as in "delete Item 3"; viewers do not see it.
    first, _, rest = name.partition(" ")
    if first in element.icon.split():
        return rest if rest[:1].isupper() else name if rest else re.sub("[_-]", " ", name)
    return name


def role_of(element: Element) -> str:
    """The element's ARIA role; `summary` for what unfolds a `details` element."""
    return "summary" if element.tag == "summary" else element.role


def _ended_by(records: Sequence[T], end_ms: float) -> tuple[T, ...]:
    return tuple(record for record in records if record.to_ms <= end_ms)
