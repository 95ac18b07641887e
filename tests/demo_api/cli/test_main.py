"""The command line as a user types it: errors in this process, what starts something in one of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from demo_api.server import listen
from explorer.browser.chromium import find_chromium
from tests.demo_api.conftest import Type
from tests.site.server import SiteServer
from tests.support.films import is_blank, picture, probed
from tests.support.markers import thorough
from video.editing.timeline import Timeline

SITEREEL = [sys.executable, "-c", "from demo_api.cli.main import main; main()"]
#: Under the limit of a test, and over what a busy machine takes.
START_TIMEOUT_S = 120.0


def environment(**more: str) -> dict[str, str]:
    cleared = ("REDIS_URL", "REDIS_HOST", "OPENAI_API_KEY", "MAX_CLICKS", "ALLOW_PRIVATE_HOSTS")
    own = {name: value for name, value in os.environ.items() if name not in cleared}
    # What the scout makes of a site is tested in tests/explorer.
    return own | {"SCOUT": "false"} | more


def sitereel(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SITEREEL, *words], capture_output=True, text=True, timeout=240, env=environment(**variables)
    )


def flat(text: str) -> str:
    """Without colours and line breaks, which depend on the terminal."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


@pytest.mark.parametrize("options", [(), thorough(("--scout",))], ids=["plain", "scout"])
def test_recording_writes_a_film_and_nothing_else(
    options: tuple[str, ...], site: SiteServer, tmp_path: Path
) -> None:
    out, bin = tmp_path / "films" / "demo.mp4", tmp_path / "bin"
    for folder in (out.parent, bin):
        folder.mkdir()
    viewer = bin / "xdg-open"
    viewer.write_text(f'#!/bin/sh\necho "a viewer talks"\necho "$1" > {tmp_path}/played\n')
    viewer.chmod(0o755)
    words = ("-o", str(out), "--max-clicks", "1", "--json", "--open", *options)

    done = sitereel("record", site.url + "gallery.html", *words, PATH=f"{bin}:{os.environ['PATH']}")

    assert done.returncode == 0, done.stderr
    assert "1 clicks" in flat(done.stderr)
    # No terminal, no bar: a line for each stage, and one on the film.
    assert done.stderr.splitlines()[:2] == ["Waiting for a browser", "Filming"]
    assert [path.name for path in out.parent.iterdir()] == ["demo.mp4"]
    assert (tmp_path / "played").read_text() == f"{out}\n"
    told = json.loads(done.stdout)
    assert (told["file"], len(told["steps"]), told["warnings"]) == (str(out), 1, [])
    assert told["film"]["size_bytes"] == out.stat().st_size
    film = probed(out)
    assert (film.width, film.height, film.codec) == (1280, 720, "h264")
    assert film.duration_s > 2
    assert not is_blank(picture(out, 0))


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["ftp://example.com"], 2, "must begin with http:// or https://"),
        (["http://user:secret@example.com"], 2, "must not contain a user name"),
        thorough(["http://127.0.0.1:4/"], 1, "could not be reached"),
        thorough(["http://no-such-host.invalid/"], 1, "no-such-host.invalid"),
        (["http://example.com", "-o", "/no/such/folder/demo.mp4"], 1, "/no/such/folder does not exist"),
        (["http://example.com", "-o", "/"], 1, "is a folder"),
        (["http://example.com", "-o", "demo.webm", "--format", "gif"], 2, "cannot be a gif film"),
        (["http://example.com", "-o", "demo.MP4", "--format", "webm"], 2, "cannot be a webm film"),
        (["http://example.com", "--poster", "/no/such/folder/p.png"], 1, "/no/such/folder does not exist"),
        (["http://example.com", "--poster", "a.png", "--contact-sheet", "a.png"], 2, "the same name"),
        (["http://example.com", "--storyboard", "/etc/passwd/here"], 1, "/etc/passwd is not a folder"),
        (["http://example.com", "--goal", "x" * 301], 2, "--goal String should have at most 300"),
        (
            ["http://example.com", "--focus", "a", "--focus", ""],
            2,
            "--focus must not contain an empty entry",
        ),
        (["http://example.com", "--avoid", "css="], 2, "--avoid has a css= without a selector"),
        (["http://example.com", "--domain", "other.com"], 2, "only example.com and hosts below it"),
    ],
)
def test_what_cannot_be_recorded_ends_with_one_clear_sentence(
    typed: Type, words: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    if "-o" not in words:
        words = [*words, "-o", str(tmp_path / "demo.mp4")]

    done = typed("record", *words)

    assert done.code == code
    assert sentence in done.said
    assert "Traceback" not in done.err
    assert "secret" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_an_existing_film_survives_a_take_that_fails(site: SiteServer, tmp_path: Path) -> None:
    out = tmp_path / "demo.mp4"
    out.write_bytes(b"yesterday's film")

    assert sitereel("record", site.url + "login.html", "-o", str(out)).returncode == 1

    assert out.read_bytes() == b"yesterday's film"


@pytest.mark.parametrize(
    "option",
    [
        "--max-clicks=0",
        "--max-depth=99",
        "--max-runtime=x",
        "--speed=3",
        "--style=fancy",
        "--size=4k",
        "--fps=25",
        "--format=avi",
        "--captions=yes",
        "--camera=video",
        "--poster=/",
        "--interact=none",
        "--storyboard=/etc/passwd",
    ],
)
def test_bad_options_are_usage_errors(typed: Type, option: str) -> None:
    assert typed("record", "https://example.com", option).code == 2


@pytest.mark.thorough
def test_a_film_can_be_made_to_measure_and_what_comes_with_it_be_saved(
    site: SiteServer, tmp_path: Path
) -> None:
    film, timeline = tmp_path / "demo.mp4", tmp_path / "what happened.json"
    options = ["--style", "plain", "--size", "square", "--no-captions", "--no-zoom", "--camera", "realtime"]

    done = sitereel(
        "record",
        *(site.url + "lab/dead.html", "--max-clicks", "1", *options),
        *("-o", str(film), "--timeline", str(timeline)),
    )

    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"demo.mp4", "what happened.json"}
    story = Timeline.decode(timeline.read_bytes())
    assert len(story.steps) == 1
    assert probed(film).codec == "h264"


@pytest.mark.thorough
def test_a_film_can_be_made_on_a_server_and_brought_here(site: SiteServer, tmp_path: Path) -> None:
    host = site.url.removeprefix("http://").rstrip("/")
    token = "0123456789abcdef"
    film, poster, board = tmp_path / "demo.mp4", tmp_path / "demo.png", tmp_path / "steps"
    with running("serve", "--port", "0", ALLOW_PRIVATE_HOSTS=host, API_TOKEN=token) as (process, address):
        done = sitereel(
            *("record", site.url + "lab/dead.html", "--max-clicks", "1", "--server", address, "--json"),
            *("-o", str(film), "--poster", str(poster), "--storyboard", str(board)),
            API_TOKEN=token,
        )
        process.terminate()
        process.wait(20)

    assert done.returncode == 0, done.stderr
    assert probed(film).codec == "h264"
    assert json.loads(done.stdout)["extras"] == {"poster": str(poster)}
    assert poster.read_bytes().startswith(b"\x89PNG")
    assert (board / "steps.json").exists()
    assert "Filming" in done.stderr


def test_a_bad_setting_is_named(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CLICKS", "lots")

    done = typed("record", "https://example.com")

    assert done.code == 2
    assert "MAX_CLICKS" in done.err


@pytest.mark.parametrize("words", [("record", "https://example.com"), ("serve",), ("doctor",)], ids=str)
def test_a_site_file_that_is_wrong_is_named_and_nothing_starts(
    words: tuple[str, ...], typed: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text("hosts: [shop.example]\nexploration: {allow_writes: true}")
    monkeypatch.setenv("SITES_DIR", str(tmp_path))

    done = typed(*words)

    assert done.code == 2
    assert "SITES_DIR: shop.yaml: exploration has allow_writes, with which it would allow" in flat(done.err)


def test_interrupting_a_take_leaves_nothing_behind(site: SiteServer, tmp_path: Path) -> None:
    out = tmp_path / "demo.mp4"
    taking = psutil.Popen(
        [*SITEREEL, "record", site.url, "-o", str(out)],
        env=environment(TMPDIR=str(tmp_path)),
        stderr=subprocess.PIPE,
    )
    family = _wait_for(taking, "chrom")

    taking.send_signal(signal.SIGINT)
    _, said = taking.communicate(timeout=30)

    assert taking.returncode == 130
    assert b"Stopped" in said
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert list(tmp_path.iterdir()) == []


def _wait_for(parent: psutil.Popen, name: str) -> list[psutil.Process]:
    """All descendants, once one of that name is among them."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        family: list[psutil.Process] = parent.children(recursive=True)
        if any(process.name().startswith(name) for process in family):
            return family
        time.sleep(0.05)
    raise AssertionError(f"no {name} was started")


@contextmanager
def running(*words: str, **variables: str) -> Iterator[tuple[psutil.Popen, str]]:
    """A server started from the command line, and its address."""
    process = psutil.Popen(
        [*SITEREEL, *words], env=environment(**variables), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"listens on (http://[\w.:]+)", line):
                yield process, found[1]
                break
        else:
            raise AssertionError("the server ended before it listened")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.thorough
def test_serve_needs_nothing_else_and_makes_a_film(site: SiteServer, tmp_path: Path) -> None:
    host = site.url.removeprefix("http://").rstrip("/")
    with running("serve", "--port", "0", "--workers", "1", ALLOW_PRIVATE_HOSTS=host) as (process, address):
        with httpx.Client(base_url=address, timeout=30) as client:
            url = site.url + "lab/dead.html"
            job = client.post("/demo/run", json={"url": url, "max_clicks": 1}).json()
            deadline = time.monotonic() + 90
            while (body := client.get(job["links"]["status"]).json())["status"] != "completed":
                assert body["status"] in ("pending", "processing"), body["error"]
                assert time.monotonic() < deadline
                time.sleep(0.5)  # nobody reads its log, a line a request, of which a pipe takes 64 KB
            film = client.get(job["links"]["export"]).content
        family = process.children(recursive=True)
        process.terminate()
        process.wait(20)

    (tmp_path / "film.mp4").write_bytes(film)
    assert probed(tmp_path / "film.mp4").codec == "h264"
    assert psutil.wait_procs(family, timeout=5)[1] == []


@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_single_role_wants_a_shared_redis(typed: Type, role: str) -> None:
    done = typed(role)

    assert done.code == 2
    assert "REDIS_URL" in done.err


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize("size", ["0", "65", "10-2", "2-", "two"])
def test_a_pool_that_cannot_be_is_one_clear_sentence(typed: Type, command: str, size: str) -> None:
    done = typed(command, "--workers", size)

    assert done.code == 2
    expected = (
        f"'{size}' is neither a number from 1 to 64 nor a range of them such as 2-10, the lower number first."
    )
    assert expected in " ".join(done.said.replace("│", " ").split())


def test_the_doctor_shows_every_part() -> None:
    done = sitereel("doctor", COLUMNS="200")

    assert done.returncode == 0
    for part in ("Python", "Browser", "Sandbox", "Limits", "Camera", "ffmpeg", "Redis", "Fonts"):
        assert part in done.stdout


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "camera", "said"),
    [
        ("chromium-headless-shell", "auto", "auto uses frames"),
        thorough("chromium", "auto", "auto uses realtime"),
        thorough("chromium", "frames", "cannot be filmed frame by frame"),
        thorough("chromium-headless-shell", "realtime", "as CAMERA asks"),
    ],
)
def test_the_doctor_reports_the_camera_that_will_be_used(
    kind: str, camera: str, said: str, tmp_path: Path
) -> None:
    # Its name tells what a browser can do
    (tmp_path / kind).symlink_to(find_chromium().path)

    done = sitereel("doctor", COLUMNS="250", CHROMIUM_PATH=str(tmp_path / kind), CAMERA=camera)

    assert said in flat(done.stdout)


@pytest.mark.thorough
def test_the_doctor_reports_a_memory_limit_above_the_available_memory() -> None:
    done = sitereel("doctor", COLUMNS="250", MAX_MEMORY_MB="1000000")

    assert "a stage may use 1000000 MB of memory" in flat(done.stdout)
    assert "Set MAX_MEMORY_MB below" in flat(done.stdout)


@pytest.mark.thorough
def test_the_doctor_fails_and_shows_how_to_fix_what_is_missing(tmp_path: Path) -> None:
    done = sitereel("doctor", COLUMNS="200", CHROMIUM_PATH=str(tmp_path / "none"), FFMPEG_PATH="/none")

    assert done.returncode == 1
    assert "CHROMIUM_PATH" in done.stdout
    assert "FFMPEG_PATH" in done.stdout


def test_a_taken_port_is_one_clear_sentence() -> None:
    with listen("127.0.0.1", 0) as taken:
        done = sitereel("serve", "--port", str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("setting", ["CHROMIUM_PATH", thorough("FFMPEG_PATH")])
def test_a_missing_tool_is_noticed_before_anything_is_filmed(
    setting: str, site: SiteServer, tmp_path: Path
) -> None:
    before = len(site.requests)

    done = sitereel("record", site.url, "-o", str(tmp_path / "demo.mp4"), **{setting: "/no/such/tool"})

    assert done.returncode == 1
    assert setting in done.stderr
    assert site.requests[before:] == []
