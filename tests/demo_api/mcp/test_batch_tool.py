"""The tool `film_batch`, called by the SDK's own client, on a server whose films are made of nothing."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from actors.jobs.job import Job
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.addresses import Server
from demo_api.mcp.tools import make_mcp
from tests.conftest import Serve
from tests.demo_api.batches.support import crew
from tests.demo_api.mcp.test_mcp import facts, text

pytestmark = pytest.mark.anyio

SCRIPT = 'url: http://1.1.1.1/\nvariables: {who: Ann}\nsteps: [{caption: "{{who}}"}, {click: Delete}]'


@pytest.fixture
async def client(settings: Settings, serve: Serve, tmp_path: Path) -> AsyncGenerator[Client]:
    (tmp_path / "films").mkdir()
    with serve(settings) as address:
        async with Client(make_mcp(lambda: Server(address), tmp_path / "films")) as client:
            yield client


def noting(jobs: list[Job], fails: Callable[[Job], bool]) -> Callable[[Job], bool]:
    """Keeps each job that is filmed."""
    return lambda job: jobs.append(job) or fails(job)  # type: ignore[func-returns-value]  # None is meant


async def test_an_agent_films_many_rows_and_is_told_of_files_and_errors(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    asked, jobs = {"script": SCRIPT, "folder": "acme", "csv": "who\nBo\nCy", "name": "{{who}}"}, list[Job]()
    with crew(settings, fails=noting(jobs, lambda job: job.item == 2)):
        first = await client.call_tool("film_batch", asked)
    with crew(settings) as again:
        second = await client.call_tool("film_batch", asked)

    told, folder = facts(first), tmp_path / "films" / "acme"
    assert told["files"] == [str(folder / "Bo.mp4")]
    assert [(one["row"], one["error"]) for one in told["errors"]] == [(2, "no luck")]
    assert "1 of 2 films are in" in text(first)
    assert (again, facts(second)["counts"]["completed"]) == (["Cy"], 2)
    # No guardrail yields to the script.
    assert jobs[0].spec.script is not None
    assert "steps[1]" in jobs[0].spec.script.given


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"folder": "../elsewhere"}, "Films are put into folders below"),
        ({"folder": "."}, "Films are put into folders below"),
        ({"folder": "/etc"}, "Films are put into folders below"),
        ({"rows": None}, "exactly one of rows, csv and sites"),
        ({"rows": [{"nope nope": "x"}]}, "row 1, nope nope: has a header that is no name"),
        ({"script": f"{SCRIPT}\nsecrets: [pin]"}, "secrets.pin has no value"),
        ({"script": "steps: [{clik: A}]"}, "it says clik"),
        ({"variables": {"plan": "x"}}, "variables.plan: is no variable"),
    ],
)
async def test_what_an_agent_may_not_film_is_told(
    asked: dict[str, Any], said: str, client: Client, tmp_path: Path
) -> None:
    wish = {"script": SCRIPT, "folder": "acme", "rows": [{"who": "Bo"}]} | asked

    done = await client.call_tool("film_batch", wish)

    assert done.is_error
    assert said in text(done)
    assert list((tmp_path / "films").iterdir()) == []


async def test_a_call_that_is_given_up_cancels_its_batch(client: Client, store: Store) -> None:
    begun = anyio.Event()

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        begun.set()

    async def ask() -> None:
        wish = {"script": SCRIPT, "folder": "acme", "rows": [{"who": "Bo"}, {"who": "Cy"}]}
        await client.call_tool("film_batch", wish, progress_callback=tell)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await begun.wait()
        tasks.cancel_scope.cancel()

    with anyio.fail_after(5):
        while await store.redis.keys("demo:batch:*:waiting"):
            await anyio.sleep(0.02)
    assert len(await store.redis.keys("demo:batch:*:cancelled")) == 1
