"""Recordings of Chrome are played as they were made: first of several, innermost parts, places, windows."""

from typing import Any

import pytest

from explorer.script.errors import ScriptInvalid
from explorer.script.loading import read_script
from tests.explorer.script.test_player import Played, play
from tests.explorer.support.exploration import Harness

PAGE = """<style>body{width:3000px} svg{width:40px;height:40px}</style><h1>Shop</h1><p id=out>Nothing yet</p>
<button class=buy onclick="out.textContent += ' one'">Buy</button>
<button class=buy onclick="out.textContent += ' two'">Buy</button>
<button onclick="out.textContent += ' icon'">
<svg aria-hidden=true viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg></button>
<div role=slider aria-label=Stars tabindex=0 style="width:100px;height:20px;background:teal"
 onclick="out.textContent += ' star ' + Math.ceil(event.offsetX / 20)"></div>
<label>Name <input id=name></label>
<select id=country><option value=2>1<option value=1>2</select>
<a href=/window target=_blank>Colours</a>
<button onclick="out.textContent += ' ' + document.getElementById('name').value + scrollX">Tell</button>"""
CLICK = {"type": "click", "target": "main", "offsetX": 4, "offsetY": 4}


def recording(harness: Harness, *steps: dict[str, Any]) -> Played:
    navigate = {"type": "navigate", "url": harness.url, "assertedEvents": [{"type": "navigation"}]}
    return play(harness, {"title": "Recorded", "steps": [navigate, *steps]})


@pytest.fixture
def shop(harness: Harness) -> Harness:
    harness.pages["/"] = PAGE
    harness.pages["/window"] = "<h1>Colours</h1><button onclick='this.textContent = 2'>Blue</button>"
    return harness


def test_the_first_of_several_is_meant_where_all_names_agree_on_it(shop: Harness) -> None:
    agreeing = {**CLICK, "selectors": [["aria/Buy"], ["#gone"], [".buy"]]}
    apart = {**CLICK, "selectors": [[".buy"], ["h1, p"]], "timeout": 300}
    played = recording(shop, agreeing, apart)

    assert played.page["out"] == "Nothing yet one"
    assert played.failed is not None
    assert "'css=.buy' fits 2 elements" in played.failed.failed.reason


def test_a_click_hits_the_recorded_place_also_of_an_icon_that_counts_as_hidden(shop: Harness) -> None:
    icon = {**CLICK, "selectors": [["svg > path"], ["xpath//html/body/button[3]/svg/path"]], "offsetX": 30}
    star = {**CLICK, "selectors": [["aria/Stars"]], "offsetX": 70}
    played = recording(shop, icon, star)

    assert played.states == ["done"] * 3
    assert played.page["out"] == "Nothing yet icon star 4"


def test_values_are_those_of_options_and_what_a_page_held_is_there_after_a_window(shop: Harness) -> None:
    window = f"{shop.url}window"
    played = recording(
        shop,
        {"type": "change", "target": "main", "selectors": [["select"]], "value": "1"},
        {"type": "change", "target": "main", "selectors": [["aria/Name"]], "value": "Ann"},
        {"type": "scroll", "target": "main", "x": 60, "y": 0},
        {**CLICK, "selectors": [["aria/Colours"]]},
        {**CLICK, "selectors": [["aria/Blue"]], "target": window},
        {"type": "waitForElement", "target": window, "selectors": [["text/Blue"]], "visible": False},
        {**CLICK, "selectors": [["aria/Tell"]]},
    )
    assert played.states == ["done"] * 8, played.failed
    assert (played.page["name"], played.page["country"]) == ("Ann", "1")
    assert played.page["out"].startswith("Nothing yet Ann")


def test_a_frame_of_another_host_is_found_by_its_address(shop: Harness) -> None:
    other = f"http://localhost:{shop.port}/window"
    shop.pages["/"] = f"<h1>Shop</h1><button>Blue</button><p id=out></p><iframe src={other}></iframe>"
    shop.pages["/window"] = """<button onclick="parent.postMessage('blue', '*')">Blue</button>"""
    shop.pages["/"] += "<script>onmessage = (event) => { out.textContent = event.data }</script>"
    blue = {**CLICK, "selectors": [["aria/Blue"], ["button"]], "target": other}
    heading = {**CLICK, "selectors": [["h1"]]}

    assert recording(shop, blue, heading).page["out"] == "blue"


def test_exploring_cannot_be_off_camera() -> None:
    with pytest.raises(ScriptInvalid, match="explore is filmed"):
        read_script({"url": "https://example.com/", "steps": [{"explore": {}, "off_camera": True}]})
