"""Files in deploy/ are ones that their engines can read, and name commands and settings that exist."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from actors.jobs.states import Stage
from actors.monitoring.pool import PoolSize
from actors.settings import Settings
from demo_api.cli.main import app
from tests.architecture.source_tree import ROOT
from tests.architecture.test_deployment import COMPOSE, SCHEMA
from tests.architecture.yaml_files import repeated_keys, schema_errors
from tests.support.canaries import variables

DEPLOY = ROOT / "deploy"
SCALE = DEPLOY / "docker-compose.scale.yml"
UNIT = DEPLOY / "sitereel-worker@.service"
FLY, AUTOSCALER = DEPLOY / "fly.toml", DEPLOY / "fly-autoscaler.toml"
KEDA = DEPLOY / "keda-scaledobject.yaml"
MB = 1 << 20
#: What Fly.io's reference for fly.toml has, of what is used here.
FLY_KEYS = {
    "": {
        "app",
        "primary_region",
        "kill_signal",
        "kill_timeout",
        "build",
        "env",
        "processes",
        "http_service",
        "vm",
    },
    "build": {"image"},
    "http_service": {
        *(
            "internal_port",
            "force_https",
            "auto_stop_machines",
            "auto_start_machines",
            "min_machines_running",
        ),
        *("processes", "concurrency", "checks"),
    },
    "concurrency": {"type", "soft_limit", "hard_limit"},
    "checks": {"method", "path", "interval", "timeout", "grace_period", "headers"},
    "vm": {"processes", "size", "memory"},
}
#: Environment of flyio/fly-autoscaler (cmd/fly-autoscaler/main.go).
AUTOSCALER_VARIABLES = {
    *("FAS_APP_NAME", "FAS_PROCESS_GROUP", "FAS_STARTED_MACHINE_COUNT"),
    *("FAS_PROMETHEUS_ADDRESS", "FAS_PROMETHEUS_METRIC_NAME", "FAS_PROMETHEUS_QUERY"),
}
#: KEDA's definition of a ScaledObject and of its Prometheus trigger, of which all values are strings.
KEDA_KEYS = {
    "scaleTargetRef": {"name"},
    "fallback": {"failureThreshold", "replicas"},
    "trigger": {"serverAddress", "query", "threshold", "ignoreNullValues"},
}
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


def read_toml(path: Path) -> Any:
    return tomllib.loads(path.read_text())


def test_every_file_is_checked_here() -> None:
    assert set(DEPLOY.iterdir()) == {SCALE, UNIT, FLY, AUTOSCALER, KEDA}


def test_compose_can_read_what_scales_it() -> None:
    assert repeated_keys(SCALE) == []
    assert schema_errors(SCHEMA, SCALE) == ""


def test_compose_is_scaled_by_what_is_there_and_redis_has_memory_for_all_workers() -> None:
    base, scale = read_yaml(COMPOSE)["services"], read_yaml(SCALE)["services"]
    redis, before = scale["redis"]["command"], base["redis"]["command"]
    place = redis.index("--maxmemory") + 1
    replicas = scale["worker"]["deploy"]["replicas"]
    limit_mb = int(redis[place].removesuffix("mb"))

    assert scale.keys() <= base.keys()
    assert [word for number, word in enumerate(redis) if number != place] == [
        word for number, word in enumerate(before) if number != place
    ]
    # As docs/operations/deployment.md reckons, with 60 films that wait
    assert limit_mb * 0.95 >= (replicas + 1) * Settings().take_bytes / MB + 60 * 5
    assert int(scale["redis"]["deploy"]["resources"]["limits"]["memory"].removesuffix("M")) > limit_mb


def unit_lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Section, key and value of each line of a unit."""
    section = ""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if match := re.fullmatch(r"\[(Unit|Service|Install)\]", line):
            section = match[1]
        else:
            key, equals, value = line.partition("=")
            assert equals, line
            assert re.fullmatch(r"[A-Z]\w+", key), line
            yield section, key, value


def test_a_unit_runs_a_command_with_limits_and_without_what_the_sandbox_of_the_browser_forbids() -> None:
    lines = list(unit_lines(UNIT.read_text()))
    service = {key: value for section, key, value in lines if section == "Service"}
    name, _, size = service["Environment"].partition("=")

    assert len({(section, key) for section, key, _ in lines}) == len(lines)
    program, *arguments = shlex.split(service["ExecStart"])
    assert program.endswith("/bin/sitereel")
    check_command([argument.replace(f"${{{name}}}", size) for argument in arguments])
    # A stage each, and 1 GB for the worker
    stages_mb = PoolSize.parse(size).upper * Settings().max_memory_mb
    assert int(service["MemoryMax"].removesuffix("G")) * 1024 >= stages_mb + 1024
    assert int(service["TimeoutStopSec"]) > Settings().shutdown_grace_s
    assert not {"RestrictNamespaces", "PrivateUsers", "MemoryDenyWriteExecute", "ProcSubset"} & service.keys()


def verified(text: str, folder: Path) -> str:
    """What systemd has against a unit, whose program is one that is there."""
    path = folder / UNIT.name
    path.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.M))
    instance = str(path).replace("@", "@1")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", instance], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode == 0 else f"{done.returncode}: {done.stderr}"


@needs_systemd
def test_systemd_has_nothing_against_the_unit(tmp_path: Path) -> None:
    assert verified(UNIT.read_text(), tmp_path) == ""


@needs_systemd
def test_systemd_notices_a_mistake_in_the_unit(tmp_path: Path) -> None:
    assert "MemoryMaximum" in verified(UNIT.read_text().replace("MemoryMax=", "MemoryMaximum="), tmp_path)


@pytest.mark.parametrize("path", [FLY, AUTOSCALER], ids=lambda path: path.name)
def test_fly_knows_every_key(path: Path) -> None:
    assert list(unknown_keys("", read_toml(path))) == []


def unknown_keys(table: str, values: Any) -> Iterator[str]:
    """Keys that a table of fly.toml does not have; names of variables and processes are free."""
    for part in values if isinstance(values, list) else [values]:
        if not isinstance(part, dict) or table not in FLY_KEYS:
            continue
        yield from (f"{table}.{key}" for key in part.keys() - FLY_KEYS[table])
        for key, value in part.items():
            yield from unknown_keys(key, value)


def test_processes_on_fly_are_commands_with_machines_and_settings() -> None:
    fly = read_toml(FLY)
    processes = fly["processes"]
    api = shlex.split(processes["api"])

    for line in processes.values():
        check_command(shlex.split(line))
    assert sorted(name for vm in fly["vm"] for name in vm["processes"]) == sorted(processes)
    assert set(fly["http_service"]["processes"]) <= processes.keys()
    assert api[api.index("--port") + 1] == str(fly["http_service"]["internal_port"])
    assert fly["env"].keys() <= {*variables().values()}
    assert fly["env"]["ALLOWED_HOSTS"] == f"{fly['app']}.fly.dev"


def test_settings_on_fly_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in read_toml(FLY)["env"].items():
        monkeypatch.setenv(name, value)

    # What a machine is given to stop, in minutes
    assert Settings.read().shutdown_grace_s < 60 * int(read_toml(FLY)["kill_timeout"].removesuffix("m"))


def test_the_autoscaler_of_fly_scales_the_workers_of_the_app() -> None:
    fly, environment = read_toml(FLY), read_toml(AUTOSCALER)["env"]

    assert environment.keys() == AUTOSCALER_VARIABLES
    assert environment["FAS_APP_NAME"] == fly["app"]
    assert environment["FAS_PROCESS_GROUP"] in fly["processes"]
    assert environment["FAS_PROMETHEUS_METRIC_NAME"] in environment["FAS_STARTED_MACHINE_COUNT"]


def test_keda_knows_every_key_and_one_trigger() -> None:
    scaled = read_yaml(KEDA)
    spec = scaled["spec"]
    [trigger] = spec["triggers"]

    assert repeated_keys(KEDA) == []
    assert (scaled["apiVersion"], scaled["kind"]) == ("keda.sh/v1alpha1", "ScaledObject")
    for table in ("scaleTargetRef", "fallback"):
        assert spec[table].keys() == KEDA_KEYS[table]
    assert trigger["type"] == "prometheus"
    assert trigger["metadata"].keys() == KEDA_KEYS["trigger"]
    assert {type(value) for value in trigger["metadata"].values()} == {str}
    assert 1 <= spec["minReplicaCount"] < spec["maxReplicaCount"]


def test_all_scale_on_the_jobs_that_wait_and_that_run() -> None:
    query = read_yaml(KEDA)["spec"]["triggers"][0]["metadata"]["query"]

    assert read_toml(AUTOSCALER)["env"]["FAS_PROMETHEUS_QUERY"] == query
    assert query in FLY.read_text()
    assert re.findall(r"sitereel_\w+", query) == ["sitereel_jobs_waiting", "sitereel_jobs_active"]
    # A download is no work for a worker.
    assert re.findall(r'stage!="(\w+)"', query) == [Stage.EXPORTING]


def check_command(arguments: list[str]) -> None:
    """Fails unless `sitereel` takes these arguments."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
    commands[arguments[0]].make_context(arguments[0], arguments[1:])
