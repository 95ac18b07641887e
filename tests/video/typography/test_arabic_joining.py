"""Words for what cannot shape: Arabic in its joined forms, and what runs from right to left turned round."""

import unicodedata

import pytest

from video.typography.arabic_joining import join_arabic, move_pre_base_vowels, to_visual


def always(_: str) -> bool:
    return True


def shapes(text: str) -> list[str]:
    return [unicodedata.name(char).rsplit(" ", 2)[-2] for char in join_arabic(text, always)]


def test_letters_take_the_form_that_their_neighbours_ask_for() -> None:
    assert shapes("ببب") == ["INITIAL", "MEDIAL", "FINAL"]
    assert shapes("ب") == ["ISOLATED"]
    # dal joins what is before it only
    assert shapes("بدب") == ["INITIAL", "FINAL", "ISOLATED"]


def test_lam_and_alef_share_one_form() -> None:
    assert join_arabic("لا", always) == "\ufefb"
    assert join_arabic("سلا", always) == "\ufeb3\ufefc"
    assert join_arabic("لأ", always) == "\ufef7"


def test_marks_do_not_part_letters_and_joiners_do_as_they_are_meant_to() -> None:
    assert join_arabic("بَب", always) == "\ufe91\u064e\ufe90"
    assert shapes("ب\u200cب")[0] == shapes("ب\u200cب")[-1] == "ISOLATED"
    assert join_arabic("ب\u200d", always)[0] == "\ufe91"
    assert join_arabic("ـب", always) == "\u0640\ufe90"


def test_letters_of_persian_and_urdu_are_joined_too() -> None:
    assert join_arabic("پچ", always) == "\ufb58\ufb7b"


def test_a_form_that_the_font_lacks_is_not_used() -> None:
    assert join_arabic("بب", lambda char: char < "\ufb00") == "بب"


def test_words_of_other_scripts_stay_as_they_are() -> None:
    for text in ("Open", "हिन्दी", "שלום", ""):
        assert join_arabic(text, always) == text


def test_what_runs_from_the_right_is_turned_round_with_its_marks_and_brackets() -> None:
    assert to_visual("(שָׁם)", True, always) == "(םשָׁ)"
    assert to_visual("(a\u200b)", False, always) == "(a)"


@pytest.mark.parametrize(
    ("written", "drawn"), [("कि", "िक"), ("स्थि", "िस्थ"), ("மொ", "ெமா"), ("កែ", "ែក"), ("é が", "é が")]
)
def test_vowels_that_are_drawn_before_their_consonant_come_first(written: str, drawn: str) -> None:
    assert move_pre_base_vowels(written) == drawn
