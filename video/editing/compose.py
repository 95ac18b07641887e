"""Composes a film: decides what each frame shows, from the timeline and a style. Pure arithmetic.

A film can be composed while its take still runs. Then the timeline is a prefix of the take, and it says how
many of its leading frames stay as they are whatever comes. For that, nothing in a frame may depend on what
happens more than `LOOKAHEAD_MS` of film later, and every number is derived from the take's own times, never
from sums that another end would change.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import ceil

from video.editing.captions import FADE_MS, captions, chapters, readings, visible_caption, with_notes
from video.editing.composition import Box, Caption, Composition, FrameSpec, Pointer
from video.editing.cursor import POINTER_AHEAD_MS, Clicks, Path
from video.editing.focus import FocusPlan
from video.editing.pacing import Pace, pace
from video.editing.timeline import Step, Timeline
from video.editing.zoom import ENDING_MS, ZOOM_AHEAD_MS, Zoom, keep_pointer_in_view, max_factor, zoom
from video.errors import NoFootage
from video.style import Style, layout

#: Duration of the title card, and of its fade over the still first page.
CARD_MS = 1_800.0
CARD_FADE_MS = 400.0
#: A frame that was captured at most this much after a moment is shown at that moment: times are rounded.
ROUNDING_MS = 1.0
LOOKAHEAD_MS = max(ZOOM_AHEAD_MS, POINTER_AHEAD_MS, FADE_MS)


def compose(
    timeline: Timeline, frame_times_ms: Sequence[float], style: Style | None = None, *, final: bool = True
) -> Composition:
    """Composes a take whose frames were captured at `frame_times_ms` (ascending). Raises NoFootage.

    The film begins with the picture at `timeline.start_ms` and shows nothing after `timeline.end_ms`. Unless
    it is `final`, the take may continue after the timeline's end, at which no step is in progress.
    """
    style = style or Style()
    count = bisect_right(frame_times_ms, max(timeline.end_ms, timeline.start_ms))
    if not count:
        raise NoFootage("The take has no frames, so there is nothing to make a film of; film the site again.")
    frames = frame_times_ms[:count]
    steps = [step for step in timeline.steps if timeline.start_ms <= step.click_ms <= timeline.end_ms]
    card_ms = CARD_MS + CARD_FADE_MS if style.title_card else 0.0
    caption_readings = readings(steps) if style.captions else []
    pacing = pace(timeline, frames, style, caption_readings, card_ms)
    path = Path(timeline.pointer)
    zoom_plan = zoom(timeline, steps, path, pacing, style)
    closest = max_factor(timeline, style) if style.zoom else 1.0
    focus_plan = FocusPlan(timeline.focuses, pacing, zoom_plan.whole, closest)
    of_steps = captions(steps, zoom_plan.views, zoom_plan.whole, path, pacing)
    film_captions = with_notes(of_steps, timeline.captions, pacing)
    planned = (zoom_plan, focus_plan, film_captions)
    frame_specs = tuple(_frame_specs(steps, frames, style, pacing, path, *planned))
    return Composition(
        style=style,
        layout=layout(style),
        title=timeline.title,
        url=timeline.url,
        theme=timeline.theme,
        icon=timeline.icon,
        frame_specs=frame_specs,
        captions=film_captions,
        chapters=chapters(timeline, pacing, len(frame_specs) * 1000 / style.fps),
        settled_frames=len(frame_specs) if final else _settled(pacing),
    )


def _settled(pacing: Pace) -> int:
    """How many leading frames stay as they are whatever comes."""
    settled = pacing.settled_frames - ceil(LOOKAHEAD_MS * pacing.fps / 1000)
    return max(0, settled) if settled > pacing.spans[0].film else 0


def _frame_specs(
    steps: Sequence[Step],
    frames: Sequence[float],
    style: Style,
    pacing: Pace,
    path: Path,
    zoom_plan: Zoom,
    focus_plan: FocusPlan,
    film_captions: Sequence[Caption],
) -> Iterator[FrameSpec]:
    """Yields one spec for each film frame; the last is held until length and zooms are complete."""
    pressed = [step for step in steps if step.action != "hover"]
    clicks = Clicks(pressed, [pacing.film_ms(step.click_ms) for step in pressed])
    starts_ms = [caption.start_ms for caption in film_captions]
    moments = [*pacing.moments()]
    over_ms = max(zoom_plan.over_ms, focus_plan.over_ms)
    length_ms = max(style.min_film_ms, over_ms + ENDING_MS if over_ms else 0.0)
    moments += [moments[-1]] * (ceil(length_ms * style.fps / 1000) - len(moments))
    for number, at_ms in enumerate(moments):
        film_ms = number * 1000 / style.fps
        card = _card_opacity(film_ms) if style.title_card else 0.0
        view = focus_plan.view_at(film_ms, zoom_plan.at(film_ms))
        pointer = None
        if path and card < 1:
            point = path.at(at_ms)
            pointer = Pointer(point.x, point.y, clicks.pressed(film_ms))
            if view is not zoom_plan.whole:
                view = keep_pointer_in_view(view, point.x, point.y, zoom_plan.whole)
        yield FrameSpec(
            frame_index=max(bisect_right(frames, at_ms + ROUNDING_MS) - 1, 0),
            view=_rounded(view) if view is not zoom_plan.whole else view,
            pointer=pointer,
            ripples=clicks.ripples(film_ms),
            visible_caption=visible_caption(film_captions, starts_ms, film_ms) if style.captions else None,
            card=card,
            highlight=focus_plan.highlight_at(film_ms) if focus_plan.focuses else None,
        )


def _card_opacity(film_ms: float) -> float:
    return round(min(max((CARD_MS + CARD_FADE_MS - film_ms) / CARD_FADE_MS, 0.0), 1.0), 4)


def _rounded(box: Box) -> Box:
    return Box(round(box.x, 3), round(box.y, 3), round(box.width, 3), round(box.height, 3))
