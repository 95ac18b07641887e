"""The one table of what is met instead of a start page."""

import re
from typing import get_args

import pytest

from explorer.blocks.start_errors import TABLE, Trouble, error_for, unreachable_for
from explorer.errors import ExplorerError, PageUnreachable

FACTS = {"url": "http://a/", "target": "http://b/", "status": 500, "limit_s": 30.0, "waited_s": 8.0}


def test_the_table_has_every_trouble() -> None:
    assert set(TABLE) == set(get_args(Trouble))


@pytest.mark.parametrize("trouble", TABLE)
def test_each_row_makes_an_error_that_says_what_was_met_and_what_to_do(trouble: Trouble) -> None:
    row = TABLE[trouble]
    gaps = re.findall(r"\{(\w+)", row.sentence)

    error = error_for(trouble, **{gap: FACTS.get(gap, "this") for gap in gaps})

    assert type(error) is row.error
    assert str(error).startswith("http://a/ ")
    assert str(error).endswith(row.advice)
    assert row.sentence.endswith(".")
    assert row.advice.endswith(".")
    assert not re.search(r"[{}]", str(error))


def test_each_code_stands_for_one_thing_to_do() -> None:
    advice: dict[str, set[str]] = {}
    for row in TABLE.values():
        advice.setdefault(row.advice, set()).add(row.error.code)

    shared = {words: codes for words, codes in advice.items() if len(codes) > 1}
    assert not shared


def test_an_address_without_end_is_cut_and_braces_in_it_are_kept() -> None:
    error = error_for("elsewhere", url="http://a/{url}", target="http://b/" + "x" * 10_000)

    assert str(error).startswith("http://a/{url} redirects to http://b/xxx")
    assert len(str(error)) < 3_000


def test_what_did_not_load_is_told_apart_from_what_is_no_page_of_its_own() -> None:
    assert isinstance(unreachable_for("circle", url="http://a/"), PageUnreachable)
    with pytest.raises(AssertionError):
        unreachable_for("sign_in", url="http://a/")
    assert not isinstance(error_for("sign_in", url="http://a/"), PageUnreachable)
    assert isinstance(error_for("sign_in", url="http://a/"), ExplorerError)
