"""Guardrail checks over text and URLs: what must not be clicked or opened. Pure, no browser, no network."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit

from explorer.errors import AddressRefused
from explorer.guardrails.acting_controls import NAME_FIELDS, find_action
from explorer.guardrails.action_urls import find_suspicious_word, find_url_action
from explorer.guardrails.blacklist import blacklisted
from explorer.guardrails.page_links import is_clearly_page, own_part
from explorer.guardrails.preference_controls import find_language_switch, find_theme_switch
from explorer.languages import entries
from explorer.languages.detection import is_known
from explorer.languages.normalization import normalize_text, words_of
from explorer.types import Element, Refusal, Wishes

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?:\*\.(?=[^.]+\.))?(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:[\w-]*[^\W_])?\.?")
_EXTENSION = re.compile(r"\.[a-z]{1,6}\d?$")
#: Compared in lower case without hyphens, underscores and spaces: sign-in, sign_in and SignIn are one.
_AUTH_NAMES = "auth|oauth2?|oidc|saml2?|sso|authenticat(?:e|ion)|authori[sz](?:e|ation)"
#: Query parameters that name a page: `index.php?action=login`.
_PAGE_PARAMETERS = frozenset({"action", "page", "view", "route", "mode", "do", "title"})
_DOWNLOAD = re.compile(
    r"zip|gz|tgz|bz2|xz|7z|rar|tar|exe|msi|dmg|pkg|deb|rpm|apk|appimage|iso|bin|jar|whl"
    r"|pdf|epub|docx?|xlsx?|pptx?|od[tsp]|csv|ics|mp[34]|mov|avi"
)

_NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Site:
    """One site: a normalised host (ASCII, without `www.`) and a port, None for the scheme's own.

    `domains` are further hosts that belong to it, `*.` before one for all below it; two sites with the same
    host and port are equal whatever else belongs to them.
    """

    host: str
    port: int | None = None
    domains: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, url: str, domains: Iterable[str] = ()) -> Self:
        """Returns the site of `url`. Raises AddressRefused unless it is http or https with a host.

        Raises it also for `domains` that are not hosts (no scheme, port or path, and no `*.com`).
        """
        parts = _split(url)
        if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise AddressRefused(f"{url!r} is not an http or https address with a host.")
        port = None if parts.port == _DEFAULT_PORTS[parts.scheme] else parts.port
        return cls(_plain_host(parts.hostname), port, tuple(map(_domain, domains)))

    def holds(self, url: str) -> bool:
        """Checks whether `url` is on this site or on one of its domains; `about:blank` always is.

        Other subdomains are not, nor are other ports.
        """
        if is_blank(url):
            return True
        try:
            other = Site.of(url)
        except AddressRefused:
            return False
        return other == self or (other.port in {None, self.port} and self._includes_domain(other.host))

    def _includes_domain(self, host: str) -> bool:
        return any(
            host.endswith(domain[1:]) if domain.startswith("*.") else host == domain
            for domain in self.domains
        )


def is_blank(url: str) -> bool:
    """Checks for the empty page, `about:blank`."""
    return url.strip().lower().partition("#")[0] in {"about:blank", ""}


def is_auth_url(url: str) -> bool:
    """Checks for a URL of a sign-in or sign-up page, by whole segments of its path or hash route."""
    parts = _split(url)
    if parts is None:
        return False
    fragment = parts.fragment.removeprefix("!")
    route = fragment if fragment.startswith("/") else ""
    pages = [value for name, value in parse_qsl(parts.query) if name.lower() in _PAGE_PARAMETERS]
    segments = [*parts.path.split("/"), *route.partition("?")[0].split("/"), *pages]
    return any(_auth_name().fullmatch(_page_name(segment)) for segment in segments)


def refuse_element(
    element: Element,
    site: Site,
    page_url: str,
    wishes: Wishes = _NO_WISHES,
    yielding: frozenset[str] = frozenset(),
) -> Refusal | None:
    """Returns why this element must not be clicked, or None; `yielding` names rules that are not asked.

    Rules: `blacklist`, `language`, `theme`, `scheme`, `off_domain`, `auth`, `download`, `form`, `avoid`, the
    first that applies in about this order. A `javascript:` link may be clicked when its code, found in
    `value`, names nothing blacklisted.
    """
    what = element.label or element.text or element.href or element.hint or element.selector
    for violation in _violations(element, site, page_url, wishes, yielding):
        if violation[0] in yielding:
            continue
        return Refusal(violation[0], what, violation[1], page_url)
    return None


def refuse_url(
    url: str,
    site: Site,
    page_url: str,
    wishes: Wishes = _NO_WISHES,
    yielding: frozenset[str] = frozenset(),
) -> Refusal | None:
    """Returns why `url` must not be opened from `page_url`, or None, by the rules of `refuse_element`."""
    violation = _url_violation(url, site, page_url, yielding) or _avoided_url(url, page_url, wishes)
    return Refusal(violation[0], url, violation[1], page_url) if violation else None


def _violations(
    element: Element, site: Site, page_url: str, wishes: Wishes, yielding: frozenset[str]
) -> Iterator[tuple[str, str]]:
    if sign := find_action(element, page_url):
        yield "blacklist", sign
    if not is_known(element.language) and not is_clearly_page(element, page_url):
        yield (
            "language",
            f"we have no words for pages in {element.language!r}: only links to pages are followed",
        )
    if switch := find_language_switch(element, page_url):
        yield "language", switch
    if switch := find_theme_switch(element, page_url):
        yield "theme", switch
    for url in filter(None, (element.href, element.form_action)):
        violation = _url_violation(url, site, page_url, yielding) or _avoided_url(url, page_url, wishes)
        if violation:
            yield violation
    if element.form_action and (word := find_suspicious_word(own_part(element.form_action))):
        yield "blacklist", f"its form's address says {word!r}"
    if element.download:
        yield "download", "it saves a file"
    if element.form_action and element.form_method.lower() == "post" and not wishes.allow_writes:
        yield "form", "its form is sent by POST"
    for name in NAME_FIELDS:
        if word := _avoided_word(getattr(element, name), wishes):
            yield "avoid", f"its {name} says {word!r}"


def _url_violation(url: str, site: Site, page_url: str, yielding: frozenset[str]) -> tuple[str, str] | None:
    target = _clean_url(urljoin(_clean_url(page_url), _clean_url(url)))
    scheme = target.partition(":")[0].lower()
    find_word = find_url_action if scheme in _DEFAULT_PORTS else blacklisted
    if "blacklist" not in yielding and (word := find_word(_own_part(target, page_url))):
        return "blacklist", f"its address says {word!r}"
    if is_blank(target) or scheme == "javascript":
        return None
    if scheme not in _DEFAULT_PORTS:
        return "scheme", f"{scheme}: leads out of the browser"
    if not site.holds(target):
        return "off_domain", f"{target} is not on {site.host}"
    if "auth" not in yielding and is_auth_url(target):
        return "auth", f"{target} asks people to sign in"
    if _DOWNLOAD.fullmatch(_file_extension(target)):
        return "download", f"{target} is a file"
    return None


def _avoided_url(url: str, page_url: str, wishes: Wishes) -> tuple[str, str] | None:
    """Compares whole segments of the path or of a hash route: `/admin` is not `/administrators`."""
    parts = _split(urljoin(_clean_url(page_url), _clean_url(url)))
    if parts is None:
        return None
    for path in (one.rstrip("/") for one in wishes.avoid if one.startswith("/")):
        for own in (parts.path, parts.fragment.removeprefix("!")):
            if f"{own}/".startswith(f"{path}/"):
                return "avoid", f"{own} lies below {path}"
    return None


def _avoided_word(text: str, wishes: Wishes) -> str | None:
    words = f" {words_of(text)} "
    for wish in wishes.avoid:
        phrase = words_of(wish)
        if phrase and not wish.startswith(("/", "css=")) and f" {phrase} " in words:
            return wish
    return None


def _own_part(url: str, page_url: str) -> str:
    """Removes the host, and the URL of the current page before a fragment: best-buy.com may be filmed."""
    base, _, fragment = url.partition("#")
    if fragment and base == _clean_url(page_url).partition("#")[0]:
        return fragment
    parts = _split(url)
    return url if parts is None or not parts.netloc else parts._replace(scheme="", netloc="").geturl()


def _clean_url(url: str) -> str:
    """Cleans a URL as browsers do: removes tabs and newlines, and a backslash is a slash for http(s)."""
    clean = re.sub(r"[\t\r\n]", "", url).strip("".join(map(chr, range(33))))
    scheme = clean.partition(":")[0].lower()
    return clean.replace("\\", "/") if ":" not in clean or scheme in _DEFAULT_PORTS else clean


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(_clean_url(url))
        _ = parts.port
    except ValueError:
        return None
    return parts


def _domain(text: str) -> str:
    if not _HOST.fullmatch(text.strip()):
        raise AddressRefused(f"{text!r} is not a host name such as docs.example.com or *.example.com.")
    star, host = ("*.", text.strip()[2:]) if text.strip().startswith("*.") else ("", text.strip())
    return star + _plain_host(host)


def _plain_host(host: str) -> str:
    """Normalizes a host to lower-case ASCII (UTS 46), without `www.` and the trailing dot."""
    even = normalize_text(host).lower().replace("\u3002", ".").rstrip(".").removeprefix("www.")
    return ".".join(map(_ascii_label, even.split(".")))


def _ascii_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


@cache
def _auth_name() -> re.Pattern[str]:
    """Compiles the names of sign-in and sign-up pages in all languages."""
    return re.compile("|".join((_AUTH_NAMES, *(entry.pattern for entry in entries("pages")))))


def _page_name(segment: str) -> str:
    name = unquote(segment).casefold().partition(";")[0].rpartition(":")[2]
    return re.sub(r"[-_\s]", "", _EXTENSION.sub("", name))


def _file_extension(url: str) -> str:
    parts = _split(url)
    name = unquote(parts.path).rpartition("/")[2] if parts else ""
    return name.rpartition(".")[2].casefold() if "." in name else ""
