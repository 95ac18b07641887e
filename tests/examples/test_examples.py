"""The examples run: with a real server, real signatures, and a stand-in for the command that films."""

import asyncio
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from actors.jobs.store import Store
from actors.settings import Settings
from actors.webhook_signing import new_secret, signed
from tests.conftest import Serve
from tests.support.jobs import failed, ready

EXAMPLES = Path(__file__).parents[2] / "examples"
FILM_MANY = EXAMPLES / "film_many.sh"
PUBLIC = "http://93.184.215.14/"
FILM = b"a film" * 1000
#: Writes a file as `sitereel record` does and notes its arguments; fails for pages that are broken.
RECORD = """#!/usr/bin/env bash
cat >> "$CALLS.stdin"
echo "$@" >> "$CALLS"
case $2 in *broken*) exit 1 ;; esac
echo film > "$4"
"""


def load(name: str) -> Any:
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def links_of(address: str, job_id: str) -> dict[str, str]:
    return {name: f"{address}/demo/{name}/{job_id}" for name in ("status", "events", "export")}


def test_every_example_is_described_and_every_described_one_is_there() -> None:
    described = re.findall(r"^\| \[(.*?)\]", (EXAMPLES / "README.md").read_text(), re.M)

    assert sorted(described) == sorted(
        path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".sh"}
    )


@pytest.mark.anyio
async def test_a_film_is_saved_by_the_api(
    settings: Settings, store: Store, serve: Serve, tmp_path: Path
) -> None:
    film_by_api = load("film_by_api")
    await ready(store, FILM)

    with serve(settings) as address:
        links = links_of(address, "j1")
        error = await asyncio.to_thread(film_by_api.follow, links)
        await asyncio.to_thread(film_by_api.save, links, tmp_path / "demo.mp4")

    assert error is None
    assert [path.name for path in tmp_path.iterdir()] == ["demo.mp4"]
    assert (tmp_path / "demo.mp4").read_bytes() == FILM


@pytest.mark.anyio
async def test_a_job_without_a_film_ends_with_its_reason(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await failed(store, error="The site did not answer.")

    with serve(settings) as address:
        error = await asyncio.to_thread(load("film_by_api").follow, links_of(address, "j1"))

    assert error == "The site did not answer."


def test_the_command_asks_for_a_film_and_is_told_when_the_job_is_cancelled(
    settings: Settings, serve: Serve
) -> None:
    with serve(settings) as address, ended(film_by_api(address, PUBLIC)) as process:
        job_id = await_job(settings)
        urllib.request.urlopen(f"{address}/demo/cancel/{job_id}", data=b"").close()

        assert process.wait(10) == 1
        assert "cancelled" in read_stderr(process)


def test_the_command_says_why_a_request_is_refused(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address, ended(film_by_api(address, "http://127.0.0.1:1/")) as process:
        assert process.wait(10) == 1
        assert "127.0.0.1" in read_stderr(process)


def film_by_api(server: str, url: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "SITEREEL_SERVER": server}
    command = [sys.executable, str(EXAMPLES / "film_by_api.py"), url]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_stderr(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.read()


def await_job(settings: Settings) -> str:
    """The id of the one job that waits, as soon as there is one."""
    deadline = time.monotonic() + 10
    with Redis.from_url(settings.redis_url or "") as redis:
        while time.monotonic() < deadline:
            for key in redis.scan_iter("demo:job:*"):
                return str(key.decode().removeprefix("demo:job:"))
            time.sleep(0.02)
    raise AssertionError("no job was asked for")


@contextmanager
def receiving(secret: str) -> Iterator[str]:
    receiver = load("webhook_receiver").Receiver(secret, 0)
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    with receiver:
        thread.start()
        yield f"http://127.0.0.1:{receiver.server_port}/"
        receiver.shutdown()


def post(address: str, headers: dict[str, str], body: bytes) -> int:
    """The status of the answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code


@pytest.mark.parametrize("secret", [new_secret(), "a-secret-of-24-characters"], ids=["base64", "text"])
def test_the_receiver_believes_signed_messages_and_prints_each_once(
    secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"job_id": "j1", "error": None, "links": {"export": "/demo/export/j1"}}
    body = json.dumps({"type": "demo.completed", "data": data}).encode()
    headers = signed(secret, "msg_j1_1", int(time.time()), body)

    with receiving(secret) as address:
        answers = [post(address, headers, body), post(address, headers, body)]

    assert answers == [204, 204]
    assert capsys.readouterr().out == "demo.completed j1 /demo/export/j1\n"


@pytest.mark.parametrize(
    ("age_s", "changed", "body"),
    [
        (600, {}, b"{}"),
        (0, {"webhook-id": "msg_other"}, b"{}"),
        (0, {"webhook-signature": ""}, b"{}"),
        (0, {"webhook-timestamp": "now"}, b"{}"),
        (0, {}, b"{ }"),
    ],
    ids=["too old", "another id", "no signature", "no time", "another body"],
)
def test_the_receiver_turns_down_all_other_messages(
    age_s: int, changed: dict[str, str], body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = new_secret()
    headers = signed(secret, "msg_j1_1", int(time.time()) - age_s, b"{}") | changed

    with receiving(secret) as address:
        assert post(address, headers, body) == 401

    assert capsys.readouterr().out == ""


def film_many(folder: Path, addresses: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the script with a command in place of `sitereel` that films nothing but writes files."""
    command = folder / "record"
    command.write_text(RECORD)
    command.chmod(0o755)
    return subprocess.run(
        [str(FILM_MANY), str(folder / "films"), *options],
        env={**os.environ, "SITEREEL": str(command), "CALLS": str(folder / "calls")},
        input=addresses,
        capture_output=True,
        text=True,
        check=False,
    )


def test_many_sites_are_filmed_though_one_of_them_cannot_be(tmp_path: Path) -> None:
    done = film_many(tmp_path, "# sites\nhttp://a.test/\nhttp://broken.test/\n\nhttp://b.test/?x=1&y=$2")

    films = tmp_path / "films"
    assert done.returncode == 1
    assert done.stdout == f"2 films in {films}, 1 missing\n"
    assert done.stderr == "no film of line 3, http://broken.test/\n"
    assert sorted(path.name for path in films.iterdir()) == ["002.mp4", "005.mp4"]
    assert "record http://b.test/?x=1&y=$2 --out" in (tmp_path / "calls").read_text()
    assert (tmp_path / "calls.stdin").read_text() == ""


def test_a_second_run_films_what_is_missing(tmp_path: Path) -> None:
    film_many(tmp_path, "http://a.test/\n")
    done = film_many(tmp_path, "http://a.test/\nhttp://b.test/\n", "--max-clicks", "3")

    assert done.returncode == 0
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[1] for call in calls] == ["http://a.test/", "http://b.test/"]
    assert calls[1].endswith("002.mp4 --max-clicks 3")


def test_the_script_can_be_parsed_and_says_how_it_is_called() -> None:
    checked = subprocess.run(["bash", "-n", str(FILM_MANY)], capture_output=True, text=True, check=False)
    usage = subprocess.run([str(FILM_MANY)], capture_output=True, text=True, check=False)

    assert checked.stderr == ""
    assert (usage.returncode, usage.stderr[:6]) == (2, "usage:")
