"""Workflows, templates and commit hooks can be read by those who run them, and name what is there."""

import importlib.util
import re
import shlex
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.architecture.source_tree import ROOT
from tests.architecture.yaml_files import repeated_keys, schema_errors

GITHUB = ROOT / ".github"
HOOKS = ROOT / ".pre-commit-config.yaml"
WORKFLOWS, FORMS = "vendor.github-workflows", "vendor.github-issue-forms"
#: Which files each schema describes.
SCHEMAS = {
    WORKFLOWS: ["workflows/ci.yml", "workflows/nightly.yml", "workflows/wheel.yml"],
    FORMS: ["ISSUE_TEMPLATE/bug.yml", "ISSUE_TEMPLATE/feature.yml"],
    "vendor.github-issue-config": ["ISSUE_TEMPLATE/config.yml"],
}
#: What can be written without a folder, because it is on every machine.
SYSTEM_COMMANDS = {"python", "sudo"}


def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


def hooks() -> list[dict[str, Any]]:
    return [hook for repository in read(HOOKS)["repos"] for hook in repository["hooks"]]


def test_every_file_has_a_schema() -> None:
    names = [str(path.relative_to(GITHUB)) for path in GITHUB.rglob("*.yml")]

    assert sorted(names) == sorted(chain.from_iterable(SCHEMAS.values()))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_follow_their_schema(schema: str) -> None:
    paths = [GITHUB / name for name in SCHEMAS[schema]]

    assert [repeated_keys(path) for path in paths] == [[] for _ in paths]
    assert schema_errors(schema, *paths) == ""


@pytest.mark.parametrize(
    ("schema", "line", "instead", "error"),
    [
        (WORKFLOWS, "runs-on:", "run-on:", "'runs-on' is a required property"),
        (FORMS, "type: textarea", "type: text", "'text' is not one of"),
    ],
)
def test_a_mistake_is_noticed(schema: str, line: str, instead: str, error: str, tmp_path: Path) -> None:
    name = SCHEMAS[schema][0]
    written, path = (GITHUB / name).read_text(), tmp_path / "file.yml"
    assert line in written
    path.write_text(written.replace(line, instead, 1))

    assert error in schema_errors(schema, path)


def test_workflows_run_on_the_oldest_python_that_is_supported() -> None:
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())

    assert oldest is not None
    for path in GITHUB.glob("workflows/*.yml"):
        versions = re.findall(r'python-version: "([\d.]+)"', path.read_text())
        assert versions == [oldest[1]], path.name


def test_the_workflow_runs_what_has_to_pass_before_a_merge() -> None:
    steps = [step for job in read(GITHUB / "workflows/ci.yml")["jobs"].values() for step in job["steps"]]
    commands = [shlex.split(step["run"])[0] for step in steps if "run" in step]

    assert ".ci/run" in commands
    for command in set(commands) - SYSTEM_COMMANDS:
        assert (ROOT / command).stat().st_mode & 0o111, command


def test_every_hook_runs_a_tool_of_the_project() -> None:
    assert repeated_keys(HOOKS) == []
    assert {repository["repo"] for repository in read(HOOKS)["repos"]} == {"local"}
    for hook in hooks():
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert hook["language"] == "system"
        command, *arguments = shlex.split(hook["entry"])
        assert (ROOT / command).exists(), command
        if arguments[:1] == ["-m"]:
            assert importlib.util.find_spec(arguments[1]), arguments[1]


def test_a_hook_takes_every_lua_script() -> None:
    scripts = sorted(path.relative_to(ROOT) for path in ROOT.glob("actors/**/*.lua"))
    [hook] = [hook for hook in hooks() if hook["id"] == "lua"]

    assert scripts
    assert all(re.search(hook["files"], str(script)) for script in scripts)
