"""Whoever asked to be called hears how the job ended: at least once, whatever dies or fails meanwhile."""

import asyncio
import json
import logging
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from redis.exceptions import RedisError

from actors.jobs.callback import Callback
from actors.jobs.keys import JOB, WEBHOOK, WEBHOOKS
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.monitoring.worker_registry import WorkerRegistration
from actors.services import ServiceThread
from actors.settings import Settings
from actors.webhooks.dispatcher import DEFAULT_POLICY, dispatch
from actors.webhooks.queue import claim_due, settle
from actors.webhooks.sender import Timeouts
from demo_api.openapi.webhooks import Webhook as Described
from tests.actors.webhooks.support import (
    QUICK,
    SECRET,
    calling,
    dispatching,
    eventually,
    is_over,
    listing,
    verified,
)
from tests.conftest import NewProcesses
from tests.explorer.support.exploration import answer, dead_port
from tests.support.jobs import failed, queued, ready
from tests.support.webhook_receiver import DROP, HANG, Receiver, receiving

pytestmark = pytest.mark.anyio

UNAVAILABLE = answer(b"", "503 Service Unavailable")
FILM = {"format": "mp4", "duration_s": 12.5, "frames": 375, "width": 1280, "height": 720, "fps": 30.0}
FILM |= {"size_bytes": 9, "codec": "h264", "subtitles": 1, "chapters": 2}
WARNINGS = [{"code": code, "message": "It is so."} for code in ("little_to_show", "poster_missing")]


async def cancelled(store: Store, receiver: Receiver, job_id: str = "j1", **terms: Any) -> None:
    """A job that has ended, and be it without a film."""
    await queued(store, job_id, callback=calling(receiver, **terms))
    await store.cancel(job_id)


async def report(store: Store, job_id: str = "j1") -> dict[str, Any]:
    job = await store.get(job_id)
    assert job is not None
    return job.callback_report


async def over(store: Store, job_id: str = "j1") -> dict[str, Any]:
    """What the job says of its callback once nothing is left of the call."""
    await eventually(lambda: is_over(store, job_id))
    return await report(store, job_id)


async def test_a_film_is_told_of_in_full_and_signed(settings: Settings) -> None:
    async with receiving() as receiver:
        callback = calling(receiver, base="https://films.example.com", keyed=True)
        async with dispatching(listing(settings, receiver)) as store:
            of_take, of_film = WARNINGS
            fields = {
                "film": json.dumps({**FILM, "warnings": [of_film]}),
                "warnings": json.dumps([of_take]),
            }
            await ready(store, b"a film...", fields=fields, callback=callback)
            assert await over(store) == {"state": "delivered", "attempts": 1, "error": None}
            job = await store.find("j1")

    [heard] = receiver.heard
    told = verified(heard)
    described = Described.model_validate(told)
    assert (told["type"], described.data.status) == ("demo.completed", "completed")
    assert (described.data.job_id, described.data.url) == ("j1", "https://example.com/")
    assert (described.data.error, described.data.error_code) == (None, None)
    assert told["data"]["film"] == {name: value for name, value in FILM.items() if name != "codec"}
    assert told["data"]["warnings"] == WARNINGS
    assert told["data"]["links"]["export"] == f"https://films.example.com/demo/export/j1?key={job.secret}"
    assert heard.headers["webhook-id"] == "msg_j1_1"


async def test_a_failure_is_told_with_its_cause_and_plain_links(settings: Settings) -> None:
    async with receiving() as receiver, dispatching(listing(settings, receiver)) as store:
        await failed(store, error="The site is closed.", callback=calling(receiver))
        await over(store)

    told = verified(receiver.heard[0])
    Described.model_validate(told)
    assert told["type"] == "demo.failed"
    assert (told["data"]["error"], told["data"]["error_code"]) == ("The site is closed.", "x")
    assert told["data"]["film"] is None
    assert told["data"]["links"]["status"] == "/demo/status/j1"


async def test_nobody_is_called_who_has_not_asked_for_it(store: Store) -> None:
    await failed(store)

    assert not await store.redis.exists(WEBHOOKS, WEBHOOK + "j1")


async def test_a_receiver_that_fails_in_every_way_is_called_until_it_has_heard(settings: Settings) -> None:
    later = answer(b"", "429 Too Many Requests", "Retry-After: 1")
    here = Receiver([], dead_port())
    # However long it takes on a busy machine until somebody listens, and until he has answered.
    policy = replace(QUICK, backoff_s=(0.05,) * 200, timeouts=Timeouts(connect_s=2, total_s=2))
    async with dispatching(listing(settings, here), policy) as store:
        await cancelled(store, here)
        # connection refused, until somebody listens there
        assert "Connection refused" in (await eventually(lambda: report(store)))["error"]
        async with receiving(UNAVAILABLE, DROP, HANG, later, port=here.port) as receiver:
            done = await over(store)

    assert done["state"] == "delivered"
    assert done["error"] is None
    assert [verified(heard)["type"] for heard in receiver.heard] == ["demo.cancelled"] * 5
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert len({heard.body for heard in receiver.heard}) == 1
    assert receiver.heard[4].at_s - receiver.heard[3].at_s >= 1, "it had asked for a second"


async def test_after_the_last_attempt_it_is_given_up_and_the_job_says_why(settings: Settings) -> None:
    async with receiving(*[UNAVAILABLE] * 9) as receiver, dispatching(listing(settings, receiver)) as store:
        await cancelled(store, receiver)
        done = await over(store)

    assert len(receiver.heard) == 6
    assert (done["state"], done["attempts"]) == ("given_up", 6)
    assert done["error"] == "It answered 503 Service Unavailable. That was the last of 6 attempts."


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved Permanently", "410 Gone"])
async def test_an_answer_that_will_not_change_is_not_asked_for_again(status: str, settings: Settings) -> None:
    async with receiving(answer(b"", status)) as receiver, dispatching(listing(settings, receiver)) as store:
        await cancelled(store, receiver)
        done = await over(store)

    assert len(receiver.heard) == 1
    assert (done["state"], done["attempts"]) == ("given_up", 1)
    assert f"It answered {status}." in done["error"]


async def test_a_private_address_that_is_no_longer_listed_is_not_called(settings: Settings) -> None:
    async with receiving() as receiver, dispatching(settings) as store:
        await cancelled(store, receiver)
        done = await over(store)

    assert not receiver.heard
    assert (done["state"], done["attempts"]) == ("given_up", 1)
    assert "is a private or local address" in done["error"]


async def test_our_redis_is_not_called_though_it_is_listed(settings: Settings) -> None:
    async with receiving() as receiver:
        # As if Redis listened there; ours is on a unix socket
        known = listing(settings, receiver)
        async with Store.opened(settings.redis or "", known) as store:
            told = Store(store.redis, known.model_copy(update={"redis_url": f"redis://{receiver.host}/0"}))
            dispatch_task = asyncio.create_task(dispatch(told, QUICK))
            await cancelled(store, receiver)
            done = await over(store)
            dispatch_task.cancel()

    assert not receiver.heard
    assert "own services" in done["error"]


async def test_two_dispatchers_deliver_each_webhook_once(settings: Settings) -> None:
    async with receiving() as receiver:
        known = listing(settings, receiver)
        async with dispatching(known) as store, dispatching(known):
            ids = [f"j{number}" for number in range(20)]
            for job_id in ids:
                await cancelled(store, receiver, job_id)
            for job_id in ids:
                await over(store, job_id)

    assert sorted(heard.told["data"]["job_id"] for heard in receiver.heard) == sorted(ids)


async def test_the_webhook_of_a_dispatcher_that_was_killed_is_delivered_again(settings: Settings) -> None:
    async with receiving(HANG) as receiver:
        known = listing(settings, receiver)
        async with Store.opened(settings.redis or "", known) as store:
            await cancelled(store, receiver)
            victim = subprocess.Popen([sys.executable, "-c", VICTIM, settings.redis or "", receiver.host])
            await receiver.until(lambda heard: len(heard) == 1)
            victim.kill()
            victim.wait()
            lease_ends_ms = await store.redis.zscore(WEBHOOKS, "j1")
            async with dispatching(known):
                done = await over(store)

    assert [heard.headers["webhook-id"] for heard in receiver.heard] == ["msg_j1_1"] * 2
    assert lease_ends_ms is not None
    assert time.time() * 1000 >= lease_ends_ms, "nobody else could know that it was dead"
    assert done == {"state": "delivered", "attempts": 2, "error": None}


VICTIM = """
import asyncio, sys
from actors.webhooks.dispatcher import DeliveryPolicy, dispatch
from actors.webhooks.sender import system_trust
from actors.settings import Settings
from actors.jobs.store import Store

async def main(url, host):
    # Not when a call is leased already: on a busy machine loading takes longer than this lease.
    system_trust()
    settings = Settings(redis_url=url, allow_private_hosts=frozenset({host}))
    async with Store.opened(url, settings) as store:
        await dispatch(store, DeliveryPolicy(poll_interval_s=0.02, lease_s=1.5))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_pauses_outlive_the_dispatcher(settings: Settings) -> None:
    policy = replace(QUICK, backoff_s=(0.5,))
    async with receiving(UNAVAILABLE) as receiver:
        known = listing(settings, receiver)
        async with dispatching(known, policy) as store:
            await cancelled(store, receiver)
            await eventually(lambda: report(store))
        async with dispatching(known, policy) as store:
            done = await over(store)

    assert receiver.heard[1].at_s - receiver.heard[0].at_s >= 0.5
    assert (done["state"], done["attempts"]) == ("delivered", 2)


async def test_a_film_that_has_left_before_the_call_is_told_of_and_the_job_stays_forgotten(
    settings: Settings,
) -> None:
    async with receiving() as receiver:
        known = listing(settings, receiver)
        async with Store.opened(settings.redis or "", known) as store:
            await ready(store, b"a film", fields={"film": json.dumps(FILM)}, callback=calling(receiver))
            claim = await store.claim("j1", Stage.READY, Stage.EXPORTING)
            assert claim is not None
            assert await store.finish(claim)
            async with dispatching(known):
                await receiver.until(lambda heard: len(heard) == 1)
                await eventually(lambda: is_over(store))
            assert not await store.redis.exists(JOB + "j1")

    assert verified(receiver.heard[0])["data"]["film"]["frames"] == 375


async def test_a_job_that_has_ended_again_before_the_call_is_told_of_as_it_stands(
    settings: Settings, store: Store
) -> None:
    async with receiving() as receiver:
        await failed(store, callback=calling(receiver))
        await store.retry("j1")
        await store.cancel("j1")
        async with dispatching(listing(settings, receiver)):
            await over(store)

    assert [heard.told["type"] for heard in receiver.heard] == ["demo.cancelled"]
    assert receiver.heard[0].headers["webhook-id"] == "msg_j1_2"


async def test_what_comes_of_an_earlier_end_is_not_said_of_a_later_one(store: Store) -> None:
    await failed(store, callback=Callback("https://example.com/", SECRET))
    terms: dict[str, Any] = {"lease_s": 9, "postpone_s": 1, "has_secret": False}
    first = await claim_due(store, **terms)
    assert first is not None

    await store.retry("j1")
    assert await settle(store, first, "delivered"), "it was made"
    assert await report(store) == {}, "but the job has begun anew"

    await store.cancel("j1")
    second = await claim_due(store, **terms)
    assert second is not None
    assert not await settle(store, first, "given_up", "late")
    assert await settle(store, second, "waiting", "busy", again_s=60)
    assert await report(store) == {"state": "waiting", "attempts": 1, "error": "busy"}


async def test_a_receiver_that_hangs_holds_up_no_others(settings: Settings) -> None:
    policy = replace(QUICK, max_concurrent=3, max_per_receiver=2, timeouts=Timeouts(connect_s=5, total_s=5))
    async with receiving(*[HANG] * 9) as slow, receiving() as quick:
        known = listing(settings, slow, quick)
        async with Store.opened(settings.redis or "", known) as store:
            for number in range(5):
                await cancelled(store, slow, f"slow{number}")
            await cancelled(store, quick, "quick")
            async with dispatching(known, policy):
                await slow.until(lambda heard: len(heard) == 2)
                assert (await over(store, "quick"))["state"] == "delivered"
                assert len(slow.heard) == 2


async def test_a_webhook_is_left_to_a_dispatcher_that_has_the_secret(
    settings: Settings,
) -> None:
    async with receiving() as receiver:
        lacking = listing(settings, receiver)
        having = listing(settings, receiver, webhook_secret=SecretStr(SECRET))
        async with dispatching(lacking) as store:
            await cancelled(store, receiver, "theirs", secret=None)
            await cancelled(store, receiver, "own")
            await over(store, "own")
            assert await store.redis.zscore(WEBHOOKS, "theirs") is not None
            async with dispatching(having):
                await over(store, "theirs")

    assert [heard.told["data"]["job_id"] for heard in receiver.heard] == ["own", "theirs"]
    verified(receiver.heard[1])


async def test_a_call_that_cannot_be_read_keeps_no_other_from_being_made(
    settings: Settings, store: Store
) -> None:
    async with receiving() as receiver:
        await cancelled(store, receiver, "bad")
        await store.redis.hset(WEBHOOK + "bad", "film", "{")
        await cancelled(store, receiver, "good")
        async with dispatching(listing(settings, receiver)):
            assert (await over(store, "good"))["state"] == "delivered"


async def test_a_call_whose_record_has_expired_is_forgotten(settings: Settings, store: Store) -> None:
    await cancelled(store, Receiver([], dead_port()))
    assert 0 < await store.redis.ttl(WEBHOOK + "j1") <= 86_400
    await store.redis.unlink(WEBHOOK + "j1")

    async with dispatching(settings):
        await over(store)


async def test_an_idle_dispatcher_asks_once_an_interval(settings: Settings, store: Store) -> None:
    async def asked() -> int:
        stats = await store.redis.info("commandstats")
        return int(stats.get("cmdstat_evalsha", {}).get("calls", 0))

    async with dispatching(settings, replace(QUICK, poll_interval_s=0.1)):
        before, began_s = await asked(), time.monotonic()
        await asyncio.sleep(0.5)
        rounds = (time.monotonic() - began_s) / 0.1
        assert 1 <= await asked() - before <= rounds + 1
    assert DEFAULT_POLICY.poll_interval_s == 1


async def test_a_redis_that_dies_forgets_no_call(
    settings: Settings, new_processes: NewProcesses, own_redis_url: str
) -> None:
    [server] = new_processes("valkey-server")
    settings = settings.model_copy(update={"redis_url": own_redis_url})
    policy = replace(QUICK, backoff_s=(0.3,))
    async with receiving(UNAVAILABLE) as receiver, dispatching(listing(settings, receiver), policy) as store:
        await cancelled(store, receiver)
        await eventually(lambda: report(store))
        server.kill()
        await receiver.until(lambda heard: len(heard) == 2)
        await eventually(lambda: is_delivered(store))


async def is_delivered(store: Store) -> bool:
    """False also while Redis is away."""
    try:
        return bool((await report(store))["state"] == "delivered")
    except RedisError:
        return False


async def test_a_redis_that_is_full_keeps_nobody_from_being_called(settings: Settings) -> None:
    async with receiving(UNAVAILABLE) as receiver, dispatching(listing(settings, receiver)) as store:
        await queued(store, callback=calling(receiver))
        await store.redis.config_set("maxmemory", 1)
        await store.cancel("j1")
        assert (await over(store)) == {"state": "delivered", "attempts": 2, "error": None}


async def test_the_log_keeps_what_is_secret_about_a_receiver(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    replies = (UNAVAILABLE, answer(b"", "404 Not Found"))
    async with receiving(*replies) as receiver, dispatching(listing(settings, receiver)) as store:
        await cancelled(store, receiver)
        done = await over(store)

    said = " ".join(record.getMessage() for record in caplog.records)
    assert f"http://{receiver.host} about job j1 (msg_j1_1), attempt 2" in said
    for text in (said, json.dumps(done)):
        assert "secret" not in text
        assert SECRET not in text


async def test_a_worker_has_a_dispatcher_beside_its_watchdog(settings: Settings) -> None:
    async with receiving() as receiver:
        known = listing(settings, receiver)
        services = ServiceThread(known, lambda queue, job_id: None, WorkerRegistration(slots=1))
        services.start()
        async with Store.opened(settings.redis or "", known) as store:
            await cancelled(store, receiver)
            assert (await over(store))["state"] == "delivered"
        await asyncio.to_thread(services.stop)

    assert not services.is_alive()


async def test_it_ends_when_it_is_told_to_whatever_it_is_at(settings: Settings) -> None:
    """Python 3.11 and redis-py lose a cancellation that comes while a command is sent."""
    async with Store.opened(settings.redis or "", settings) as store:
        for number in range(60):
            dispatch_task = asyncio.create_task(dispatch(store, replace(QUICK, poll_interval_s=0)))
            for _ in range(number):
                await asyncio.sleep(0)
            dispatch_task.cancel()
            done, _ = await asyncio.wait({dispatch_task}, timeout=5)
            assert done
