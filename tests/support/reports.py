"""Reports of a stage's child, one of every kind."""

from dataclasses import replace

from actors.stages.reports import (
    Alive,
    CameraReport,
    ElementRefused,
    EncodingProgress,
    Failed,
    FilmEncoded,
    FootageSize,
    MetricsChanged,
    PhaseStarted,
    Report,
    RetryStarted,
    ScriptStepChanged,
    StepTaken,
    TakeRecorded,
    WriteSent,
)
from explorer.retry_policy import Retry
from explorer.script.progress import FailedStep, ScriptStep
from explorer.trace import LookedAt
from explorer.types import ActionPlan, Box, Metrics, Point, Refusal, Step, TakeWarning
from video.encoding.verify import FilmInfo
from video.warnings import FilmWarning

FILM = FilmInfo(5.0, 150, 1280, 720, 30.0, "yuv420p", "tv, bt709", "h264", "High", 4, faststart=True)
TAKE = TakeRecorded(
    stop_reason="max_clicks",
    camera=CameraReport("frames", ("it could",), 0, 30),
    footage=FootageSize(300, 9_000_000),
    warnings=(TakeWarning("little_to_show", "2 of 10 clicks were made."),),
    looked_at=(LookedAt("Prices", "https://example.com/", "opened", "page"),),
    extras=("poster", "captions"),
)


def step(number: int, label: str = "Docs") -> Step:
    plan = ActionPlan("a", "click", 50, "keywords: a link")
    return Step(
        number, plan, label, "http://localhost/", 0.0, 1.0, 2.0, Point(3, 4), "page", target=Box(1, 2, 3, 4)
    )


NO_POSTER = FilmWarning("poster_missing", "The film has no poster.")
EVERY_REPORT: tuple[Report, ...] = (
    Alive(),
    PhaseStarted("explore"),
    MetricsChanged(Metrics("executing", 3, 1, ("http://localhost/",), 1.0)),
    StepTaken(step(1)),
    ScriptStepChanged(ScriptStep(1, "steps[0]", "click", "Docs", "done", "clicked Docs")),
    ElementRefused(Refusal("blacklist", "Buy", "its text says 'buy'")),
    RetryStarted(Retry(700.0, "element", 1, 2, "it was gone")),
    WriteSent(),
    EncodingProgress(0.5),
    TAKE,
    replace(TAKE, film=replace(FILM, warnings=(NO_POSTER,))),
    FilmEncoded(FILM, ("poster",)),
    Failed("no_footage", "There is no footage."),
    Failed("step_failed", "It failed.", FailedStep(1, 2, "click", "Docs", "it is gone", "http://localhost/")),
)
