"""Range requests as in RFC 9110: parsing, and the responses."""

from collections.abc import AsyncIterator
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as some

from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.errors import RangeUnsatisfiable
from demo_api.export.ranges import Span, parse_range
from tests.conftest import Serve
from tests.support.jobs import ready
from video.blob_store import CHUNK_BYTES

ETAG = '"abc"'
#: Three chunks, none like another.
PREVIEW = b"".join(bytes([number]) * 1_000 for number in range(256)) * 3 + b"the end"
SIZE = len(PREVIEW)
FILM = b"a film"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=99-99", (99, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=10-1000000000000000000000000", (10, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-100", (0, 100)),
        ("bytes=-101", (0, 100)),
        ("Bytes=0-9", (0, 10)),
        ("bytes= 0-9 ", (0, 10)),
        ("bytes=,\t0-9, ,", (0, 10)),
        ("bytes=007-009", (7, 10)),
        # Several: the whole file
        ("bytes=0-9,20-29", None),
        ("bytes=0-9,1000-", None),
        # No range that can be read, or of something else: as if it was not there
        ("bytes=9-0", None),
        ("bytes=1000-0", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=--1", None),
        ("bytes=0", None),
        ("bytes=0 - 9", None),
        ("bytes=+1-2", None),
        ("bytes=1_0-2_0", None),
        ("bytes=\u0660-\u0669", None),
        ("bytes=a-b", None),
        ("bytes 0-9", None),
        ("bytes =0-9", None),
        ("seconds=0-9", None),
        ("0-9", None),
        ("", None),
        ("bytes=" + "9" * 5_000 + "-", None),
    ],
)
def test_a_range_is_read_as_the_rfc_has_it(asked: str, part: tuple[int, int] | None) -> None:
    assert parse_range([asked], None, ETAG, 100) == (Span(*part) if part else None)


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=" + "9" * 900 + "-", "bytes=-0"])
def test_what_begins_behind_the_end_cannot_be_had(asked: str) -> None:
    with pytest.raises(RangeUnsatisfiable) as caught:
        parse_range([asked], None, ETAG, 100)
    assert caught.value.size_bytes == 100


@pytest.mark.parametrize(
    ("if_range", "counts"),
    [
        (None, True),
        (ETAG, True),
        (f" {ETAG} ", True),
        (f"W/{ETAG}", False),
        ('"other"', False),
        ("abc", False),
        ("Wed, 21 Oct 2015 07:28:00 GMT", False),
        ("*", False),
        ("", False),
    ],
)
def test_a_range_counts_only_for_the_file_that_was_meant(if_range: str | None, counts: bool) -> None:
    assert (parse_range(["bytes=5-9"], if_range, ETAG, 100) is not None) is counts
    # Nor is anything said of a range in a file that is not this one
    if not counts:
        assert parse_range(["bytes=500-"], if_range, ETAG, 100) is None


def test_of_an_empty_file_only_the_whole_can_be_had() -> None:
    assert parse_range([], None, ETAG, 0) is None
    assert parse_range(["bytes=-5"], None, ETAG, 0) is None
    with pytest.raises(RangeUnsatisfiable):
        parse_range(["bytes=0-"], None, ETAG, 0)


def test_without_the_header_or_with_two_of_them_all_is_sent() -> None:
    assert parse_range([], None, ETAG, 100) is None
    assert parse_range(["bytes=0-9", "bytes=0-9"], None, ETAG, 100) is None


@trials(max_examples=100, deadline=None)
@given(
    header=some.text(max_size=40) | some.from_regex(r"bytes=[ ,0-9-]{0,20}", fullmatch=True), data=some.data()
)
def test_whatever_is_asked_the_part_is_within_the_file(header: str, data: some.DataObject) -> None:
    size = data.draw(some.integers(0, 50))
    try:
        part = parse_range([header], None, ETAG, size)
    except RangeUnsatisfiable:
        return
    assert part is None or 0 <= part.start < part.end <= size


@trials(max_examples=100, deadline=None)
@given(size=some.integers(1, 10**12), cuts=some.lists(some.integers(1, 10**12), max_size=8))
def test_a_file_asked_for_piece_by_piece_has_every_byte_once(size: int, cuts: list[int]) -> None:
    edges = sorted({0, size, *(cut for cut in cuts if cut < size)})
    for start, end in pairwise(edges):
        part = parse_range([f"bytes={start}-{end - 1}"], ETAG, ETAG, size)
        assert part == Span(start, end)
        assert part.content_range(size) == f"bytes {start}-{end - 1}/{size}"
    assert parse_range([f"bytes={edges[-2]}-"], None, ETAG, size) == Span(edges[-2], size)
    assert parse_range([f"bytes=-{size - edges[-2]}"], None, ETAG, size) == Span(edges[-2], size)


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    with serve(settings) as url:
        async with httpx.AsyncClient(base_url=url) as opened:
            yield opened


@pytest.mark.anyio
async def test_a_preview_is_sent_in_whatever_parts_are_asked_for(
    store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, FILM, extras={"preview": PREVIEW})
    whole = await client.get("/demo/preview/j1")
    assert (whole.status_code, whole.content) == (200, PREVIEW)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    etag = whole.headers["etag"]

    edge = CHUNK_BYTES
    for start, end in (
        (0, 1),
        (0, edge),
        (edge - 1, edge + 1),
        (edge, 2 * edge),
        (5, SIZE),
        (SIZE - 1, SIZE),
    ):
        answer = await client.get("/demo/preview/j1", headers={"range": f"bytes={start}-{end - 1}"})
        assert (answer.status_code, answer.content) == (206, PREVIEW[start:end])
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
        assert answer.headers["content-length"] == str(end - start)
        assert (answer.headers["etag"], answer.headers["content-type"]) == (etag, "video/mp4")

    for asked, status, content in (
        ({"range": "bytes=-7"}, 206, b"the end"),
        ({"range": "bytes=-7", "if-range": etag}, 206, b"the end"),
        ({"range": "bytes=-7", "if-range": '"another"'}, 200, PREVIEW),
        ({"range": "bytes=0-1,5-6"}, 200, PREVIEW),
        ({"range": "nonsense"}, 200, PREVIEW),
    ):
        answer = await client.get("/demo/preview/j1", headers=asked)
        assert (answer.status_code, answer.content) == (status, content)


@pytest.mark.anyio
async def test_a_preview_has_no_part_behind_its_end(store: Store, client: httpx.AsyncClient) -> None:
    await ready(store, FILM, extras={"preview": PREVIEW})

    answer = await client.get("/demo/preview/j1", headers={"range": f"bytes={SIZE}-"})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_unsatisfiable")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    # A range is asked of GET alone
    answer = await client.head("/demo/preview/j1", headers={"range": f"bytes={SIZE}-"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))


@pytest.mark.anyio
async def test_a_film_that_was_played_fifty_times_can_still_be_fetched_and_then_not_be_played(
    store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, FILM, extras={"preview": PREVIEW})
    for number in range(50):
        part = await client.get("/demo/preview/j1", headers={"range": f"bytes={number * 9_000}-"})
        assert (part.status_code, part.content) == (206, PREVIEW[number * 9_000 :])
    assert (await client.head("/demo/preview/j1")).status_code == 200
    job = await store.find("j1")
    assert job.stage is Stage.READY

    # While somebody fetches the film it is played on
    claim = await store.claim("j1", Stage.READY, Stage.EXPORTING)
    assert claim
    assert (await client.get("/demo/preview/j1", headers={"range": "bytes=-7"})).content == b"the end"
    await store.transition(claim, Stage.READY, {})

    assert (await client.get("/demo/export/j1")).content == FILM
    answer = await client.get("/demo/preview/j1", headers={"range": "bytes=-7"})
    assert (answer.status_code, answer.json()["code"]) == (410, "job_gone")


@pytest.mark.anyio
async def test_a_preview_whose_film_is_exported_meanwhile_is_aborted_and_never_short(
    store: Store, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The blob store has lost a part in the middle, as when the job is deleted during playback."""
    await ready(store, FILM, extras={"preview": PREVIEW})
    key = (await store.find("j1")).extras["preview"]
    await store.redis.hdel(key, "1")

    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/demo/preview/j1")
    assert (await client.get("/demo/preview/j1", headers={"range": "bytes=-7"})).content == b"the end"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
