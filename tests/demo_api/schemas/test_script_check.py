"""What is said of a script that is checked, and how it is written anew."""

import json

import pytest

from demo_api.schemas.jobs import RunRequest
from demo_api.schemas.script_check import CheckRequest, ScriptCheck
from explorer.script.loading import load_script

MIXED = """
url: https://example.com/
variables: {to: Rome, who: {required: true}}
before: [click: Sign in]
steps:
  - clik: A
  - fill: {target: "{{who}}"}
  - hold: 2
"""
RECORDING = {
    "title": "From Chrome",
    "steps": [
        {"type": "setViewport", "width": 800, "height": 600},
        {"type": "navigate", "url": "https://example.com/"},
        {"type": "change", "selectors": [["aria/E-mail"]], "value": "a@b.example"},
    ],
}


def checked(script: object, url: str | None = None) -> ScriptCheck:
    return ScriptCheck.of(CheckRequest.model_validate({"script": script, "url": url}))


def test_problems_have_places_and_steps_that_are_right_keep_their_meaning() -> None:
    found = checked(MIXED)

    assert found.script is not None
    assert [one.field for one in found.problems] == ["script.steps[0]", "script.steps[1].fill.value"]
    assert found.script["before"] == [{"click": {"target": "Sign in"}}]
    assert found.script["steps"] == [{"clik": "A"}, {"fill": {"target": "{{who}}"}}, {"hold": 2.0}]


def test_values_are_no_problem_yet_and_what_is_written_is_the_same_script() -> None:
    text = MIXED.replace("clik", "click").replace('{{who}}"', '{{who}}", value: "{{to}}"')
    found = checked(text)

    assert found.problems == []
    assert found.yaml is not None
    assert load_script(found.yaml) == load_script(text)
    assert checked(found.script) == found


def test_a_recording_is_converted_and_what_is_no_script_is_told() -> None:
    found = checked(json.dumps(RECORDING))

    assert found.script is not None
    assert found.problems == []
    assert [next(iter(step)) for step in found.script["steps"]] == ["navigate", "fill"]
    assert checked("steps: [").script is None
    assert [one.field for one in checked("steps: [").problems] == ["script"]


@pytest.mark.parametrize("script", ["steps: [{click: Prices}]", {"steps": [{"click": "Prices"}]}])
def test_a_script_that_says_no_address_begins_at_that_of_the_request(script: object) -> None:
    body = {"script": script, "url": "https://example.com/start"}

    assert RunRequest.parse(json.dumps(body).encode()).url == body["url"]
    assert checked(script, "https://example.com/start").problems == []
    assert "url" not in (checked(script, "https://example.com/start").script or {})
    assert "says nowhere" in checked(script).problems[0].message
