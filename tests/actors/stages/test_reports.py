"""Reports of a child arrive as they were sent, and bad lines are told from them."""

from dataclasses import replace
from typing import get_args

import pytest

from actors.stages.reports import (
    Report,
    Result,
    Signal,
    StepTaken,
    Update,
    decode,
    encode,
    report_of,
    rounded,
)
from explorer.engine.executor import Event
from explorer.trace import Trace
from explorer.types import Metrics, Refusal
from tests.support.reports import EVERY_REPORT, step

EVENTS = (Metrics(), step(1), Refusal("blacklist", "Buy", "its text says 'buy'"))


@pytest.mark.parametrize("report", EVERY_REPORT, ids=lambda report: report.kind)
def test_a_report_arrives_as_it_was_sent(report: Report) -> None:
    line = encode(report)

    assert line.count(b"\n") == 1
    assert decode(line) == report


def test_every_kind_of_report_is_tried_here_and_has_a_name_of_its_own() -> None:
    kinds = {type(report): report.kind for report in EVERY_REPORT}

    assert set(kinds) == set(get_args(Report)) == {*get_args(Signal), *get_args(Update), *get_args(Result)}
    assert len(set(kinds.values())) == len(kinds)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_of_the_explorer_has_a_report(event: Metrics | Refusal) -> None:
    assert isinstance(report_of(event), get_args(Update))


def test_every_event_is_tried_here_but_the_trace_at_the_end() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(Event)) - {Trace}


def test_half_a_surrogate_pair_from_a_page_spoils_no_report() -> None:
    assert decode(encode(StepTaken(step(1, "half \ud83d")))) == StepTaken(step(1, "half ?"))


def test_times_are_rounded_to_a_tenth_of_a_millisecond() -> None:
    assert rounded(replace(step(1), start_ms=1.23456)).start_ms == 1.2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"what a library prints\n", "Expecting value"),
        (b"[1]\n", "object"),
        (b"{}\n", "kind"),
        (b'{"kind": "nonsense"}\n', "nonsense"),
        (
            b'{"kind": "phase", "phase": "lunch"}\n',
            "phase.phase: Input should be 'start', 'explore' or 'store'",
        ),
        (b'{"kind": "failed", "code": "x"}\n', "failed.error: Field required"),
    ],
)
def test_a_line_that_is_no_report_is_an_error_that_says_why(line: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem.replace(".", r"\.")):
        decode(line)
