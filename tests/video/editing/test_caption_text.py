"""Words for steps: a verb and a name, never doubled, never endless, and something for what has no name."""

from dataclasses import replace

import pytest

from video.editing.caption_text import caption, clean_name, clip, reading_ms
from video.editing.timeline import Step


def step(label: str, role: str = "", outcome: str = "page", own: str = "") -> Step:
    return Step(0, 1, 2, label, "click", "u", 1, 1, role=role, outcome=outcome, caption=own)


@pytest.mark.parametrize(
    ("label", "role", "outcome", "said"),
    [
        ("Pricing", "link", "page", "Open Pricing"),
        ("Measure", "tab", "scene", "Show Measure"),
        ("Compare plans", "button", "scene", "Compare plans"),
        ("Learn more", "link", "page", "Learn more"),
        ("Open menu", "button", "scene", "Open menu"),
        ("Open Open menu", "button", "scene", "Open menu"),
        ("Details", "button", "scene", "Open Details"),
        ("Shipping", "summary", "scene", "Expand Shipping"),
        ("Dark mode", "switch", "scene", "Turn on Dark mode"),
        ("Monthly", "radio", "scene", "Choose Monthly"),
        ("Export", "menuitem", "scene", "Open Export"),
        ("Export report", "button", "nothing", "Export report"),
        ("Refine", "button", "nothing", "Try Refine"),
        ("Settings", "button", "page", "Open Settings"),
        ("Pricing Pricing", "link", "page", "Open Pricing"),
        ("  Pricing\n\t& plans \u2192", "link", "page", "Open Pricing & plans"),
        ("\U0001f680 Launch week", "link", "page", "Launch week"),
        ("\u00d7", "button", "scene", "Close"),
        ("Close", "button", "scene", "Close"),
        ("Close dialog", "button", "scene", "Close dialog"),
        ("Next", "button", "scene", "Show the next one"),
        ("\U0001f600", "link", "page", "Open the next page"),
        ("\ue001\ue002", "button", "scene", "Show more"),
        ("Controls (4)", "tab", "scene", "Show Controls"),
        ("Python 3", "link", "page", "Open Python 3"),
        ("ellipsis-v", "button", "scene", "Open the menu"),
        ("dots vertical rounded", "button", "scene", "Open the menu"),
        ("Three dots", "button", "scene", "Open the menu"),
        ("Polka dots", "link", "page", "Open Polka dots"),
        ("arrow_drop_down", "button", "scene", "Show more"),
        ("vue-router", "link", "page", "Open vue-router"),
        ("", "checkbox", "scene", "Tick a box"),
        ("\u4ef7\u683c", "link", "page", "Open \u4ef7\u683c"),
        ("Get-together", "link", "page", "Open Get-together"),
        ("Opening hours", "link", "page", "Open Opening hours"),
    ],
)
def test_a_step_is_told_in_a_few_words(label: str, role: str, outcome: str, said: str) -> None:
    assert caption(step(label, role, outcome)) == said


@pytest.mark.parametrize(
    ("label", "action", "outcome", "said"),
    [
        ("Amount", "type", "scene", "Fill in Amount"),
        ("Search docs", "type", "page", "Search docs"),
        ("", "type", "nothing", "Fill in a field"),
        ("Country", "choose", "page", "Choose Country"),
        ("Backlog", "drag", "scene", "Drag Backlog"),
    ],
)
def test_a_field_that_is_filled_in_is_not_opened(label: str, action: str, outcome: str, said: str) -> None:
    assert caption(replace(step(label, "textbox", outcome), action=action)) == said


def test_what_the_planner_said_goes_before_the_name() -> None:
    assert caption(step("Pricing", "link", own="See what it costs")) == "See what it costs"
    assert caption(step("Pricing", "link", own=" \u2192 ")) == "Open Pricing"


def test_a_long_name_ends_with_a_word() -> None:
    said = caption(step("The complete guide to lighting a room from floor plan to first evening", "link"))
    assert said == "Open The complete guide to lighting a room\u2026"


def test_a_name_without_spaces_is_cut_anywhere() -> None:
    assert clip("x" * 100) == "x" * 39 + "\u2026"


def test_halves_of_characters_and_controls_are_left_out() -> None:
    assert clean_name("a\ud83d\0b\x1b[31m") == "a b [31m"


def test_longer_captions_are_read_longer_but_not_for_ever() -> None:
    assert reading_ms("Open Pricing") == 600 + 12 * 60
    assert reading_ms("x" * 80) == 2_600
