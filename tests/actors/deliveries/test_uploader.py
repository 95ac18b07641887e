"""One film to one store: what it is sent, and what its answer means."""

import asyncio
import hashlib
import re
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from actors.deliveries.uploader import Limits, Upload, put
from actors.webhooks.sender import DeliveryResult
from explorer.egress.policy import EgressPolicy
from tests.attacks.hostile_pages.certificates import CERTIFICATES, make_certificate
from tests.explorer.egress.test_policy import names
from tests.explorer.support.exploration import dead_port
from tests.support.canaries import SIGN
from tests.support.upload_receiver import (
    SECRET_PATH,
    FilmStore,
    Reply,
    answers,
    breaks_off,
    hangs,
    refuses,
    storing,
)

pytestmark = pytest.mark.anyio

#: Gives a busy machine time to answer, but waits no second for servers that do not ask for the film.
QUICK = Limits(continue_s=0.1, stall_s=10.0, answer_s=10.0)
CHUNK = bytes(range(256)) * 256
FILM = CHUNK * 20


async def chunks(count: int = 20) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield CHUNK


async def send(
    store: FilmStore,
    limits: Limits = QUICK,
    trust: ssl.SSLContext | None = None,
    query: str = "",
    size_bytes: int = len(FILM),
) -> DeliveryResult:
    egress = EgressPolicy(frozenset({store.host}))
    upload = Upload(store.url(query=query), "video/mp4", size_bytes, chunks(size_bytes // len(CHUNK)))
    result = await put(upload, egress, limits, trust)
    assert SIGN not in result.error
    assert SECRET_PATH not in result.error
    return result


async def test_a_film_arrives_as_it_is() -> None:
    async with storing() as store:
        assert await send(store) == DeliveryResult()

    [received] = store.received
    assert received.first == f"PUT /{SECRET_PATH}/film.mp4?X-Amz-Signature={SIGN}-signature HTTP/1.1"
    assert received.body == FILM
    assert (received.headers["content-type"], received.headers["host"]) == ("video/mp4", store.host)
    assert received.headers["content-length"] == str(len(FILM))
    assert received.headers["user-agent"].startswith("Sitereel/")
    assert not {"x-ms-blob-type", "transfer-encoding"} & received.headers.keys()


async def test_azure_is_told_what_kind_of_blob_it_is() -> None:
    async with storing() as store:
        await send(store, query="sv=1&sig=x&se=2030-01-01")

    assert store.received[0].headers["x-ms-blob-type"] == "BlockBlob"


async def test_a_large_film_is_never_in_memory_as_a_whole() -> None:
    async def discards(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
        left = size_bytes
        while left:
            left -= len(await reader.read(1 << 16))
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        return b""

    async with storing(discards) as store:
        tracemalloc.start()
        try:
            result = await send(store, size_bytes=1024 * len(CHUNK))
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert result.delivered
    assert peak_bytes < 4 << 20  # of 64 MiB


@pytest.mark.parametrize(
    ("reply", "said", "transient"),
    [
        (refuses("403 Forbidden"), "answered 403 Forbidden", False),
        (answers("403 Forbidden", asks=False), "answered 403 Forbidden", False),
        (answers("403 Forbidden", part=0.5), "answered 403 Forbidden|broke off", None),
        (refuses("503 Slow Down", "Retry-After: 7"), "answered 503 Service Unavailable", True),
        (refuses("408 Request Timeout"), "answered 408", True),
        (refuses("200 OK"), "answered 200 before it had the whole film", True),
        (answers("200 OK", f'ETag: "{"0" * 32}"'), "something else than the film, as its ETag says", True),
        (refuses("nonsense"), "something that is not HTTP", True),
        (breaks_off, "broke off", True),
    ],
)
async def test_what_is_no_success_keeps_the_film(reply: Reply, said: str, transient: bool | None) -> None:
    async with storing(reply) as store:
        result = await send(store)

    assert not result.delivered
    assert re.search(said, result.error), result.error
    assert transient in (None, result.transient)
    assert result.retry_after_s == (7.0 if "503" in said else 0.0)


async def test_an_early_answer_is_no_success() -> None:
    """Of more than the kernel takes for a receiver that reads no further."""
    async with storing(answers("200 OK", part=0.1)) as store:
        result = await send(store, size_bytes=512 * len(CHUNK))

    assert re.search("before it had the whole film|broke off", result.error)
    assert result.transient


@pytest.mark.parametrize(
    "fields",
    [
        (f'ETag: "{hashlib.md5(FILM).hexdigest().upper()}"',),
        (f'ETag: "{"0" * 32}-2"',),
        ('ETag: "0x8DCF00D"',),
        (f'ETag: W/"{"0" * 32}"',),
        (f'ETag: "{"0" * 32}"', "x-amz-server-side-encryption: aws:kms"),
        (f'ETag: "{hashlib.md5(FILM).hexdigest()}"', "x-amz-server-side-encryption: AES256"),
        (),
    ],
)
async def test_an_etag_counts_where_it_is_an_md5(fields: tuple[str, ...]) -> None:
    async with storing(answers("200 OK", *fields)) as store:
        assert (await send(store)).delivered


async def test_who_does_not_ask_for_the_film_gets_it_after_a_while() -> None:
    async with storing(answers("204 No Content", asks=False)) as store:
        assert (await send(store)).delivered

    assert store.received[0].body == FILM


async def test_a_redirect_is_not_followed_and_gets_nothing_of_the_film() -> None:
    async with storing() as other, storing() as store:
        store.replies.append(refuses("307 Temporary Redirect", f"Location: {other.url()}"))
        result = await send(store, Limits())

    assert (other.begun, result.transient) == (0, False)
    assert result.error.endswith("answered 307 Temporary Redirect, and redirects are not followed")


async def test_who_takes_nothing_more_or_does_not_answer_is_given_up_in_time() -> None:
    for limits, count in ((replace(QUICK, stall_s=0.3), 512), (replace(QUICK, answer_s=0.3), 20)):
        async with storing(hangs) as store:
            result = await send(store, limits, size_bytes=count * len(CHUNK))
        assert result == DeliveryResult(f"{store.host} took too long to take the film or to answer")


async def test_a_store_that_is_not_there_may_come_back() -> None:
    result = await send(FilmStore([], dead_port()))

    assert result.transient
    assert result.error.endswith("could not be reached: Connection refused")


@pytest.mark.parametrize("answered", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["169.254.169.254"]])
async def test_nothing_is_sent_to_a_name_that_leads_to_something_private(answered: list[str]) -> None:
    async with storing() as store:
        egress = EgressPolicy(look_up=names({"films.example.com": answered}))
        upload = Upload("https://films.example.com/film?sig=x", "video/mp4", len(FILM), chunks())
        result = await put(upload, egress, QUICK)

    assert (result.transient, store.begun) == (False, 0)
    assert re.search("private or local|metadata", result.error)


async def test_over_tls_only_a_certificate_that_is_believed_will_do(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path / "own", CERTIFICATES["self-signed"])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with storing(tls=tls) as store:
        stranger = await send(store)
        friend = await send(store, trust=ssl.create_default_context(cafile=str(certificate)))

    assert stranger.error == f"The certificate of {store.host} is not valid: self-signed certificate"
    assert friend.delivered
    assert [received.body for received in store.received] == [FILM]
