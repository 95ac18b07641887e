"""Footage written by the writer is read back whole, or refused."""

import random
import struct
from collections.abc import AsyncIterator

import pytest

from video.capture.footage import HEADER, FootageWriter, Frame, read_frames
from video.errors import FootageDamaged

pytestmark = pytest.mark.anyio

FRAMES = [Frame(0.0, b"a"), Frame(16.75, bytes(range(256)) * 40), Frame(1e7 + 0.125, b"\xff\xd8" * 9)]


def footage(frames: list[Frame]) -> bytes:
    writer = FootageWriter()
    return b"".join([writer.header(), *map(writer.frame, frames), writer.end()])


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def read(data: bytes, size: int = 1000) -> list[Frame]:
    return [frame async for frame in read_frames(pieces(data, size))]


@pytest.mark.parametrize("size", [1, 7, 8, 12, 1000, 1_000_000])
async def test_frames_survive_in_pieces_of_any_size(size: int) -> None:
    assert await read(footage(FRAMES), size) == FRAMES


async def test_footage_without_frames_is_whole() -> None:
    assert await read(footage([])) == []


async def test_every_truncation_is_noticed() -> None:
    whole = footage(FRAMES)
    for length in range(0, len(whole), 97):
        with pytest.raises(FootageDamaged, match="end mark"):
            await read(whole[:length])
    with pytest.raises(FootageDamaged, match="end mark"):
        await read(whole[:-12])


async def test_a_frame_is_delivered_before_the_rest_has_arrived() -> None:
    async def arriving() -> AsyncIterator[bytes]:
        writer = FootageWriter()
        yield writer.header() + writer.frame(FRAMES[0])
        raise AssertionError("the first frame was not delivered as soon as it was there")

    assert await anext(read_frames(arriving())) == FRAMES[0]


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + bytes(100),
        HEADER[:6] + struct.pack("<H", 2) + footage(FRAMES)[8:],
        HEADER + struct.pack("<dI", 0.0, 0xFFFFFFFF) + bytes(1000),
        footage(FRAMES) + b"x",
        footage(FRAMES)[:-12] + struct.pack("<dI", 2.0, 0),
    ],
    ids=["foreign", "other version", "absurd length", "bytes after the end", "frames missing"],
)
async def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(FootageDamaged):
        await read(data)


async def test_random_bytes_after_the_header_never_pass() -> None:
    noise = random.Random(7)
    for _ in range(50):
        with pytest.raises(FootageDamaged):
            await read(HEADER + noise.randbytes(noise.randrange(2000)))


def test_an_empty_picture_is_not_a_frame() -> None:
    with pytest.raises(ValueError, match="bytes"):
        FootageWriter().frame(Frame(0.0, b""))
