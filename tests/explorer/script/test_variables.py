"""Variables get their values; what is unknown or missing is told with its place before anything runs."""

from typing import Any

import pytest

from explorer.script.errors import ScriptInvalid
from explorer.script.loading import read_script
from explorer.script.variables import BoundScript, bind, reveal

URL = "https://example.com/"


def bound(script: dict[str, Any], **values: str) -> BoundScript:
    return bind(read_script({"url": URL, "steps": [{"hold": 1}], **script}), values)


def test_values_stand_wherever_a_variable_is_named() -> None:
    script = bound(
        {
            "url": URL + "{{ plan }}",
            "title": "{{name}}'s {{plan}}",
            "variables": {"name": "Ann", "plan": {"required": "true"}},
            "steps": [{"click": ["css=#{{plan}}", "{{name}}"], "caption": r"\{{name}} is {{name}}"}],
        },
        plan="pro",
    ).script

    assert (script.url, script.title) == (URL + "pro", "Ann's pro")
    assert script.steps[0].args.target == ["css=#pro", "Ann"]
    assert script.steps[0].caption == "{{name}} is Ann"


def test_what_acts_on_a_value_is_not_the_authors_own_word() -> None:
    steps = [
        {"click": "{{a}}"},
        {"fill": {"target": "Name", "value": "{{a}}"}},
        {"fill": {"target": "{{a}}", "value": "x"}},
        {"click": "Save", "caption": "{{a}}"},
        {"navigate": "/{{a}}"},
    ]
    assert bound({"variables": {"a": "x"}, "steps": steps}).given == {"steps[0]", "steps[2]", "steps[4]"}


def test_a_script_may_not_grow_beyond_its_limit_by_its_values() -> None:
    steps = [{"fill": {"target": "A", "value": "{{a}}"}}] * 100

    with pytest.raises(ScriptInvalid, match="with its values, the maximum is 262144"):
        bound({"variables": {"a": "x"}, "steps": steps}, a="y" * 4_000)


def test_code_and_secrets_stay_as_they_are_written() -> None:
    steps = [{"wait": {"expression": "a = {{b}}"}}, {"fill": {"target": "PIN", "value": r"{{pin}} \{{pin}}"}}]
    script = bound({"secrets": ["pin"], "steps": steps}).script

    assert script.steps[0].args.expression == "a = {{b}}"
    assert reveal(script.steps[1].args.value, {"pin": "1234"}) == "1234 {{pin}}"


@pytest.mark.parametrize(
    ("script", "values", "field", "message"),
    [
        ({"steps": [{"click": "{{x}}"}]}, {}, "script.steps[0].click.target", "{{x}}, which is no variable"),
        ({"steps": [{"click": "{{a b}}"}]}, {}, "script.steps[0].click.target", "which is no name"),
        ({"variables": {"a": {"required": True}}}, {}, "variables.a", "has no value and no default"),
        ({}, {"a": "1"}, "variables.a", "is no variable of this script"),
        ({"secrets": ["a"]}, {"a": "1"}, "variables.a", "is a secret: give it as one"),
        (
            {"secrets": ["a"], "steps": [{"click": "{{a}}"}]},
            {},
            "script.steps[0].click.target",
            "fill.value only",
        ),
        (
            {"url": "https://{{a}}/", "variables": {"a": "x"}},
            {},
            "script.url",
            "takes its host from a variable",
        ),
        ({"url": "{{a}}/", "variables": {"a": URL}}, {}, "script.url", "takes its host from a variable"),
        (
            {"variables": {"a": URL}, "steps": [{"navigate": "{{a}}"}]},
            {},
            "script.steps[0].navigate",
            "takes its host from a variable",
        ),
        (
            {"variables": {"a": "x"}, "steps": [{"caption": "{{a}}"}]},
            {"a": "y" * 300},
            "script.steps[0].caption",
            "at most 200 characters",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    script: dict[str, Any], values: dict[str, str], field: str, message: str
) -> None:
    with pytest.raises(ScriptInvalid) as caught:
        bound(script, **values)

    assert [(one.field, message in one.message) for one in caught.value.problems] == [(field, True)]


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("css=[title='{{who}}']", "O'Hara] a", r"css=[title='O\27 Hara\5d \20 a']"),
        ("css=#{{who}}", "7a", r"css=#\37 a"),
        ("css=.{{who}}", "größe", "css=.größe"),
        ("xpath=//a[.='{{who}}']", 'the "best"', "xpath=//a[.='the \"best\"']"),
        ("{{who}}", "O'Hara & Sons, 1 > 0", "O'Hara & Sons, 1 > 0"),
    ],
)
def test_a_value_is_a_text_within_a_target(target: str, value: str, expected: str) -> None:
    script = bound({"variables": {"who": "x"}, "steps": [{"click": target}]}, who=value)
    assert script.as_json["steps"][0]["click"]["target"] == expected


@pytest.mark.parametrize(
    ("target", "value", "why"),
    [
        ("xpath=//a[.='{{who}}']", "x'] | //b['", "closes the quotes"),
        ("xpath=//a[{{who}}]", "1] | //b[1", "outside of quotes"),
        ("role=button[name='{{who}}']", "Save'] >> nth=0", "closes the quotes"),
        ("{{who}}", "Save >> css=.delete", ">>"),
        ("text={{who}}", "Save >> css=.delete", ">>"),
    ],
)
def test_a_value_that_would_change_a_target_is_refused(target: str, value: str, why: str) -> None:
    with pytest.raises(ScriptInvalid, match=why):
        bound({"variables": {"who": "x"}, "steps": [{"click": {"target": target}}]}, who=value)


def test_free_text_keeps_a_value_as_it_is() -> None:
    steps = [{"caption": "{{who}}"}, {"fill": {"target": "Name", "value": "{{who}}"}}]
    script = bound({"variables": {"who": "x"}, "steps": steps}, who="a >> 'b'").as_json["steps"]
    assert (script[0]["caption"], script[1]["fill"]["value"]) == ("a >> 'b'", "a >> 'b'")
