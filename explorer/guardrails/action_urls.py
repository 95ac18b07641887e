"""Detects URLs that trigger an action on the server when they are requested, instead of showing a page.

Checks whole segments of the path and of a hash route, and the query: `/machines/1/stop`, `/cache/clear`,
`?do=close`, `?install=4.2`; but not `/docs/how-to-stop`, `/install` or `?order=asc`. Pure.
"""

import re
from functools import lru_cache
from itertools import pairwise
from urllib.parse import parse_qsl, unquote

from explorer.guardrails.blacklist import blacklisted, ends_session, find_command, is_short, is_title
from explorer.languages.normalization import normalize_text, words_of
from explorer.languages.vocabulary import ALL_LANGUAGES


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


#: Commands that are also names of pages: alone in a URL they trigger nothing, after an id they do.
PAGE_NAMES = _listed(
    "archive, bid, book, deploy, donate, duplicate, format, import, install, invite, join, merge, "
    "order, post, publish, release, report, resume, rotate, run, save, send, start, submit, "
    "subscribe, sync, transfer, uninstall, upgrade, upload, vote"
)
#: Of these, those that are also pages of a section: `/newsletter/archive`.
SECTION_NAMES = _listed(
    "archive, bid, book, donate, format, import, install, join, merge, order, report, release, resume, "
    "start, subscribe, transfer, upgrade, vote"
)
#: Sections in which words are topics of pages.
_TOPIC_SECTIONS = re.compile(
    r"docs?|documentation|guides?|help|manuals?|references?|blogs?|news|articles?|wiki|kb|faqs?|learn|tutorials?"
    r"|academy|support|handbook|cli|commands?|man|examples?|features?|products?|solutions?|glossary|changelog"
    r"|topics?|tags?|categor(?:y|ies)|stories|recipes?|library|press|podcasts?|about|company|careers?|legal"
    r"|polic(?:y|ies)|questions?|dictionary|lessons?|courses?|chapters?|magazine|journal|insights|resources|how-?to"
)
#: Parameters whose value names an action.
_ACTION_PARAMETERS = _listed(
    "_method, a, ac, act, action, btn, button, call, cmd, command, do, event, exec, fn, func, method, "
    "mode, op, operation, perform, task, todo"
)
#: Commands that are also parameters of lists and searches: `?start=20&order=asc`.
_LIST_PARAMETERS = _listed(
    "archive, book, flag, import, like, lock, mark, order, rate, report, run, star, start"
)
#: Commands in URLs only: on a button, "Close" closes a dialog.
_URL_COMMANDS = _listed(
    "accept, add, allow, apply, become, bump, check in, check out, close, complete, dismiss, end, "
    "exit, finish, forget, generate, leave, mark all read, mark read, move, mute, read, read all, "
    "redo, refresh token, replay, retry, set, sign, su, swap, switch, toggle, trash, undo, unset, "
    "unwatch, update, watch"
)
#: Values of `?action=…` that only display something.
_VIEWS = _listed(
    "all, backlink, browse, calendar, categories, category, compare, credits, day, details, diff, "
    "display, edit, export, filter, find, form, get, help, history, home, index, info, item, list, "
    "login, main, map, media, month, new, next, page, prev, preview, print, profile, query, raw, "
    "read, recent, register, render, results, revisions, rss, search, shop, show, sitemap, sort, "
    "source, stats, tab, view, week, year"
)
#: Parameters for which every other value is an action.
_STRICT_ACTION_PARAMETERS = _listed("action, do, op, cmd, command, act, operation, _method")
#: Parameters that hold an answer.
_ANSWER_PARAMETERS = _listed(
    "answer, decision, response, choice, reply, verdict, state, status, set, change, to"
)
#: Documentation has version numbers: `/docs/4/upgrade`.
_VERSIONED_DOCS = re.compile(r"docs?|documentation|guides?|manuals?|references?|help|handbook", re.IGNORECASE)
_HANDBOOKS = re.compile(
    r"docs?|documentation|guides?|manuals?|references?|help|handbook|cli|man|tutorials?|learn|how-?to|faqs?",
    re.IGNORECASE,
)
#: First segments of APIs, which serve no pages.
_API_PREFIXES = frozenset({"api", "ajax", "rest", "rpc", "cgi-bin", "graphql"})
_STATIC_PAGE = re.compile(r"\.(?:html?|md|txt|xhtml)$", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:[a-z]{1,4}\d?|action)$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
#: A number, a UUID, a hash, or letters mixed with digits; years and versions are excluded.
_ID = re.compile(
    r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{8,}|(?=[^\d]*\d[^\d]*\d)[A-Za-z0-9_:-]{3,}|[a-z]{1,4}[-_]?\d+",
    re.IGNORECASE,
)
_VERSION = re.compile(r"v?\d+(?:\.\d+)+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/?&=#;:,.()]+")
#: Cart actions, which shops perform on GET.
_CART = re.compile(r"(?<!\S)(?:add (?:to )?(?:cart|basket|wishlist)|(?:cart|basket|wishlist) add)(?!\S)")
#: In a URL a command has at most this many words: `/mark-all-as-read`.
MAX_COMMAND_WORDS = 4
#: And before an id at most so many: `/mark-read/7`, but `/restart-your-career/7` is a title.
MAX_WORDS_BEFORE_ID = 2


@lru_cache(maxsize=4096)
def find_url_action(part: str) -> str | None:
    """Finds the word by which a URL triggers an action, or None. `part` is path, query and fragment."""
    path, query, route = split_url_part(part)
    in_path = _action_in_path(path, bool(query)) or _action_in_path(route)
    return _forbidden(part) or _action_in_query(query) or in_path


@lru_cache(maxsize=4096)
def find_suspicious_word(part: str) -> str | None:
    """Finds the same, or a word that is a command or the name of a page, such as `/install`."""
    if word := find_url_action(part):
        return word
    path, _, route = split_url_part(part)
    segments = [*_segments(path), *_segments(route)]
    return next((word for segment in segments[-2:] if (word := _command_in(segment))), None)


def is_below_topics(part: str) -> bool:
    """Checks whether a URL is in a topic section and triggers nothing, such as `/docs/reset/`."""
    path, query, route = split_url_part(part)
    return not query and not route and _is_topic(_segments(path)[:-1]) and find_url_action(part) is None


@lru_cache(maxsize=4096)
def is_page_url(part: str) -> bool:
    """Checks whether a URL clearly names a page: a static file, or a page of a topic section."""
    path, query, route = split_url_part(part)
    segments = _segments(path)
    if query or route or not segments or find_url_action(part):
        return False
    if _STATIC_PAGE.search(path) or _is_topic(segments[:-1]):
        return True
    return not any(map(_is_id, segments)) and find_suspicious_word(part) is None


def split_url_part(part: str) -> tuple[str, str, str]:
    """Splits a URL without its host into path, query and hash route."""
    rest, _, fragment = part.partition("#")
    path, _, query = rest.partition("?")
    route = fragment.removeprefix("!")
    route, _, more = route.partition("?") if route.startswith("/") else ("", "", "")
    return path, "&".join(filter(None, (query, more))), route


def _segments(path: str) -> list[str]:
    return [normalize_text(unquote(one)) for one in path.split("/") if one]


def _forbidden(part: str) -> str | None:
    """Finds a blacklisted word in a part of at most two words, or of three that begin with it."""
    whole = normalize_text(part)
    if _is_checkout(whole):
        return "pay"
    pieces = [piece for piece in _SEPARATORS.split(whole) if piece]
    if is_handbook_page(whole):
        pieces = []
    for piece in pieces:
        if (word := blacklisted(piece, ALL_LANGUAGES)) and _is_action(piece) and not _is_slug(whole, piece):
            return word
    pairs = [f"{one} {other}" for one, other in pairwise(pieces)]
    is_cart = any(_CART.search(words) and is_short(words) for words in map(words_of, (*pieces, *pairs)))
    return "a change" if is_cart else None


def _is_slug(whole: str, piece: str) -> bool:
    """Checks for a page name of three words in a topic section: `/products/remove-before-flight`."""
    path, query, route = split_url_part(whole)
    segments = _segments(path)
    is_last = bool(segments) and segments[-1] == piece and words_of(piece).count(" ") > 1
    return is_last and not query and not route and _is_topic(segments[:-1]) and not any(map(_is_id, segments))


def is_handbook_page(whole: str) -> bool:
    """Checks whether a URL is the name of a page in a handbook: `/reference/delete/`."""
    path, query, route = split_url_part(whole)
    segments = _segments(path)
    has_parameters = query or route or any(map(_is_id, segments))
    return not has_parameters and any(map(_HANDBOOKS.fullmatch, segments[:-1]))


def _is_checkout(whole: str) -> bool:
    return re.search(r"(?:^|[/?=&#])check[-_]out(?:[/?&#.]|$)", whole.casefold()) is not None


def _is_action(piece: str) -> bool:
    words = words_of(piece).split(" ")
    begins = (
        len(words) == 3 and blacklisted(words[0], ALL_LANGUAGES) is not None and not is_title(" ".join(words))
    )
    return len(words) < 3 or begins


def _action_in_query(query: str) -> str | None:
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.lower() in _ACTION_PARAMETERS | _ANSWER_PARAMETERS and (word := _command_in(value)):
            return word
        if name.lower() in _STRICT_ACTION_PARAMETERS and (word := _unknown_view(value)):
            return word
        word = _command_in(name)
        if word and word not in _LIST_PARAMETERS and len(words_of(name)) > 1:
            return word
    return None


def _action_in_path(path: str, has_query: bool = False) -> str | None:
    segments = _segments(path)
    if not segments or _STATIC_PAGE.search(segments[-1]):
        return None
    before, last = segments[:-1], _EXTENSION.sub("", segments[-1])
    if before and _is_id(segments[-1]):
        # `/stop/machines/1`: the command comes first, the id last.
        word = _command_in(before[-1], MAX_WORDS_BEFORE_ID)
        return word if word and not _is_topic(before[:-1]) else None
    word = _command_in(last)
    if word is None or (ends_session(words_of(last), ALL_LANGUAGES) and not _is_topic(before)):
        return word
    if before and _YEAR.fullmatch(before[0]):
        return None  # an article by its date
    if any(map(_is_id, before)):
        is_versioned_docs = len(before[-1]) < 3 and any(map(_VERSIONED_DOCS.fullmatch, before[:-1]))
        return None if is_versioned_docs and word in PAGE_NAMES else word
    # A verb that is alone in a URL is the name of a page: `/watch`, `/apply`.
    is_alone = not before and (word in PAGE_NAMES or word in _URL_COMMANDS)
    is_section = word in SECTION_NAMES and not has_query
    return None if is_alone or is_section or _is_topic(before) else word


def _command_in(segment: str, max_words: int = MAX_COMMAND_WORDS) -> str | None:
    """Finds the command of a segment, such as `stop`, `mark-as-read` or `clear_cache`."""
    words = words_of(segment)
    if not words or words.count(" ") >= max_words or is_title(words):
        return None
    if word := ends_session(words, ALL_LANGUAGES):
        return word
    if words in _URL_COMMANDS:
        return words
    word = find_command(words, submits=True, language=ALL_LANGUAGES)
    if word is None or " " not in words:
        return word
    ends = (words.partition(" ")[0], words.rpartition(" ")[2])
    return word if any(find_command(end, submits=True, language=ALL_LANGUAGES) for end in ends) else None


def _unknown_view(value: str) -> str | None:
    """Returns the words of a value that is no known view."""
    words = words_of(value)
    return words if words and words not in _VIEWS and not set(words.split(" ")) <= _VIEWS else None


def _is_topic(segments: list[str]) -> bool:
    if _API_PREFIXES & {one.casefold() for one in segments[:1]}:
        return False
    if any(map(_YEAR.fullmatch, segments[:1])):
        return True  # articles by date
    return any(_TOPIC_SECTIONS.fullmatch(one.casefold()) or _VERSION.fullmatch(one) for one in segments)


def _is_id(segment: str) -> bool:
    return bool(_ID.fullmatch(segment)) and not _YEAR.fullmatch(segment) and not _VERSION.fullmatch(segment)
