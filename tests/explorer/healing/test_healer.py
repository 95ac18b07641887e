"""Healing on real pages, from the fingerprint on the old page to the selector on the new one."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.healing.fingerprint import Fingerprint, Healed
from explorer.healing.healer import heal
from explorer.healing.names import split_names
from explorer.healing.page_fingerprints import take_fingerprint
from tests.explorer.conftest import Show

OLD = """<nav><a href="/start">Start</a> <a href="/prices">Prices</a> <a href="/team">Team</a></nav>
<main><h1>Profile</h1><form><label for=mail>Email</label><input id=mail name=mail>
<button id=save class="btn primary">Save</button> <button class=btn>Cancel</button></form></main>"""
NEW = """<header><nav><ul><li><a href="/v2/team">Team</a><li><a href="/v2/start">Start</a></ul></nav></header>
<main><h1>Profile</h1><div><form><label for=f1>Email address</label><input id=f1 name=user[mail]>
<div><button class=css-1x9>Save changes</button><button class=css-2y8>Cancel</button></div></form></div>"""


@pytest.fixture
def healed(show_in_shared_page: Show) -> Any:
    """`healed(selector, old, new)`: what is taken on the new page for what was found on the old one."""

    def run(selector: str, old: str = OLD, new: str = NEW) -> Healed | None:
        original: Fingerprint = show_in_shared_page(old, lambda page: take_fingerprint(page, selector))
        found: Healed | None = show_in_shared_page(new, lambda page: _heal(page, original))
        return found

    return run


async def _heal(page: Page, original: Fingerprint) -> Healed | None:
    found = await heal(page, original)
    if found is not None:
        assert await page.locator(found.selector).count() == 1
    return found


def test_a_renamed_button_is_healed_and_says_what_it_is_called_now(healed: Any) -> None:
    found = healed("#save")

    assert (found.label, found.role) == ("Save changes", "button")
    assert 0.5 < found.score < 1
    assert found.margin > 0.15


def test_a_field_whose_attributes_have_all_changed_is_healed(healed: Any) -> None:
    assert healed("#mail").selector == "#f1"


def test_a_link_that_is_gone_is_refused_though_its_neighbours_stay(healed: Any) -> None:
    assert healed("text=Prices") is None


def test_a_twin_is_refused_when_its_own_row_is_gone(healed: Any) -> None:
    def rows(*names: str) -> str:
        return "".join(f"<p><b>{name}</b> <button>Buy</button></p>" for name in names)

    second = "p:nth-of-type(2) button"

    assert healed(second, rows("Teapot", "Kettle", "Mug"), rows("Teapot", "Mug")) is None
    found = healed(second, rows("Teapot", "Kettle", "Mug"), rows("Teapot", "Mug", "Kettle"))
    assert found.selector.startswith(":nth-match") or "nth-of-type(3)" in found.selector


def test_an_element_is_found_within_a_frame(healed: Any) -> None:
    def framed(inner: str) -> str:
        return f"<h1>Shop</h1><iframe title=till width=400 height=200 srcdoc='{inner}'></iframe>"

    old = framed("<button id=pay>Pay</button><button>Back</button>")
    found = healed(
        "iframe >> internal:control=enter-frame >> #pay",
        old,
        framed("<p><button class=x>Pay now</button><button>Back</button>"),
    )

    assert found.label == "Pay now"
    assert "enter-frame" in found.selector


def test_a_fingerprint_remembers_what_else_was_there_and_which_twin_it_was(show_in_shared_page: Show) -> None:
    html = "<button>Buy</button><a href=/a>Teapot</a><button id=it><i>Buy</i></button><button>Buy</button>"

    taken: Fingerprint = show_in_shared_page(html, lambda page: take_fingerprint(page, "#it"))

    assert (taken.namesakes, taken.rank) == (2, 1)
    assert len(split_names(taken.others)) == 1
    assert Fingerprint.model_validate_json(taken.model_dump_json()) == taken
