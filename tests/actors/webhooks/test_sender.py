"""One message to one receiver: what may be reached, and what its answer means."""

import asyncio
import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from actors.webhooks.sender import DeliveryResult, Timeouts, evaluate, post
from explorer.egress.policy import EgressPolicy
from explorer.egress.resolver import LookUp
from tests.attacks.hostile_pages.certificates import CERTIFICATES, make_certificate
from tests.explorer.egress.test_policy import METADATA, PRIVATE, names
from tests.explorer.support.exploration import answer, dead_port
from tests.support.webhook_receiver import DROP, HANG, Receiver, receiving

pytestmark = pytest.mark.anyio

PATIENT = Timeouts()
QUICK = Timeouts(connect_s=0.5, total_s=0.5)


async def send(
    receiver: Receiver, timeouts: Timeouts = PATIENT, trust: ssl.SSLContext | None = None
) -> DeliveryResult:
    egress = EgressPolicy(frozenset({receiver.host}))
    return await post(receiver.url, b'{"a": 1}', {"webhook-id": "msg_1"}, egress, timeouts, trust)


async def test_a_message_arrives_as_it_is_and_says_who_sends_it() -> None:
    async with receiving() as receiver:
        assert await send(receiver) == DeliveryResult()

    [heard] = receiver.heard
    assert heard.first == "POST /hooks/secret-path?token=secret-query HTTP/1.1"
    assert heard.body == b'{"a": 1}'
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["user-agent"].startswith("Sitereel/")
    assert (heard.headers["host"], heard.headers["webhook-id"]) == (receiver.host, "msg_1")
    assert not [name for name in heard.headers if "proxy" in name or "forwarded" in name]


@pytest.mark.parametrize(
    ("reply", "said"),
    [(HANG, "did not answer within 0.5 s"), (DROP, "broke off|does not speak|cut off|could not be reached")],
)
async def test_a_receiver_that_does_not_answer_may_do_so_later(reply: bytes, said: str) -> None:
    async with receiving(reply) as receiver:
        result = await send(receiver, QUICK)

    assert result.transient
    assert re.search(said, result.error), result.error


async def test_a_receiver_that_is_not_there_may_come_back() -> None:
    result = await send(Receiver([], dead_port()))

    assert result.transient
    assert "could not be reached: Connection refused" in result.error


async def test_what_follows_a_good_answer_is_neither_waited_for_nor_read_to_its_end() -> None:
    never = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
    huge = answer(b"x" * 3_000_000)
    async with receiving(never, huge) as receiver:
        assert (await send(receiver)).delivered
        assert (await send(receiver)).delivered


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as other, receiving() as receiver:
        receiver.replies.append(answer(b"", "307 Temporary Redirect", f"Location: {other.url}"))
        result = await send(receiver)

    assert not other.heard
    assert not result.transient
    assert "307 Temporary Redirect. Redirects are not followed" in result.error


@pytest.mark.parametrize("host", [*PRIVATE, *METADATA])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_nothing_is_sent_to_a_private_address_in_any_disguise(scheme: str, host: str) -> None:
    async with receiving() as receiver:
        result = await post(f"{scheme}://{host}:{receiver.port}/", b"{}", {}, EgressPolicy(), QUICK)

    assert result.error
    assert not receiver.heard


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "x.local"]
)
async def test_a_refusal_of_the_fence_is_not_tried_again(host: str) -> None:
    result = await post(f"http://{host}:8000/", b"{}", {}, EgressPolicy(), QUICK)

    assert not result.transient
    # An IPv6 address is no good to the client, and is turned down at the door.
    assert re.search("private or local|metadata|not a valid address", result.error)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["169.254.169.254"]])
async def test_a_name_that_has_been_bound_anew_to_something_private_is_refused(answers: list[str]) -> None:
    async with receiving() as receiver:
        egress = EgressPolicy(look_up=names({"hooks.example.com": answers}))
        result = await post(f"http://hooks.example.com:{receiver.port}/", b"{}", {}, egress, QUICK)

    assert not result.transient
    assert not receiver.heard


async def test_the_address_that_was_looked_at_is_the_one_that_is_called() -> None:
    async with receiving() as receiver:
        asked: list[str] = []

        async def turning(host: str, port: int) -> tuple[str, ...]:
            asked.append(host)
            return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

        look_up: LookUp = turning
        egress = EgressPolicy(frozenset({f"hooks.example.com:{receiver.port}"}), look_up=look_up)
        result = await post(f"http://hooks.example.com:{receiver.port}/", b"{}", {}, egress, QUICK)

    assert result.delivered
    assert len(asked) == 1


async def test_our_own_services_are_not_called_though_they_are_listed() -> None:
    async with receiving() as receiver:
        egress = EgressPolicy(frozenset({receiver.host}), own=frozenset({receiver.host}))
        result = await post(receiver.url, b"{}", {}, egress, QUICK)

    assert not result.transient
    assert "own services" in result.error
    assert not receiver.heard


async def test_over_tls_only_a_certificate_that_is_believed_will_do(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path / "own", CERTIFICATES["self-signed"])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with receiving(tls=tls) as receiver:
        stranger = await send(receiver)
        friend = await send(receiver, trust=ssl.create_default_context(cafile=str(certificate)))

    assert stranger.transient
    assert "certificate is not valid: self-signed certificate" in stranger.error
    assert friend.delivered
    assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    ("status", "retry_after", "transient", "retry_after_s"),
    [
        (400, "", False, 0),
        (401, "9", False, 0),
        (404, "", False, 0),
        (408, "", True, 0),
        (410, "", False, 0),
        (429, "30", True, 30),
        (429, "soon", True, 0),
        (429, "-5", True, 0),
        (500, "", True, 0),
        (503, "120", True, 120),
        (504, "", True, 0),
        (301, "", False, 0),
        (599, "", True, 0),
    ],
)
def test_what_an_answer_means(status: int, retry_after: str, transient: bool, retry_after_s: float) -> None:
    result = evaluate(status, retry_after)

    assert (result.transient, result.retry_after_s) == (transient, retry_after_s)
    assert str(status) in result.error


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_good_answer_means_that_it_was_heard(status: int) -> None:
    assert evaluate(status).delivered


def test_a_receiver_may_name_the_hour_at_which_it_wants_to_be_called() -> None:
    then = datetime.now(UTC) + timedelta(seconds=100)

    assert 90 < evaluate(503, format_datetime(then, usegmt=True)).retry_after_s <= 100
    assert evaluate(503, "Wed, 21 Oct 2015 07:28:00 GMT").retry_after_s == 0


async def test_the_wait_for_a_silent_receiver_blocks_nobody() -> None:
    async with receiving(HANG) as receiver, receiving() as other:
        slow = asyncio.create_task(send(receiver, QUICK))
        await receiver.until(lambda heard: len(heard) == 1)
        assert (await send(other)).delivered
        assert not slow.done()
        await slow
