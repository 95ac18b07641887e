"""Icons as the common sets write them, from one line: `SET:NAME`."""

from collections.abc import Callable, Mapping
from html import escape

#: Some drawing: where it is the same for all, only names tell icons apart.
DRAWING = '<path d="M4 4h8v16H4M12 12h9M17 8l4 4-4 4"/>'
SVG = '<svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'


def _classes(prefix: str) -> Callable[[str], str]:
    return lambda name: f'<i class="{prefix}{escape(name)}"></i>'


def _drawn(prefix: str) -> Callable[[str], str]:
    return lambda name: f'{SVG} class="{prefix}{escape(name)}">{DRAWING}</svg>'


def _custom_tag(tag: str) -> Callable[[str], str]:
    return lambda name: f'<{tag} name="{escape(name)}"></{tag}>'


#: By the name of the set: Font Awesome 4 to 6, Bootstrap, Material, Tabler, Lucide, Feather and others.
SETS: Mapping[str, Callable[[str], str]] = {
    "fa": _classes("fa fa-"),
    "fas": _classes("fas fa-"),
    "fa-solid": _classes("fa-solid fa-"),
    "bi": _classes("bi bi-"),
    "mdi": _classes("mdi mdi-"),
    "ti": _classes("ti ti-"),
    "ri": _classes("ri-"),
    "bx": _classes("bx bx-"),
    "la": _classes("las la-"),
    "uil": _classes("uil uil-"),
    "ph": _classes("ph ph-"),
    "pi": _classes("pi pi-"),
    "icon": _classes("icon icon-"),
    "glyphicon": _classes("glyphicon glyphicon-"),
    "material": lambda name: f'<span class="material-icons">{escape(name)}</span>',
    "symbols": lambda name: f'<span class="material-symbols-outlined">{escape(name)}</span>',
    "lucide": _drawn("lucide lucide-"),
    "feather": _drawn("feather feather-"),
    "octicon": _drawn("octicon octicon-"),
    "use": lambda name: f'{SVG}><use href="#{escape(name)}"></use></svg>',
    "sprite": lambda name: f'{SVG}><use href="/img/sprite.svg#{escape(name)}"></use></svg>',
    "title": lambda name: f"{SVG}><title>{escape(name)}</title>{DRAWING}</svg>",
    "img": lambda name: f'<img src="/img/{escape(name)}" alt="" width="20" height="20">',
    "ion": _custom_tag("ion-icon"),
    "mui": lambda name: f'{SVG} data-testid="{escape(name)}Icon">{DRAWING}</svg>',
}


def icon_markup(icon: str) -> str:
    """The HTML of `SET:NAME`; nothing for no icon. Raises KeyError for a set that is not known."""
    if not icon:
        return ""
    family, _, name = icon.partition(":")
    return SETS[family](name)
