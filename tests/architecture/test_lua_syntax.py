"""Every Lua script compiles, and one that does not is found before it is committed."""

from pathlib import Path

import pytest

from tests.architecture.lua_syntax import main


def test_all_scripts_compile(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == ""


def test_a_script_that_does_not_compile_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, broken = tmp_path / "sound.lua", tmp_path / "broken.lua"
    sound.write_text("return redis.call('PING')\n")
    broken.write_text("local key = KEYS[1]\nif key then\nreturn 1\n")

    assert main([str(sound), str(broken)]) == 1

    message = capsys.readouterr().out
    assert message.startswith(f"{broken}: ")
    assert "'end' expected" in message
    assert "user_script:4" in message
