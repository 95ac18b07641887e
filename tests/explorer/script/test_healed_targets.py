"""A lost target of a script is found again by what it was like, or refused; every heal is told."""

from typing import Any

import pytest

from explorer.script.export import remembering
from explorer.script.loading import read_script
from explorer.script.variables import bind
from tests.explorer.script.test_player import APP, Played, play
from tests.explorer.support.exploration import Harness

HARMLESS = {"click": {"target": "Sign in"}}
SIGN_IN = ">Sign in</button>"


@pytest.fixture
def release(harness: Harness) -> Any:
    """Plays a step on one release of a page, and what is exported of that on the next release."""

    def play_both(step: dict[str, Any], new_page: str, old_page: str = APP, **more: Any) -> Played:
        harness.pages["/"] = old_page
        script = {"steps": [step]}
        first = play(harness, script, **more)
        assert first.states == ["done"]
        bound = bind(read_script({"url": harness.url, **script}), more.get("values", {}))
        known = remembering(bound.as_json, first.fingerprints, [])
        harness.pages["/"] = new_page
        return play(harness, {**known, "steps": [{**known["steps"][0], "timeout": 0.4}]})

    return play_both


def renamed(words: str) -> str:
    return APP.replace(SIGN_IN, f">{words}</button>")


def test_a_renamed_button_is_found_again_and_the_heal_is_told(release: Any) -> None:
    played = release(HARMLESS, renamed("Log in").replace("<h1>Sign in", "<h1>Welcome"))

    row = played.log[1]
    assert played.page["out"] == "Hello "
    assert row.state == "healed"
    assert row.healed["from"] == "Sign in"
    assert row.healed["to"] == "role=button[name='Log in']"
    assert row.healed["score"] >= 0.6
    assert [warning.code for warning in played.trace.warnings] == ["steps_healed"]


def test_what_shows_the_same_words_but_cannot_be_pressed_is_not_taken_for_it(release: Any) -> None:
    played = release(HARMLESS, renamed("Log in"))

    assert (played.page["out"], played.states) == ("Hello ", ["healed"])


def test_what_was_removed_is_refused_rather_than_guessed(release: Any) -> None:
    step = {"click": {"target": "Come on"}}
    old = APP.replace("<button id=late hidden", "<button id=late")
    gone = "<button id=late hidden\n onclick=\"out.textContent = 'late'\">Come on</button>"

    played = release(step, APP.replace(gone, ""), old)

    assert played.failed is not None
    assert played.page["out"] == "Nothing yet"


def test_what_the_blacklist_names_is_never_healed_onto(release: Any) -> None:
    remove = "<button id=x data-testid=x onclick=\"out.textContent = 'deleted'\">{}</button>"
    old, new = (APP + remove.format(words) for words in ("Deliver account", "Delete account"))

    played = release({"click": {"target": "Deliver account"}}, new, old)

    assert played.failed is not None
    assert "blacklist" in played.failed.failed.reason
    assert played.page["out"] == "Nothing yet"


def test_a_target_that_holds_a_variable_is_not_remembered(harness: Harness) -> None:
    harness.pages["/"] = APP
    script = {"variables": {"what": "Sign in"}, "steps": [{"click": "{{what}}"}, {"click": "Load"}]}

    played = play(harness, script)

    assert list(played.fingerprints) == ["steps[1]"]


def test_the_exported_script_names_what_was_healed_as_an_alternative() -> None:
    script = {"steps": [{"click": {"target": "Sign in"}}]}
    heal = {"from": "Sign in", "to": "role=button[name='Log in']", "score": 0.8, "margin": 0.1}
    taken = {"steps[0]": {"Sign in": {"tag": "button", "label": "Log in"}}}

    known = remembering(script, taken, [{"path": "steps[0]", "healed": heal}])

    assert known["steps"][0]["click"] == {"target": ["Sign in", "role=button[name='Log in']"]}
    assert known["steps"][0]["fingerprints"] == taken["steps[0]"]
