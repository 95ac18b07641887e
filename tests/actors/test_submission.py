import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from actors.embedded_redis import embedded_valkey
from actors.errors import StoreUnavailable
from actors.jobs.spec import JobSpec
from actors.jobs.store import Store
from actors.options import Limits
from actors.settings import Settings
from actors.submission import announce, check_address, submit
from explorer.errors import AddressRefused
from explorer.types import Wishes
from video.style import Style

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost:3000/", "https://[::1]/"])
async def test_a_private_address_is_refused_unless_it_is_listed(url: str) -> None:
    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        await check_address(url, frozenset())

    await check_address(url, frozenset({"127.0.0.1:80", "localhost:3000", "[::1]:443"}))


async def test_a_name_that_does_not_resolve_is_left_to_the_worker() -> None:
    await check_address("http://no-such-name.invalid/", frozenset())


async def test_an_accepted_job_is_what_was_asked_for(store: Store) -> None:
    spec = JobSpec(
        "https://example.com/",
        Limits(2, 3, 300),
        Wishes(goal="show the orders", avoid=("/admin",), interact="click"),
        Style(size="vertical"),
        "frames",
        storyboard=True,
    )

    job = await submit(store, spec)

    kept = await store.get(job.id)
    assert kept is not None
    assert kept.spec == spec


async def test_an_address_that_may_not_be_filmed_is_no_job(store: Store) -> None:
    with pytest.raises(AddressRefused):
        await submit(store, JobSpec("http://127.0.0.1:3000/", Limits(1, 1, 9)))

    assert await submit(
        store, JobSpec("http://127.0.0.1:3000/", Limits(1, 1, 9), allow_hosts=("127.0.0.1:3000",))
    )


async def test_without_redis_nothing_is_accepted() -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
    async with Store.opened(url, settings) as store:
        with pytest.raises(StoreUnavailable, match="Nothing was accepted"):
            await submit(store, JobSpec("https://example.com/", Limits(1, 1, 9)))


async def test_a_ticket_that_is_not_sent_is_no_error() -> None:
    def send(_queue: str, _job_id: str) -> None:
        raise RedisConnectionError("away")

    await announce(send, "j1")
