"""What discovery finds on a full page, beside what every fourth pixel of it would hit."""

from playwright.async_api import Page

from explorer.page.discovery import discover
from explorer.types import Element, Point
from tests.explorer.support.discovery_browser import DiscoveryBrowser

TRUTH = """
<style>body{margin:0;font:16px sans-serif} header{position:sticky;top:0;background:#eee;height:50px}
.card{display:inline-block;width:160px;height:60px;border:1px solid;margin:4px;cursor:pointer}
.veil{position:absolute;left:900px;top:100px;width:300px;height:200px;background:#ccc}</style>
<header><nav><a data-truth=home href=/>Home</a> <a data-truth=docs href=/docs>Docs</a>
<button data-truth=menu aria-haspopup=menu>Menu</button></nav></header>
<main><h1>Title</h1><p>Text with <a data-truth=inline href=/inline>a link</a> in it.</p>
<div class=card data-truth=card1>One</div><div class=card data-truth=card2>Two</div>
<section id=board><p data-truth=row1 style='cursor:pointer;width:90px'>Row</p><p>plain</p></section>
<div data-truth=listener id=listener style='width:80px;height:24px'>Listen</div>
<div data-truth=react id=react style='width:80px;height:24px'>React</div>
<ul><li data-truth=item1 role=treeitem>Leaf</li><li data-truth=item2 role=option>Choice</li></ul>
<label data-truth=check><input type=checkbox hidden>Check</label>
<input data-truth=text aria-label=Text> <select data-truth=select aria-label=Select><option>a</select>
<textarea data-truth=area aria-label=Area></textarea> <input data-truth=range type=range aria-label=Range>
<div data-truth=edit contenteditable aria-label=Edit style='width:90px;height:24px;border:1px solid'></div>
<details><summary data-truth=more style='width:90px'>More</summary>x</details>
<svg width=80 height=40><g id=shape data-truth=shape><circle cx=20 cy=20 r=15 /></g></svg>
<span data-truth=focus tabindex=0>Focus</span>
<span role=switch data-truth=switch aria-checked=false>Switch</span>
<button disabled>Off</button>
<div style='pointer-events:none'><button style='pointer-events:none'>Dead</button></div>
<button style='position:absolute;left:950px;top:150px'>Covered</button><div class=veil>Wait</div></main>
<script>listener.addEventListener('click', () => 1); react.__reactProps$a = {onClick() {}};
shape.addEventListener('click', () => 1); board.addEventListener('mousedown', () => 1)</script>
"""


def test_points_are_where_the_browser_finds_what_the_page_marks_as_true(
    browser: DiscoveryBrowser,
) -> None:
    html = TRUTH

    async def look(page: Page) -> tuple[set[str], set[str]]:
        elements: tuple[Element, ...] = (await discover(page, frozenset())).elements
        points = [element.point for element in elements if element.in_view]
        return await _truth(page), {name for p in points if p for name in [await _owner(page, p)]}

    truth, found = browser.show(html, look)

    assert len(truth) >= 20
    assert len(truth & found) / len(truth) >= 0.95
    assert len(truth & found) / len(found) >= 0.95


async def _truth(page: Page) -> set[str]:
    """The marks that any of a grid of points, 4 px apart, would hit."""
    marks: list[str] = await page.evaluate(
        """() => {
          const found = new Set();
          for (let y = 2; y < innerHeight; y += 4) for (let x = 2; x < innerWidth; x += 4) {
            const mark = document.elementFromPoint(x, y)?.closest("[data-truth]");
            if (mark) found.add(mark.dataset.truth);
          }
          return [...found];
        }"""
    )
    return set(marks)


async def _owner(page: Page, point: Point) -> str:
    owner: str = await page.evaluate(
        """([x, y]) => document.elementFromPoint(x, y)?.closest("[data-truth]")?.dataset.truth
          ?? `none at ${x} ${y}`""",
        [point.x, point.y],
    )
    return owner
