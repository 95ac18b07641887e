"""What all tests share: a real Valkey, the test site, and a running server."""

import gc
import os
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest
from uvicorn import Server

from actors.embedded_redis import embedded_valkey
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.server import listen, make_server
from tests.site.server import SiteServer
from tests.support.shared_valkey import SharedValkey

NewProcesses = Callable[[str], list[psutil.Process]]
Serve = Callable[[Settings], AbstractContextManager[str]]

#: An HTTP client reads whom it may trust when it is made, also one for loopback: all authorities take 50 ms.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent / "support" / "no_authority.pem")

START_TIMEOUT_S = 10.0
#: Files that take longest come first, so that at the end no process is left alone with one of them.
LONGEST = (
    "end_to_end/test_line.py",
    "web_page/",
    "demo_api/cli/test_main.py",
    "explorer/engine/test_exploration.py",
    "end_to_end/",
    "chaos/",
    "conduct/",
    "explorer/engine/test_executor.py",
    "actors/supervision/test_supervisor.py",
    "demo_api/mcp/",
)
#: Fixtures that open a page, and how many cases of one table `make test` opens one for.
OPENS_A_PAGE = frozenset({"show", "show_in_shared_page", "harness", "browser", "visitor"})
FIRST_CASES = 3


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects without the garbage collector, which takes a quarter of the time and finds nothing."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Orders files, and never the tests of one; marks what is left to `make test-all`."""
    cases: Counter[str] = Counter()
    for item in items:
        table, is_case, _ = item.nodeid.partition("[")
        cases[table] += 1
        if is_case and cases[table] > FIRST_CASES and OPENS_A_PAGE & set(getattr(item, "fixturenames", ())):
            item.add_marker("thorough")

    def rank(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        return next((place for place, name in enumerate(LONGEST) if path.startswith(name)), len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def shared_valkey() -> Iterator[SharedValkey]:
    shared = SharedValkey()
    yield shared
    shared.stop()


@pytest.fixture
def redis_url(shared_valkey: SharedValkey) -> str:
    """An empty Valkey that no other test uses at the same time."""
    return shared_valkey.emptied()


@pytest.fixture
def own_redis_url() -> Iterator[str]:
    """A Valkey that is started for the test, and has kept nothing of another."""
    with embedded_valkey() as url:
        yield url


@pytest.fixture
def settings(redis_url: str) -> Settings:
    # A test that ends in the middle of a stage has nothing to wait for.
    return Settings(
        redis_url=redis_url, poll_interval_s=0.1, lease_s=2.0, export_grace_s=0.2, shutdown_grace_s=0
    )


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    assert settings.redis is not None
    async with Store.opened(settings.redis, settings) as opened:
        yield opened


@pytest.fixture
def new_processes() -> NewProcesses:
    """Living descendants whose name begins so, without those that were there when the test began."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}

    def born_since(name: str) -> list[psutil.Process]:
        family = psutil.Process().children(recursive=True)
        return [process for process in family if process.pid not in before and _lives_as(process, name)]

    return born_since


def _lives_as(process: psutil.Process, name: str) -> bool:
    try:
        return process.name().startswith(name) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@pytest.fixture(scope="session")
def site() -> Iterator[SiteServer]:
    with SiteServer() as server:
        yield server


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Runs the API on a free loopback port; gives its address."""
    return lambda settings: serving(make_server(settings))


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Runs a server until left; gives its address."""
    listener = listen("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_TIMEOUT_S)


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the product does."""
    return "asyncio"
