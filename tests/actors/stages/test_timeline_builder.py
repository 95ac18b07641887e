"""What a stage reports is understood all along the line: every table covers all that it may be asked."""

import io
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from actors.jobs.job import NEXT, QUEUE_OF, Stage
from actors.options import Limits
from actors.progress import NOTE, Progress
from actors.stages.child import STAGES, encode
from actors.stages.reports import RetryLog
from actors.stages.spec import StageSpec
from actors.stages.timeline_builder import TELL
from actors.stages.upload import EXTRA_FILES, FootageUpload, store
from explorer.engine.executor import Event
from explorer.trace import Trace
from explorer.types import ActionPlan, Metrics, Point, Refusal, Step
from video.capture.footage import Frame
from video.editing.timeline import Timeline
from video.encoding.commands import FILM_FILE

PLAN = ActionPlan("a", "click", 50, "keywords: a link")
EVENTS = [
    Metrics(),
    Step(1, PLAN, "Docs", "http://localhost/", 0.0, 1.0, 2.0, Point(3.0, 4.0), "page"),
    Refusal("blacklist", "Buy", "its text says 'buy'"),
]


@pytest.mark.parametrize("event", sorted(set(get_args(Event)) - {Trace}, key=str))
def test_every_event_but_the_story_at_the_end_is_told(event: type) -> None:
    assert event in TELL


def test_nothing_is_told_that_the_explorer_does_not_say() -> None:
    assert set(TELL) == set(get_args(Event)) - {Trace} == {type(event) for event in EVENTS}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_whatever_is_told_of_an_event_is_noted_as_news(event: Any) -> None:
    board = Progress(max_clicks=10)
    board.note(TELL[type(event)](event))
    assert board.news


def test_there_is_a_stage_of_work_behind_every_queue_and_none_without_one() -> None:
    assert set(STAGES) == {stage for waiting in QUEUE_OF for stage in NEXT[waiting]}


@pytest.mark.anyio
async def test_all_that_the_encoding_reports_is_noted_until_the_film_is_done(
    redis_url: str, tmp_path: Path
) -> None:
    order = encoding_order(redis_url, tmp_path)
    await leave_footage(order)
    reports: list[dict[str, Any]] = []

    await encode(order, reports.append)

    *running, done = reports
    board = Progress(max_clicks=10)
    for report in running:
        board.note(report)
    assert {report["kind"] for report in running} <= set(NOTE)
    assert board.news["progress"] == 99
    assert done["kind"] == "done"
    assert done["film"]["size_bytes"] == (tmp_path / FILM_FILE).stat().st_size


def test_nothing_is_noted_that_no_stage_reports() -> None:
    assert set(NOTE) == {TELL[type(event)](event)["kind"] for event in EVENTS} | {
        "progress",
        "retry",
        "alive",
    }


def encoding_order(redis_url: str, folder: Path) -> StageSpec:
    return StageSpec(
        job_id="j1",
        stage=Stage.ENCODING,
        url="http://localhost/",
        limits=Limits(10, 3, 300),
        allow_hosts=(),
        own_services=(),
        footage_key="footage",
        timeline_key="timeline",
        film_key="film",
        folder=str(folder),
        redis_url=redis_url,
        ttl_s=60,
        max_footage_bytes=1 << 20,
        encode_limit_s=60,
        chromium_path=None,
        ffmpeg_path=None,
        openai_model="",
        openai_base_url=None,
        openai_api_key=None,
        extra_keys={name: name for name in EXTRA_FILES},
    )


async def leave_footage(order: StageSpec) -> None:
    """A take of one grey picture."""
    jpeg = io.BytesIO()
    Image.new("RGB", (320, 180), "grey").save(jpeg, "JPEG")
    note = RetryLog(lambda report: None).database
    uplink = FootageUpload(order, note)
    uplink.take(Frame(0.0, jpeg.getvalue()))
    await uplink.finish()
    await uplink.aclose()
    timeline = Timeline(320, 180, 0.0, 2000.0, "A test", order.url)
    await store(order, order.timeline_key, 1 << 20, lambda: [timeline.encode()], note)
