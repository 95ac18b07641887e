"""Places captions and chapters in the film, and captions away from the click."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace

from video.editing.caption_text import caption, clean_name, clip, reading_ms
from video.editing.composition import Anchor, Box, Caption, Chapter, VisibleCaption
from video.editing.cursor import Path
from video.editing.pacing import Pace, Reading
from video.editing.timeline import Note, Step, Timeline

#: How long a caption stays after its click.
EFFECT_SHOWN_MS = 900.0
FADE_MS = 150.0
#: Captions are in the last quarter of the window, where they must not cover what is clicked.
CAPTION_AREA_FROM = 0.75
#: What appears is kept uncovered too, when this share above it is free.
MIN_FREE_SHARE = 0.25
#: The end of the pointer's path to a click, which a caption must not cover.
APPROACH_MS = 250.0
MIN_CHAPTER_MS = 1_000.0
MAX_TITLE_CHARS = 80
MAX_NOTE_CHARS = 120
SEPARATORS = re.compile(r"\s+(?:[|\u2013\u2014\u00b7\u22c5\u2022\u00bb\u203a:-]|::)\s+|\s*\|\s*")


def readings(steps: Sequence[Step]) -> list[Reading]:
    """Computes when the steps' captions appear and their reading times."""
    return [Reading(step.start_ms, reading_ms(caption(step))) for step in steps]


def captions(
    steps: Sequence[Step], views: Sequence[Box | None], whole: Box, path: Path, pace: Pace
) -> tuple[Caption, ...]:
    """Places one caption for each step; `views` holds the zoomed view of each step, if any."""
    starts = [pace.film_ms(step.start_ms) for step in steps]
    film_end_ms = pace.film_frames * pace.frame_ms
    result = []
    for index, (step, start_ms) in enumerate(zip(steps, starts, strict=True)):
        text = caption(step)
        needed_until_ms = max(
            start_ms + reading_ms(text),
            pace.film_ms(step.click_ms) + EFFECT_SHOWN_MS,
            pace.film_ms(step.end_ms),
        )
        next_ms = starts[index + 1] if index + 1 < len(starts) else film_end_ms
        anchor = _anchor(step, views[index], whole, path)
        result.append(Caption(start_ms, max(min(needed_until_ms, next_ms), start_ms), text, anchor))
    return tuple(result)


def with_notes(step_captions: Sequence[Caption], notes: Sequence[Note], pace: Pace) -> tuple[Caption, ...]:
    """Adds the words that a script shows by itself; each caption ends where the next begins."""
    shown = [
        Caption(
            pace.film_ms(note.from_ms), pace.film_ms(note.to_ms), clip(note.text, MAX_NOTE_CHARS), "bottom"
        )
        for note in notes
    ]
    ordered = sorted([*step_captions, *shown], key=lambda one: one.start_ms)
    ends = [*(one.start_ms for one in ordered[1:]), float("inf")][: len(ordered)]
    return tuple(
        replace(one, end_ms=max(one.start_ms, min(one.end_ms, end)))
        for one, end in zip(ordered, ends, strict=True)
    )


def visible_caption(
    captions: Sequence[Caption], starts_ms: Sequence[float], film_ms: float
) -> VisibleCaption | None:
    """Returns the caption at a moment of the film, with its fade."""
    index = bisect_right(starts_ms, film_ms) - 1
    if index < 0:
        return None
    shown = captions[index]
    opacity = min(film_ms - shown.start_ms, shown.end_ms - film_ms) / FADE_MS
    return VisibleCaption(index, round(min(opacity, 1.0), 4)) if opacity > 0 else None


def chapters(timeline: Timeline, pace: Pace, end_ms: float) -> tuple[Chapter, ...]:
    """Places a chapter for each page, the last up to `end_ms`; one shown for less than a second has none."""
    marks = timeline.chapters
    visits = [visit for visit in timeline.visits if visit.at_ms <= timeline.end_ms and not marks]
    titles = [mark.title for mark in marks] or clean_titles([visit.title for visit in visits])
    starts = [pace.film_ms(place.at_ms) for place in (marks or visits)]
    result: list[tuple[float, str]] = []
    for start_ms, title in zip(starts, titles, strict=True):
        if result and (start_ms - result[-1][0] < MIN_CHAPTER_MS or not result[-1][1]):
            result[-1] = (result[-1][0], title)
        elif not result or result[-1][1] != title:
            result.append((start_ms, title))
        if len(result) > 1 and result[-1][1] == result[-2][1]:
            result.pop()
    if len(result) > 1 and end_ms - result[-1][0] < MIN_CHAPTER_MS:
        result.pop()
    if not result:
        return ()
    result = [(0.0 if index == 0 else start, title) for index, (start, title) in enumerate(result)]
    ends = [*(start for start, _ in result[1:]), end_ms]
    return tuple(
        Chapter(start, end, title or "Page") for (start, title), end in zip(result, ends, strict=True)
    )


def clean_titles(titles: Sequence[str]) -> list[str]:
    """Removes the common part of titles: the site's name at the end or else at the beginning."""
    parts = [[part for text in SEPARATORS.split(title) if (part := clean_name(text))] for title in titles]
    distinct = {tuple(part) for part in parts if part}
    ends = _common(distinct, -1)
    begins = "" if ends else _common(distinct, 0)
    return [_without_common(part, ends, begins) for part in parts]


def _common(titles: Collection[tuple[str, ...]], position: int) -> str:
    """Finds the most frequent prefix of this part of the titles, when at least two have it."""
    names = {title[position] for title in titles if len(title) > 1}
    counts = {name: sum(title[position].startswith(name) for title in titles) for name in names}
    best = max(counts, key=lambda name: (counts[name], name), default="")
    return best if counts.get(best, 0) > 1 else ""


def _without_common(parts: list[str], ends: str, begins: str) -> str:
    if len(parts) > 1 and ends and parts[-1].startswith(ends):
        parts = parts[:-1]
    elif len(parts) > 1 and begins and parts[0].startswith(begins):
        parts = parts[1:]
    return clip(" \u2013 ".join(parts), MAX_TITLE_CHARS)


def _anchor(step: Step, view: Box | None, whole: Box, path: Path) -> Anchor:
    """Anchors a caption at the top when target, click or pointer path are low in the window."""
    bottoms = [step.y, *(sample.y for sample in path.between(step.click_ms - APPROACH_MS, step.click_ms))]
    if step.target is not None:
        bottoms.append(min(step.target.y + step.target.height, step.y + whole.height / 4))
    if step.appeared is not None and step.appeared.y > whole.height * MIN_FREE_SHARE:
        bottoms.append(step.appeared.y + step.appeared.height)
    lowest = max(bottoms)
    boxes = [whole, view] if view else [whole]
    return "top" if any(lowest > box.y + box.height * CAPTION_AREA_FROM for box in boxes) else "bottom"
