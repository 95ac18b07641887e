"""The API conforms to its OpenAPI document: schemathesis generates valid and invalid requests."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as trials
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from actors.embedded_redis import embedded_valkey
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.openapi.document import describe
from demo_api.problems import STATUS
from demo_api.routes.table import OPERATIONS
from tests.conftest import Serve
from tests.support.jobs import exploring, failed, queued, ready

DESCRIPTION = describe()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
ASKED = [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods]
JOBS = ("waiting", "running", "broken", "done", "none")
#: Nobody can retry these.
ENDED = JOBS[3:]


@pytest.fixture(scope="module")
def address(serve: Serve) -> Iterator[str]:
    """An API that has a job in every status."""
    with embedded_valkey() as url:
        settings = Settings(redis_url=url, rate_limit="off", max_queue=100_000, export_grace_s=0)
        asyncio.run(_prepare(settings))
        with serve(settings) as address:
            yield address


def jobs_for(path: str) -> tuple[str, ...]:
    """Event streams of running jobs do not end; test_events.py reads them."""
    return ENDED if path.startswith("/demo/events") else JOBS


def healthy(path: str) -> list[Any]:
    """There is no worker here, which is a 503."""
    return [not_a_server_error] if path == "/health" else []


async def _prepare(settings: Settings) -> None:
    assert settings.redis is not None
    async with Store.opened(settings.redis, settings) as store:
        await queued(store, "waiting")
        await exploring(store, "running")
        await failed(store, "broken")
        await ready(store, b"a film", "done", extras={"poster": b"a picture"})


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    # Of what has no parameters nothing can be wrong.
    [
        (*asked, mode)
        for asked in ASKED
        for mode in GenerationMode
        if asked[0].startswith("/demo/") or mode.is_positive
    ],
)
def test_whatever_is_asked_the_answer_is_described(
    path: str, method: str, mode: GenerationMode, address: str
) -> None:
    cases = SCHEMA[path][method].as_strategy(generation_mode=mode)

    @trials(
        max_examples=8 if "run" in path else 3,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, job_id=strategies.sampled_from(("", *jobs_for(path))))
    def ask(case: schemathesis.Case[Any], job_id: str) -> None:
        if job_id and "job_id" in case.path_parameters:
            case.path_parameters["job_id"] = job_id
        # JSON Schema cannot say what is a URL that may be filmed, nor which hosts belong to a site.
        case.call_and_validate(base_url=address, excluded_checks=[positive_data_acceptance, *healthy(path)])

    ask()


@pytest.mark.parametrize(
    ("path", "method", "job_id"),
    [(*asked, job_id) for asked in ASKED if "{job_id}" in asked[0] for job_id in jobs_for(asked[0])],
)
def test_in_every_status_of_a_job_the_answer_is_described(
    path: str, method: str, job_id: str, address: str
) -> None:
    case = SCHEMA[path][method].Case(path_parameters={"job_id": job_id})

    case.call_and_validate(base_url=address)


def test_the_description_is_served_as_it_is_tested(address: str) -> None:
    answer = httpx.get(f"{address}/openapi.json")

    assert answer.json() == DESCRIPTION
    assert answer.json()["openapi"].startswith("3.1")


def test_every_error_that_is_known_is_answered_by_some_operation() -> None:
    described = {kind for operation in OPERATIONS for kind in operation.all_errors}

    # Redis away, as `store_unavailable` is
    assert {kind.__name__ for kind in set(STATUS) - described} <= {"BlobStoreUnavailable"}
