"""`sitereel script` checks and converts scripts; `record --script` says what is wrong before it films."""

import json
from pathlib import Path

import pytest
import yaml

from tests.demo_api.conftest import Type

SCRIPT = """
url: https://example.com/{{page}}
variables: {page: start, name: {required: true}}
secrets: [pin]
steps:
  - fill: {target: PIN, value: "{{pin}}"}
  - click: Sign in
    caption: Hello {{name}}
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "demo.yaml"
    file.write_text(SCRIPT)
    return file


def test_a_script_is_checked_and_what_it_needs_is_told(typed: Type, script: Path) -> None:
    done = typed("script", "check", str(script))

    assert done.code == 0
    assert "is a script of 2 steps, which needs name, with the secrets pin." in done.out


def test_every_problem_is_told_with_its_place(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("url: https://example.com\nsteps:\n- clik: A\n- hold: x\n- click: '{{b}}'\n")

    done = typed("script", "check", str(file))

    assert done.code == 1
    assert "script.steps[0] it says clik" in done.err
    assert "script.steps[1].hold" in done.err


def test_a_script_is_converted_there_and_back(typed: Type, script: Path, tmp_path: Path) -> None:
    recording = tmp_path / "recording.json"
    recording.write_text(typed("script", "convert", str(script), "--to", "recorder").out)
    assert json.loads(recording.read_text())["steps"][1]["type"] == "change"

    back = yaml.safe_load(typed("script", "convert", str(recording)).out)

    assert back["steps"][0]["navigate"] == "https://example.com/{{page}}"
    assert back["steps"][2]["caption"] == "Hello {{name}}"


def test_the_schema_is_printed(typed: Type) -> None:
    schema = json.loads(typed("script", "schema").out)

    assert {"steps", "before", "variables", "secrets", "film", "mask"} <= schema["properties"].keys()
    assert "style" in schema["properties"]["film"]["properties"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Say which site to film: a URL, or --script FILE."),
        (("https://example.com", "--var", "a=b"), "--var and --secret are for a script"),
        (("--script", "/nowhere.yaml"), "/nowhere.yaml could not be read: No such file"),
        (("--script", "SCRIPT", "--var", "name"), "--var 'name' is not NAME=VALUE."),
        (
            ("--script", "SCRIPT", "--secret", "pin=1234"),
            "What stands on a command line can be read by others.",
        ),
        (("--script", "SCRIPT", "--secret", "pin=env:NO_SUCH"), "the environment has no NO_SUCH."),
        (("--script", "SCRIPT"), "secrets.pin has no value: give it"),
        (("--script", "SCRIPT", "--storage-state", "SCRIPT"), "is not JSON"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_filmed(
    words: tuple[str, ...], message: str, typed: Type, script: Path
) -> None:
    done = typed("record", *(str(script) if word == "SCRIPT" else word for word in words))

    assert done.code == 2
    assert message in " ".join(done.err.split())
