"""`sitereel mcp`, called by the SDK's own client."""

import io
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from mcp import Client, ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, ImageContent, TextContent
from PIL import Image

from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.addresses import Server
from demo_api.client.output_files import FileRefused
from demo_api.mcp.output_dir import OutputFolder
from demo_api.mcp.tools import make_mcp
from tests.conftest import NewProcesses, Serve
from tests.demo_api.conftest import Type
from tests.site.server import SiteServer
from tests.support.films import probed
from tests.support.jobs import failed, ready

pytestmark = pytest.mark.anyio

FILM = b"as good as a film" * 1000
FACTS = {
    "film": '{"duration_s": 7.5, "frames": 225, "width": 1280, "height": 720, "fps": 30, "size_bytes": 17000}'
}


def text(result: CallToolResult) -> str:
    """The text of a result."""
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def facts(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


@asynccontextmanager
async def agent(folder: Path, *words: str) -> AsyncIterator[ClientSession]:
    """An agent that has started `sitereel mcp` in this folder, whose temporary files are beside it."""
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "films").mkdir(exist_ok=True)
    # Its log goes to a file: pytest's own stderr is none.
    with (folder / "log").open("w") as log:
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-c", "from demo_api.cli.main import main; main()", "mcp", *words],
            env={"PYTHONPATH": os.getcwd(), "SCOUT": "false", "TMPDIR": str(folder / "tmp")},
            cwd=folder / "films",
        )
        async with (
            stdio_client(parameters, log) as (reading, writing),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            yield session


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in (folder / "tmp").iterdir()]


async def test_an_agent_records_in_one_call_and_cancels_another(
    site: SiteServer, tmp_path: Path, new_processes: NewProcesses
) -> None:
    host = site.url.removeprefix("http://").rstrip("/")
    film, told, filming = tmp_path / "films" / "tour.mp4", list[tuple[float, str]](), anyio.Event()

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))
        if message == "Filming":
            filming.set()

    async with agent(tmp_path, "--allow-private-host", host) as session, anyio.create_task_group() as tasks:
        assert left_behind(tmp_path) == []  # nothing runs before something is asked for
        wish = {"url": f"{site.url}lab/dead.html", "file": "tour.mp4", "max_clicks": 1}
        done = await session.call_tool("record_demo", wish, progress_callback=tell)

        answer = facts(done)
        assert answer["file"] == str(film)
        assert answer["film"]["size_bytes"] == film.stat().st_size
        assert len(answer["steps"]) == 1
        assert (await anyio.to_thread.run_sync(probed, film)).codec == "h264"
        assert f"The film is {film}." in text(done)
        assert [block.type for block in done.content] == ["text", "image"]
        assert told[-1][0] == 100
        assert [share for share, _ in told] == sorted(share for share, _ in told)
        assert any(message.startswith("Step 1: ") for _, message in told)

        filming = anyio.Event()
        again = {"url": site.url, "file": "again.mp4"}
        tasks.start_soon(lambda: session.call_tool("record_demo", again, progress_callback=tell))
        await filming.wait()
        family = [process for name in ("chrom", "valkey", "python") for process in new_processes(name)]
        assert len(family) >= 3
        tasks.cancel_scope.cancel()

    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert left_behind(tmp_path) == []
    assert [path.name for path in film.parent.iterdir()] == ["tour.mp4"]
    assert "Traceback" not in (tmp_path / "log").read_text()


async def test_what_an_agent_asks_for_wrongly_is_answered_in_a_sentence(
    site: SiteServer, tmp_path: Path, new_processes: NewProcesses
) -> None:
    async with agent(tmp_path) as session:
        (tmp_path / "films" / "old.mp4").write_bytes(b"yesterday's")

        async def refusal(tool: str = "record_demo", **words: object) -> str:
            done = await session.call_tool(tool, words)
            assert done.is_error
            return text(done)

        assert "private or local address" in await refusal(url=site.url)
        assert "must begin with http" in await refusal(url="ftp://example.com")
        assert "is not overwritten" in await refusal(url=site.url, file="old.mp4")
        assert "Films are written below" in await refusal(url=site.url, file="../new.mp4")
        assert "cannot be a gif film" in await refusal(url=site.url, file="new.mp4", format="gif")
        assert "There is no job nope" in await refusal("demo_status", job_id="nope")

        (server,) = [process for process in new_processes("python") if "mcp" in process.cmdline()]
        family = [server, *server.children(recursive=True)]
        server.send_signal(signal.SIGTERM)
        _, alive = await anyio.to_thread.run_sync(psutil.wait_procs, family, 10)
        assert alive == []

    assert left_behind(tmp_path) == []
    assert [path.name for path in (tmp_path / "films").iterdir()] == ["old.mp4"]


@pytest.fixture
async def client(settings: Settings, serve: Serve, tmp_path: Path) -> AsyncGenerator[Client, None]:
    """An agent whose films are recorded on a server."""
    with serve(settings) as address:
        async with Client(make_mcp(lambda: Server(address), tmp_path)) as client:
            yield client


async def test_the_tools_say_what_they_take(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}

    of_one_film = {"record_demo", "film_script", "demo_status", "export_demo", "cancel_demo"}
    assert set(tools) == of_one_film | {"film_batch"}
    for name, tool in tools.items():
        assert tool.description
        assert tool.output_schema
        told = {"job_id", "status", "file", "film"} if name in of_one_film else {"folder", "counts", "errors"}
        assert tool.output_schema["properties"].keys() >= told
    taken = tools["record_demo"].input_schema
    assert taken["required"] == ["url"]
    assert taken["properties"]["size"]["anyOf"][0]["enum"] == ["720p", "1080p", "vertical", "square"]
    assert "ALLOW_PRIVATE_HOSTS" in taken["properties"]["url"]["description"]
    # What is risky is the operator's to allow, not an agent's.
    assert not taken["properties"].keys() & {"allow_writes", "ignore_certificate_errors", "ignore_robots"}


async def test_an_agents_script_yields_to_no_guardrail(client: Client, store: Store) -> None:
    script = "url: http://93.184.215.14/\nsteps: [{click: Delete}, {click: '{{what}}'}]\nvariables: {what: x}"

    asked = await client.call_tool(
        "film_script", {"script": script, "wait": False, "variables": {"what": "y"}}
    )
    wrong = await client.call_tool("film_script", {"script": "steps: [{clik: A}]", "wait": False})
    secret = await client.call_tool("film_script", {"script": f"{script}\nsecrets: [pin]", "wait": False})

    job = await store.find(facts(asked)["job_id"])
    assert job.spec.script is not None
    assert job.spec.script.given == ("steps[0]", "steps[1]", "url")
    assert "it says clik" in text(wrong)
    assert "secrets.pin" in text(secret)


async def test_a_film_that_a_server_has_is_saved_with_a_picture_to_look_at(
    client: Client, store: Store, tmp_path: Path
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1920, 1080), "navy").save(picture, "PNG")
    await ready(store, FILM, extras={"poster": picture.getvalue()}, fields=FACTS)

    wrong = await client.call_tool("export_demo", {"job_id": "j1", "file": "a.gif"})
    before = await client.call_tool("demo_status", {"job_id": "j1"})
    done = await client.call_tool("export_demo", {"job_id": "j1", "file": "a.mp4"})

    assert wrong.is_error
    assert "The film is mp4" in text(wrong)
    assert "export_demo saves the film" in text(before)
    assert facts(done)["file"] == str(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == FILM
    (shown,) = [block for block in done.content if isinstance(block, ImageContent)]
    assert shown.mime_type == "image/jpeg"
    assert len(shown.data) < 100_000
    assert (await client.call_tool("demo_status", {"job_id": "j1"})).is_error


async def test_an_agent_receives_warnings(client: Client, store: Store) -> None:
    little = {"code": "little_to_show", "message": "2 of 10 clicks were made."}
    await ready(store, FILM, fields={**FACTS, "warnings": json.dumps([little])})

    told = await client.call_tool("demo_status", {"job_id": "j1"})

    assert facts(told)["warnings"] == [little]
    assert "Warning: 2 of 10 clicks were made." in text(told).splitlines()


async def test_a_job_is_begun_looked_at_and_cancelled(client: Client, store: Store) -> None:
    begun = await client.call_tool("record_demo", {"url": "https://example.com", "wait": False})
    job_id = facts(begun)["job_id"]

    waited = await client.call_tool("demo_status", {"job_id": job_id, "wait_s": 1})
    ended = await client.call_tool("cancel_demo", {"job_id": job_id})

    assert (facts(begun)["status"], facts(waited)["status"]) == ("pending", "pending")
    assert facts(ended)["status"] == "cancelled"


async def test_an_agent_receives_the_error_of_a_failed_job(client: Client, store: Store) -> None:
    await failed(store)

    assert "no luck" in text(await client.call_tool("demo_status", {"job_id": "j1", "wait_s": 50}))
    export = await client.call_tool("export_demo", {"job_id": "j1"})
    assert export.is_error
    assert text(export) == "no luck (code: x)"


async def test_a_call_that_is_given_up_takes_its_job_back(client: Client, store: Store) -> None:
    begun = anyio.Event()

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        begun.set()

    async def ask() -> None:
        await client.call_tool("record_demo", {"url": "https://example.com"}, progress_callback=tell)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await begun.wait()
        (job_id,) = [key async for key in store.redis.scan_iter("demo:job:*")]
        tasks.cancel_scope.cancel()

    job = await store.find(job_id.decode().removeprefix("demo:job:"))
    assert job.status == "cancelled"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("/etc/a.mp4", "Films are written below"),
        ("../a.mp4", "Films are written below"),
        ("out/a.mp4", "Films are written below"),
        ("gone/a.mp4", "does not exist"),
        ("a.sh", "not the name of a film"),
        (".bashrc", "not the name of a film"),
        ("old.mp4", "is not overwritten"),
        ("link.mp4", "is not overwritten"),
    ],
)
async def test_nothing_is_written_where_it_must_not_be(name: str, sentence: str, tmp_path: Path) -> None:
    root = tmp_path / "films"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    (root / "link.mp4").symlink_to("/no/such/target.mp4")
    (root / "old.mp4").touch()

    with pytest.raises(FileRefused, match=sentence):
        OutputFolder(root).resolve(name)


async def test_a_film_may_be_put_into_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()

    assert OutputFolder(tmp_path).resolve("shop/a.webm") == tmp_path / "shop" / "a.webm"


def test_a_private_host_that_is_none_is_named(typed: Type) -> None:
    done = typed("mcp", "--allow-private-host", "a")

    assert done.code == 2
    assert "'a' is not host:port" in done.said
