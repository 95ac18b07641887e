"""An exploration becomes a script that plays the same clicks again."""

import pytest

from explorer.script.export import as_recording, as_yaml, script_of, target_of
from explorer.script.loading import load_script, read_script
from explorer.types import Step
from tests.explorer.script.test_player import play
from tests.explorer.support.exploration import Harness

FRAME = " >> internal:control=enter-frame >> "


@pytest.mark.parametrize(
    ("selector", "label", "target"),
    [
        ('role=button[name="Save"s]', "Save", 'role=button[name="Save"s]'),
        ('role=main >> role=link[name="Docs"s]', "Docs", 'role=main >> role=link[name="Docs"s]'),
        ("html > body > a:nth-of-type(2)", "Docs", ["css=html > body > a:nth-of-type(2)", "Docs"]),
        (f"iframe#a{FRAME}button", "+", "css=iframe#a >> css=button"),
    ],
)
def test_a_selector_becomes_a_target(selector: str, label: str, target: object) -> None:
    assert target_of(selector, label) == target


def test_what_is_written_is_a_script_in_either_spelling(harness: Harness) -> None:
    found = script_of("https://example.com/", "Mine", [])

    assert load_script(as_yaml(found)).title == "Mine"
    assert read_script(as_recording(found)).start == "https://example.com/"


def test_an_explored_film_is_played_again_with_the_same_clicks(harness: Harness) -> None:
    start = harness.site.url
    explored = harness.explore(start, max_clicks=4)
    script = script_of(start, "", [_row(step) for step in explored.steps])

    played = play(harness, script)

    assert played.failed is None
    assert [step.label for step in played.steps] == [step.label for step in explored.steps]
    assert [step.url_after for step in played.steps] == [step.url_after for step in explored.steps]


def _row(step: Step) -> dict[str, object]:
    plan = {"selector": step.plan.selector, "action": step.plan.action, "value": step.plan.value}
    return {"plan": plan, "label": step.label, "page_url": step.page_url, "url_after": step.url_after}
