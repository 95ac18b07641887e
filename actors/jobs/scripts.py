"""The Lua scripts as they are sent to Redis: each after the prelude, which tells of a job's changes."""

from functools import cache
from pathlib import Path

from actors.jobs.keys import CALL, CALLS, EVENTS, FRAMES, TOTALS, WATCHED

LUA = Path(__file__).parent / "lua"
PRELUDE = "prelude"
#: What scripts call keys that are made from a job's id, or known to all of them.
NAMES = {
    "EVENTS": EVENTS,
    "FRAMES": FRAMES,
    "WATCHED": WATCHED,
    "CALL": CALL,
    "CALLS": CALLS,
    "TOTALS": TOTALS,
}


@cache
def scripts() -> dict[str, str]:
    """All Lua scripts by name, each with the prelude after its flags."""
    names = "".join(f"local {name} = '{key}'\n" for name, key in NAMES.items())
    texts = {path.stem: path.read_text() for path in LUA.glob("*.lua")}
    before = names + texts.pop(PRELUDE)
    return {name: _behind(before, text) for name, text in texts.items()}


def _behind(before: str, script: str) -> str:
    flags, rest = script.split("\n", 1) if script.startswith("#!") else ("", script)
    return f"{flags}\n{before}{rest}"
