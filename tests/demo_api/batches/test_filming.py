"""Films are fetched as they are ready, and another run goes on: against a real API, with films of nothing."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from actors.batches.store import BatchStore
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.addresses import JobAddress, Server
from demo_api.batches.filming import Filming
from demo_api.batches.folder import BatchFolder, RemoteBatch
from demo_api.batches.following import FilmEnded, Following, Standing
from demo_api.batches.plan import Plan
from demo_api.client.batch_client import BatchClient
from tests.conftest import Serve
from tests.demo_api.batches.support import crew, plan_of

pytestmark = pytest.mark.anyio

POLL_S = 0.02


@pytest.fixture
def address(settings: Settings, serve: Serve) -> Iterator[str]:
    with serve(settings) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncGenerator[BatchClient]:
    async with BatchClient.opened(Server(address)) as client:
        yield client


async def film(client: BatchClient, plan: Plan, path: Path, server: str | None = None) -> Filming:
    """Films what is missing in a folder."""
    with BatchFolder.opened(path, plan) as folder:
        filming = Filming(client, plan, folder, server, POLL_S)
        async for _ in filming.events():
            pass
        return filming


def there(path: Path) -> list[str]:
    return sorted(file.name for file in path.glob("*.mp4"))


async def test_films_come_into_the_folder_and_what_failed_is_noted(
    client: BatchClient, settings: Settings, tmp_path: Path
) -> None:
    plan, events = plan_of(settings, "Bo", "Cy", "Di"), list[FilmEnded | Standing]()
    with crew(settings, fails=lambda job: job.item == 2), BatchFolder.opened(tmp_path, plan) as folder:
        async for event in Filming(client, plan, folder, poll_s=POLL_S).events():
            events.append(event)

        assert folder.missing() == [2]
        failed, filmed = folder.record(2), folder.record(3)
    assert (failed.state, failed.error, failed.error_code) == ("failed", "no luck", "x")
    assert (filmed.state, filmed.film_s, filmed.attempts) == ("completed", 8.5, 1)
    assert (tmp_path / "3-Di.mp4").read_bytes() == b"film"
    assert sorted(event.row for event in events if isinstance(event, FilmEnded)) == [1, 2, 3]
    assert events[-1] == Standing(total=3, there=2, failed=1)


async def test_another_run_films_only_what_is_missing_with_the_numbers_of_all(
    client: BatchClient, settings: Settings, tmp_path: Path
) -> None:
    plan = plan_of(settings, "Bo", "Cy", "Di")
    with crew(settings, fails=lambda job: job.item == 2) as first:
        await film(client, plan, tmp_path)
    with crew(settings) as second:
        await film(client, plan, tmp_path)

    assert first == ["Bo, 1 of 3", "Cy, 2 of 3", "Di, 3 of 3"]
    assert second == ["Cy, 2 of 3"]
    assert there(tmp_path) == ["1-Bo.mp4", "2-Cy.mp4", "3-Di.mp4"]


async def test_a_batch_on_a_server_goes_on_and_only_its_failures_are_tried_again(
    client: BatchClient, address: str, settings: Settings, store: Store, tmp_path: Path
) -> None:
    plan = plan_of(settings, "Bo", "Cy", "Di")
    with crew(settings, fails=lambda job: job.item == 2):
        await film(client, plan, tmp_path, address)
    with BatchFolder.opened(tmp_path, plan) as folder:
        assert folder.batch is not None
        batch_id = folder.batch.id
    with crew(settings) as again:
        await film(client, plan, tmp_path, address)

    batch = await BatchStore(store).find(batch_id)
    items = await BatchStore(store).items(batch)
    assert again == ["Cy, 2 of 3"]
    assert there(tmp_path) == ["1-Bo.mp4", "2-Cy.mp4", "3-Di.mp4"]
    assert [(item.attempts, item.exported) for item in items] == [(1, True), (2, True), (1, True)]


async def test_a_run_that_was_stopped_finds_its_batch_on_the_server_again(
    client: BatchClient, address: str, settings: Settings, tmp_path: Path
) -> None:
    plan = plan_of(settings, "Bo", "Cy")
    with BatchFolder.opened(tmp_path, plan) as folder:
        events = Filming(client, plan, folder, address, POLL_S).events()
        await anext(events)
        await events.aclose()
    with crew(settings) as filmed:
        await film(client, plan, tmp_path, address)

    assert filmed == ["Bo, 1 of 2", "Cy, 2 of 2"]
    assert there(tmp_path) == ["1-Bo.mp4", "2-Cy.mp4"]


async def test_a_film_that_was_lost_here_and_on_the_server_is_made_again(
    client: BatchClient, address: str, settings: Settings, tmp_path: Path
) -> None:
    plan = plan_of(settings, "Bo", "Cy")
    with crew(settings) as filmed:
        await film(client, plan, tmp_path, address)
        (tmp_path / "1-Bo.mp4").unlink()
        await film(client, plan, tmp_path, address)

    assert filmed == ["Bo, 1 of 2", "Cy, 2 of 2", "Bo, 1 of 2"]
    assert there(tmp_path) == ["1-Bo.mp4", "2-Cy.mp4"]


async def test_a_batch_that_the_server_has_forgotten_is_asked_for_again(
    client: BatchClient, address: str, settings: Settings, store: Store, tmp_path: Path
) -> None:
    plan = plan_of(settings, "Bo", "Cy")
    with crew(settings, fails=lambda job: job.item == 1):
        await film(client, plan, tmp_path, address)
    await store.redis.flushall()
    with crew(settings) as again:
        await film(client, plan, tmp_path, address)

    assert again == ["Bo, 1 of 2"]
    assert there(tmp_path) == ["1-Bo.mp4", "2-Cy.mp4"]


async def test_a_host_where_all_films_fail_ends_the_run_and_the_next_one_goes_on(
    client: BatchClient, address: str, settings: Settings, tmp_path: Path
) -> None:
    plan = plan_of(settings, *"abcdefg", max_concurrency=1)
    with crew(settings, fails=lambda job: True):
        stalled = await film(client, plan, tmp_path, address)
    with crew(settings):
        await film(client, plan, tmp_path, address)

    assert stalled.stalled == ("1.1.1.1",)
    assert len(there(tmp_path)) == 7


async def test_a_film_that_somebody_else_has_fetched_is_told(
    client: BatchClient, settings: Settings, tmp_path: Path
) -> None:
    plan = plan_of(settings, "Bo")
    batch = await client.run_batch(plan.body({1}, "2026-01-02"))
    with crew(settings):
        while (await client.batch_status(batch))["ended_at"] is None:
            await asyncio.sleep(POLL_S)
    (item,) = [one async for one in client.batch_items(batch)]
    await client.export(JobAddress(item["job_id"]), tmp_path / "elsewhere.mp4")

    with BatchFolder.opened(tmp_path / "films", plan) as folder:
        async for _ in Following(client, folder, RemoteBatch(server="", id=batch.id, rows=[1])).events():
            pass
        told = folder.record(1)

    assert (told.state, told.error_code) == ("failed", "film_gone")
