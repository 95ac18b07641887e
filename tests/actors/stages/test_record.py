"""What becomes of a take when a process of its browser dies or freezes in the middle of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.options import Limits
from actors.settings import Settings
from actors.stages.record import RecordStage
from actors.stages.reports import (
    ElementRefused,
    Failed,
    Report,
    Result,
    RetryStarted,
    StepTaken,
    TakeRecorded,
    Update,
)
from actors.stages.spec import StageSpec
from actors.stages.take_resources import egress_proxy
from actors.supervision.supervisor import supervise
from actors.supervision.work_dirs import own_work_dir
from explorer.script.redaction import Redactor
from explorer.trace import Trace
from explorer.types import Wishes
from tests.conftest import NewProcesses
from tests.site.server import SiteServer
from video.blob_store import read_blob
from video.capture.footage import read_frames
from video.editing.timeline import Timeline
from video.warnings import FilmWarning

pytestmark = pytest.mark.anyio

#: A busy machine takes its time, but not that of a limit on actions: 8 s.
NOTICED_S = 5.0
LIMITS = {"start": 60.0, "explore": 60.0, "store": 60.0}

Strike = Callable[[psutil.Process], None]


def spec(settings: Settings, site: SiteServer, folder: Path) -> StageSpec:
    asked = JobSpec(
        url=f"{site.url}pricing.html",
        limits=Limits(2, 3, 60),
        allow_hosts=(site.url.removeprefix("http://").rstrip("/"),),
        wishes=Wishes(scout=False),
    )
    job = Job("j1", asked)
    return StageSpec.of(job, Claim("j1", Stage.EXPLORING, "token", 1), settings, str(folder))


def part(process: psutil.Process) -> str:
    """Which part of a browser this process is."""
    with suppress(psutil.Error):
        command = process.cmdline()
        if process.name().startswith("node"):
            return "driver"
        kind = next((word.partition("=")[2] for word in command if word.startswith("--type=")), "browser")
        return kind if "chrom" in process.name() else ""
    return ""


async def filmed(
    spec: StageSpec, new_processes: NewProcesses, victims: str, strike: Strike, strikes: int = 1
) -> tuple[list[Update | Result], list[float]]:
    """All reports of a take that is struck after its first step, and how long it took until that was told."""
    reports: list[Update | Result] = []
    struck: list[float] = []
    noticed: list[float] = []
    async with aclosing(supervise(spec, LIMITS)) as told:
        async for report in told:
            reports.append(report)
            ended = isinstance(report, Failed) and len(noticed) < len(struck)
            if isinstance(report, RetryStarted) or ended:
                noticed.append(time.monotonic() - struck[-1])
            if isinstance(report, StepTaken) and len(struck) < strikes and len(struck) == len(noticed):
                struck.append(time.monotonic())
                for process in new_processes(""):
                    if part(process) == victims:
                        strike(process)
    return reports, noticed


async def timeline_of(store: Store, spec: StageSpec) -> Timeline:
    key = spec.storage.timeline_key
    return Timeline.decode(b"".join([piece async for piece in read_blob(store.redis, key)]))


@pytest.mark.thorough
async def test_a_browser_that_freezes_is_replaced_once_and_the_film_begun_anew(
    settings: Settings, site: SiteServer, store: Store, new_processes: NewProcesses
) -> None:
    with own_work_dir("take") as folder:
        film = spec(settings, site, folder)

        reports, noticed = await filmed(film, new_processes, "renderer", lambda process: process.suspend())

    done = reports[-1]
    assert isinstance(done, TakeRecorded), done
    assert noticed[0] < NOTICED_S
    retries = [report.retry for report in reports if isinstance(report, RetryStarted)]
    assert [(retry.kind, retry.attempt, retry.limit) for retry in retries] == [("browser", 1, 1)]
    # What is stored is the second film alone, from its first frame to its last
    timeline = await timeline_of(store, film)
    assert len(timeline.steps) == 2
    assert [retry.kind for retry in timeline.retries] == ["browser"]
    times_ms = [frame.at_ms async for frame in read_frames(read_blob(store.redis, film.storage.footage_key))]
    assert times_ms == sorted(times_ms)
    assert times_ms[0] < timeline.start_ms
    # It lacks nothing, whatever the first one may have lacked
    assert (done.warnings, done.looked_at) == ((), ())
    # What was turned down is told once, though both films came by it
    refusals = tuple(report.refusal for report in reports if isinstance(report, ElementRefused))
    assert done.refused == refusals
    assert len({(refusal.rule, refusal.what) for refusal in refusals}) == len(refusals) > 0
    assert new_processes("") == []


@pytest.mark.thorough
async def test_what_is_checked_when_a_trace_is_complete_is_among_its_warnings(
    settings: Settings, site: SiteServer, store: Store
) -> None:
    reports: list[Report] = []

    def boxes(trace: Trace) -> Iterator[FilmWarning]:
        yield FilmWarning("font_missing", f"{trace.visits[0].title} is shown as boxes.")

    with own_work_dir("take") as folder:
        film = spec(settings, site, folder)
        exploration = replace(film.exploration, url=f"{site.url}lab/dead.html", limits=Limits(5, 3, 60))
        film = replace(film, exploration=exploration)
        async with egress_proxy(exploration) as proxy:
            await RecordStage(film, reports.append, Redactor(), [boxes]).run(proxy, None)

    done = reports[-1]
    assert isinstance(done, TakeRecorded)
    little, missing = done.warnings
    assert little.code == "little_to_show"
    assert little.message.startswith("4 of 5 clicks were made: ")
    assert missing == FilmWarning("font_missing", "Dead | Lab is shown as boxes.")
    assert done.film is not None
    assert done.film.warnings == ()


@pytest.mark.thorough
async def test_an_explored_film_follows_the_masks_of_its_site_file(
    settings: Settings, site: SiteServer
) -> None:
    redactor = Redactor()

    with own_work_dir("take") as folder:
        film = spec(settings, site, folder)
        exploration = replace(film.exploration, mask=("css=h1",), limits=Limits(1, 3, 60))
        film = replace(film, exploration=exploration)
        async with egress_proxy(exploration) as proxy:
            await RecordStage(film, lambda _: None, redactor).run(proxy, None)

    assert redactor.text("Pay for rooms, not for seats.") == "•••"
