"""Refusals: kept once each, limited in number and length."""

from explorer.state.refusals import Refusals
from explorer.text import MAX_URL_CHARS
from explorer.types import MAX_REFUSALS, Refusal

HOME = "http://site.test/"


def test_a_refusal_is_kept_once_for_each_rule_and_label() -> None:
    refusals = Refusals()
    first = Refusal("auth", "Log in", "on one page", HOME)

    kept = [
        refusals.add(refusal)
        for refusal in (
            first,
            Refusal("auth", "Log in", "on another", HOME + "a"),
            Refusal("blacklist", "Log in", "by another rule"),
        )
    ]

    assert kept[0] == first
    assert kept[1] is None
    assert refusals.all() == (kept[0], kept[2])


def test_refusals_are_limited_in_number_and_length() -> None:
    refusals = Refusals()
    huge = HOME + "x" * 1_000_000

    for number in range(MAX_REFUSALS + 50):
        refusals.add(Refusal("auth", f"{number} {huge}", huge, huge))

    assert len(refusals.all()) == MAX_REFUSALS
    assert {len(kept.what) for kept in refusals.all()} == {MAX_URL_CHARS}
    assert {len(kept.page_url) for kept in refusals.all()} == {MAX_URL_CHARS}
    assert {len(kept.detail) for kept in refusals.all()} == {MAX_URL_CHARS}
