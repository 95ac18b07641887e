"""Sizes that keep the code easy to read: files in a folder, lines of a module, lines of a function."""

from graphlib import CycleError
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGES, layers, modules, parse, source_folders
from tests.architecture.structure import (
    MAX_FILES_PER_FOLDER,
    MAX_FUNCTION_LINES,
    MAX_MODULE_LINES,
    describe,
    measure,
)

#: Functions that may be longer, by name and path, each with its reason.
ALLOWED: frozenset[str] = frozenset()


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_no_folder_holds_too_many_files(package: str) -> None:
    full = {str(folder): len(files) for folder, files in source_folders(package).items()}

    assert {folder: count for folder, count in full.items() if count > MAX_FILES_PER_FOLDER} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_too_long(package: str) -> None:
    long = {str(module.path): module.lines for module in modules(package) if module.lines > MAX_MODULE_LINES}

    assert long == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_too_long(package: str) -> None:
    functions = [function for module in modules(package) for function in module.functions]
    long = {f"{one.name} in {one.path}": one.lines for one in functions if one.lines > MAX_FUNCTION_LINES}

    assert {name: lines for name, lines in long.items() if name not in ALLOWED} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_sizes_of_a_package_can_be_printed(package: str) -> None:
    text = describe(measure(package))

    assert text.startswith(f"{package}\n")
    assert "median module" in text


def test_layers_are_counted_along_the_longest_way() -> None:
    assert layers({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"c"}}) == 3
    with pytest.raises(CycleError):
        layers({"a": {"b"}, "b": {"a"}})


def test_lines_of_a_function_are_counted_with_its_docstring(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        '@decorated\nasync def long():\n    """Text."""\n    def inner():\n        return 1\n    return 2\n'
    )

    functions = parse(path, tmp_path).functions

    assert {function.name: function.lines for function in functions} == {"long": 5, "inner": 2}
