import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from actors.admission import accept, announce, check_address, limits_of, style_of
from actors.embedded import embedded_valkey
from actors.errors import StoreUnavailable
from actors.job import Limits
from actors.settings import Settings
from actors.store import Store
from explorer.errors import AddressRefused

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost:3000/", "https://[::1]/"])
async def test_a_private_address_is_refused_unless_it_is_listed(url: str) -> None:
    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        await check_address(url, frozenset())

    await check_address(url, frozenset({"127.0.0.1:80", "localhost:3000", "[::1]:443"}))


async def test_a_name_that_does_not_resolve_is_left_to_the_worker() -> None:
    await check_address("http://no-such-name.invalid/", frozenset())


async def test_an_accepted_job_has_the_limits_that_were_asked_for(store: Store, settings: Settings) -> None:
    job = await accept(
        store, "https://example.com/", limits_of(settings, max_clicks=2), style_of(settings), "auto"
    )

    kept = await store.get(job.id)
    assert kept is not None
    assert kept.limits == Limits(2, settings.max_depth, settings.max_runtime_s)


async def test_without_redis_nothing_is_accepted() -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
    async with Store.opened(url, settings) as store:
        with pytest.raises(StoreUnavailable, match="Nothing was accepted"):
            await accept(store, "https://example.com/", limits_of(settings), style_of(settings), "auto")


async def test_a_ticket_that_is_not_sent_is_no_error() -> None:
    def send(_queue: str, _job_id: str) -> None:
        raise RedisConnectionError("away")

    await announce(send, "j1")
