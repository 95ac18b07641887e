"""The specification of a stage."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage
from actors.options import Limits
from actors.settings import Settings
from actors.stages.spec import StageSpec
from actors.stages.take_resources import brief_of
from explorer.retry_policy import Retry
from explorer.types import Wishes
from video.style import Style, layout

LISTED = frozenset({"localhost:3000", "10.0.0.5:8080"})


def spec(url: str, redis_url: str = "redis://redis.test/0", typed: tuple[str, ...] = ()) -> StageSpec:
    settings = Settings(
        redis_url=redis_url, allow_private_hosts=LISTED, openai_api_key=SecretStr("sk-secret")
    )
    job = Job("j1", JobSpec(url, Limits(max_clicks=1, max_depth=1, max_runtime_s=9), allow_hosts=typed))
    return StageSpec.of(job, Claim("j1", Stage.EXPLORING, "token", 1), settings, "")


def test_a_take_of_a_listed_host_may_visit_all_that_are_listed() -> None:
    assert set(spec("http://localhost:3000/").exploration.allow_hosts) == LISTED


def test_a_take_of_a_public_site_may_visit_none_of_them() -> None:
    assert spec("https://example.com/").exploration.allow_hosts == ()


def test_the_address_that_was_typed_may_be_visited_in_any_case() -> None:
    assert spec("https://example.com/", typed=("example.com:443",)).exploration.allow_hosts == (
        "example.com:443",
    )


@pytest.mark.parametrize(
    ("redis_url", "own"),
    [
        ("redis://redis.test/0", {"redis.test:6379"}),
        ("rediss://user:secret@Redis.test:7000/1", {"redis.test:7000"}),
        ("redis://[::1]:6380", {"[::1]:6380"}),
        ("unix:///run/valkey.sock", set()),
    ],
)
def test_our_redis_is_never_visited(redis_url: str, own: set[str]) -> None:
    assert set(spec("https://example.com/", redis_url).exploration.own_services) == own


def test_a_specification_arrives_as_it_was_sent() -> None:
    plain = spec("https://example.com/")
    wishes = Wishes("orders", ("/orders",), ("css=#x",), ("docs.example.com",), "click", True, False, True)
    film = replace(
        plain.film,
        style=Style("plain", "square", 60, "gif", title_card=False),
        camera="frames",
        storyboard=True,
        earlier_retries=(Retry(0.0, "browser", 1, 1, "it died"),),
    )
    full = replace(plain, film=film, exploration=replace(plain.exploration, wishes=wishes))

    for sent in (plain, full):
        line = sent.encode()
        assert line.count(b"\n") == 1
        assert StageSpec.decode(line) == sent


def test_what_a_site_file_says_reaches_the_take_and_no_language_model_sees_what_is_masked() -> None:
    asked = JobSpec("https://example.com/", Limits(1, 1, 9), consent=("Nelp",), mask=("css=.name",))
    sent = StageSpec.of(Job("j1", asked), Claim("j1", Stage.EXPLORING, "token", 1), Settings(), "")

    arrived = StageSpec.decode(sent.encode())

    assert brief_of(arrived.exploration, layout(Style())).consent == ("Nelp",)
    assert arrived.exploration.mask == ("css=.name",)
    assert arrived.is_private
    assert not spec("https://example.com/").is_private


def test_secrets_are_not_shown() -> None:
    shown = repr(spec("https://example.com/", "redis://user:hidden@redis.test/0"))

    assert "sk-secret" not in shown
    assert "hidden" not in shown


def test_what_is_no_specification_is_an_error() -> None:
    with pytest.raises(ValueError, match="storage"):
        StageSpec.decode(b'{"job_id": "j1"}')
