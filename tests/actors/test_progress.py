"""Progress of a running stage."""

import json
from dataclasses import asdict
from typing import get_args

import pytest

from actors.progress import Progress
from actors.stages.reports import ElementRefused, RetryStarted, StepTaken, Update, WriteSent
from explorer.retry_policy import Retry, RetryKind
from explorer.types import Refusal
from tests.support.reports import EVERY_REPORT, step


def retry(kind: RetryKind) -> Retry:
    return Retry(10.0, kind, 1, 2, "it was gone")


def test_retries_are_written_beside_the_steps() -> None:
    progress = Progress(max_clicks=4)

    progress.note(StepTaken(step(1)))
    progress.note(RetryStarted(retry("element")))

    assert json.loads(str(progress.fields["retries"])) == [asdict(retry("element"))]
    assert [row["number"] for row in json.loads(str(progress.fields["steps"]))] == [1]


def test_a_film_that_begins_again_begins_without_steps() -> None:
    progress = Progress(max_clicks=4)

    progress.note(StepTaken(step(1)))
    progress.note(ElementRefused(Refusal("blacklist", "Buy", "its text says 'buy'")))
    progress.note(RetryStarted(retry("browser")))
    progress.note(StepTaken(step(1, label="again")))

    assert [row["label"] for row in json.loads(str(progress.fields["steps"]))] == ["again"]
    assert [row["rule"] for row in json.loads(str(progress.fields["refused"]))] == ["blacklist"]


@pytest.mark.parametrize("report", EVERY_REPORT, ids=lambda report: report.kind)
def test_every_update_is_written_and_published(report: object) -> None:
    if not isinstance(report, get_args(Update)):
        return
    progress = Progress(max_clicks=4)

    progress.note(report)

    assert progress.fields
    # That a script has written is for the next attempt, and nothing to watch.
    assert progress.events or isinstance(report, WriteSent)
