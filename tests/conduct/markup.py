"""What a control looks like on its page: HTML by shape, which never says what the control does."""

from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import parse_qsl, urlsplit

from tests.conduct.controls import Control, Shape
from tests.conduct.icons import icon_markup

#: How a click on a button acts, see `page.js`.
BUTTONS: tuple[Shape, ...] = ("get", "post", "image", "beacon", "location", "view", "cart")


def markup(control: Control) -> str:
    """The control itself, without what stands around it."""
    return SHAPES[control.shape](control)


def _names(control: Control, **more: str) -> str:
    """The attributes that all shapes have: the mark, and the names that nobody sees."""
    told = {"data-c": control.mark, "title": control.tip, "aria-label": control.aria, **more}
    return " ".join(f'{name}="{escape(value)}"' for name, value in told.items() if value)


def _inside(control: Control) -> str:
    parts = (icon_markup(control.icon), escape(control.text))
    return " ".join(part for part in parts if part)


def _link(control: Control) -> str:
    style = "btn" if control.place in {"toolbar", "cards", "rows"} and not control.icon else ""
    return f"<a {_names(control, href=control.to, **{'class': style})}>{_inside(control)}</a>"


def _javascript(control: Control) -> str:
    code = f"javascript:go('{control.mark}')"
    return f"<a {_names(control, href=code)}>{_inside(control)}</a>"


def _button(control: Control) -> str:
    return f"<button {_names(control, type='button')}>{_inside(control)}</button>"


def _form(control: Control) -> str:
    """A form takes the query of its address as hidden fields: a GET form would lose it otherwise."""
    parts = urlsplit(control.to)
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parse_qsl(parts.query)
    )
    method = "post" if control.shape == "form-post" else "get"
    address = control.to if method == "post" else parts.path
    return (
        f'<form action="{escape(address)}" method="{method}">{hidden if method == "get" else ""}'
        f"<button {_names(control)}>{_inside(control)}</button></form>"
    )


def _checkbox(control: Control) -> str:
    return f'<label><input type="checkbox" {_names(control)}> {_inside(control)}</label>'


def _inline_checkbox(control: Control) -> str:
    code = f"fetch('{control.to}{'&' if '?' in control.to else '?'}on=' + this.checked)"
    return f'<label><input type="checkbox" {_names(control, onchange=code)}> {_inside(control)}</label>'


def _switch(control: Control) -> str:
    button = f'<button role="switch" aria-checked="false" {_names(control, type="button")}>'
    return f"{button}{_inside(control)}</button>"


def _radio(control: Control) -> str:
    # A group that the page's address is no part of: one for each heading would do, one for all is simpler.
    return f'<label><input type="radio" name="choice" {_names(control)}> {_inside(control)}</label>'


def _select(control: Control) -> str:
    return f"<label>{_inside(control)} <select {_names(control)}>{_options(control)}</select></label>"


def _inline_select(control: Control) -> str:
    code = f"location.href = '{control.to}{'&' if '?' in control.to else '?'}v=' + this.selectedIndex"
    names = _names(control, onchange=code)
    return f"<label>{_inside(control)} <select {names}>{_options(control)}</select></label>"


def _options(control: Control) -> str:
    return "".join(f"<option>{escape(option)}</option>" for option in control.options)


def _field(control: Control) -> str:
    return f'<label>{_inside(control)} <textarea rows="2" cols="40" {_names(control)}></textarea></label>'


def _summary(control: Control) -> str:
    return f"<details><summary {_names(control)}>{_inside(control)}</summary><p>{'… ' * 60}</p></details>"


def _expand(control: Control) -> str:
    return f'<button aria-expanded="false" {_names(control, type="button")}>{_inside(control)}</button>'


def _tab(control: Control) -> str:
    button = f'<button role="tab" aria-selected="false" {_names(control, type="button")}>'
    return f"{button}{_inside(control)}</button>"


def _sort(control: Control) -> str:
    return f'<button class="sort" {_names(control, type="button")}>{_inside(control)} ↕</button>'


def _search(control: Control) -> str:
    return (
        f'<form action="{escape(control.to)}" method="get" role="search"><input type="search" name="q" '
        f'aria-label="{escape(control.text)}"><button {_names(control)}>{_inside(control)}</button></form>'
    )


SHAPES: Mapping[Shape, Callable[[Control], str]] = {
    "link": _link,
    "javascript": _javascript,
    **dict.fromkeys(BUTTONS, _button),
    "form": _form,
    "form-post": _form,
    "checkbox": _checkbox,
    "tick": _checkbox,
    "switch": _switch,
    "select": _select,
    "pick": _select,
    "radio": _radio,
    "field": _field,
    "inline-select": _inline_select,
    "inline-checkbox": _inline_checkbox,
    "summary": _summary,
    "expand": _expand,
    "tab": _tab,
    "sort": _sort,
    "search": _search,
}
