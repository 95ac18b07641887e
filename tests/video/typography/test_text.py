"""Text in every script, drawn and looked at: no word is lost, cut off, or a box."""
# ruff: noqa: RUF001

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.support.fonts import INTER, only_fonts, python, without_shaping
from video.typography.bitmap_font import BitmapFont
from video.typography.font_fallback import FontFallback
from video.typography.line_breaking import clusters
from video.typography.script_coverage import all_missing
from video.typography.system_fonts import has_glyph
from video.typography.text import Mask, TextStyle, printable
from video.typography.unicode_scripts import SCRIPTS, Script

SIZE_PX = 40
WORDY = [script for script in SCRIPTS if script.name != "emoji"]
#: One line, many fonts, both directions.
MIXED = "Open 朝の献立 한국어 ภาษาไทย Ελλάδα тест"
SENTENCES = {
    "Japanese": "港の市場で新鮮な魚と朝ごはんを楽しむための公式サイトへようこそ",
    "Thai": "ยินดีต้อนรับสู่ตลาดน้ำที่สวยงามที่สุดในประเทศไทย",
    "Arabic": "سوق الميناء يفتح كل صباح في الساعة السادسة ويغلق عند الظهر",
    "Hindi": "हिन्दी में समाचार और मनोरंजन की दुनिया में आपका स्वागत है",
}


def drawn(text: str, size_px: int = SIZE_PX) -> Mask:
    kind = TextStyle(text, "semibold", size_px)
    return kind.draw([kind.text])


def found_at(word: str, line: str) -> int:
    """Where in the picture of a line the word stands, as it looks when it stands alone."""
    picture, template = drawn(line), drawn(word)
    rows, columns = np.nonzero(template > 40)
    ink = template[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    match = cv2.matchTemplate(picture, ink, cv2.TM_CCOEFF_NORMED)
    assert match.max() > 0.9, f"{word} is not in the picture of {line}"
    return int(np.unravel_index(match.argmax(), match.shape)[1])


@pytest.mark.parametrize("script", WORDY, ids=lambda script: script.name)
def test_words_in_any_script_are_drawn_whole(script: Script) -> None:
    kind = TextStyle(f"A {script.sample}", "semibold", SIZE_PX)
    if script.ranges[0][0] > 0xFFFF and script.name in all_missing():
        pytest.skip("no font of this machine has it, nor have the bitmaps that come along")

    picture = kind.draw([kind.text])

    assert kind.text == printable(f"A {script.sample}")
    assert picture.max() == 255
    # Nothing is cut off.
    assert not any(edge.any() for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]))


def test_a_line_in_many_scripts_has_every_word_in_order() -> None:
    places = [found_at(word, MIXED) for word in MIXED.split()]

    assert places == sorted(places)


def test_a_line_from_the_right_has_every_word_in_order() -> None:
    line = "שלום Market דוח"

    places = [found_at(word, line) for word in line.split()]

    assert places == sorted(places, reverse=True)


def test_an_arabic_word_within_a_latin_line_is_where_it_belongs() -> None:
    line = "Open صفحة now"

    places = [found_at(word, line) for word in line.split()]

    assert places == sorted(places)


def test_arabic_letters_are_joined() -> None:
    together, apart = TextStyle("ببب", "semibold", SIZE_PX), TextStyle("ب ب ب", "semibold", SIZE_PX)

    assert together.width(together.text) < 0.8 * apart.width(apart.text)
    # One stroke below three dots.
    letters = cv2.connectedComponents((together.draw([together.text]) > 128).astype(np.uint8))[0] - 1
    assert letters == 4


@pytest.mark.parametrize(
    ("text", "other"),
    [("سوق", "قوس"), ("ภาษา", "สภาพ"), ("朝", "夜"), ("한국", "국한"), ("कि", "की"), ("שלום", "שלון")],
)
def test_different_words_are_different_pictures(text: str, other: str) -> None:
    pictures = drawn(text), drawn(other)

    assert pictures[0].shape != pictures[1].shape or (pictures[0] != pictures[1]).any()


def test_no_letter_is_drawn_with_a_font_that_lacks_it() -> None:
    assert has_glyph(str(INTER), 0, "a")
    assert not has_glyph(str(INTER), 0, "ก")
    assert not has_glyph(str(INTER), 0, "\u0e31")
    assert not has_glyph(__file__, 0, "x"), "a file that is no font has no letters"
    faces = FontFallback(MIXED, "medium", SIZE_PX)
    assert all(face.has_glyph(cluster) for cluster in clusters(MIXED) if (face := faces.of(cluster)))
    assert all(map(faces.of, clusters(MIXED)))


@pytest.mark.parametrize("text", ["Ελληνικά Größe", "Русский текст", "Tiếng Việt", "1 → 2 ✓ € ™"])
def test_most_alphabets_are_in_the_font_that_comes_along(text: str, tmp_path: Path) -> None:
    program = f"""
from video.typography.font_fallback import *
faces = FontFallback({text!r}, "semibold", 32)
print({{type(faces.of(cluster)).__name__ for cluster in {text!r}}}, faces.text)
"""
    assert python(program, only_fonts(tmp_path / "none")).split(" ", 1) == ["{'Outlines'}", text + "\n"]


def test_what_is_no_letter_is_left_out() -> None:
    assert TextStyle("Launch \U0001f680 now", "semibold", 32).text == "Launch now"
    assert TextStyle("Chef 👩🏽\u200d🍳 1\ufe0f\u20e3", "semibold", 32).text == "Chef 1"
    assert TextStyle("\U000e0123 \ue000", "semibold", 32).text == ""
    assert TextStyle("a\u00adb\u200ec\td", "semibold", 32).text == "abc d"
    assert TextStyle("می\u200cخواهم", "semibold", 32).text == "می\u200cخواهم"


def test_letters_in_fancy_dress_become_plain_where_no_font_has_them(tmp_path: Path) -> None:
    program = "from video.typography.text import *; print(TextStyle('𝐁𝐨𝐥𝐝 ﬁsh', 'semibold', 32).text)"

    assert python(program, only_fonts(tmp_path / "none")) in ("Bold fish\n", "Bold ﬁsh\n")


def test_a_word_without_spaces_is_broken_and_what_does_not_fit_is_left_out() -> None:
    kind = TextStyle("a" * 300, "semibold", 32)
    lines = kind.lines(400)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert max(map(kind.width, lines)) <= 400


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_a_sentence_becomes_two_lines_of_about_equal_length_that_keep_every_letter(text: str) -> None:
    kind = TextStyle(text, "semibold", SIZE_PX)
    room = kind.width(kind.text) * 0.7

    lines = kind.lines(room)

    assert len(lines) == 2
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert min(map(kind.width, lines)) > 0.6 * max(map(kind.width, lines))
    assert max(map(kind.width, lines)) <= room


def test_a_line_ends_at_a_space_where_it_can_though_its_script_has_none() -> None:
    kind = TextStyle("港の市場で朝ごはん 公式サイト", "semibold", SIZE_PX)

    assert kind.lines(kind.width(kind.text) * 0.8) == ["港の市場で朝ごはん", "公式サイト"]


def test_lines_with_tall_marks_are_further_apart() -> None:
    plain, tall = TextStyle("abc", "semibold", SIZE_PX), TextStyle("E" + "\u0302" * 6, "semibold", SIZE_PX)

    assert tall.draw([tall.text] * 2).shape[0] > plain.draw([plain.text] * 2).shape[0]


def pictures(folder: Path, texts: list[str], variables: dict[str, str]) -> tuple[str, list[Mask]]:
    """The texts drawn on another machine, and whether it shapes."""
    program = f"""
import numpy as np
from video.typography.text import TextStyle
from video.typography.system_fonts import shapes
for number, text in enumerate({texts!r}):
    kind = TextStyle(text, "semibold", {SIZE_PX})
    assert kind.text == text, (kind.text, text)
    np.save(f"{folder}/{{number}}.npy", kind.draw([text]))
print(shapes())
"""
    said = python(program, variables)
    return said.strip(), [np.load(folder / f"{number}.npy") for number in range(len(texts))]


def test_where_no_font_has_the_letters_words_are_still_there_and_told_apart(tmp_path: Path) -> None:
    texts = ["ยินดี", "ต้อนรับ", "سوق", "قوس", "朝の献立", "한국어", "हिन्दी", "שלום", "Open ยินดี"]

    _, drawn_there = pictures(tmp_path, texts, only_fonts(tmp_path / "inter", [INTER]))

    for number, picture in enumerate(drawn_there):
        assert picture.max() == 255
        assert all(picture.shape != other.shape or (picture != other).any() for other in drawn_there[:number])
    # Longer words are longer: each has all its letters.
    assert drawn_there[8].shape[1] > drawn_there[0].shape[1] + 2 * SIZE_PX


def test_bitmaps_join_arabic_and_put_marks_over_their_letters() -> None:
    bitmaps = BitmapFont(SIZE_PX)

    assert bitmaps.has_glyph("ยิ")
    assert not bitmaps.has_glyph("\U0001f680")
    assert bitmaps.length("ยิ", False) == bitmaps.length("ย", False)
    assert bitmaps.length("朝", False) == 2 * bitmaps.length("a", False)
    assert bitmaps.length("لا", True) == bitmaps.length("ا", True)


def test_without_a_shaping_library_words_are_legible_in_the_right_order(tmp_path: Path) -> None:
    texts = ["שלום Market דוח", "سوق", "قوس", "हिन्दी", "朝の献立"]

    shaped, there = pictures(tmp_path, texts, without_shaping(tmp_path / "libraries"))

    assert shaped == "False"
    # What needs no shaping looks the same.
    for number in (0, 4):
        here = drawn(texts[number])
        wide = min(here.shape[1], there[number].shape[1]) - 8
        match = cv2.matchTemplate(there[number], here[:, 4:wide], cv2.TM_CCOEFF_NORMED)
        assert abs(here.shape[1] - there[number].shape[1]) <= 8
        assert match.max() > 0.7
    assert all(picture.max() == 255 for picture in there)
    assert there[1].shape != there[2].shape or (there[1] != there[2]).any()
