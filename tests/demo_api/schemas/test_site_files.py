"""What counts for a film: the operator's settings, the site file, the script, and what the request says."""

import json
from pathlib import Path
from typing import Any

import pytest

from actors.jobs.spec import JobSpec
from actors.options import ExplorationOptions, FilmOptions, Limits
from actors.settings import Settings
from actors.sites.loading import load_sites
from demo_api.schemas.jobs import RunRequest

URL = "https://shop.example/start"
FILE = """
hosts: [shop.example]
exploration: {goal: bicycles, focus: [/bicycles], avoid: [/blog], max_clicks: 30, interact: click}
film: {style: plain, fps: 60, size: square}
consent: [Nelp]
mask: [css=.name]
"""
OPERATOR: dict[str, Any] = {
    "exploration": ExplorationOptions(max_clicks=7, max_depth=2, interact="all"),
    "film": FilmOptions(style="studio", size="1080p", captions=False),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(FILE)
    return tmp_path


def spec(folder: Path, more: str = "", **asked: Any) -> JobSpec:
    """The job of a request for the shop, whose file says `more`."""
    (folder / "shop.yaml").write_text(FILE + more)
    request = RunRequest.parse(json.dumps({"url": URL, **asked}).encode())
    return request.spec(Settings(sites=load_sites(folder), **OPERATOR))


def test_what_nobody_says_is_the_files_and_then_the_operators(folder: Path) -> None:
    made = spec(folder)

    assert (made.site_file, made.consent, made.mask) == ("shop.yaml", ("Nelp",), ("css=.name",))
    assert made.limits == Limits(30, 2, 300)
    wishes = made.wishes
    assert (wishes.goal, wishes.focus, wishes.interact) == ("bicycles", ("/bicycles",), "click")
    assert (made.style.name, made.style.size, made.style.fps, made.style.captions) == (
        *("plain", "square", 60),
        False,
    )
    assert JobSpec.decode(made.encode()) == made


def test_what_the_request_says_wins_and_what_to_avoid_adds_up(folder: Path) -> None:
    made = spec(folder, goal="", focus=["/sale"], avoid=["/jobs"], max_clicks=40, size="720p")

    assert (made.wishes.goal, made.wishes.focus, made.wishes.avoid) == ("", ("/sale",), ("/blog", "/jobs"))
    assert (made.limits.max_clicks, made.style.size, made.style.fps) == (40, "720p", 60)


def test_a_request_for_another_host_is_what_it_was_without_files(folder: Path) -> None:
    made = spec(folder, url="https://other.example/")

    request = RunRequest.parse(b'{"url": "https://other.example/"}')
    assert made == request.spec(Settings(**OPERATOR))
    assert made.site_file is None


@pytest.mark.parametrize(
    ("limits", "asked", "allowed"),
    [
        ("max_clicks: 5", {"max_clicks": 50}, Limits(5, 2, 300)),
        ("max_clicks: 5", {"max_clicks": 3}, Limits(3, 2, 300)),
        ("max_clicks: 5", {}, Limits(5, 2, 300)),
        ("max_clicks: 100, max_depth: 20, max_runtime: 3600", {}, Limits(30, 2, 300)),
        ("max_depth: 1, max_runtime: 20", {"max_depth": 9, "max_runtime": 30}, Limits(30, 1, 20)),
    ],
)
def test_limits_only_lower_what_is_asked_for(
    folder: Path, limits: str, asked: dict[str, int], allowed: Limits
) -> None:
    assert spec(folder, f"limits: {{{limits}}}", **asked).limits == allowed


SCRIPT = """script: {url: "https://shop.example/elsewhere", film: {fps: 30}, mask: [css=.phone],
  steps: [{click: Bicycles}, {explore: {max_clicks: 9}}, {explore: {goal: x}}]}
limits: {max_clicks: 4}
"""


def test_the_files_script_is_played_where_the_request_has_none(folder: Path) -> None:
    made = spec(folder, SCRIPT)

    assert made.script is not None
    steps = made.script.script["steps"]
    assert made.script.script["url"] == URL
    assert [step.get("explore") for step in steps] == [None, {"max_clicks": 4}, {"goal": "x"}]
    assert set(made.script.given) == {"url", "steps[0]", "steps[1]", "steps[2]"}
    assert made.script.bound.script.mask == ["css=.phone"]
    assert (made.style.fps, made.style.size) == (30, "square"), "a script's film counts more than the file's"


def test_the_requests_own_script_is_played_within_the_files_limits(folder: Path) -> None:
    script = {"before": [{"explore": {"max_clicks": 8}}], "steps": [{"click": "Sign in"}]}
    made = spec(folder, SCRIPT, script=script)

    assert made.script is not None
    assert made.script.script["before"] == [{"explore": {"max_clicks": 4}}]
    assert made.script.script["steps"] == [{"click": {"target": "Sign in"}}]
    assert (made.script.given, made.site_file) == ((), "shop.yaml"), "its author's words count as ever"
    assert made.style.fps == 60


def test_how_many_steps_are_played_is_known_also_of_the_files_script(folder: Path) -> None:
    spec(folder, SCRIPT)
    request = RunRequest.parse(json.dumps({"url": URL}).encode())

    assert request.script_length(Settings(sites=load_sites(folder))) == 3
    assert request.script_length() is None
