"""Where a line may end."""
# ruff: noqa: RUF001

import pytest

from video.typography.line_breaking import clusters, pieces, words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("हिन्दी", ["हि", "न्दी"]),
        ("สู่", ["สู่"]),
        ("\u1112\u1161\u11ab국", ["\u1112\u1161\u11ab", "국"]),
        ("", []),
    ],
)
def test_a_letter_keeps_its_marks(text: str, parts: list[str]) -> None:
    assert clusters(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Open the page", ["Open ", "the ", "page"]),
        ("한국어 안내", ["한국어 ", "안내"]),
        ("朝の献立", ["朝", "の", "献", "立"]),
        ("「朝」です。ラッキー", ["「朝」", "で", "す。", "ラッ", "キー"]),
        ("（朝）OK page", ["（朝）", "OK ", "page"]),
        ("中文，菜单", ["中", "文，", "菜", "单"]),
        ("ไทยแลนด์", ["ไท", "ย", "แล", "น", "ด์"]),
        ("น้ำ", ["น้ำ"]),
        ("བོད་ཡིག", ["བོད་", "ཡིག"]),
        ("ภา\u200bษา", ["ภา\u200b", "ษา"]),
        ("افتح صفحة", ["افتح ", "صفحة"]),
        ("e-mail/a(b)", ["e-mail/a(b)"]),
        ("", []),
    ],
)
def test_lines_end_where_the_script_lets_them(text: str, parts: list[str]) -> None:
    assert pieces(text) == parts
    assert "".join(pieces(text)) == text


def test_words_are_what_is_between_spaces() -> None:
    assert words("朝の 献立 x") == ["朝の ", "献立 ", "x"]
