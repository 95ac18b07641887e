"""Loads the Lua scripts, each behind the prelude, which publishes the changes of a job."""

from functools import cache
from pathlib import Path

from actors.jobs.keys import (
    BATCH,
    BATCHES,
    DELIVERIES,
    EVENTS,
    FILM,
    FRAMES,
    JOB,
    PACE,
    SECRETS,
    TOTALS,
    WATCHED,
    WEBHOOK,
    WEBHOOKS,
)

LUA = Path(__file__).parent / "lua"
#: What stands before every script, in this order: each uses what stands before it.
PRELUDES = ("prelude", "prelude_deliveries", "prelude_batches", "prelude_status")
#: Names in the scripts of keys and prefixes that are not passed as arguments.
KEY_NAMES = {
    "BATCH": BATCH,
    "BATCHES": BATCHES,
    "DELIVERIES": DELIVERIES,
    "EVENTS": EVENTS,
    "FILM": FILM,
    "FRAMES": FRAMES,
    "JOB": JOB,
    "PACE": PACE,
    "SECRETS": SECRETS,
    "TOTALS": TOTALS,
    "WATCHED": WATCHED,
    "WEBHOOK": WEBHOOK,
    "WEBHOOKS": WEBHOOKS,
}


@cache
def scripts(folder: Path = LUA) -> dict[str, str]:
    """All Lua scripts of a folder by name, each with the preludes after its flags."""
    names = "".join(f"local {name} = '{key}'\n" for name, key in KEY_NAMES.items())
    prelude = names + "".join((LUA / f"{name}.lua").read_text() for name in PRELUDES)
    texts = {path.stem: path.read_text() for path in folder.glob("*.lua")}
    return {name: _with_prelude(prelude, text) for name, text in texts.items() if name not in PRELUDES}


def _with_prelude(prelude: str, script: str) -> str:
    flags, rest = script.split("\n", 1) if script.startswith("#!") else ("", script)
    return f"{flags}\n{prelude}{rest}"
