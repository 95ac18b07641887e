"""The source files of the project, parsed once: modules, functions, and which module imports which."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("demo_api", "actors", "explorer", "video")
#: Files that hold code; word lists, fonts and pictures are data.
SOURCE_SUFFIXES = frozenset({".py", ".js", ".lua", ".css", ".html"})
#: Code of others, which lies as its authors publish it.
VENDORED = "vendor"


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method; its lines are counted from `def` to the last one, docstring included."""

    path: Path
    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class Module:
    path: Path
    #: As it is imported, for instance `explorer.page.discovery`; a package has the name of its folder.
    name: str
    lines: int
    #: Full names of all that it imports, anywhere in it: `from a import b` counts as `a` and as `a.b`.
    imports: frozenset[str]
    functions: tuple[Function, ...] = field(repr=False)

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def unit(self) -> str:
        """The sub-package, or the loose module, that it belongs to; empty for the package's own docstring."""
        return unit_of(self.name)


def unit_of(name: str) -> str:
    """The second part of a dotted name: `page` of `explorer.page.discovery`."""
    return name.split(".")[1] if "." in name else ""


@cache
def modules(package: str) -> tuple[Module, ...]:
    """All modules of a package, by path."""
    return tuple(parse(path) for path in sorted((ROOT / package).rglob("*.py")))


def parse(path: Path, root: Path = ROOT) -> Module:
    text = path.read_text()
    tree = ast.parse(text)
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    functions = tuple(
        Function(path.relative_to(root), node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return Module(path.relative_to(root), name, len(text.splitlines()), frozenset(_imported(tree)), functions)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import has dots where its package is; it is refused by test_imports.
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def unit_imports(package: str) -> dict[str, set[str]]:
    """Which units of a package import which others of it."""
    within = {module.unit for module in modules(package)} - {""}
    arrows: dict[str, set[str]] = {unit: set() for unit in within}
    for module in modules(package):
        if module.unit:
            used = {unit_of(name) for name in module.imports if name.startswith(f"{package}.")}
            arrows[module.unit] |= used & within - {module.unit}
    return arrows


def module_imports(package: str) -> dict[str, set[str]]:
    """Which modules of a package import which others of it."""
    names = {module.name for module in modules(package)}
    return {module.name: set(module.imports & names) - {module.name} for module in modules(package)}


def layers(arrows: Mapping[str, Iterable[str]]) -> int:
    """The number of nodes on the longest way along the arrows. Raises CycleError when one leads back."""
    height: dict[str, int] = {}
    for node in TopologicalSorter(arrows).static_order():
        height[node] = 1 + max((height[used] for used in arrows.get(node, ())), default=0)
    return max(height.values(), default=0)


def source_folders(*tops: str) -> dict[Path, list[Path]]:
    """The source files of each folder below the given ones, without code of others."""
    folders: dict[Path, list[Path]] = {}
    for top in tops:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES and VENDORED not in path.parts:
                folders.setdefault(path.parent.relative_to(ROOT), []).append(path)
    return folders


def sub_packages(package: str) -> list[str]:
    """Names of the folders of a package that can be imported."""
    return sorted(path.parent.name for path in (ROOT / package).glob("*/__init__.py"))
