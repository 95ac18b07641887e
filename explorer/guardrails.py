"""What must not be clicked or opened, decided from text and addresses alone: pure, no browser, no network."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit

from explorer.errors import AddressRefused
from explorer.types import Element, Refusal

_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Phrases over a text's words, in the order in which they are looked for, with the word that is reported.
_BLACKLIST: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (word, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"))
    for word, pattern in (
        ("delete", "delete(?:account)?"),
        ("remove", "remove(?:account)?"),
        ("unsubscribe", "unsubscribe"),
        ("deactivate", "deactivate(?:account)?"),
        ("pay", "pay(?:now)?"),
        ("checkout", "checkout"),
        ("purchase", "purchase(?:now)?"),
        ("buy", "buy(?:now)?"),
        ("cancel", "cancel(?:account)?"),
        ("close account", "close ?(?:(?:my|your|the|this) )?account"),
        ("sign out", "sign ?(?:me )?out"),
        ("log out", "log ?(?:me )?out"),
    )
)
#: "Check out our blog" is an invitation; alone, joined or as a destination it is the till.
_CHECK_OUT = re.compile(
    r"\s*check out\s*|.*\b(?:proceed|continue|go) to check[\s_-]?out\b.*"
    r"|(?:.*[/?=&#])?check[-_]out(?:[/?&#.].*)?",
    re.DOTALL,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_A_WORD = re.compile(r"[\W_\d]+")
_EXTENSION = re.compile(r"\.[a-z]{1,5}\d?$")
#: Compared in lower case without hyphens, underscores and spaces: sign-in, sign_in and SignIn are one.
_AUTH_NAME = re.compile(
    r"(?:wp|user)?(?:log|sign)(?:in|on|up)|loginform|(?:user)?register|registration|createaccount"
    r"|auth|oauth2?|oidc|saml2?|sso|authenticat(?:e|ion)|authori[sz](?:e|ation)"
)
#: Query parameters that name a page, as in `index.php?action=login`.
_PAGE_PARAMETERS = frozenset({"action", "page", "view", "route", "mode", "do"})
_DOWNLOAD = re.compile(
    r"zip|gz|tgz|bz2|xz|7z|rar|tar|exe|msi|dmg|pkg|deb|rpm|apk|appimage|iso|bin|jar|whl"
    r"|pdf|epub|docx?|xlsx?|pptx?|od[tsp]|csv|ics|mp[34]|mov|avi"
)


@dataclass(frozen=True, slots=True)
class Site:
    """One site: a normalised host (ASCII, without `www.`) and a port, None for the scheme's own."""

    host: str
    port: int | None = None

    @classmethod
    def of(cls, url: str) -> "Site":
        """The site that `url` lies on. Raises AddressRefused unless it is http or https with a host."""
        parts = _split(url)
        if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise AddressRefused(f"{url!r} is not an http or https address with a host.")
        port = None if parts.port == _DEFAULT_PORTS[parts.scheme] else parts.port
        return cls(_plain_host(parts.hostname), port)

    def holds(self, url: str) -> bool:
        """Whether `url` is on this very site; subdomains and other ports are not, `about:blank` always is."""
        if is_blank(url):
            return True
        try:
            return Site.of(url) == self
        except AddressRefused:
            return False


def is_blank(url: str) -> bool:
    """Whether this is the empty page, which belongs to nobody."""
    return url.strip().lower().partition("#")[0] in {"about:blank", ""}


def blacklisted(text: str) -> str | None:
    """The blacklisted word that `text` contains as a whole word, in its plain spelling, or None.

    `text` may be a label, an address or code: it is percent-decoded, camelCase, snake_case and kebab-case
    are split, and Unicode look (width, case, invisible characters) is evened out first.
    """
    for words in _readings(text):
        for word, pattern in _BLACKLIST:
            if pattern.search(words):
                return word
    return "checkout" if _CHECK_OUT.fullmatch(_even_out(text).casefold()) else None


def is_auth_url(url: str) -> bool:
    """Whether the address names a sign-in or sign-up page, by a whole segment of its path or hash route."""
    parts = _split(url)
    if parts is None:
        return False
    fragment = parts.fragment.removeprefix("!")
    route = fragment if fragment.startswith("/") else ""
    pages = [value for name, value in parse_qsl(parts.query) if name.lower() in _PAGE_PARAMETERS]
    segments = [*parts.path.split("/"), *route.partition("?")[0].split("/"), *pages]
    return any(_AUTH_NAME.fullmatch(_page_name(segment)) for segment in segments)


def refuse_element(element: Element, site: Site, page_url: str) -> Refusal | None:
    """Why this element must not be clicked, or None.

    Rules: `blacklist`, `scheme`, `off_domain`, `auth`, `download`, the first that applies in this order.
    A `javascript:` link may be clicked when its code, found in `value`, names nothing blacklisted.
    """
    what = element.label or element.text or element.href or element.selector
    for name in ("text", "label", "aria_label", "title", "value"):
        if word := blacklisted(getattr(element, name)):
            return Refusal("blacklist", what, f"its {name} says {word!r}", page_url)
    for url in filter(None, (element.href, element.form_action)):
        if broken := _broken_rule(url, site, page_url):
            return Refusal(broken[0], what, broken[1], page_url)
    if element.download:
        return Refusal("download", what, "it saves a file", page_url)
    return None


def refuse_url(url: str, site: Site, page_url: str) -> Refusal | None:
    """Why the browser must not go to `url` from `page_url`, or None, by the rules of `refuse_element`."""
    broken = _broken_rule(url, site, page_url)
    return Refusal(broken[0], url, broken[1], page_url) if broken else None


def _broken_rule(url: str, site: Site, page_url: str) -> tuple[str, str] | None:
    target = _tidy(urljoin(_tidy(page_url), _tidy(url)))
    if word := blacklisted(_own_part(target, page_url)):
        return "blacklist", f"its address says {word!r}"
    scheme = target.partition(":")[0].lower()
    if is_blank(target) or scheme == "javascript":
        return None
    if scheme not in _DEFAULT_PORTS:
        return "scheme", f"{scheme}: leads out of the browser"
    if not site.holds(target):
        return "off_domain", f"{target} is not on {site.host}"
    if is_auth_url(target):
        return "auth", f"{target} asks people to sign in"
    if _DOWNLOAD.fullmatch(_file_extension(target)):
        return "download", f"{target} is a file"
    return None


def _own_part(url: str, page_url: str) -> str:
    """What an address says beyond its host and beyond the page it is on: best-buy.com may be filmed."""
    base, _, fragment = url.partition("#")
    if fragment and base == _tidy(page_url).partition("#")[0]:
        return fragment
    parts = _split(url)
    return url if parts is None or not parts.netloc else parts._replace(scheme="", netloc="").geturl()


def _tidy(url: str) -> str:
    """Reads an address as browsers do: tabs and newlines vanish, and a backslash is a slash for http(s)."""
    clean = re.sub(r"[\t\r\n]", "", url).strip("".join(map(chr, range(33))))
    scheme = clean.partition(":")[0].lower()
    return clean.replace("\\", "/") if ":" not in clean or scheme in _DEFAULT_PORTS else clean


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(_tidy(url))
        _ = parts.port
    except ValueError:
        return None
    return parts


def _plain_host(host: str) -> str:
    """Host names compare in lower-case ASCII, as UTS 46 maps them, without `www.` or the root's dot."""
    even = _even_out(host).lower().replace("\u3002", ".").rstrip(".").removeprefix("www.")
    return ".".join(map(_ascii_label, even.split(".")))


def _ascii_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _page_name(segment: str) -> str:
    name = unquote(segment).casefold().partition(";")[0]
    return re.sub(r"[-_\s]", "", _EXTENSION.sub("", name))


def _file_extension(url: str) -> str:
    parts = _split(url)
    name = unquote(parts.path).rpartition("/")[2] if parts else ""
    return name.rpartition(".")[2].casefold() if "." in name else ""


def _readings(text: str) -> Iterator[str]:
    """The words of `text`, separated by single spaces, in every way that a reader might split them."""
    for zero_width_space in ("", " "):
        even = _even_out(text, zero_width_space)
        for spelling in (even, _CAMEL.sub(" ", even)):
            yield _NOT_A_WORD.sub(" ", spelling.casefold()).strip()


def _even_out(text: str, zero_width_space: str = "") -> str:
    """Percent-decoded NFKC text without invisible characters and stray combining marks."""
    for _ in range(3):
        text = unquote(text)
    shown = unicodedata.normalize("NFKC", text).replace("\u200b", zero_width_space)
    return "".join(c for c in shown if unicodedata.category(c) not in {"Cf", "Mn"})
