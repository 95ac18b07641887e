import pytest

from actors.jobs.callback import Callback
from actors.jobs.job import Job, iso
from actors.jobs.spec import JobSpec
from actors.jobs.states import BACK, ENDS, NEXT, QUEUE_OF, STATUS_OF, Stage, Status
from actors.options import Limits
from explorer.types import Wishes
from video.style import Style


def test_every_stage_has_moves_and_a_status() -> None:
    assert set(NEXT) == set(Stage)
    assert set(STATUS_OF) == set(Stage)


def test_every_stage_can_be_reached_from_the_first() -> None:
    reached = {Stage.QUEUED}
    while grown := {to for stage in reached for to in NEXT[stage]} - reached:
        reached |= grown

    assert reached == set(Stage)


@pytest.mark.parametrize("stage", BACK)
def test_going_back_is_an_allowed_move(stage: Stage) -> None:
    assert BACK[stage] in NEXT[stage]


def test_a_film_that_is_ready_cannot_fail_any_more() -> None:
    assert ENDS.isdisjoint({Stage.READY, Stage.EXPORTING})


def test_jobs_wait_in_the_two_stages_that_have_a_queue() -> None:
    assert QUEUE_OF == {Stage.QUEUED: "record", Stage.RECORDED: "encode"}


def test_a_job_decodes_what_it_encoded() -> None:
    style = Style("plain", "vertical", 60, "gif", captions=False)
    spec = JobSpec(
        url="https://example.com/?q=ü",
        limits=Limits(1, 2, 3),
        style=style,
        camera="frames",
        allow_hosts=("localhost:80",),
        wishes=Wishes("orders", ("/orders",), ("css=#x",), ("docs.example.com",), "click", True, False, True),
        storyboard=True,
        priority="high",
        callback=Callback("https://example.com/hook", "secret", "https://films.example.com", keyed=True),
    )
    job = Job("a", spec)
    row = {key.encode(): value.encode() for key, value in job.encode().items()}

    decoded = Job.decode({**row, b"created_ms": b"5", b"updated_ms": b"6"})

    assert decoded.spec == spec
    assert (decoded.id, decoded.status, decoded.stage) == ("a", Status.PENDING, Stage.QUEUED)


def test_times_are_iso_8601_in_utc() -> None:
    assert iso(1_700_000_000_123) == "2023-11-14T22:13:20.123Z"
