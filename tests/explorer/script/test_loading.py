"""Scripts are loaded as they are written, and what is wrong with one is told with its place."""

import json
from typing import Any

import pytest

from explorer.script.errors import ScriptInvalid
from explorer.script.loading import load_script
from explorer.script.model import MAX_STEPS, STEPS, Script

STEP = "url: https://example.com\nsteps:\n"


def loaded(text: str) -> dict[str, Any]:
    return load_script(text).model_dump(mode="json", by_alias=True, exclude_defaults=True)


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ScriptInvalid) as caught:
        load_script(text)
    return [(one.field, one.message) for one in caught.value.problems]


def test_words_stay_as_they_are_written() -> None:
    text = STEP + "- {fill: {target: Code, value: 007}}\n- click: no\n- fill: {target: ~, value: 12:30}\n"

    assert [step[next(iter(step))] for step in loaded(text)["steps"]] == [
        {"target": "Code", "value": "007"},
        {"target": "no"},
        {"target": "~", "value": "12:30"},
    ]


def test_one_value_may_stand_for_the_whole_and_numbers_are_seconds() -> None:
    steps = loaded(STEP + "- wait: 2\n- wait: Dashboard\n- scroll: bottom\n- press: Enter\n- hold: 1.5")[
        "steps"
    ]

    assert steps == [
        {"wait": {"seconds": 2.0}},
        {"wait": {"for": "Dashboard"}},
        {"scroll": {"to": "bottom"}},
        {"press": {"keys": "Enter"}},
        {"hold": 1.5},
    ]


def test_json_and_yaml_are_one_model() -> None:
    yaml = STEP + "- click: Sign in\n  caption: Hello\n  timeout: 3\n- caption: Bye\n"

    assert loaded(json.dumps(loaded(yaml))) == loaded(yaml)


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        (STEP + "- clik: A", "script.steps[0]", "it says clik, but not what is done: navigate, click"),
        (STEP + "- {click: A, hover: B}", "script.steps[0]", "this does click and hover: make it two steps"),
        (STEP + "- fill: {target: A}", "script.steps[0].fill.value", "field required"),
        (STEP + "- click: {target: A, speed: 2}", "script.steps[0].click.speed", "extra inputs"),
        (STEP + "- click: role=buton", "script.steps[0].click.target", "there is no ARIA role 'buton'"),
        (STEP + "- click: 'A >> '", "script.steps[0].click.target", "names nothing"),
        (STEP + "- click: [A, css=]", "script.steps[0].click.target", "names nothing after css="),
        (STEP + "- wait: {state: hidden}", "script.steps[0].wait", "says nothing to wait for"),
        (STEP + "- {click: A, timeout: 0}", "script.steps[0].timeout", "greater than 0"),
        (STEP + "- 5", "script.steps[0]", "a step is a key with a value"),
        ("url: https://example.com", "script.steps", "field required"),
        ("steps: [{click: A}]", "script", "says nowhere where the film begins"),
        (
            STEP + "- {hold: 1}\nvariables: {a: {required: false}}",
            "script.variables.a",
            "either a default or",
        ),
        (STEP + "- {hold: 1}\nvariables: {a: x}\nsecrets: [a]", "script", "a cannot be both"),
        (STEP + "- {hold: 1}\non_error: go on", "script.on_error", "'stop' or 'skip'"),
        (STEP + "- click: &a A\n- click: *a", "script", "has an alias (line 3)"),
        (STEP + "- click: !!str A", "script", "has the tag"),
        (STEP + "- {click: A, click: B}", "script", "has the key 'click' twice"),
        ("a: [", "script", "is not YAML"),
        ('{"steps": [], "steps": []}', "script", "has the key 'steps' twice"),
        ('{"steps": [}', "script", "is not JSON"),
        ("- a\n- b", "script", "is not a mapping with steps"),
        ("a: 1\n---\nb: 2", "script", "holds several documents"),
        (f"{STEP}- click: {'x' * 300_000}", "script", "the maximum is 262144"),
        ("{" * 50_000, "script", "is not"),
        ("[" * 500, "script", "levels deep"),
        ("[" * 50_000, "script", "nesting depth"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, field: str, message: str) -> None:
    found = problems(text)

    assert [(one, said) for one, said in found if one == field and message in said], found


def test_every_problem_is_told_at_once() -> None:
    assert [field for field, _ in problems(STEP + "- clik: A\n- fill: {target: A}\n- hold: x")] == [
        "script.steps[0]",
        "script.steps[1].fill.value",
        "script.steps[2].hold",
    ]


def test_before_and_steps_together_are_limited() -> None:
    half = [{"hold": 1}] * (MAX_STEPS // 2)
    whole = {"url": "https://example.com", "before": half, "steps": half}

    assert load_script(json.dumps(whole))
    assert "at most 200 steps" in problems(json.dumps({**whole, "steps": [*half, {"hold": 1}]}))[0][1]


def test_the_schema_knows_every_verb() -> None:
    text = json.dumps(Script.model_json_schema(by_alias=True))

    assert [verb for verb in STEPS if f'"{verb}"' not in text] == []
