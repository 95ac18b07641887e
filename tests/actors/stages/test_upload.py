import asyncio
from pathlib import Path

import pytest

from actors.jobs.keys import EXTRAS, Claim
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.stages.script_artifacts import PICTURES, SCREENSHOT
from actors.stages.spec import StorageSpec
from actors.stages.storyboard import NAME
from actors.stages.upload import (
    EXTRA_FILES,
    MAX_EXTRA_BYTES,
    REDIS_RETRY_LIMIT_S,
    FootageUpload,
    store_extras,
)
from explorer.retry_policy import LIMITS
from tests.support.jobs import queued
from video.blob_store import CHUNK_BYTES, NoteRetry, backoffs_s, read_blob
from video.capture.footage import Frame, read_frames

pytestmark = pytest.mark.anyio


@pytest.fixture
async def storage(store: Store, settings: Settings) -> StorageSpec:
    return StorageSpec.of(await queued(store), Claim("j1", Stage.ENCODING, "token", 2), settings)


def open_upload(storage: StorageSpec, work_dir: Path, note: NoteRetry) -> FootageUpload:
    return FootageUpload(storage, work_dir, 1 << 20, note)


def unheard(attempt: int, limit: int, reason: str) -> None:
    """Nobody listens."""


def test_every_extra_has_a_file() -> None:
    assert {*EXTRA_FILES, NAME, "timeline", PICTURES, SCREENSHOT} == set(EXTRAS)


async def test_what_lies_beside_the_film_is_stored_under_its_own_key(
    storage: StorageSpec, store: Store, tmp_path: Path
) -> None:
    for name, file in EXTRA_FILES.items():
        (tmp_path / file).write_text(f"a {name}")

    assert await store_extras(storage, tmp_path, unheard) == ["preview", "poster", "sheet", "captions"]

    for name in EXTRA_FILES:
        key = storage.extra_keys[name]
        assert b"".join([piece async for piece in read_blob(store.redis, key)]) == f"a {name}".encode()
        assert await store.redis.ttl(key) > 0


async def test_a_film_may_go_without_its_extras(storage: StorageSpec, store: Store, tmp_path: Path) -> None:
    assert await store_extras(storage, tmp_path, unheard) == []

    # One that is too large is left out, and the next is stored all the same
    with (tmp_path / "poster.png").open("wb") as file:
        file.truncate(MAX_EXTRA_BYTES + 1)
    (tmp_path / "captions.vtt").write_text("WEBVTT")

    assert await store_extras(storage, tmp_path, unheard) == ["captions"]


def test_a_hang_of_a_minute_costs_no_take() -> None:
    """Each try hangs for the socket's 2 s."""
    begin_s = [0.0]
    for pause_s in backoffs_s(REDIS_RETRY_LIMIT_S):
        if begin_s[-1] + 2.0 + pause_s <= REDIS_RETRY_LIMIT_S:
            begin_s.append(begin_s[-1] + 2.0 + pause_s)

    assert begin_s[-1] > 60
    assert len(begin_s) - 1 >= LIMITS["database"]


async def test_footage_of_which_a_restarted_redis_lost_a_part_is_sent_again(
    storage: StorageSpec, store: Store, tmp_path: Path
) -> None:
    retries: list[tuple[int, int, str]] = []
    frames = [Frame(at_ms, bytes([at_ms]) * CHUNK_BYTES) for at_ms in range(4)]
    upload = open_upload(storage, tmp_path, lambda *retry: retries.append(retry))
    for frame in frames:
        upload.append(frame)
    while await store.redis.hlen(storage.footage_key) < 3:
        await asyncio.sleep(0.01)
    await store.redis.delete(storage.footage_key)

    await upload.finish()
    await upload.aclose()

    assert [frame async for frame in read_frames(read_blob(store.redis, storage.footage_key))] == frames
    assert len(retries) == 1
    assert "lost" in retries[0][2]


async def test_a_film_that_is_begun_anew_replaces_the_footage_of_the_first(
    storage: StorageSpec, store: Store, tmp_path: Path
) -> None:
    first = open_upload(storage, tmp_path, unheard)
    for at_ms in range(4):
        first.append(Frame(at_ms, b"x" * CHUNK_BYTES))
    while not await store.redis.hlen(storage.footage_key):
        await asyncio.sleep(0.01)
    await first.aclose()
    first.append(Frame(9.0, b"a frame that was still under way"))

    second = open_upload(storage, tmp_path, unheard)
    second.append(Frame(0.0, b"anew"))
    await second.finish()

    assert second.frames.times_ms == [0.0]
    assert second.frames.jpeg(0) == b"anew"
    await second.aclose()
    kept = [frame async for frame in read_frames(read_blob(store.redis, storage.footage_key))]
    assert kept == [Frame(0.0, b"anew")]
