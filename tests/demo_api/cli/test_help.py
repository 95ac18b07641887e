"""Help texts with examples, and completion in a shell."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from demo_api.cli.main import app
from tests.demo_api.conftest import Type

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
WIDTH = 80


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_examples_that_can_be_typed(
    command: str, typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))

    done = typed(*command.split(), "--help")

    assert done.code == 0
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert max(map(len, lines)) <= WIDTH
    places = [place for place, line in enumerate(lines) if re.match(r" +(\w+=\S+ )*sitereel ", line)]
    assert len(places) >= (2 if command in SHORT else 3)
    for place in places:
        assert lines[place + 1] == "", "an example does not fit into one line"
        _check(lines[place].strip())


#: There is little to be said of them.
SHORT = frozenset({"cancel", "retry"})


def _check(example: str) -> None:
    """Every word of an example that begins with a dash is an option of its command."""
    words = shlex.split(re.split(r" (?:\||>|&&) ", example)[0])
    words = words[words.index("sitereel") + 1 :]
    if words[0].startswith("-"):
        return
    options = {option for param in COMMANDS[words[0]].params for option in param.opts}
    assert {word for word in words if word.startswith("-")} <= options, example


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sitereel re", {"record", "retry"}),
        ("sitereel record --camera r", {"realtime"}),
        ("sitereel record --interact ", {"all", "click"}),
        ("sitereel status --wa", {"--watch"}),
        ("sitereel mcp --ou", {"--output-dir"}),
    ],
)
def test_commands_options_and_choices_are_completed(
    line: str, offered: set[str], typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_SITEREEL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))

    assert set(typed().out.split()) == offered


def in_bash(script: str, folder: Path) -> str:
    """What a new bash prints that has our command, and this folder as its home."""
    (folder / "bin").mkdir()
    command = folder / "bin" / "sitereel"
    command.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "from demo_api.cli.main import main; main()" "$@"\n'
    )
    command.chmod(0o755)
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        env={
            "PATH": f"{command.parent}:/usr/bin:/bin",
            "PYTHONPATH": str(Path.cwd()),
            "SHELL": "/bin/bash",
            "HOME": str(folder),
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.thorough
def test_bash_completes_what_was_installed_for_it(tmp_path: Path) -> None:
    script = """
        sitereel --install-completion > /dev/null
        . ~/.bashrc
        COMP_WORDS=(sitereel record --size "") COMP_CWORD=3
        _sitereel_completion sitereel
        printf '%s\n' "${COMPREPLY[@]}"
        complete -p sitereel
    """

    *offered, bound = in_bash(script, tmp_path).splitlines()

    assert offered == ["720p", "1080p", "vertical", "square"]
    assert "-F _sitereel_completion" in bound


def test_completion_is_shown_for_the_shell_in_use(tmp_path: Path) -> None:
    assert "complete -o default -F _sitereel_completion sitereel" in in_bash(
        "sitereel --show-completion; exit 0", tmp_path
    )


def test_what_is_heavy_is_not_loaded_to_complete_a_word() -> None:
    heavy = {"numpy", "playwright", "dramatiq", "redis", "uvicorn", "mcp", "cv2", "openai"}
    code = f"import sys; import demo_api.cli.main; print({heavy} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == "set()", done.stderr
