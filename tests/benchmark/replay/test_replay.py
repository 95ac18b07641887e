"""The recordings cover the format, and a difference of end states is told."""

from explorer.script.loading import load_script
from explorer.script.recorder import LEFT_OUT, RECORDED
from tests.benchmark.replay.recordings import known
from tests.benchmark.replay.state import EndState, FrameState, differences

HOSTS = {"site.invalid": "http://127.0.0.1:1/", "pages.invalid": "http://127.0.0.1:2/"}


def test_the_recordings_have_steps_of_all_types_and_can_be_played() -> None:
    recordings = known(HOSTS)

    assert len(recordings) >= 14
    assert all(load_script(recording.text).steps for recording in recordings)
    assert not any(".invalid" in recording.text for recording in recordings)
    assert {step["type"] for recording in recordings for step in recording.steps} == RECORDED | LEFT_OUT


def test_what_differs_is_told_by_its_kind() -> None:
    wanted = FrameState("http://a.example/", "Said: Ann", ("name: Ann",))
    found = FrameState("http://a.example/b", "Said: Ben", ("name: Ben", "news: on true"))

    assert differences(EndState((wanted,)), EndState((wanted,))) == []
    assert differences(EndState((wanted,)), EndState((found,), "Step 2 failed")) == [
        "ours failed: Step 2 failed",
        "address: http://a.example/, ours http://a.example/b",
        "text: 'Said: Ann', ours 'Said: Ben'",
        "field: name: Ann, ours name: Ben",
        "field: None, ours news: on true",
    ]
    assert differences(EndState((wanted,)), EndState(())) == ["frames: 1, ours 0"]
