"""Prints the sizes of each package: `python -m tests.architecture.structure`.

Per package: source files and folders, the fullest folder, lines of modules and functions, and layers and
arrows of the imports, between sub-packages and between files. Functions over the limit are listed at the end.
"""

from dataclasses import dataclass
from statistics import median

from tests.architecture.source_tree import (
    PACKAGES,
    Function,
    Module,
    layers,
    module_imports,
    modules,
    source_folders,
    unit_imports,
)

MAX_FILES_PER_FOLDER = 20
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40


@dataclass(frozen=True, slots=True)
class Graph:
    """An import graph in three numbers."""

    nodes: int
    arrows: int
    layers: int

    def __str__(self) -> str:
        return f"{self.nodes} with {self.arrows} arrows in {self.layers} layers"


@dataclass(frozen=True, slots=True)
class Structure:
    """The sizes of one package."""

    package: str
    files: int
    folders: int
    fullest_folder: str
    fullest_folder_files: int
    median_module_lines: float
    longest_module: Module
    longest_function: Function
    long_functions: tuple[Function, ...]
    units: Graph
    file_graph: Graph


def measure(package: str) -> Structure:
    """Measures one package. Raises CycleError when its imports form a circle."""
    folders = source_folders(package)
    fullest = max(folders, key=lambda folder: len(folders[folder]))
    functions = [function for module in modules(package) for function in module.functions]
    return Structure(
        package,
        files=sum(map(len, folders.values())),
        folders=len(folders),
        fullest_folder=str(fullest),
        fullest_folder_files=len(folders[fullest]),
        median_module_lines=median(module.lines for module in modules(package)),
        longest_module=max(modules(package), key=lambda module: module.lines),
        longest_function=max(functions, key=lambda function: function.lines),
        long_functions=tuple(one for one in functions if one.lines > MAX_FUNCTION_LINES),
        units=_graph(unit_imports(package)),
        file_graph=_graph(module_imports(package)),
    )


def _graph(arrows: dict[str, set[str]]) -> Graph:
    return Graph(len(arrows), sum(map(len, arrows.values())), layers(arrows))


def describe(structure: Structure) -> str:
    """The sizes as lines of text."""
    module, function = structure.longest_module, structure.longest_function
    rows = {
        "source files": f"{structure.files} in {structure.folders} folders",
        "fullest folder": f"{structure.fullest_folder}, {structure.fullest_folder_files} files",
        "median module": f"{structure.median_module_lines:g} lines",
        "longest module": f"{module.path}, {module.lines} lines",
        "longest function": f"{function.name} in {function.path}, {function.lines} lines",
        f"functions over {MAX_FUNCTION_LINES} lines": str(len(structure.long_functions)),
        "sub-packages and loose files": str(structure.units),
        "files": str(structure.file_graph),
    }
    return "\n".join([structure.package, *(f"  {name:29} {value}" for name, value in rows.items())])


def main() -> None:
    measured = [measure(package) for package in PACKAGES]
    print(*map(describe, measured), sep="\n\n")
    offenders = sorted((one for each in measured for one in each.long_functions), key=lambda one: -one.lines)
    if offenders:
        print(f"\nFunctions over {MAX_FUNCTION_LINES} lines:")
    for function in offenders:
        print(f"  {function.lines:4} {function.name} in {function.path}")


if __name__ == "__main__":
    main()
