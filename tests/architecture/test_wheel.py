"""The wheel holds every file of the packages, and works where it is installed, far from the repository."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT

#: What a build reads besides the packages.
BUILD_FILES = ("pyproject.toml", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
#: Loads data files of several kinds and says from where.
LOAD_DATA = """
import explorer
from actors.jobs.scripts import scripts
from explorer.languages import vocabulary
assert "claim" in scripts()
vocabulary.load()
print(explorer.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the repository, so that nothing of an earlier build gets into it."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILD_FILES:
        shutil.copy(ROOT / name, source)
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(built), str(source))
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's content; its dependencies come from the environment of the tests."""
    target = tmp_path_factory.mktemp("installed")
    run(*PIP, "install", "--no-deps", "--no-index", "--no-compile", "--target", str(target), str(wheel))
    return target


def run(*command: str, at: Path | None = None, packages: Path | None = None) -> str:
    """Runs a command to its end, in a folder and with packages of its own; answers what it has written."""
    environment = {**os.environ, "PYTHONPATH": str(packages or "")}
    done = subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_of_the_tree() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(ROOT))


def test_every_file_of_the_packages_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    assert sorted(name for name in names if ".dist-info/" not in name) == sorted(files_of_the_tree())
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_data_files_are_read_where_the_wheel_is_installed(installed: Path, tmp_path: Path) -> None:
    origin = run(sys.executable, "-c", LOAD_DATA, at=tmp_path, packages=installed)

    assert origin.strip() == str(installed / "explorer/__init__.py")


def test_the_command_runs_where_the_wheel_is_installed(installed: Path, tmp_path: Path) -> None:
    command = installed / "bin" / "sitereel"

    text = run(sys.executable, str(command), "--help", at=tmp_path, packages=installed)

    assert "sitereel record https://example.com" in text
