"""Recordings of Chrome's DevTools Recorder are read as they are, and written so that it reads them."""

from typing import Any

import pytest

from explorer.script.errors import ScriptInvalid
from explorer.script.loading import read_script
from explorer.script.recorder import to_recorder
from explorer.script.targets import Part, parse_target

SELECTORS: list[Any] = [
    ['aria/Sign in[role="button"]'],
    ["#app", "button.in"],
    ["xpath///button"],
    ["pierce/.in"],
]
NAVIGATION = {"type": "navigation"}
#: One step of each type of the schema, with what it is in a script.
STEPS: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({"type": "setViewport", "width": 1, "height": 1}, None),
    ({"type": "emulateNetworkConditions", "download": 1, "upload": 1, "latency": 1}, None),
    ({"type": "customStep", "name": "other:measure", "parameters": {}}, None),
    ({"type": "navigate", "url": "https://example.com/"}, {"navigate": "https://example.com/"}),
    (
        {"type": "click", "selectors": SELECTORS, "offsetX": 3, "offsetY": 4.5, "button": "secondary"},
        {
            "click": {
                "target": [
                    'aria/Sign in[role="button"]',
                    "css=#app >> css=button.in",
                    "xpath///button",
                    "css=.in",
                ],
                "offset": [3.0, 4.5],
                "button": "secondary",
            }
        },
    ),
    (
        {"type": "doubleClick", "selectors": ["#a"], "offsetX": 1, "offsetY": 1, "duration": 200},
        {"double_click": {"target": ["css=#a"], "offset": [1.0, 1.0], "hold": 0.2}},
    ),
    (
        {"type": "hover", "selectors": [["#a"]], "frame": [0, 2]},
        {"hover": {"target": ["frame=0.2 >> css=#a"]}},
    ),
    (
        {"type": "change", "selectors": [["text/Name"]], "value": "Ann"},
        {"fill": {"target": ["text/Name"], "value": "Ann"}},
    ),
    ({"type": "keyDown", "key": "Enter"}, {"key_down": "Enter"}),
    ({"type": "keyUp", "key": "Enter"}, {"key_up": "Enter"}),
    ({"type": "scroll", "x": 40, "y": 300}, {"scroll": {"to": "300", "x": 40.0}}),
    (
        {"type": "scroll", "selectors": [["#box"]], "y": 20},
        {"scroll": {"to": "20", "within": ["css=#box"], "x": 0.0}},
    ),
    (
        {"type": "scroll", "target": "main", "frame": [0], "x": 0, "y": 20},
        {"scroll": {"to": "20", "within": ["frame=0 >> css=:root"], "x": 0.0}},
    ),
    (
        {"type": "waitForElement", "selectors": [["#a"]], "operator": ">=", "count": 2, "visible": False},
        {"wait": {"for": ["css=#a"], "count": 2, "operator": ">=", "state": "detached"}},
    ),
    (
        {"type": "waitForElement", "selectors": [["#a"]], "attributes": {"title": "Ready"}},
        {
            "wait": {
                "for": ["css=#a"],
                "count": 1,
                "operator": ">=",
                "state": "attached",
                "attributes": {"title": "Ready"},
            }
        },
    ),
    ({"type": "waitForExpression", "expression": "ready"}, {"wait": {"expression": "ready"}}),
    (
        {"type": "close", "target": "https://example.com/popup"},
        {"close_window": True, "window": "https://example.com/popup"},
    ),
    (
        {"type": "customStep", "name": "sitereel:caption", "parameters": {"caption": "Hello"}},
        {"caption": "Hello"},
    ),
]


def recording(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Mine", "steps": [{"type": "navigate", "url": "https://example.com/"}, *steps]}


@pytest.mark.parametrize(("recorded", "native"), STEPS, ids=lambda one: str((one or {}).get("type", "")))
def test_every_type_of_step_is_read(recorded: dict[str, Any], native: dict[str, Any] | None) -> None:
    script = read_script(recording(recorded))
    told = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in script.steps[1:]]
    common = {} if recorded["type"] == "customStep" else {"timeout": 5.0, "recorded": True}

    assert told == ([] if native is None else [{**common, **native}])


@pytest.mark.parametrize(
    "recorded", [one for one, native in STEPS if native], ids=lambda one: str(one["type"])
)
def test_what_is_written_is_read_as_the_same(recorded: dict[str, Any]) -> None:
    script = read_script(
        recording(recorded, {"type": "navigate", "url": "/a", "assertedEvents": [NAVIGATION]})
    )

    assert read_script(to_recorder(script)) == script


def test_a_frame_of_another_host_is_found_by_its_address_and_odd_names_are_left_out() -> None:
    names = [['aria/Open[role="DisclosureTriangle"]'], ["aria/Next >>"], ['aria/[role="main"]', "#a"]]
    click = {"type": "click", "target": "https://example.com/app", "selectors": names, "frame": [1]}
    step = read_script(
        recording({**click, "offsetX": 1, "offsetY": 2, "assertedEvents": [NAVIGATION]})
    ).steps[1]
    first, second = map(parse_target, step.args.target)

    assert (step.window, step.navigates) == ("https://example.com/app", False)
    frames = (Part("frame", "https://example.com/app"), Part("frame", "1"))
    assert first.parts == (*frames, Part("aria", "Open"))
    assert second.parts == (*frames, Part("aria", "", "main"), Part("css", "#a"))


def test_what_chrome_cannot_say_follows_its_step() -> None:
    steps = [{"click": "Sign in", "caption": "Here", "optional": True}, {"hold": 2}]
    script = read_script({"url": "https://example.com/", "steps": steps})
    written = to_recorder(script)["steps"]

    assert [step["type"] for step in written] == ["navigate", "click", "customStep", "customStep"]
    assert written[2] == {
        "type": "customStep",
        "name": "sitereel:options",
        "parameters": {"caption": "Here", "optional": True},
    }
    read = read_script({"title": "", "steps": written}).steps
    assert (read[1].caption, read[1].optional, read[2].verb) == ("Here", True, "hold")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"type": "teleport"}, "has the type 'teleport', which cannot be played: navigate, click"),
        ({"type": "click", "selectors": [["#a"]]}, "(click) lacks 'offsetX'"),
        ({"type": "click", "selectors": [], "offsetX": 1, "offsetY": 1}, "(click) has no selectors"),
        ({"type": "change", "selectors": [["#a"]]}, "(change) lacks 'value'"),
        ({"type": "hover", "selectors": [["#a"]], "timeout": 40_000}, "and not 1 to 30000 ms"),
        ({"type": "customStep", "name": "sitereel:hold", "parameters": 2}, "its parameters are no object"),
        ({"type": "emulateNetworkConditions", "download": 0, "upload": 0, "latency": 0}, "goes offline"),
        ({}, "has the type None"),
    ],
)
def test_what_cannot_be_played_is_refused_with_its_number(step: dict[str, Any], message: str) -> None:
    with pytest.raises(ScriptInvalid) as caught:
        read_script(recording(step))

    assert [(one.field, message in one.message) for one in caught.value.problems] == [
        ("script.steps[1]", True)
    ]
