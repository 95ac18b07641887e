"""Looks at pages, as a browser would have taken them: for tests of what is judged from them alone."""

from typing import Any

from explorer.blocks.page_facts import PageFacts


def look(title: str = "Acme", heading: str = "", prose: str = "", **more: Any) -> PageFacts:
    """A page with this title, main heading and prose, and nothing else unless `more` says so."""
    row: dict[str, Any] = {
        "type": "text/html",
        "loaded": True,
        "tree": False,
        "json": False,
        "title": title,
        "headings": [heading] if heading else [],
        "sections": len(more.get("headings", [heading])),
        "large": [],
        "text": "\n".join(filter(None, (heading, prose))),
        "prose": prose,
        "paints": True,
        "below": False,
        "fields": 0,
        "links": 0,
        "frames": 0,
        "refresh": "",
        "selectors": [],
    }
    return PageFacts.decode(row | more)
