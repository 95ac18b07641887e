"""What a supervisor hands to its child."""

import pytest

from actors.jobs.job import Job, Stage
from actors.jobs.keys import Claim
from actors.jobs.spec import JobSpec
from actors.options import Limits
from actors.settings import Settings
from actors.stages.spec import StageSpec

LISTED = frozenset({"localhost:3000", "10.0.0.5:8080"})


def order(url: str, redis_url: str = "redis://redis.test/0", typed: tuple[str, ...] = ()) -> StageSpec:
    settings = Settings(redis_url=redis_url, allow_private_hosts=LISTED)
    job = Job("j1", JobSpec(url, Limits(max_clicks=1, max_depth=1, max_runtime_s=9), allow_hosts=typed))
    return StageSpec.of(job, Claim("j1", Stage.EXPLORING, "token", 1), settings, "")


def test_a_take_of_a_listed_host_may_visit_all_that_are_listed() -> None:
    assert set(order("http://localhost:3000/").allow_hosts) == LISTED


def test_a_take_of_a_public_site_may_visit_none_of_them() -> None:
    assert order("https://example.com/").allow_hosts == ()


def test_the_address_that_was_typed_may_be_visited_in_any_case() -> None:
    assert order("https://example.com/", typed=("example.com:443",)).allow_hosts == ("example.com:443",)


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
    assert set(order("https://example.com/", redis_url).own_services) == own
