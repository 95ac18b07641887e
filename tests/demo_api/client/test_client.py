"""The client against a real server, also through connections that break."""

from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.addresses import JobAddress, Server, with_scheme
from demo_api.client.client import Client
from demo_api.client.status_events import Event, StatusDiff
from demo_api.errors import ApiError
from tests.conftest import Serve
from tests.demo_api.support.relay import Passing, Relay
from tests.site.server import SiteServer
from tests.support.jobs import exploring, failed, queued, ready

pytestmark = pytest.mark.anyio

FILM = bytes(range(256)) * 4000


@pytest.fixture
def address(settings: Settings, serve: Serve) -> Iterator[str]:
    with serve(settings) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncGenerator[Client, None]:
    async with Client.opened(Server(address), retry_limit_s=5) as client:
        yield client


async def all_events(client: Client, job_id: str) -> list[Event]:
    return [event async for event in client.events(JobAddress(job_id))]


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


async def test_a_film_is_saved_whole_and_deleted_on_the_server(
    store: Store, client: Client, tmp_path: Path
) -> None:
    await ready(store, FILM, extras={"poster": b"a picture"})
    job, counts = JobAddress("j1"), list[int]()

    assert await client.artifact(job, "poster") == b"a picture"
    assert await client.film_name(job) == "sitereel-j1.mp4"
    await client.export(job, tmp_path / "demo.mp4", lambda come, size: counts.append(come))

    assert [path.name for path in tmp_path.iterdir()] == ["demo.mp4"]
    assert (tmp_path / "demo.mp4").read_bytes() == FILM
    assert counts[-1] == len(FILM)
    with pytest.raises(ApiError) as gone:
        await client.status(job)
    assert (gone.value.code, gone.value.status) == ("job_gone", 410)


async def test_an_interrupted_download_keeps_the_film_on_the_server_and_the_old_file(
    store: Store, address: str, tmp_path: Path
) -> None:
    await ready(store, FILM)
    out = tmp_path / "demo.mp4"
    out.write_bytes(b"yesterday's")
    relay = Relay(address, cut(lambda seen: 100_000 if len(seen) > 100_000 else -1, times=1))
    async with relay.running() as url, Client.opened(Server(url)) as client:
        with pytest.raises(ApiError, match="still on the server") as broken:
            await client.export(JobAddress("j1"), out)

        assert broken.value.code == "download_interrupted"
        assert [path.name for path in tmp_path.iterdir()] == ["demo.mp4"]
        assert out.read_bytes() == b"yesterday's"

        await _released(client)
        await client.export(JobAddress("j1"), out)
    assert out.read_bytes() == FILM


async def _released(client: Client) -> None:
    """Waits until the server has noticed the end of the download."""
    while (await client.status(JobAddress("j1")))["stage"] != Stage.READY:
        pass


async def test_a_full_disk_is_met_while_the_server_has_the_film(store: Store, client: Client) -> None:
    await ready(store, FILM)

    with pytest.raises(OSError, match="No such file"):
        await client.export(JobAddress("j1"), Path("/no/such/folder/demo.mp4"))

    assert (await client.status(JobAddress("j1")))["status"] == "completed"


async def test_all_events_are_received_from_first_to_last(store: Store, client: Client) -> None:
    await failed(store)

    events = await all_events(client, "j1")

    assert kinds(events)[0] == "stage"
    assert kinds(events)[-1] == "done"
    assert events[-1].data["error"] == "no luck"


async def test_a_broken_stream_is_taken_up_where_it_broke(store: Store, address: str, client: Client) -> None:
    await failed(store)
    whole = await all_events(client, "j1")
    relay = Relay(address, cut(second_event, times=1))

    async with relay.running() as url, Client.opened(Server(url), retry_limit_s=5) as through:
        told = await all_events(through, "j1")

    assert told == whole
    first, second = relay.heads
    assert "last-event-id" not in first.lower()
    assert "last-event-id: " in second.lower()


async def test_a_server_without_events_is_asked_for_the_status(store: Store, address: str) -> None:
    await failed(store)
    relay = Relay(address, hidden=(b"/demo/events/", b"/demo/nothing/"))

    async with relay.running() as url, Client.opened(Server(url)) as client:
        events = await all_events(client, "j1")

    assert kinds(events) == ["stage", "progress", "done"]
    assert events[-1].data == {"status": "failed", "error": "no luck", "error_code": "x"}


async def test_patience_with_a_server_that_is_away_ends(address: str, store: Store) -> None:
    await exploring(store)
    relay = Relay(address, cut(second_event, times=1000))

    async with relay.running() as url, Client.opened(Server(url), retry_limit_s=0) as client:
        with pytest.raises(ApiError):
            await all_events(client, "j1")


async def test_an_api_error_has_the_servers_own_sentence(client: Client, store: Store) -> None:
    await queued(store)

    with pytest.raises(ApiError, match="There is no job nope") as unknown:
        await all_events(client, "nope")
    with pytest.raises(ApiError, match="Only a job that") as early:
        await client.retry(JobAddress("j1"))
    with pytest.raises(ApiError, match="must begin with http") as wrong:
        await client.run({"url": "ftp://example.com"})

    assert (unknown.value.code, early.value.code, wrong.value.code) == (
        "job_unknown",
        "not_ended",
        "request_invalid",
    )


async def test_a_response_that_is_not_sitereels_is_an_error_of_its_own(site: SiteServer) -> None:
    async with Client.opened(Server(site.url.rstrip("/"))) as client:
        with pytest.raises(ApiError, match=r"Is --server .* the address of a Sitereel server"):
            await client.status(JobAddress("j1"))


async def test_an_unreachable_server_is_an_error_that_says_what_to_check() -> None:
    async with Client.opened(Server("http://127.0.0.1:9")) as client:
        with pytest.raises(ApiError, match=r"could not be reached.*`sitereel serve`.*--server") as away:
            await client.status(JobAddress("j1"))

    assert away.value.status is None


async def test_the_token_and_the_key_open_what_they_open(
    settings: Settings, store: Store, serve: Serve
) -> None:
    token = "0123456789abcdef"
    guarded = Settings(redis_url=settings.redis_url, api_token=SecretStr(token))
    job = await queued(store)
    with serve(guarded) as address:
        async with Client.opened(Server(address)) as client:
            with pytest.raises(ApiError, match="token") as locked:
                await client.status(JobAddress("j1"))
            assert locked.value.code == "unauthorized"
            assert (await client.status(JobAddress("j1", job.secret)))["status"] == "pending"
        async with Client.opened(Server(address, token)) as client:
            assert (await client.cancel(JobAddress("j1")))["status"] == "cancelled"
    assert token not in repr(Server(address, token))


def cut(where: Callable[[bytes], int], times: int) -> Callable[[], Passing]:
    """Cuts so many connections off at an offset of their response, which `where` returns, or -1."""
    left = times

    def passing() -> Passing:
        seen = b""

        def piece(data: bytes) -> bytes:
            nonlocal left, seen
            sent, seen = len(seen), seen + data
            if left > 0 and (place := where(seen)) >= 0:
                left -= 1
                return data[: max(0, place - sent)]
            return data

        return piece

    return passing


def second_event(seen: bytes) -> int:
    """Where the second event begins."""
    return seen.find(b"\nid: ", seen.find(b"\nid: ") + 1) if b"\nid: " in seen else -1


@pytest.mark.parametrize(
    ("typed", "job"),
    [
        ("abc-1_2", JobAddress("abc-1_2")),
        ("/demo/status/abc?key=s3", JobAddress("abc", "s3")),
        ("http://films.example/demo/export/abc?key=s3", JobAddress("abc", "s3", "http://films.example")),
        ("https://Films.example:1/x/demo/poster/abc/", JobAddress("abc", None, "https://films.example:1/x")),
    ],
)
async def test_a_job_is_named_by_its_id_or_any_of_its_links(typed: str, job: JobAddress) -> None:
    assert JobAddress.parse(typed) == job


@pytest.mark.parametrize("typed", ["", "a b", "../x", "http://films.example/", "ftp://x/demo/status/abc"])
async def test_what_names_no_job_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="neither a job id nor a link of a job"):
        JobAddress.parse(typed)


async def test_the_token_is_not_sent_where_a_link_leads_to() -> None:
    mine = Server("http://films.example", "secret")

    assert JobAddress.parse("http://films.example/demo/status/a").resolve_server(mine).token == "secret"
    assert JobAddress.parse("a").resolve_server(mine).token == "secret"
    assert JobAddress.parse("http://films.example.evil/demo/status/a").resolve_server(mine).token is None


@pytest.mark.parametrize("typed", ["ftp://x", "http://", "http://user:pw@x", "http://x:99999"])
async def test_what_is_no_servers_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"URL|password|range"):
        Server.parse(typed)


async def test_addresses_are_completed_as_people_mean_them() -> None:
    assert Server.parse("films.example/x/").url == "http://films.example/x"
    assert with_scheme("example.com") == "https://example.com"
    assert with_scheme("localhost:3000/a") == "http://localhost:3000/a"
    assert with_scheme("[::1]:80") == "http://[::1]:80"
    assert with_scheme("ftp://x") == "ftp://x"


async def test_a_take_that_restarted_between_two_polls_is_reported() -> None:
    changes = StatusDiff()
    filming = {"status": "processing", "stage": "exploring", "progress": 10}

    list(changes.since({**filming, "steps": [{"number": 1}, {"number": 2}]}))
    events = list(changes.since({**filming, "steps": [{"number": 7}]}))

    assert [(event.kind, event.data.get("stage")) for event in events] == [
        ("stage", "queued"),
        ("step", None),
    ]
    assert events[1].data == {"number": 7}
