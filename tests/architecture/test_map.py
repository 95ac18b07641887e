"""CONTRIBUTING's map is the tree, and paths, modules, classes and constants in documents are there."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT, SOURCE_SUFFIXES, sub_packages
from tests.architecture.test_imports import ranks

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs/architecture"
DOCUMENTS = (CONTRIBUTING, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "examples/README.md")
TOP_FOLDER_NAMES = (*PACKAGES, "tests", "docs", "examples", "deploy", ".ci", ".github")
TOP_FOLDERS = f"(?:{'|'.join(map(re.escape, TOP_FOLDER_NAMES))})"
#: A path from the top of the repository: no part of a longer one or of an address, and no media type.
PATH = re.compile(rf"(?<![\w./<-])(?!video/(?:mp4|webm)\b)({TOP_FOLDERS}/[\w./*@-]*[\w*/])")
MODULE = re.compile(r"-m ((?:demo_api|actors|explorer|video|tests)[\w.]*)")
#: `EgressPolicy`, `MAX_ATTEMPTS` and the like, alone in backquotes.
NAME = re.compile(r"`((?:[A-Z][a-z]+){2,}|[A-Z]+(?:_[A-Z]+)+)`")
MAX_LINES = 150


def rows(package: str) -> list[str]:
    """The first column of a package's table in the map, without the row for its loose modules."""
    section = CONTRIBUTING.read_text().partition(f"\n### `{package}/`")[2].partition("\n#")[0]
    return [name for name in re.findall(r"^\| `(.*?)` \|", section, re.M) if "/" not in name]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_has_every_sub_package_and_no_other(package: str) -> None:
    assert sorted(rows(package)) == sub_packages(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_lists_sub_packages_in_their_import_order(package: str) -> None:
    places = [ranks(package)[name] for name in rows(package)]

    assert places == sorted(places)


def test_every_top_level_folder_is_in_the_map() -> None:
    ignored = [".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines())]
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    folders = {name for name in folders if not any(fnmatch(name, pattern) for pattern in ignored)}

    assert folders == {name for name in TOP_FOLDER_NAMES if f"`{name}/" in CONTRIBUTING.read_text()}


def test_contributing_stays_short() -> None:
    assert len(CONTRIBUTING.read_text().splitlines()) <= MAX_LINES


def test_at_least_fifteen_changes_have_a_place_to_go_to() -> None:
    section = CONTRIBUTING.read_text().partition("\n## To change X, go to Y\n")[2].partition("\n## ")[0]

    assert len(re.findall(r"^\| (?!to change|---)", section, re.M)) >= 15


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_and_modules_in_a_document_are_there(document: Path) -> None:
    text = document.read_text()

    assert [path for path in PATH.findall(text) if not any(ROOT.glob(path.rstrip("/")))] == []
    assert [name for name in MODULE.findall(text) if not module_exists(name)] == []


@pytest.mark.parametrize(
    "document", [CONTRIBUTING, *sorted(ARCHITECTURE.glob("*.md"))], ids=lambda path: path.name
)
def test_classes_and_constants_in_a_document_are_in_the_code(document: Path) -> None:
    assert [name for name in NAME.findall(document.read_text()) if name not in words()] == []


def test_a_path_is_told_from_an_address() -> None:
    text = "`actors/gone.py`, http://site.test/docs/x, `tests/<package>/x.py`, explorer/page/js/, video/mp4"

    assert PATH.findall(text) == ["actors/gone.py", "explorer/page/js/"]


def module_exists(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


@cache
def words() -> frozenset[str]:
    """All words of the code; settings are written in capitals in the environment."""
    return frozenset(word for text in code() for word in re.findall(r"\w+", text)) | frozenset(
        word.upper() for word in re.findall(r"\w+", (ROOT / "actors/settings.py").read_text())
    )


def code() -> Iterator[str]:
    for top in (*PACKAGES, "tests", "examples"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix in SOURCE_SUFFIXES and "vendor" not in path.parts:
                yield path.read_text()
