"""docker-compose.yml is one that Compose can read, and gives each service the secrets that it needs alone."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actors.settings import Settings
from tests.architecture.yaml_files import repeated_keys, schema_errors
from tests.support.canaries import secret_variables, variables

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"
SCHEMA = "vendor.compose-spec"
#: Who needs which secret: a worker asks the model, the API asks for the token, and both call webhooks.
HOLDERS = {
    "API_TOKEN": {"api"},
    "OPENAI_API_KEY": {"worker"},
    "REDIS_URL": {"api", "worker"},
    "SECRETS_KEY": {"api", "worker"},
    "WEBHOOK_SECRET": {"api", "worker"},
}


def environments() -> dict[str, dict[str, str]]:
    """What each service is given, as it is written there; keys that are merged in are in."""
    services: dict[str, Any] = YAML(typ="safe").load(COMPOSE)["services"]
    return {name: service.get("environment", {}) for name, service in services.items()}


def test_compose_can_read_it() -> None:
    assert repeated_keys(COMPOSE) == []
    assert schema_errors(SCHEMA, COMPOSE) == ""


def test_a_key_that_is_there_twice_is_noticed(tmp_path: Path) -> None:
    line = "      API_TOKEN: ${API_TOKEN:-}\n"

    assert repeated_keys(altered(tmp_path, line, line * 2)) == ["API_TOKEN"]


@pytest.mark.parametrize(
    ("line", "instead", "complaint"),
    [
        ("  read_only: true\n", "  readonly: true\n", "'readonly' was unexpected"),
        ("      interval: 5s\n", "      interval: [5s]\n", "interval"),
    ],
)
def test_a_mistake_is_noticed(line: str, instead: str, complaint: str, tmp_path: Path) -> None:
    assert complaint in schema_errors(SCHEMA, altered(tmp_path, line, instead))


def altered(folder: Path, line: str, instead: str) -> Path:
    """The file with another line in place of one."""
    written, path = COMPOSE.read_text(), folder / "docker-compose.yml"
    assert line in written
    path.write_text(written.replace(line, instead, 1))
    return path


def test_every_variable_is_a_setting_and_comes_from_one_of_the_same_name() -> None:
    for service, environment in environments().items():
        assert environment.keys() <= {*variables().values()}, service
        for name, value in environment.items():
            assert name == "REDIS_URL" or re.fullmatch(rf"\$\{{{name}:-[^}}]*\}}", value), value


def test_its_defaults_are_settings_that_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for environment in environments().values():
        for name, value in environment.items():
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:-(.*)\}", r"\1", value))
        Settings.read()


def test_a_secret_goes_to_those_who_need_it_alone() -> None:
    given = environments()

    assert HOLDERS.keys() == secret_variables()
    for secret, holders in HOLDERS.items():
        assert {service for service, environment in given.items() if secret in environment} == holders
