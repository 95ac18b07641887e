"""An exploration of a site of which a file says how its consent box is refused, and what is masked."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.composition import build_explorer
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.script.mask import PageMask, explore_masked
from explorer.script.redaction import Redactor
from explorer.types import Brief, Step, Wishes
from tests.explorer.support.exploration import Harness, HastyClock

#: Nothing in the box is in a word list, nor a button by its markup.
PAGE = """<style>body{margin:0;height:700px} .name{width:300px;height:50px;background:#e00}
  #box{position:fixed;inset:200px 300px;background:#06c;z-index:9;padding:24px}</style>
  <div class=name>Ann Smith</div><h1>A shop</h1><p><a href=/two>Bicycles of Ann Smith</a></p>
  <div id=box>Zibul blem smarg, ot vexna lim rubo tarsis. Gromp, ot kelna subo.
  <p onclick="box.remove(); fetch('/refused')">Nelp</p><p onclick="fetch('/agreed')">Smarg</p></div>"""


def explored(
    harness: Harness, consent: tuple[str, ...]
) -> tuple[list[Any], list[NDArray[np.uint8]], Redactor]:
    """All events, a picture at each of them, and the redactor."""
    redactor, events, pictures = Redactor(), list[Any](), list[NDArray[np.uint8]]()

    async def whole() -> None:
        brief = Brief(harness.url, max_clicks=2, wishes=Wishes(scout=False), consent=consent)
        async with harness.session(brief) as session:
            explorer = build_explorer(brief, session, HastyClock(), KeywordPlanner(), harness.proxy)
            async for event in explore_masked(explorer, PageMask(["css=.name"], redactor)):
                events.append(event)
                if session.page.url != "about:blank":
                    png = np.frombuffer(await session.page.screenshot(), np.uint8)
                    pictures.append(np.asarray(cv2.imdecode(png, cv2.IMREAD_COLOR), np.uint8))

    harness.run(whole)
    return events, pictures, redactor


def test_the_box_is_refused_and_the_mask_is_in_every_picture_and_its_words_are_redacted(
    harness: Harness,
) -> None:
    two = "<body style=margin:0><p class=name style='margin:0;height:50px'>Ann Smith</p><h1>Bicycles</h1>"
    harness.pages |= {"/": PAGE, "/two": two}

    events, pictures, redactor = explored(harness, ("Nelp",))

    assert "GET /refused" in harness.asked
    assert "GET /agreed" not in harness.asked
    assert len(pictures) > 3
    assert all(int(picture[5:45, 5:95].max()) < 40 for picture in pictures)
    assert all(picture[400, 640].tolist() != [204, 102, 0] for picture in pictures), "the box is gone"
    (step,) = [event for event in events if isinstance(event, Step)]
    assert redactor.text(step.label) == "Bicycles of •••"
