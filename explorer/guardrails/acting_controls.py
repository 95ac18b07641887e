"""How an element says that it acts: by its words, its icon and its markup. Pure, no browser, no network."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from explorer.guardrails.action_urls import action_of, is_handbook
from explorer.guardrails.blacklist import (
    blacklisted,
    blacklisted_title,
    commanded,
    ends_session,
    is_plain_cancel,
    is_title,
)
from explorer.guardrails.icon_words import acting_icon
from explorer.guardrails.page_links import TEXTS, acts, is_titled, own_part, stands_for_page
from explorer.guardrails.preference_controls import is_nameless, is_plain_link
from explorer.guardrails.sensitive_fields import is_search
from explorer.languages.normalization import words_of
from explorer.languages.overlay_phrases import begins
from explorer.types import Element

#: What a control says of itself.
SAYS = (*TEXTS, "value")
_SEARCHES = re.compile(r"search|find|query|such|buscar|recherche|cerca|zoek|szukaj")
_BUTTONS = frozenset(
    {"button", "menuitem", "switch", "checkbox", "radio", "menuitemcheckbox", "menuitemradio"}
)
_TOGGLES = frozenset({"switch", "checkbox", "radio", "menuitemcheckbox", "menuitemradio"})
#: Roles of what only shows, sorts or selects.
_SHOWS = frozenset(
    {"tab", "treeitem", "option", "heading", "columnheader", "rowheader", "textbox", "searchbox", "combobox"}
)
#: With more words a clickable box is a card that tells something.
_PROSE_WORDS = 8
_METHOD = re.compile(r"(?:data-)?(?:turbo-)?(?:hx-)?(?:method=\s*)?(post|put|patch|delete)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"""(?:^|["'(=`\s])(?:https?://[^/"'\s]+)?(/[^"'`\s)<>]*|\?[^"'`\s)<>]+)""")
_CALL = re.compile(r"([A-Za-z_$][\w$.]*)\s*\(")
#: Commands that scripts give to what is on screen as often: `reset()`, `start()`.
_LOCAL_CALLS = frozenset(
    {"reset", "start", "restart", "stop", "pause", "resume", "clear", "rotate", "run", "mark", "pin"}
)


def acting(element: Element, page_url: str) -> str | None:
    """How the element says that a click on it does something to the site, or ends the visit, or None."""
    return next(filter(None, _signs(element, page_url)), None)


def _signs(element: Element, page_url: str) -> Iterator[str | None]:
    language = element.language
    if element.form_action and (word := blacklisted(element.field_name)):
        yield f"its name says {word!r}"
    for name in SAYS:
        text = getattr(element, name)
        if not text or (element.landmark == "dialog" and is_plain_cancel(text, language)):
            continue  # refusing it could trap the explorer inside the dialog
        word = _forbidden(text, element, page_url) or ends_session(text, language)
        if word:
            yield f"its {name} says {word!r}"
        if not is_plain_link(element, page_url) and (word := _commanded(text, element)):
            yield f"its {name} says {word!r}"
    if is_plain_link(element, page_url):
        yield acts(element, page_url)
    yield _by_icon(element, page_url)
    yield _by_markup(element)


def _by_icon(element: Element, page_url: str) -> str | None:
    alone = is_nameless(element)
    shown = element.text not in {"", element.icon, element.aria_label, element.title}
    # A link "Trash" with a bin beside it is a mailbox: there the words count.
    if not alone and (shown or is_plain_link(element, page_url)):
        return None
    word = acting_icon(element.icon, alone)
    return f"its icon says {word!r}" if word else None


def _by_markup(element: Element) -> str | None:
    """What frameworks and inline scripts keep in attributes: methods, questions, addresses, calls."""
    for line in element.handler.splitlines():
        name, _, code = line.partition("=")
        if "confirm" in name or re.search(r"\bconfirm\s*\(", code):
            return "it asks whether one is sure"
        if "method" in name and (found := _METHOD.match(code)):
            return f"its {name} is {found[1].lower()}"
        if re.fullmatch(r"(?:data-)?(?:hx|ic)-(?:post|put|patch|delete)(?:-\w+)?", name):
            return f"its {name} sends something"
        for address in _ADDRESS.findall(code):
            if word := action_of(address):
                return f"its {name} asks for {word!r}"
        if (
            word := _called(code)
            if name.startswith(("on", "@", "v-on", "ng-", "(", "x-on", "wire", "phx"))
            else None
        ):
            return f"its {name} calls {word!r}"
    return None


def _called(code: str) -> str | None:
    for name in _CALL.findall(code):
        words = words_of(name.rpartition(".")[2])
        if not words or len(words) < 3:
            continue
        word = blacklisted(words)
        if not word and (word := commanded(words)) in _LOCAL_CALLS and " " not in words:
            word = None
        if word and not name.startswith(("document.", "event.", "this.classList", "console.")):
            return word
    return None


def _forbidden(text: str, element: Element, page_url: str) -> str | None:
    language = element.language
    is_prose = element.role not in _BUTTONS and words_of(text).count(" ") >= _PROSE_WORDS
    if is_prose or is_plain_link(element, page_url):
        if stands_for_page(element) and is_handbook(own_part(urljoin(page_url, element.href))):
            return None  # a chapter on it
        return blacklisted_title(text, language, titled=is_titled(element, page_url))
    if _only_shows(element) and is_title(text, language):
        return None
    return blacklisted(text, language)


def keeps(element: Element) -> bool:
    """Whether it is set to something that may be kept: a switch, a choice, a field that does not search."""
    return element.role in _TOGGLES or (element.fills not in {"", "search"} and not is_search(element))


def _only_shows(element: Element) -> bool:
    return element.role in _SHOWS or element.reveals or bool(element.fills) or "expanded=" in element.state


def _commanded(text: str, element: Element) -> str | None:
    """Commands count on what commits, not on what only shows: tabs, menus, headings, searches, anchors.

    Switches and fields may keep what they are set to at once: of them closing and refusing counts as well.
    """
    if (element.role == "link" and "#" in element.href) or (_only_shows(element) and not keeps(element)):
        return None
    word = commanded(text, bool(element.form_action), element.language)
    if word is None and keeps(element):
        word = next((answer for answer in ("close", "reject") if begins(answer, text)), None)
    searches = element.form_method.lower() == "get" and _SEARCHES.search(element.form_action.lower())
    return None if word == "submit" and searches else word
