"""Tells whether a site's main pages fit into the clicks left, and when a page's content comes first."""

from explorer.planning.scoring import shows_new
from explorer.types import Scene
from explorer.urls import page_key

#: Where a site has too many main pages for the clicks, one click in so many looks inside a page.
LOOK_INSIDE_EVERY = 3


def looks_inside(scene: Scene, fits: bool) -> bool:
    """Whether this page's content comes before other pages.

    Each page gets one look inside while enough clicks are left for all main pages and a last one; where
    these are too many, one click in three.
    """
    turn = len(scene.history) % LOOK_INSIDE_EVERY == LOOK_INSIDE_EVERY - 1
    return scene.clicks_here == 0 and (turn or fits)


def fits_main_pages(scene: Scene) -> bool:
    """Whether more clicks are left than there are main pages that may show something new."""
    links = [e for e in scene.elements if e.href and e.landmark in {"nav", "header"}]
    known = {key: shows_new(expected, view=False) for key, expected in scene.expected_outcomes.items()}
    seen = {page_key(scene.url), *map(page_key, scene.visited_urls)}
    return scene.clicks_left > len({page_key(e.href) for e in links if known.get(e.key, True)} - seen)
