"""`sitereel status | export | cancel | retry`, against a real server."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import SecretStr

from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.addresses import DEFAULT_SERVER
from tests.conftest import Serve
from tests.demo_api.cli.test_main import SITEREEL, environment
from tests.demo_api.conftest import Type
from tests.support.jobs import exploring, failed, queued, ready

ROOT = Path(__file__).parents[3]
FILM = b"as good as a film" * 1000
FACTS = {
    "film": '{"duration_s": 7.5, "frames": 225, "width": 1280, "height": 720, "fps": 30, "size_bytes": 17000}'
}

Given = Callable[[Callable[[Store], Awaitable[object]]], None]


@pytest.fixture
def given(settings: Settings) -> Given:
    """Does something with the store, such as making a job."""

    async def do(what: Callable[[Store], Awaitable[object]]) -> None:
        assert settings.redis is not None
        async with Store.opened(settings.redis, settings) as store:
            await what(store)

    return lambda what: asyncio.run(do(what))


@pytest.fixture
def server(
    settings: Settings, serve: Serve, typed: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """A server that the environment names; commands run in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    with serve(settings) as address:
        monkeypatch.setenv("SITEREEL_SERVER", address)
        yield address


def films(store: Store) -> Awaitable[None]:
    return ready(store, FILM, extras={"poster": b"a picture", "captions": b"WEBVTT"}, fields=FACTS)


LITTLE = {"code": "little_to_show", "message": "2 of 10 clicks were made."}


def lacking(store: Store) -> Awaitable[None]:
    return ready(store, FILM, fields={**FACTS, "warnings": json.dumps([LITTLE])})


def in_folder(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_status_is_printed_as_text_and_as_json(server: str, given: Given, typed: Type) -> None:
    given(failed)

    told, asked = typed("status", "j1"), typed("status", f"{server}/demo/export/j1", "--json")

    assert told.code == 0
    assert "https://example.com/ failed, exploring" in told.said
    assert "no luck" in told.said
    assert asked.code == 0
    assert asked.json == httpx.get(f"{server}/demo/status/j1").json()


def test_watching_ends_with_the_job_and_as_it_did(server: str, given: Given, typed: Type) -> None:
    given(films)
    given(lambda store: failed(store, "j2"))

    done, broken = typed("status", "j1", "--watch"), typed("status", "j2", "--watch", "--json")

    assert done.code == 0
    assert done.err.splitlines()[:4] == [
        "Waiting for a browser",
        "Filming",
        "Waiting for the encoder",
        "Encoding the film",
    ]
    assert "sitereel export j1" in done.said
    assert broken.code == 1
    assert broken.json["error"] == "no luck"


def test_a_film_is_exported_under_the_servers_name_and_with_its_artifacts(
    server: str, given: Given, typed: Type, tmp_path: Path
) -> None:
    given(films)

    done = typed(
        "export", "j1", "--poster", "p.png", "--subtitles", "c.vtt", "--contact-sheet", "s.png", "--json"
    )

    assert done.code == 0, done.err
    assert in_folder(tmp_path) == {"sitereel-j1.mp4", "p.png", "c.vtt"}
    assert (tmp_path / "sitereel-j1.mp4").read_bytes() == FILM
    assert (tmp_path / "p.png").read_bytes() == b"a picture"
    assert done.json["film"]["duration_s"] == 7.5
    assert done.json["extras"] == {"poster": "p.png", "captions": "c.vtt"}
    unwritten = {"code": "file_not_written", "message": "s.png was not written: this film has no sheet."}
    assert done.json["warnings"] == [unwritten]
    assert f"warning: {unwritten['message']}" in done.err
    assert "7.5 s, 1280x720" in done.err
    assert typed("export", "j1").code == 1


def test_warnings_are_printed_with_a_status_and_with_an_export(
    server: str, given: Given, typed: Type
) -> None:
    given(lacking)

    told, fetched = typed("status", "j1"), typed("export", "j1", "--json")

    for done in (told, fetched):
        assert f"warning: {LITTLE['message']}" in done.err
    assert fetched.json["warnings"] == [LITTLE]
    assert fetched.json["looked_at"] == []


def test_what_is_there_is_not_overwritten_unless_that_is_asked_for(
    server: str, given: Given, typed: Type, tmp_path: Path
) -> None:
    given(films)
    for name in ("demo.mp4", "p.png"):
        (tmp_path / name).write_bytes(b"yesterday's")

    film = typed("export", "j1", "-o", "demo.mp4")
    picture = typed("export", "j1", "-o", "new.mp4", "--poster", "p.png", "--json")

    assert (film.code, picture.code) == (1, 1)
    assert "demo.mp4 already exists. Name another file, or give --force" in film.said
    assert picture.json["error_code"] == "file_refused"
    assert in_folder(tmp_path) == {"demo.mp4", "p.png"}
    assert (tmp_path / "p.png").read_bytes() == b"yesterday's"

    assert typed("export", "j1", "-o", "demo.mp4", "--force").code == 0
    assert (tmp_path / "demo.mp4").read_bytes() == FILM


def test_a_film_that_is_not_there_is_not_waited_for(
    server: str, given: Given, typed: Type, tmp_path: Path
) -> None:
    given(queued)
    given(lambda store: failed(store, "j2"))

    early, broken = typed("export", "j1", "--json"), typed("export", "j2", "--json")

    assert (early.code, broken.code) == (1, 1)
    assert early.json == {"error": "There is no film: the job is pending.", "error_code": "not_completed"}
    assert broken.json == {"error": "no luck", "error_code": "x"}
    assert in_folder(tmp_path) == set()


def test_a_job_is_cancelled_and_queued_again(server: str, given: Given, typed: Type) -> None:
    given(exploring)

    assert "The job is cancelled" in typed("cancel", "j1").said
    assert typed("retry", "j1", "--json").json["status"] == "pending"
    again = typed("retry", "j1")
    assert again.code == 1
    assert "Only a job that" in again.said


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["status", "nope"], 1, "There is no job nope"),
        (["status", "../x"], 2, "neither a job id nor a link of a job"),
        (["cancel", "j1", "--server", "ftp://x"], 2, "which is not a URL such as http://127.0.0.1:8000"),
        (["status", "j1", "--server", "http://127.0.0.1:9"], 1, "could not be reached"),
        (["export", "j1", "-o", "a", "--poster", "a"], 2, "the same name"),
        (["export", "j1", "-o", "/no/such/folder/a.mp4"], 1, "/no/such/folder does not exist"),
        (["record", "example.com", "--priority", "high"], 2, "give --server too"),
        (["record", "127.0.0.1:9", "--server", "SERVER", "-o", "a.mp4"], 1, "is a private or local address"),
        (["mcp", "--server", "SERVER", "--allow-private-host", "a:1"], 2, "has its own list"),
    ],
)
def test_what_cannot_be_done_ends_with_one_clear_sentence(
    words: list[str], code: int, sentence: str, server: str, given: Given, typed: Type, tmp_path: Path
) -> None:
    given(films)

    done = typed(*(server if word == "SERVER" else word for word in words))

    assert done.code == code
    assert sentence in done.said
    assert "Traceback" not in done.err
    assert done.out == ""
    assert in_folder(tmp_path) == set()


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (["status", "nope", "--json"], 1, "job_unknown"),
        (["status", "--json"], 2, "usage_error"),
        (["export", "j1", "--speed", "3", "--json"], 2, "usage_error"),
        (["record", "ftp://example.com", "--json"], 2, "usage_error"),
        (["record", "example.com", "-o", "/no/such/folder/a.mp4", "--json"], 1, "file_refused"),
    ],
)
def test_a_script_reads_one_object_whatever_happens(
    words: list[str], code: int, name: str, server: str, typed: Type
) -> None:
    done = typed(*words)

    assert done.code == code
    assert done.json["error_code"] == name
    assert done.json["error"]
    assert done.err


def test_interrupting_a_remote_recording_cancels_its_job(server: str, given: Given, tmp_path: Path) -> None:
    taking = psutil.Popen(
        [*SITEREEL, "record", "example.com", "--server", server, "-o", str(tmp_path / "demo.mp4")],
        env=environment(),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert taking.stderr is not None
    assert taking.stderr.readline() == "Waiting for a browser\n"
    taking.send_signal(signal.SIGINT)
    _, said = taking.communicate(timeout=30)

    assert taking.returncode == 130
    assert said == "error: Stopped. Nothing was kept.\n"
    assert in_folder(tmp_path) == set()

    async def is_cancelled(store: Store) -> None:
        (key,) = [key async for key in store.redis.scan_iter("demo:job:*")]
        assert (await store.find(key.decode().removeprefix("demo:job:"))).status == "cancelled"

    given(is_cancelled)


def test_the_token_is_sent_to_its_server_alone_and_never_shown(
    settings: Settings, serve: Serve, given: Given, typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "0123456789abcdef"
    monkeypatch.setenv("API_TOKEN", token)
    given(queued)

    with serve(settings.model_copy(update={"api_token": SecretStr(token)})) as address:
        mine = typed("cancel", "j1", "--server", address)
        elsewhere = typed("status", f"{address}/demo/status/j1", "--server", DEFAULT_SERVER)
        helped = typed("status", "--help")

    assert mine.code == 0, mine.err
    assert elsewhere.code == 1
    assert f"The token is sent to --server only: give --server {address}" in elsewhere.said
    assert token not in mine.said + elsewhere.said + helped.said
