"""Loads the Lua scripts, each behind the prelude, which publishes the changes of a job."""

from functools import cache
from pathlib import Path

from actors.jobs.keys import EVENTS, FRAMES, TOTALS, WATCHED, WEBHOOK, WEBHOOKS

LUA = Path(__file__).parent / "lua"
PRELUDE = "prelude"
#: Names in the scripts of keys and prefixes that are not passed as arguments.
KEY_NAMES = {
    "EVENTS": EVENTS,
    "FRAMES": FRAMES,
    "WATCHED": WATCHED,
    "WEBHOOK": WEBHOOK,
    "WEBHOOKS": WEBHOOKS,
    "TOTALS": TOTALS,
}


@cache
def scripts() -> dict[str, str]:
    """All Lua scripts by name, each with the prelude after its flags."""
    names = "".join(f"local {name} = '{key}'\n" for name, key in KEY_NAMES.items())
    texts = {path.stem: path.read_text() for path in LUA.glob("*.lua")}
    prelude = names + texts.pop(PRELUDE)
    return {name: _with_prelude(prelude, text) for name, text in texts.items()}


def _with_prelude(prelude: str, script: str) -> str:
    flags, rest = script.split("\n", 1) if script.startswith("#!") else ("", script)
    return f"{flags}\n{prelude}{rest}"
