"""Detects language and theme switchers, after which the rest of a film would look like another site."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urljoin, urlsplit

from explorer.languages.normalization import normalize_text, words_of
from explorer.types import Element

#: "Switch between dark and light mode (currently light mode)" is a label, more is prose.
MAX_LABEL_WORDS = 10
#: Native names of languages.
_NATIVE = re.compile(
    r"english|deutsch|français|español|castellano|català|italiano|português|nederlands|polski|русский"
    r"|українська|日本語|中文|简体中文|繁體中文|繁体中文|한국어|türkçe|čeština|svenska|dansk|suomi|norsk|magyar"
    r"|română|ελληνικά|العربية|עברית|हिन्दी|ไทย|tiếng việt|bahasa indonesia|slovenčina|български|فارسی"
)
#: Only language codes that are no words, as `IT`, `NO`, `IS` and `ID` are.
_LABEL_CODE = re.compile(r"(?:DE|EN|ES|FR|JA|JP|NL|PL|PT|RU|ZH|CN|KO|KR)(?:[-_ ](?:[A-Z]{2}|Han[st]))?")
_FLAG = re.compile(r"[\U0001F1E6-\U0001F1FF]{2}")
_LOCALE = re.compile(
    r"(?:ar|bg|bn|ca|cs|da|de|el|en|es|et|fa|fi|fr|he|hi|hr|hu|id|it|ja|ko|lt|lv|ms|nb|nl|no|pl|pt|ro|ru|sk|sl"
    r"|sr|sv|th|tr|uk|vi|zh)(?:[-_](?:[a-z]{2}|hans|hant|419))?"
)
_LANGUAGE = re.compile(
    r"(?:(?:select|change|choose|switch|set|site|your|display|current|website|pick|a|the|open) )*"
    r"(?:languages?|locale|lang)(?: (?:selector|switcher|picker|menu|options?|settings|select|dropdown))*"
    r"|translat(?:e|ions?)(?: (?:this )?page)?"
    r"|(?:\w+ )?sprachen?(?: (?:wählen|ändern|auswählen|wechseln))?|sprach(?:auswahl|wechsel)"
    r"|(?:(?:changer|choisir) (?:de |la )?)?langues?"
    r"|(?:(?:cambiar|seleccionar|elegir|mudar|alterar) (?:de |o )?)?idiomas?"
    r"|(?:(?:cambia|scegli) )?lingua|taal(?: (?:kiezen|wijzigen))?|(?:(?:zmień|wybierz) )?język"
    r"|(?:(?:выбрать|выберите|сменить) )?язык|言語(?:を?(?:選択|変更))?"
    r"|(?:选择|切换)?语言(?:选择|切换)?|(?:選擇|切換)?語言"
)
_THEME = re.compile(
    r"(?:.* )?(?:dark|light|night|day) ?(?:mode|theme)(?: .*)?"
    r"|(?:(?:toggle|switch|change|select|choose|set|between|color|colour|site|the|your) )*"
    r"(?:themes?|colou?r (?:mode|scheme|theme))"
    r"(?: (?:toggle|switcher|switch|selector|picker|mode|menu|settings))*"
    r"|toggle (?:dark|light|dark light|light dark|appearance)|appearance"
    r"|dark|light|dunkel|hell|dunkelmodus|dunkler modus|nachtmodus|heller modus|farbschema|design wechseln"
    r"|(?:mode|thème) (?:sombre|clair|nuit)|(?:modo|tema) (?:oscuro|claro|noche|scuro|chiaro|escuro|noturno)"
    r"|donkere modus|lichte modus|(?:tryb|motyw) (?:ciemny|jasny)|ciemny motyw"
    r"|(?:тёмная|темная|светлая) тема|ダーク ?モード|ライト ?モード|テーマ切替"
    r"|(?:深色|暗黑|夜间|浅色)(?:模式|主题)"
)
_LANGUAGE_ICON = re.compile(r"(?<!\S)(?:g )?(?:language|languages|translate|globe|flag|world)(?!\S)")
_THEME_ICON = re.compile(
    r"(?<!\S)(?:sun|moon|moon stars|dark mode|light mode|brightness|circle half|night(?:s stay)?|theme"
    r"|sunny|weather (?:night|sunny))(?!\S)"
)
_LANGUAGE_PARAMETERS = frozenset({"lang", "language", "locale", "hl", "setlang", "set_lang", "lng"})
_THEME_PARAMETERS = frozenset({"theme", "color-scheme", "colorscheme", "color_mode", "darkmode"})


def find_language_switch(element: Element, page_url: str) -> str | None:
    """Finds a sign that the element changes the site's language, or None."""
    is_link = is_plain_link(element, page_url)
    for text in _names(element):
        words = words_of(text)
        if _NATIVE.fullmatch(words.split(" (")[0]) or _FLAG.fullmatch(normalize_text(text).strip()):
            return f"{text!r} is a language"
        if not is_link and (_LANGUAGE.fullmatch(words) or _LABEL_CODE.fullmatch(text.strip())):
            return f"{text!r} picks a language"
    if element.fills == "select" and _mostly_languages(element.options):
        return "its options are languages"
    if element.href and _other_language(urljoin(page_url, element.href), page_url):
        return f"{element.href} is in another language"
    if is_nameless(element) and _LANGUAGE_ICON.search(words_of(element.icon)):
        return f"its icon is {element.icon!r}"
    return None


def find_theme_switch(element: Element, page_url: str) -> str | None:
    """Finds a sign that the element changes the site's theme, or None."""
    if _parameters(element.href) & _THEME_PARAMETERS:
        return f"{element.href} sets a theme"
    if is_plain_link(element, page_url):
        return None
    for text in _names(element):
        words = words_of(text)
        if words.count(" ") < MAX_LABEL_WORDS and _THEME.fullmatch(words):
            return f"{text!r} changes the theme"
    if is_nameless(element) and _THEME_ICON.search(words_of(element.icon)):
        return f"its icon is {element.icon!r}"
    return None


def is_plain_link(element: Element, page_url: str) -> bool:
    """Checks whether a click only opens another page."""
    return bool(element.href) and not element.form_action and _is_other_page(element.href, page_url)


@lru_cache(maxsize=4096)
def _is_other_page(href: str, page_url: str) -> bool:
    target, _, fragment = urljoin(page_url, href).partition("#")
    if urlsplit(target).scheme not in {"http", "https"}:
        return False
    return target != page_url.partition("#")[0] or fragment.startswith(("/", "!/"))


def is_nameless(element: Element) -> bool:
    """Checks whether only its icon names the control.

    Symbols and numbers are no names, and a missing label may repeat the icon's name exactly; "Trash" beside a
    `trash` icon is a name.
    """
    icons = {"", element.icon, *element.icon.split()}
    names = (element.text, element.label, element.aria_label, element.title)
    return all(name in icons or not words_of(name) for name in names)


def _names(element: Element) -> tuple[str, ...]:
    names = (element.text, element.label, element.aria_label, element.title)
    shown = element.value if element.fills == "" else ""
    return tuple(dict.fromkeys(name for name in (*names, shown, element.field_name) if name))


def _mostly_languages(options: tuple[str, ...]) -> bool:
    known = sum(
        bool(_NATIVE.fullmatch(words_of(option)) or _LABEL_CODE.fullmatch(option.strip()))
        for option in options
    )
    return known >= 2 and 2 * known >= len(options)


def _other_language(target: str, page_url: str) -> bool:
    if any(name in _LANGUAGE_PARAMETERS for name in _parameters(target) - _parameters(page_url)):
        return True
    target_locale, target_rest = _locale(target)
    own_locale, own_rest = _locale(page_url)
    # `/it/services` is a department, unless the same page is there without it.
    return target_locale != own_locale and (bool(target_locale and own_locale) or target_rest == own_rest)


def _locale(url: str) -> tuple[str, str]:
    """Splits a URL's path into its leading language code, "" without one, and the rest."""
    first, _, rest = urlsplit(url).path.lstrip("/").partition("/")
    found = _LOCALE.fullmatch(first.lower())
    return (first.lower(), rest) if found else ("", urlsplit(url).path.lstrip("/"))


def _parameters(url: str) -> set[str]:
    return {name.lower() for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
