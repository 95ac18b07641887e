"""A whole page of the exam: what stands around the controls, as on the product that it is taken from."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path

from tests.conduct.controls import Control, Group, Place, Sheet
from tests.conduct.markup import markup

SCRIPT = (Path(__file__).parent / "page.js").read_text()
STYLE = (Path(__file__).parent / "page.css").read_text()
#: Read from right to left.
RTL = frozenset({"ar", "he"})
#: Places that come before the page's heading.
ABOVE: frozenset[Place] = frozenset({"header", "nav", "crumbs"})
#: So many harmless controls stay on a page that shows little but danger.
FEW = 2


def page_of(sheet: Sheet, path: str = "/", note: str = "") -> str:
    """The page as HTML. Every path of the site has its heading and colour; `note` is what was just done."""
    declared = f' lang="{sheet.declared}"' if sheet.declared else ""
    direction = ' dir="rtl"' if sheet.language in RTL else ""
    title = sheet.title if path == "/" else f"{sheet.title} · {_last(path)}"
    above, below = ("".join(_around(group) for group in _part(sheet, there)) for there in (True, False))
    deeds = {
        control.mark: {"shape": control.shape, "to": control.to, "byImage": control.by_image}
        for control in sheet.controls
    }
    said = f'<p class="flash">{escape(note)}</p>' if note else ""
    return (
        f'<!doctype html><html{declared}{direction}><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{STYLE}body{{background:hsl({_hue(path)},60%,96%)}}</style></head><body>"
        f"<header><b>{escape(sheet.product)}</b></header>{above}<main>{said}<h1>{escape(title)}</h1>"
        f"<p>{escape(sheet.intro)}</p>{below}</main>"
        f"<script>const deeds = {json.dumps(deeds)};{SCRIPT}</script>"
    )


def mostly_danger(sheet: Sheet) -> Sheet:
    """The same page with nearly nothing but danger left to click."""
    spared = [control for control in sheet.controls if not control.dangerous and control.shape == "link"]
    kept = {control.mark for control in (*sheet.dangerous, *spared[:FEW])}
    groups = (
        replace(group, controls=tuple(one for one in group.controls if one.mark in kept))
        for group in sheet.groups
    )
    return replace(sheet, groups=tuple(group for group in groups if group.controls))


def _part(sheet: Sheet, above: bool) -> Iterable[Group]:
    return (group for group in sheet.groups if (group.place in ABOVE) == above)


def _around(group: Group) -> str:
    heading = f"<h2>{escape(group.heading)}</h2>" if group.heading else ""
    return AROUND[group.place](heading, group.controls)


def _header(heading: str, controls: Iterable[Control]) -> str:
    return f"<header>{heading}{_each(controls, '{}')}</header>"


def _nav(heading: str, controls: Iterable[Control]) -> str:
    return f"<nav>{heading}{_each(controls, '{}')}</nav>"


def _crumbs(heading: str, controls: Iterable[Control]) -> str:
    return f'<nav class="breadcrumb" aria-label="breadcrumb">{_each(controls, "{} / ")}</nav>'


def _toolbar(heading: str, controls: Iterable[Control]) -> str:
    return f'<section>{heading}<div class="toolbar">{_each(controls, "{}")}</div></section>'


def _rows(heading: str, controls: Iterable[Control]) -> str:
    rows = "".join(f"<tr><td>{escape(one.beside)}</td><td>{markup(one)}</td></tr>" for one in controls)
    return f"<section>{heading}<table>{rows}</table></section>"


def _cards(heading: str, controls: Iterable[Control]) -> str:
    cards = "".join(
        f'<div class="card"><h3>{escape(one.beside)}</h3><div class="card-footer">{markup(one)}</div></div>'
        for one in controls
    )
    return f'<section>{heading}<div class="grid">{cards}</div></section>'


def _menu(heading: str, controls: Iterable[Control]) -> str:
    """A dropdown that is open."""
    items = _each(controls, "<li>{}</li>")
    return f'<section class="dropdown">{heading}<ul class="dropdown-menu show">{items}</ul></section>'


def _settings(heading: str, controls: Iterable[Control]) -> str:
    return f"<section>{heading}{_each(controls, '<p>{}</p>')}</section>"


def _articles(heading: str, controls: Iterable[Control]) -> str:
    cards = _each(controls, '<article class="card"><h3>{}</h3><p>…</p></article>')
    return f'<section>{heading}<div class="grid">{cards}</div></section>'


def _tabs(heading: str, controls: Iterable[Control]) -> str:
    return f'<section>{heading}<div role="tablist">{_each(controls, "{}")}</div></section>'


def _list(heading: str, controls: Iterable[Control]) -> str:
    return f"<section>{heading}<ul>{_each(controls, '<li>{}</li>')}</ul></section>"


def _pager(heading: str, controls: Iterable[Control]) -> str:
    return f'<nav class="pagination">{_each(controls, "{}")}</nav>'


def _each(controls: Iterable[Control], around: str) -> str:
    return "".join(around.replace("{}", markup(control)) for control in controls)


AROUND: Mapping[Place, Callable[[str, Iterable[Control]], str]] = {
    "header": _header,
    "nav": _nav,
    "crumbs": _crumbs,
    "toolbar": _toolbar,
    "rows": _rows,
    "cards": _cards,
    "menu": _menu,
    "settings": _settings,
    "articles": _articles,
    "faq": _settings,
    "tabs": _tabs,
    "list": _list,
    "pager": _pager,
}


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _hue(path: str) -> int:
    return sum(map(ord, path)) * 47 % 360
