"""Distinguishes links to pages from links that trigger an action: a link is an action unless it looks like a
page. Pure.
"""

from urllib.parse import urljoin, urlsplit

from explorer.guardrails.action_urls import (
    PAGE_NAMES,
    SECTION_NAMES,
    find_suspicious_word,
    find_url_action,
    is_below_topics,
    is_page_url,
)
from explorer.guardrails.blacklist import blacklisted_title, ends_session, find_command, is_title
from explorer.guardrails.icon_words import find_icon_action
from explorer.guardrails.preference_controls import is_nameless, is_plain_link
from explorer.languages.detection import is_known
from explorer.languages.normalization import words_of
from explorer.types import Element
from explorer.urls import page_key

#: The texts of a link that are checked.
LINK_TEXTS = ("text", "label", "aria_label", "title")
#: Positions of links to pages: a title, a breadcrumb, a card, a sentence.
_TITLES = frozenset({"heading", "breadcrumb", "card", "prose"})
_SHOWS_PAGE = _TITLES | {"list"}
#: The landmarks that hold a site's menus.
_MENUS = frozenset({"nav", "header", "footer", "aside"})


def own_part(url: str) -> str:
    """Removes scheme and host from a URL."""
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc="").geturl() if parts.netloc else url


def find_link_action(element: Element, page_url: str) -> str | None:
    """Finds a sign that a plain link triggers an action instead of showing a page, or None.

    Checks its words, as commands in short labels; its URL is checked by the rules for URLs. A command that is
    also a page name ("Install", "Archive") counts unless URL or position indicate a page.
    """
    url_part = own_part(urljoin(page_url, element.href))
    for name in LINK_TEXTS:
        text = getattr(element, name)
        if word := ends_session(text, element.language):
            return f"its {name} says {word!r}"
        is_other_page = page_key(element.href) != page_key(page_url)
        word = find_command(text, language=element.language, is_other_page=is_other_page)
        if word and not _may_be_titled(element, text, word, url_part):
            return f"its {name} says {word!r}"
    return None


def is_in_page_list(element: Element) -> bool:
    """Checks whether a link is where pages are listed: in a menu, as a title, in a list."""
    return element.landmark in _MENUS or element.context in _SHOWS_PAGE


def is_titled(element: Element, page_url: str) -> bool:
    """Checks whether a link is a page's title, by its position or because its URL has the same name."""
    url_part = own_part(urljoin(page_url, element.href))
    return element.context in {"heading", "card"} or _matches_url_name(element.text, url_part)


def _may_be_titled(element: Element, text: str, word: str, url_part: str) -> bool:
    if is_title(text, element.language) or element.context in _TITLES or _matches_url_name(text, url_part):
        return True
    if is_below_topics(url_part) and is_in_page_list(element):
        return True
    if word not in PAGE_NAMES:
        return False
    if (
        word not in SECTION_NAMES
        and " " in text.strip()
        and find_suspicious_word(url_part)
        and url_part.count("/") > 1
    ):
        return False  # "Run backup" at /backup/run
    return element.landmark in _MENUS or is_page_url(url_part)


def _matches_url_name(text: str, url_part: str) -> bool:
    """Checks whether the text equals the URL's last segment, in three words or more: a page's title."""
    name = words_of(url_part.partition("?")[0].rstrip("/").rpartition("/")[2])
    return name == words_of(text) and name.count(" ") > 1 and is_below_topics(url_part)


def is_clearly_page(element: Element, page_url: str) -> bool:
    """Checks whether this link may be opened off camera: it has no sign of an action and is where pages are
    listed.
    """
    if not is_plain_link(element, page_url) or is_nameless(element) or element.form_action or element.handler:
        return False
    url_part = own_part(urljoin(page_url, element.href))
    if find_suspicious_word(url_part) or find_icon_action(element.icon, alone=True):
        return False
    if element.landmark not in _MENUS and not (
        element.context in _SHOWS_PAGE or _is_plain_page(element, url_part)
    ):
        return False
    texts = [getattr(element, name) for name in LINK_TEXTS]
    return not any(_is_command(text, element.language) for text in texts)


def _is_plain_page(element: Element, url_part: str) -> bool:
    """Checks for a plain text link whose URL is only the name of a page."""
    return element.context == "plain" and is_known(element.language) and is_page_url(url_part)


def _is_command(text: str, language: str) -> bool:
    if is_title(text, language):
        return False
    return bool(
        find_command(text, language=language)
        or blacklisted_title(text, language)
        or ends_session(text, language)
    )


def find_address_action(url: str) -> str | None:
    """Finds the word by which a URL triggers an action, or None."""
    return find_url_action(own_part(url))
