"""Makes a script of what was filmed: the clicks of an exploration, as a person would write them down."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from explorer.script.arguments import alternatives
from explorer.script.model import MAX_SCRIPT_BYTES, Script
from explorer.script.recorder import to_recorder
from explorer.script.targets import MAX_ALTERNATIVES, parse_target
from explorer.urls import page_key

#: How frames are entered in the selectors of a step.
_ENTER_FRAME = " >> internal:control=enter-frame >> "
#: Arguments that name an element.
_TARGETS = frozenset({"target", "from", "to", "within", "for"})
#: A writer in C where there is one: 256 KB take milliseconds, and not seconds.
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
#: Keys whose names are the author's own, of which none stands for the whole.
_OWN_NAMES = frozenset({"film", "properties", "attributes", "fingerprints"})
#: Keys of which no part stands for the whole.
_ALWAYS_WHOLE = frozenset({"variables", "fill", "select", "drag"})
_ENGINES = ("role=", "label=", "testid=", "text=", "css=", "xpath=")


def script_of(url: str, title: str, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The script that repeats an exploration's `steps`, which are rows of a job's status."""
    played = list(_steps(url, steps))
    named = {"title": title} if title else {}
    return {**named, "url": url, "steps": played or [{"hold": 2.0}]}


def remembering(
    script: Mapping[str, Any],
    fingerprints: Mapping[str, Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A script that was played, with the fingerprints of its targets; `rows` are its steps as they ended.

    What was healed gets its new name as an alternative. A script that would become too large stays as it is.
    """
    new_names = {row["path"]: row["healed"] for row in rows if row.get("healed")}
    known = {**script}
    for part in ("before", "steps"):
        paths = [f"{part}[{index}]" for index in range(len(script.get(part, ())))]
        known[part] = [
            _remembering(step, fingerprints.get(path), new_names.get(path))
            for path, step in zip(paths, script.get(part, ()), strict=True)
        ]
    known = {name: value for name, value in known.items() if value != []}
    return known if len(json.dumps(known)) <= MAX_SCRIPT_BYTES else dict(script)


def _remembering(
    step: Mapping[str, Any], fingerprints: Mapping[str, Any] | None, heal: Mapping[str, Any] | None
) -> dict[str, Any]:
    named = _renamed(step, heal) if heal else step
    return {**named, "fingerprints": fingerprints} if fingerprints else dict(named)


def _renamed(value: Any, heal: Mapping[str, Any]) -> Any:
    """The arguments of a step with a new name behind each target that was lost."""
    if isinstance(value, Mapping):
        return {
            name: _with_alternative(one, heal) if name in _TARGETS else _renamed(one, heal)
            for name, one in value.items()
        }
    return value


def _with_alternative(target: Any, heal: Mapping[str, Any]) -> Any:
    if not isinstance(target, str | list) or alternatives(target)[0] != heal["from"]:
        return _renamed(target, heal)
    return list(dict.fromkeys([*alternatives(target), heal["to"]]))[:MAX_ALTERNATIVES]


def as_yaml(script: Mapping[str, Any]) -> str:
    """A script as YAML, with the shorthand of steps that have a single value."""
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": 110}
    return str(yaml.dump(_short(dict(script)), Dumper=DUMPER, **options))


def as_recording(script: Mapping[str, Any]) -> dict[str, Any]:
    """A script as a recording of Chrome's DevTools Recorder."""
    return to_recorder(Script.model_validate(script))


def _steps(url: str, steps: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    here = url
    for step in steps:
        if page_key(step["page_url"]) != page_key(here):
            yield {"navigate": step["page_url"]}
        yield from _step(step)
        here = step.get("url_after") or step["page_url"]


def _step(step: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    plan = step["plan"]
    target = target_of(plan["selector"], step["label"])
    caption = {"caption": plan["caption"]} if plan.get("caption") else {}
    match plan["action"]:
        case "type":
            yield {"fill": {"target": target, "value": plan.get("value", "")}, **caption}
            if plan.get("submit"):
                yield {"press": {"keys": "Enter", "target": target}}
        case "choose":
            yield {"select": {"target": target, "value": plan.get("value", "")}, **caption}
        case "hover":
            yield {"hover": {"target": target}, **caption}
        case "double_click":
            yield {"double_click": {"target": target}, **caption}
        case _:
            yield {"click": {"target": target}, **caption}


def target_of(selector: str, label: str) -> str | list[str]:
    """A step's selector as a target; one by its place in the page has the label as an alternative."""
    parts = [_part(part) for part in selector.replace(_ENTER_FRAME, " >> ").split(" >> ")]
    target = " >> ".join(parts)
    if all(part.startswith("role=") for part in parts) or not _is_name(label):
        return target
    return [target, label]


def _part(part: str) -> str:
    return part if part.startswith(_ENGINES) else f"css={part}"


def _is_name(label: str) -> bool:
    try:
        return any(map(str.isalnum, label)) and parse_target(label).parts[0].engine == "words"
    except ValueError:
        return False


def _short(value: Any) -> Any:
    """Lets a single target, key or default stand for the whole."""
    if isinstance(value, list):
        return [_short(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (only := next(iter(value))) in {"target", "keys", "default", "to"}:
        return value[only]
    return {name: _short_value(name, one) for name, one in value.items()}


def _short_value(name: str, value: Any) -> Any:
    if name in _ALWAYS_WHOLE and isinstance(value, dict):
        return {key: _short_value(key, one) for key, one in value.items()}
    return value if name in _OWN_NAMES else _short(value)
