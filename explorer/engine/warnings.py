"""Warnings of what a take lacks, by stable code, in words for people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.types import Brief, Refusal, StopReason, TakeWarning

TakeCode = Literal[
    "nothing_clicked",
    "little_to_show",
    "stopped_early",
    "obstacle_left",
    "dialogs_answered",
    "service_worker_blocked",
    "focus_not_found",
    "goal_not_found",
    "language_unknown",
    "steps_skipped",
    "steps_healed",
]

#: Why an exploration ended early, and what to do, by stop reason.
STOPPED: dict[StopReason, tuple[str, str]] = {
    "runtime": (
        "its time was up (max_runtime is {runtime:g} s)",
        "Raise max_runtime, or ask for fewer clicks.",
    ),
    "footage_limit": (
        "the footage had reached its greatest size",
        "Ask for fewer clicks or a smaller size, or raise MAX_FOOTAGE_MB.",
    ),
    "page_lost": ("the page was lost: it stopped answering, or never stayed", "Start from another page."),
    "left_domain": (
        "the site went to another one, where the film ends",
        "Name that host in domains if it belongs to the site, or avoid what leads there.",
    ),
    "auth_page": (
        "a page came up that asks to sign in, where the film ends",
        "Avoid what leads there, or start from another page.",
    ),
}
#: Rules that refuse something else than a control.
NO_CONTROL = frozenset({"write", "runaway_page", "private_address", "protocol", "traffic", "not_offered"})
#: Names of obstacles, by kind.
OBSTACLES = {
    "consent": "a cookie banner",
    "age": "a question about the visitor's age",
    "region": "a question about the visitor's country or language",
    "browser": "a note on the browser",
    "app": "an offer of an app",
    "notifications": "a question about notifications",
    "newsletter": "a newsletter box",
    "tour": "a tour",
    "teaser": "a chat window",
    "splash": "a splash screen",
    "notice": "a notice",
}
#: How a page's dialogs were answered, by kind: text for one of them, and for several.
ANSWERS = {
    "alert": ("1 message of the page was closed", "{} messages of the page were closed"),
    "confirm": (
        "1 question of the page was answered with no",
        "{} questions of the page were answered with no",
    ),
    "prompt": (
        "1 question of the page for a text was cancelled",
        "{} questions of the page for a text were cancelled",
    ),
    "beforeunload": (
        "the page asked to stay, and was left",
        "the page asked {} times to stay, and was left",
    ),
}
#: So many labels are quoted, up to so many characters of each.
MAX_QUOTED, MAX_LABEL_CHARS = 3, 60

UNKNOWN_LANGUAGE = (
    "The page is in a language for which there are no word lists ({!r}), so that nobody can tell what its "
    "buttons do: only links to its pages were followed."
)


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of an exploration at its end."""

    brief: Brief
    stop: StopReason
    clicks: int = 0
    #: Most links away from the start that it has been.
    depth: int = 0
    #: How many slides were turned to by wheel or keys.
    slides: int = 0
    #: How many different things were offered to be clicked.
    offered: int = 0
    refused: Sequence[Refusal] = ()
    obstacles: Sequence[str] = ()
    #: By kind, how many of the page's dialogs were answered.
    dialogs: Mapping[str, int] = field(default_factory=dict)
    wants_worker: bool = False
    missing_focus: Sequence[str] = ()
    misses_goal: bool = False
    language_note: str = ""


def warnings_of(ending: Ending) -> tuple[TakeWarning, ...]:
    """All warnings of a take, each code once, the most telling first."""
    return tuple(warning for make in MAKERS if (warning := make(ending)))


def _warning(code: TakeCode, *sentences: str) -> TakeWarning:
    return TakeWarning(code, " ".join(filter(None, sentences)))


def _few_clicks(ending: Ending) -> TakeWarning | None:
    """Warns of fewer clicks than were asked for, or none."""
    most = ending.brief.max_clicks
    if ending.clicks >= most:
        return None
    cause, advice = _cause(ending)
    if not ending.clicks:
        shown = f"{_counted(ending.slides + 1, 'slide')} of its start" if ending.slides else "its start"
        lead = f"Nothing was clicked, so the film shows no more than {shown}: {cause}."
        return _warning("nothing_clicked", lead, *_other_causes(ending), advice)
    code: TakeCode = "stopped_early" if ending.stop in STOPPED else "little_to_show"
    were = "was" if ending.clicks == 1 else "were"
    return _warning(code, f"{ending.clicks} of {most} clicks {were} made: {cause}.", advice)


def _cause(ending: Ending) -> tuple[str, str]:
    """Why no more clicks were made, and what to do."""
    if ending.stop in STOPPED:
        cause, advice = STOPPED[ending.stop]
        return cause.format(runtime=ending.brief.max_runtime_s), advice
    left_alone = [refusal for refusal in ending.refused if refusal.rule not in NO_CONTROL]
    were = "was" if len(left_alone) == 1 else "were"
    refused = f", and {_counted(len(left_alone), 'thing')} {were} refused" if left_alone else ""
    deeper = "Raise max_depth, or start" if ending.depth >= ending.brief.max_depth else "Start"
    listed = " What was refused is listed with its reasons." if left_alone else ""
    advice = f"{deeper} from another page.{listed}"
    if ending.clicks:
        return f"nothing else was left that shows anything new{refused}", advice
    if ending.offered:
        found = f"{_counted(ending.offered, 'thing')} that may be clicked"
        return f"of {found} none could be reached or would have shown anything{refused}", advice
    if left_alone:
        return f"all that could be clicked was refused ({_quotes(left_alone)})", advice
    return "nothing was found that can be clicked", "Start from a page with links or buttons."


def _other_causes(ending: Ending) -> Iterator[str]:
    """What else may have kept a page from being used."""
    if ending.obstacles:
        yield f"{_capitalized(_obstacle_names(ending.obstacles))} could not be closed."
    if ending.wants_worker:
        yield "The page asked for a service worker, without which it may show nothing."


def _obstacle(ending: Ending) -> TakeWarning | None:
    if not ending.obstacles:
        return None
    names = _capitalized(_obstacle_names(ending.obstacles))
    return _warning(
        "obstacle_left",
        f"{names} could not be closed and may lie over what the film shows.",
        "Start from a page where there is none.",
    )


def _dialogs(ending: Ending) -> TakeWarning | None:
    answered = [
        one if count == 1 else several.format(count)
        for kind, (one, several) in ANSWERS.items()
        if (count := ending.dialogs.get(kind, 0))
    ]
    if not answered:
        return None
    return _warning(
        "dialogs_answered",
        f"{_capitalized(_list(answered))}.",
        "Such dialogs of the browser are not in the film, nor is what another answer would have led to.",
    )


def _worker(ending: Ending) -> TakeWarning | None:
    if not ending.wants_worker:
        return None
    return _warning(
        "service_worker_blocked",
        "The page asked for a service worker. None is run while filming, so that no request gets out unseen.",
        "What only its service worker can show is missing.",
    )


def _focus(ending: Ending) -> TakeWarning | None:
    if not ending.missing_focus:
        return None
    missing = _list([repr(wish) for wish in ending.missing_focus])
    return _warning(
        "focus_not_found",
        f"No click had to do with this part of the focus: {missing}.",
        "A path must begin as on the site, words must stand in a link or button as they are, and a selector"
        " must hold something that can be clicked. Start from a page that has it, or raise max_clicks.",
    )


def _goal(ending: Ending) -> TakeWarning | None:
    if not ending.misses_goal:
        return None
    return _warning(
        "goal_not_found",
        "No click had to do with the words of the goal.",
        "Say it in words that stand in the site's links and buttons, or start from a page that is about it.",
    )


def _language(ending: Ending) -> TakeWarning | None:
    return _warning("language_unknown", ending.language_note) if ending.language_note else None


MAKERS: tuple[Callable[[Ending], TakeWarning | None], ...] = (
    _few_clicks,
    _obstacle,
    _worker,
    _dialogs,
    _focus,
    _goal,
    _language,
)


def _obstacle_names(kinds: Sequence[str]) -> str:
    """Obstacles in words; one of another kind by the kind's own name."""
    return _list([OBSTACLES.get(kind, f"a box of the kind {kind}") for kind in kinds])


def _quotes(refused: Sequence[Refusal]) -> str:
    more = [_counted(len(refused) - MAX_QUOTED, "more")] if len(refused) > MAX_QUOTED else []
    return _list([*(repr(_shortened(refusal.what)) for refusal in refused[:MAX_QUOTED]), *more])


def _shortened(label: str) -> str:
    return label if len(label) <= MAX_LABEL_CHARS else f"{label[: MAX_LABEL_CHARS - 1]}…"


def _list(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 or word == 'more' else 's'}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
