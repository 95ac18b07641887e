import ast
import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from actors.errors import PipelineError
from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage
from actors.monitoring.counters import OTHER, RULES, Attempt, Counters, known_codes, with_counters
from actors.options import Limits
from actors.settings import Settings
from actors.stages.reports import (
    CameraReport,
    ElementRefused,
    Failed,
    FilmEncoded,
    MetricsChanged,
    Result,
    RetryStarted,
    TakeRecorded,
    Update,
)
from actors.stages.spec import StageSpec
from actors.supervision.supervisor import StageOverrun
from explorer.retry_policy import Retry
from explorer.types import Metrics, Refusal
from tests.support.reports import FILM, TAKE

pytestmark = pytest.mark.anyio


def refusal(rule: str) -> Refusal:
    return Refusal(rule, "what", "why")


DONE: TakeRecorded = replace(
    TAKE,
    film=replace(FILM, size_bytes=500_000),
    camera=CameraReport("realtime", (), 2, 30),
    # With those reported before
    refused=(refusal("auth"), refusal("auth"), refusal("traffic")),
)


def spec(stage: Stage = Stage.EXPLORING) -> StageSpec:
    job = Job("j1", JobSpec("http://example.com/", Limits(1, 1, 1)))
    return StageSpec.of(job, Claim("j1", stage, "token", 1), Settings(redis_url="redis://x"), "/tmp")


async def ran(counters: Counters, reports: list[Update | Result], error: PipelineError | None = None) -> None:
    """A stage that reports this, and then fails in this way or is listened to no more."""

    async def supervise(_: StageSpec, __: Mapping[str, float]) -> AsyncGenerator[Update | Result, None]:
        for report in reports:
            yield report
        if error:
            raise error
        await asyncio.Event().wait()

    with suppress(PipelineError):
        async with aclosing(with_counters(supervise, counters)(spec(), {})) as told:
            for _ in reports:
                await anext(told)
            if error:
                await anext(told)


def outcomes(counts: Mapping[str, float]) -> set[str]:
    return {name.split(":")[2] for name in counts if name.startswith("stage:exploring:")}


async def test_a_stage_that_is_done_is_counted_with_all_that_it_made() -> None:
    counters = Counters()
    await ran(
        counters,
        [
            MetricsChanged(Metrics(clicks=3, llm_calls=2, llm_tokens=900, llm_failures=0)),
            ElementRefused(refusal("auth")),
            ElementRefused(refusal("auth")),
            RetryStarted(Retry(0.0, "element", 1, 2, "it was gone")),
            # Figures of planning are those of all the take so far
            MetricsChanged(Metrics(clicks=4, llm_calls=3, llm_tokens=1400, llm_failures=1)),
            DONE,
        ],
    )
    counts = counters.take()

    assert outcomes(counts) == {"done"}
    assert {name: count for name, count in counts.items() if not name.startswith("stage:")} == {
        "llm_calls": 3,
        "llm_tokens": 1400,
        "llm_failures": 1,
        "refusals:auth": 2,
        "refusals:traffic": 1,
        "retries:element": 1,
        "footage_frames": 300,
        "footage_size_bytes": 9_000_000,
        "film_frames": 150,
        "film_size_bytes": 500_000,
        "film_duration_s": 5.0,
        "lost_frames": 2,
    }
    assert counters.take() == {}


@pytest.mark.parametrize(
    ("reports", "error", "outcome"),
    [
        ([Failed("auth_required", "no")], None, "failed"),
        ([MetricsChanged(Metrics())], StageOverrun("explore", 5.0), "failed"),
        ([MetricsChanged(Metrics())], None, "stopped"),
        ([DONE], None, "done"),
        ([FilmEncoded(FILM)], None, "done"),
    ],
)
async def test_however_a_stage_ends_it_is_counted_once(
    reports: list[Update | Result], error: PipelineError | None, outcome: str
) -> None:
    counters = Counters()
    await ran(counters, reports, error)

    assert outcomes(counters.take()) == {outcome}
    assert counters.busy() == {}


async def test_a_stage_is_busy_from_its_first_report_to_its_last() -> None:
    counters, go_on = Counters(), asyncio.Event()

    async def supervise(_: StageSpec, __: Mapping[str, float]) -> AsyncGenerator[Update | Result, None]:
        yield MetricsChanged(Metrics())
        await go_on.wait()
        yield DONE

    async with aclosing(with_counters(supervise, counters)(spec(Stage.ENCODING), {})) as told:
        await anext(told)
        assert counters.busy() == {Stage.ENCODING: 1}
    assert counters.busy() == {}


@pytest.mark.parametrize(
    ("took_s", "edge"), [(0.0, "1"), (1.0, "1"), (1.001, "2.5"), (44.0, "45"), (9e9, "inf")]
)
def test_a_duration_is_counted_in_the_narrowest_bucket_that_holds_it(took_s: float, edge: str) -> None:
    clock = iter((100.0, 100.0 + took_s))
    attempt = Attempt(Stage.EXPLORING, lambda: next(clock))
    counts = attempt.counts()

    assert counts[f"stage:exploring:stopped:{edge}"] == 1
    assert counts["stage:exploring:stopped:sum"] == pytest.approx(took_s)
    assert len(counts) == 2


def test_what_nobody_knows_is_counted_as_other() -> None:
    counters, attempt = Counters(), Attempt(Stage.EXPLORING)
    for number in range(100):
        attempt.note(ElementRefused(refusal(f"rule {number}")))
        attempt.note(RetryStarted(Retry(0.0, cast(Any, f"kind {number}"), 1, 1, "")))
        counters.attempt_failed(f"code_{number}")
    counts = {**attempt.counts(), **counters.take()}

    assert counts[f"refusals:{OTHER}"] == counts[f"retries:{OTHER}"] == 100
    assert counts[f"attempts_failed:{OTHER}"] == 100
    assert len(counts) == 5


def test_every_code_that_an_attempt_can_fail_with_is_known() -> None:
    below = (path for path in _sources("explorer", "video") if path.stem == "errors")
    for path in (*_sources("actors"), *below):
        for code in re.findall(r'^    code = "(\w+)"', path.read_text(), re.M):
            assert code in known_codes(), path


def test_every_rule_by_which_something_is_refused_is_known() -> None:
    found = {rule for path in _sources("explorer") for rule in _rules(path)}

    assert {"auth", "blacklist", "traffic", "own_service", "runaway_page", "write"} <= found
    assert found - RULES == {"broken"}  # a link that leads nowhere is left alone, not refused


def _sources(*rooms: str) -> list[Path]:
    root = Path(__file__).parents[3]
    return [path for room in rooms for path in sorted((root / room).rglob("*.py"))]


def _rules(path: Path) -> set[str]:
    """The constants that are given as the rule of a refusal, in one of the ways that are used here."""
    rules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name(id="Refusal") | ast.Attribute(attr="_refuse"), args=[first, *_]):
                rules |= _texts(first)
            case ast.Call(func=ast.Name(id="AddressRefused"), args=[_, second]):
                rules |= _texts(second)
            case ast.keyword(arg="rule", value=value):
                rules |= _texts(value)
            case ast.Yield(value=ast.Tuple(elts=[first, _])) | ast.Return(value=ast.Tuple(elts=[first, _])):
                rules |= _texts(first) if "guardrails" in path.parts else set()
    return rules


def _texts(node: Any) -> set[str]:
    return (
        {node.value}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value
        else set()
    )
