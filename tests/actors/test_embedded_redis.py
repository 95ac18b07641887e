import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from actors.embedded_redis import embedded_valkey
from tests.conftest import NewProcesses


def test_it_answers_on_a_unix_socket_only_and_is_gone_afterwards(new_processes: NewProcesses) -> None:
    with embedded_valkey() as url:
        client = Redis.from_url(url)
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("save") == {"save": ""}
        folder = Path(url.removeprefix("unix://")).parent

    assert not folder.exists()
    assert new_processes("") == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_does_not_outlive_its_parent(number: int) -> None:
    program = (
        "import time\nfrom actors.embedded_redis import embedded_valkey\n"
        "with embedded_valkey() as url:\n    print(url, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    parent.stdout.readline()
    [server] = psutil.Process(parent.pid).children()

    os.kill(parent.pid, number)
    parent.wait(10)

    gone, alive = psutil.wait_procs([server], timeout=5)
    assert (len(gone), alive) == (1, [])


def test_a_temporary_folder_with_a_long_name_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    with embedded_valkey() as url:
        assert Redis.from_url(url).ping()


def test_two_do_not_get_into_each_others_way() -> None:
    with embedded_valkey() as one, embedded_valkey() as two:
        Redis.from_url(one).set("a", 1)
        assert Redis.from_url(two).get("a") is None


def test_one_that_is_killed_comes_back_with_all_it_knew(new_processes: NewProcesses) -> None:
    with embedded_valkey() as url:
        client = Redis.from_url(
            url, retry_on_error=[RedisConnectionError], retry=Retry(ConstantBackoff(0.1), 50)
        )
        for number in range(3):
            client.set(f"key {number}", number)
            [server] = new_processes("valkey")
            server.kill()
            server.wait()
            assert client.get("key 0") == b"0"
        assert client.dbsize() == 3

    assert new_processes("") == []
