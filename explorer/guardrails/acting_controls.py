"""Detects controls that perform an action, by their words, icon and markup. Pure, no browser, no network."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from explorer.guardrails.action_urls import find_url_action, is_handbook_page
from explorer.guardrails.blacklist import (
    blacklisted,
    blacklisted_title,
    ends_session,
    find_command,
    is_plain_cancel,
    is_title,
)
from explorer.guardrails.icon_words import find_icon_action
from explorer.guardrails.page_links import LINK_TEXTS, find_link_action, is_in_page_list, is_titled, own_part
from explorer.guardrails.preference_controls import is_nameless, is_plain_link
from explorer.guardrails.sensitive_fields import is_search
from explorer.languages.normalization import words_of
from explorer.languages.overlay_phrases import begins
from explorer.types import Element

#: The fields of an element that hold its names.
NAME_FIELDS = (*LINK_TEXTS, "value")
_SEARCH_WORDS = re.compile(r"search|find|query|such|buscar|recherche|cerca|zoek|szukaj")
_BUTTONS = frozenset(
    {"button", "menuitem", "switch", "checkbox", "radio", "menuitemcheckbox", "menuitemradio"}
)
_TOGGLES = frozenset({"switch", "checkbox", "radio", "menuitemcheckbox", "menuitemradio"})
#: Roles of controls that only display, sort or select.
_DISPLAY_ROLES = frozenset(
    {"tab", "treeitem", "option", "heading", "columnheader", "rowheader", "textbox", "searchbox", "combobox"}
)
#: A clickable box with more words is a card of prose.
_PROSE_WORDS = 8
_METHOD = re.compile(r"(?:data-)?(?:turbo-)?(?:hx-)?(?:method=\s*)?(post|put|patch|delete)\b", re.IGNORECASE)
_URL_IN_CODE = re.compile(r"""(?:^|["'(=`\s])(?:https?://[^/"'\s]+)?(/[^"'`\s)<>]*|\?[^"'`\s)<>]+)""")
_CALL = re.compile(r"([A-Za-z_$][\w$.]*)\s*\(")
#: Commands that scripts often call for what is on screen only: `reset()`, `start()`.
_LOCAL_CALLS = frozenset(
    {"reset", "start", "restart", "stop", "pause", "resume", "clear", "rotate", "run", "mark", "pin"}
)


def find_action(element: Element, page_url: str) -> str | None:
    """Finds a sign that a click on the element changes something on the site, or ends the session; None
    without any.
    """
    return next(filter(None, _action_signs(element, page_url)), None)


def _action_signs(element: Element, page_url: str) -> Iterator[str | None]:
    language = element.language
    if element.form_action and (word := blacklisted(element.field_name)):
        yield f"its name says {word!r}"
    # What marks a control without a name may only count against it.
    for name in (*NAME_FIELDS, "hint"):
        text = getattr(element, name)
        if not text or (element.landmark == "dialog" and is_plain_cancel(text, language)):
            continue  # if it were refused, the dialog could not be closed
        word = _blacklisted_in(text, element, page_url) or ends_session(text, language)
        if word:
            yield f"its {name} says {word!r}"
        if not is_plain_link(element, page_url) and (word := _command_in(text, element)):
            yield f"its {name} says {word!r}"
    if is_plain_link(element, page_url):
        yield find_link_action(element, page_url)
    yield _action_by_icon(element, page_url)
    yield _action_by_markup(element)


def _action_by_icon(element: Element, page_url: str) -> str | None:
    is_icon_only = is_nameless(element)
    shown = element.text not in {"", element.icon, element.aria_label, element.title}
    # A link "Trash" with a bin icon is a mailbox: the words count.
    if not is_icon_only and (shown or is_plain_link(element, page_url)):
        return None
    word = find_icon_action(element.icon, is_icon_only) or find_icon_action(element.hint, is_icon_only)
    return f"its icon says {word!r}" if word else None


def _action_by_markup(element: Element) -> str | None:
    """Finds actions in attributes of frameworks and inline scripts: methods, confirmations, URLs, calls."""
    for line in element.handler.splitlines():
        name, _, code = line.partition("=")
        if "confirm" in name or re.search(r"\bconfirm\s*\(", code):
            return "it asks for confirmation"
        if "method" in name and (found := _METHOD.match(code)):
            return f"its {name} is {found[1].lower()}"
        if re.fullmatch(r"(?:data-)?(?:hx|ic)-(?:post|put|patch|delete)(?:-\w+)?", name):
            return f"its {name} sends something"
        for address in _URL_IN_CODE.findall(code):
            if word := find_url_action(address):
                return f"its {name} asks for {word!r}"
        if (
            word := _called_command(code)
            if name.startswith(("on", "@", "v-on", "ng-", "(", "x-on", "wire", "phx"))
            else None
        ):
            return f"its {name} calls {word!r}"
    return None


def _called_command(code: str) -> str | None:
    for name in _CALL.findall(code):
        words = words_of(name.rpartition(".")[2])
        if not words or len(words) < 3:
            continue
        word = blacklisted(words)
        if not word and (word := find_command(words)) in _LOCAL_CALLS and " " not in words:
            word = None
        if word and not name.startswith(("document.", "event.", "this.classList", "console.")):
            return word
    return None


def _blacklisted_in(text: str, element: Element, page_url: str) -> str | None:
    language = element.language
    is_prose = element.role not in _BUTTONS and words_of(text).count(" ") >= _PROSE_WORDS
    if is_prose or is_plain_link(element, page_url):
        if is_in_page_list(element) and is_handbook_page(own_part(urljoin(page_url, element.href))):
            return None  # a chapter of a handbook about it
        return blacklisted_title(text, language, titled=is_titled(element, page_url))
    if _is_display_only(element) and is_title(text, language):
        return None
    return blacklisted(text, language)


def may_persist(element: Element) -> bool:
    """Checks whether its new value may be stored: a switch, a choice, a field other than a search."""
    return element.role in _TOGGLES or (element.fills not in {"", "search"} and not is_search(element))


def _is_display_only(element: Element) -> bool:
    return (
        element.role in _DISPLAY_ROLES
        or element.reveals
        or bool(element.fills)
        or "expanded=" in element.state
    )


def _command_in(text: str, element: Element) -> str | None:
    """Finds a command in a name, except on what only displays: tabs, menus, headings, searches, anchors.

    Switches and fields may store their value at once: for them closing and rejecting count as well.
    """
    if (element.role == "link" and "#" in element.href) or (
        _is_display_only(element) and not may_persist(element)
    ):
        return None
    word = find_command(text, bool(element.form_action), element.language)
    if word is None and may_persist(element):
        word = next((answer for answer in ("close", "reject") if begins(answer, text)), None)
    searches = element.form_method.lower() == "get" and _SEARCH_WORDS.search(element.form_action.lower())
    return None if word == "submit" and searches else word
