"""Reads and writes recordings of Chrome's DevTools Recorder (`@puppeteer/replay`, schema of version 3).

Our own directions, such as captions, are its `customStep`s, with names that begin with `sitereel:`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from explorer.script.arguments import alternatives
from explorer.script.errors import Problem, ScriptInvalid
from explorer.script.model import Script, Step
from explorer.script.targets import MAX_ALTERNATIVES, parse_target, quoted

CUSTOM = "sitereel:"
#: What the step before it has beyond what its type can say.
OPTIONS = f"{CUSTOM}options"
#: Timeouts of recordings are milliseconds, and 5 s where none is given.
DEFAULT_TIMEOUT_S = 5.0
BUTTONS = frozenset({"primary", "auxiliary", "secondary", "back", "forward"})
#: What is noted and left out: the film's size rules, and virtual time knows no bandwidth.
LEFT_OUT = frozenset({"setViewport", "emulateNetworkConditions"})

Raw = Mapping[str, Any]


def is_recording(value: Raw) -> bool:
    """Whether it is a recording: its steps have a type."""
    steps = value.get("steps")
    return isinstance(steps, list) and any(isinstance(step, Mapping) and "type" in step for step in steps)


def from_recorder(value: Raw) -> dict[str, Any]:
    """A recording in the native spelling. Raises ScriptInvalid with each step that cannot be played."""
    problems: list[Problem] = []
    steps: list[Any] = []
    default_s = _seconds(value.get("timeout")) or DEFAULT_TIMEOUT_S
    for index, step in enumerate(value["steps"]):
        try:
            if steps and isinstance(step, Mapping) and step.get("name") == OPTIONS:
                steps[-1] = {**steps[-1], **_parameters(step)}
            else:
                steps += _native(step, default_s)
        except _Unplayable as exc:
            problems.append(Problem(f"script.steps[{index}]", str(exc)))
    if problems:
        raise ScriptInvalid(problems)
    title = value.get("title")
    return {"title": title if isinstance(title, str) else "", "steps": steps}


def to_recorder(script: Script) -> dict[str, Any]:
    """A script as a recording; steps that Chrome does not know become `customStep`s."""
    steps: list[dict[str, Any]] = [{"type": "navigate", "url": script.url}] if script.url else []
    for _, step in script.all_steps():
        steps += _recorded(step)
    return {"title": script.title or "Sitereel", "steps": steps}


class _Unplayable(Exception):
    """A step of a recording that cannot be played, and why."""


def _native(step: Any, default_s: float) -> list[dict[str, Any]]:
    kind = step.get("type") if isinstance(step, Mapping) else None
    if kind in LEFT_OUT or (kind == "customStep" and not str(step.get("name")).startswith(CUSTOM)):
        return _left_out(step)
    convert = _READERS.get(kind) if isinstance(kind, str) else None
    if convert is None:
        raise _Unplayable(f"has the type {kind!r}, which cannot be played: {', '.join(_READERS)}")
    common: dict[str, Any] = {}
    if kind != "customStep":
        common["timeout"] = _seconds(step.get("timeout")) or default_s
        common["recorded"] = True
    if isinstance(window := step.get("target"), str) and window != "main":
        common["window"] = window
    is_in_page = "window" not in common and not step.get("frame")
    if is_in_page and any(event.get("type") == "navigation" for event in step.get("assertedEvents") or ()):
        common["navigates"] = True
    try:
        return [{**convert(step), **common}]
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        missing = f"lacks {exc}" if isinstance(exc, KeyError) else str(exc)
        raise _Unplayable(f"({kind}) {missing}") from exc


def _left_out(step: Raw) -> list[dict[str, Any]]:
    """Nothing, which is also what Chrome's runner makes of the custom steps of other programs."""
    if step["type"] == "emulateNetworkConditions" and not (step.get("download") or step.get("upload")):
        raise _Unplayable("(emulateNetworkConditions) goes offline, and a film is made online: take it out")
    return []


def _selectors(step: Raw) -> list[str]:
    """The alternatives of a step, each a path through its frames and shadow roots.

    One that cannot be read is left out: of names, Chrome writes down what stands in the page.
    """
    found = step["selectors"]
    if not isinstance(found, list) or not found:
        raise ValueError("has no selectors")
    frames = _frames(step)
    paths = [one if isinstance(one, list) else [one] for one in found]
    targets = [frames + " >> ".join(map(_engine, path)) for path in paths]
    return list(filter(_is_target, targets))[:MAX_ALTERNATIVES] or targets


def _frames(step: Raw) -> str:
    """The beginning of a path: a frame by its address, if it is of another host, and by numbers."""
    window, numbers = step.get("target"), ".".join(str(int(number)) for number in step.get("frame") or ())
    by_address = f"frame={window} >> " if isinstance(window, str) and window != "main" else ""
    return by_address + (f"frame={numbers} >> " if numbers else "")


def _is_target(text: str) -> bool:
    try:
        return bool(parse_target(text))
    except ValueError:
        return False


def _engine(selector: str) -> str:
    """A selector with its prefix; one without is CSS, which pierces open shadow roots anyway."""
    selector = selector.removeprefix("pierce/")
    return selector if selector.startswith(("aria/", "text/", "xpath/")) else f"css={selector}"


def _click(step: Raw) -> dict[str, Any]:
    button = step.get("button", "primary")
    if button not in BUTTONS:
        raise ValueError(f"there is no button {button!r}")
    click: dict[str, Any] = {"target": _selectors(step), "offset": [step["offsetX"], step["offsetY"]]}
    if button != "primary":
        click["button"] = button
    if duration := step.get("duration"):
        click["hold"] = duration / 1000
    return click


def _scroll(step: Raw) -> dict[str, Any]:
    within = {"within": _selectors(step)} if "selectors" in step else {}
    if not within and (frames := _frames(step)):
        within = {"within": [f"{frames}css=:root"]}
    return {"scroll": {"to": str(step.get("y") or 0), "x": step.get("x") or 0, **within}}


def _wait(step: Raw) -> dict[str, Any]:
    wait: dict[str, Any] = {
        "for": _selectors(step),
        "count": step.get("count", 1),
        "operator": step.get("operator", ">="),
        # Its own runner counts what is in the document, seen or not, and else waits for the opposite.
        "state": "attached" if step.get("visible", True) else "detached",
    }
    more = {name: step[name] for name in ("properties", "attributes") if step.get(name)}
    return {"wait": wait | more}


def _parameters(step: Raw) -> dict[str, Any]:
    parameters = step.get("parameters")
    if not isinstance(parameters, Mapping):
        raise _Unplayable("(customStep) its parameters are no object")
    return dict(parameters)


_READERS: dict[str, Callable[[Raw], dict[str, Any]]] = {
    "navigate": lambda step: {"navigate": step["url"]},
    "click": lambda step: {"click": _click(step)},
    "doubleClick": lambda step: {"double_click": _click(step)},
    "hover": lambda step: {"hover": {"target": _selectors(step)}},
    "change": lambda step: {"fill": {"target": _selectors(step), "value": step["value"]}},
    "keyDown": lambda step: {"key_down": step["key"]},
    "keyUp": lambda step: {"key_up": step["key"]},
    "scroll": _scroll,
    "waitForElement": _wait,
    "waitForExpression": lambda step: {"wait": {"expression": step["expression"]}},
    "close": lambda _: {"close_window": True},
    "customStep": _parameters,
}
#: Types of steps that are played.
RECORDED = frozenset(_READERS)


def _seconds(timeout_ms: Any) -> float | None:
    if timeout_ms is None:
        return None
    if (
        not isinstance(timeout_ms, int | float)
        or isinstance(timeout_ms, bool)
        or not 1 <= timeout_ms <= 30_000
    ):
        raise _Unplayable(f"has a timeout of {timeout_ms!r}, and not 1 to 30000 ms")
    return timeout_ms / 1000


def _recorded(step: Step) -> list[dict[str, Any]]:
    """The steps of a recording for one of ours; what its type cannot say follows in a custom step."""
    row = step.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    write = _WRITERS.get(step.verb)
    written = dict(write(step.args)) if write else None
    if not written:
        return [{"type": "customStep", "name": f"{CUSTOM}{step.verb}", "parameters": row}]
    if step.navigates:
        written["assertedEvents"] = [{"type": "navigation"}]
    if step.window:
        written["target"] = step.window
    if step.timeout:
        written["timeout"] = min(30_000, round(step.timeout * 1000))
    more = {name: row[name] for name in ("caption", "off_camera", "optional", "fingerprints") if name in row}
    options = [{"type": "customStep", "name": OPTIONS, "parameters": more}] if more else []
    return [written, *options]


def _written_target(target: str | list[str]) -> dict[str, Any]:
    """Selectors as the Recorder writes them. Raises ValueError for what it has no words for."""
    frames: list[int] = []
    selectors = []
    for one in alternatives(target):
        path = []
        for part in parse_target(one).parts:
            if part.engine == "frame":
                frames = [int(number) for number in part.value.split(".") if part.value[0].isdigit()]
            else:
                path.append(_written_part(part.engine, part.value, part.role))
        selectors.append(path)
    return {"selectors": selectors, **({"frame": frames} if frames else {})}


def _written_part(engine: str, value: str, role: str) -> str:
    match engine:
        case "words":
            return f"aria/{value}"
        case "aria" | "role":
            return f"aria/{value}[role={quoted(role).replace(chr(39), chr(34))}]" if role else f"aria/{value}"
        case "text":
            return f"text/{value}"
        case "xpath":
            return f"xpath/{value}"
        case "css":
            return value
        case "testid":
            return f'[data-testid="{value}"]'
    raise ValueError(engine)


def _writer(
    kind: str, extra: Callable[[Any], dict[str, Any]] = lambda _: {}
) -> Callable[[Any], Iterator[Any]]:
    def write(args: Any) -> Iterator[tuple[str, Any]]:
        try:
            target = _written_target(args.target)
        except ValueError:
            return
        yield from {"type": kind, **target, **extra(args)}.items()

    return write


def _written_click(args: Any) -> dict[str, Any]:
    x, y = args.offset or (1, 1)
    button = {"button": args.button} if args.button != "primary" else {}
    return {"offsetX": x, "offsetY": y, **button, **({"duration": args.hold * 1000} if args.hold else {})}


def _written_wait(args: Any) -> dict[str, Any]:
    if args.seconds is not None or args.state == "hidden" or (args.expression and args.target):
        return {}
    if args.expression:
        return {"type": "waitForExpression", "expression": args.expression}
    more = {name: getattr(args, name) for name in ("properties", "attributes") if getattr(args, name)}
    count = 1 if args.count is None else args.count
    operator = ">=" if args.count is None else args.operator
    shown = {"visible": args.state != "detached"}
    return {"type": "waitForElement", "count": count, "operator": operator, **shown, **more} | dict(
        _writer("waitForElement")(args)
    )


def _written_scroll(args: Any) -> dict[str, Any]:
    if not isinstance(args.to, str) or not args.to.isdecimal():
        return {}
    try:
        within = _written_target(args.within) if args.within else {}
    except ValueError:
        return {}
    return {"type": "scroll", "x": args.x or 0, "y": int(args.to), **within}


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "wait": _written_wait,
    "scroll": _written_scroll,
    "navigate": lambda url: {"type": "navigate", "url": url},
    "click": _writer("click", _written_click),
    "double_click": _writer("doubleClick", _written_click),
    "hover": _writer("hover"),
    "fill": _writer("change", lambda args: {"value": args.value}),
    "key_down": lambda key: {"type": "keyDown", "key": key},
    "key_up": lambda key: {"type": "keyUp", "key": key},
    "close_window": lambda _: {"type": "close"},
}
