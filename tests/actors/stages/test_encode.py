"""The encode stage reports its progress until the film is stored."""

import io
from pathlib import Path

import pytest
from PIL import Image

from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import NEXT, QUEUE_OF, Stage
from actors.options import Limits
from actors.settings import Settings
from actors.stages.child import STAGES
from actors.stages.encode import encode
from actors.stages.reporting import RetryLog
from actors.stages.reports import EncodingProgress, FilmEncoded, Report
from actors.stages.spec import StageSpec
from actors.stages.upload import FootageUpload, store_blob
from video.capture.footage import Frame
from video.editing.timeline import Timeline
from video.encoding.commands import FILM_FILE


def test_there_is_a_stage_of_work_behind_every_queue_and_none_without_one() -> None:
    assert set(STAGES) == {stage for waiting in QUEUE_OF for stage in NEXT[waiting]}


@pytest.mark.anyio
async def test_the_encode_stage_reports_its_progress_until_the_film_is_stored(
    settings: Settings, tmp_path: Path
) -> None:
    spec = encoding_spec(settings, tmp_path)
    await leave_footage(spec)
    reports: list[Report] = []

    await encode(spec, reports.append)

    *running, done = reports
    assert {type(report) for report in running} == {EncodingProgress}
    assert running[-1] == EncodingProgress(1.0)
    assert isinstance(done, FilmEncoded)
    assert done.film.size_bytes == (tmp_path / FILM_FILE).stat().st_size


def encoding_spec(settings: Settings, work_dir: Path) -> StageSpec:
    job = Job("j1", JobSpec("http://localhost/", Limits(10, 3, 300)))
    return StageSpec.of(job, Claim("j1", Stage.ENCODING, "token", 1), settings, str(work_dir))


async def leave_footage(spec: StageSpec) -> None:
    """Stores a take of one grey picture."""
    jpeg = io.BytesIO()
    Image.new("RGB", (320, 180), "grey").save(jpeg, "JPEG")
    note = RetryLog(lambda report: None).note_database
    upload = FootageUpload(spec.storage, Path(spec.work_dir), 1 << 20, note)
    upload.append(Frame(0.0, jpeg.getvalue()))
    await upload.finish()
    await upload.aclose()
    timeline = Timeline(320, 180, 0.0, 2000.0, "A test", spec.exploration.url)
    await store_blob(spec.storage, spec.storage.timeline_key, 1 << 20, lambda: [timeline.encode()], note)
