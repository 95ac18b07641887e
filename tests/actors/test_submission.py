import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from actors.embedded_redis import embedded_valkey
from actors.errors import StoreUnavailable
from actors.jobs.job import Limits
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import announce, check_address, limits_of, style_of, submit, wishes_of
from explorer.errors import AddressRefused
from video.style import Style, StyleName

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost:3000/", "https://[::1]/"])
async def test_a_private_address_is_refused_unless_it_is_listed(url: str) -> None:
    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        await check_address(url, frozenset())

    await check_address(url, frozenset({"127.0.0.1:80", "localhost:3000", "[::1]:443"}))


async def test_a_name_that_does_not_resolve_is_left_to_the_worker() -> None:
    await check_address("http://no-such-name.invalid/", frozenset())


async def test_an_accepted_job_has_what_was_asked_for(store: Store, settings: Settings) -> None:
    limits, style = limits_of(settings, max_clicks=2), style_of(settings, size="vertical")

    wishes = wishes_of(settings, goal="show the orders", avoid=["/admin"], interact="click")

    job = await submit(store, "https://example.com/", limits, style, "frames", wishes=wishes, storyboard=True)

    kept = await store.get(job.id)
    assert kept is not None
    assert kept.limits == Limits(2, settings.max_depth, settings.max_runtime_s)
    assert (kept.style, kept.camera) == (style, "frames")
    assert (kept.wishes, kept.storyboard) == (wishes, True)


async def test_without_redis_nothing_is_accepted() -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
    async with Store.opened(url, settings) as store:
        with pytest.raises(StoreUnavailable, match="Nothing was accepted"):
            await submit(store, "https://example.com/", limits_of(settings), style_of(settings), "auto")


async def test_a_ticket_that_is_not_sent_is_no_error() -> None:
    def send(_queue: str, _job_id: str) -> None:
        raise RedisConnectionError("away")

    await announce(send, "j1")


def test_a_film_is_the_operators_where_a_request_names_nothing(settings: Settings) -> None:
    plain = settings.model_copy(update={"film_style": "plain", "film_fps": 60, "film_captions": False})

    assert style_of(settings) == Style()
    assert style_of(plain) == Style("plain", "720p", 60, "mp4", captions=False, title_card=False)
    assert style_of(plain, fps=30, captions=True, size="square").captions
    assert style_of(settings, zoom=False) == Style(zoom=False)


@pytest.mark.parametrize(
    ("operator", "asked", "style", "card"),
    [
        (None, None, "studio", True),
        (None, None, "plain", False),
        (None, True, "plain", True),
        (None, False, "studio", False),
        (False, None, "studio", False),
        (True, None, "plain", True),
        (True, False, "studio", False),
    ],
)
def test_a_studio_film_opens_with_a_title_card_unless_somebody_says_otherwise(
    operator: bool | None, asked: bool | None, style: StyleName, card: bool, settings: Settings
) -> None:
    operators = settings.model_copy(update={"film_title_card": operator})

    assert style_of(operators, style, title_card=asked).title_card is card
