"""Detects a page's language from its text, its script and its `lang` attribute."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from explorer.languages import languages

#: With fewer letters the declared language is used; in scripts of few languages fewer letters are enough.
MIN_LETTERS, MIN_LETTERS_OTHER_SCRIPTS = 30, 15
#: From so many letters on, the text alone decides.
ENOUGH_LETTERS = 160
#: By how much (nats per letter) a language has to be likelier than a supported one, or than the declared one.
#: Texts in ten other languages were at 0.9 to 2.5; names, menus and code at 0 to 0.4.
MARGIN_PER_LETTER = 0.5
#: Placeholder text (Latin), and what is no language.
NO_LANGUAGE_CODES = frozenset({"la", "zxx"})
#: Scripts of only one supported language; None where there are several.
_BY_SCRIPT: Mapping[str, str | None] = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "HANGUL": "ko",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GUJARATI": "gu",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GURMUKHI": "pa",
    "SINHALA": "si",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "ETHIOPIC": "am",
    "TIBETAN": "bo",
    "LATIN": None,
    "CYRILLIC": None,
    "ARABIC": None,
    "DEVANAGARI": None,
}
#: Other codes of the same language.
_CODE_ALIASES = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "cmn": "zh",
    "yue": "zh",
    "fil": "tl",
    # Nigerian Pidgin orders things in English words, and short English texts are taken for it.
    "pcm": "en",
}
#: Countries that pages declare by mistake, and the language meant; none of these is the code of a language.
_COUNTRY_CODES = {
    "us": "en",
    "gb": "en",
    "au": "en",
    "at": "de",
    "mx": "es",
    "jp": "ja",
    "cn": "zh",
    "kr": "ko",
    "cz": "cs",
    "dk": "da",
    "gr": "el",
    "il": "he",
    "ua": "uk",
    "vn": "vi",
}
#: Declared codes without meaning.
_UNSPECIFIC_CODES = frozenset({"", "und", "mul", "zxx", "x", "root"})


async def language_of(sample: Mapping[str, Any]) -> str:
    """Detects the language of a page from its beginning, `text`, and its declared `lang`; see `detect`."""
    text, lang = str(sample.get("text", "")), str(sample.get("lang", ""))
    return await asyncio.to_thread(detect, text, lang)


def is_known(language: str) -> bool:
    """Checks whether the language is supported; an undetermined one counts as supported."""
    return language == "" or language in languages()


def load() -> None:
    """Loads the model, which takes most of a second; call it early, in a thread."""
    _model()


@lru_cache(maxsize=256)
def detect(text: str, lang: str = "") -> str:
    """Returns the ISO 639-1 code of the language of `text`, "" where neither it nor `lang` determines one.

    Norwegian is `no` in either form. The declared language counts where there is little text; with more of it
    the text decides, since many templates declare `en` for pages in any language.
    """
    declared = _normalize_code(lang)
    scripts = Counter(script for char in text if (script := _script_of(char)))
    letters = sum(scripts.values())
    if not letters:
        return declared
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.05 * letters:
        return "ja"
    script, count = scripts.most_common(1)[0]
    by_script = _BY_SCRIPT.get(script, script.lower())
    if by_script is not None and count >= 0.5 * letters:
        return by_script
    if letters < (MIN_LETTERS if script in {"LATIN", "CYRILLIC"} else MIN_LETTERS_OTHER_SCRIPTS):
        return declared
    return _by_words(text, letters, declared, script)


def _by_words(text: str, letters: int, declared: str, script: str) -> str:
    ranked: dict[str, float] = {
        _CODE_ALIASES.get(code, code): score for code, score in reversed(_model().rank(text))
    }
    best = max(ranked, key=lambda code: ranked[code])
    best_supported = max((code for code in ranked if code in languages()), key=lambda code: ranked[code])
    margin = MARGIN_PER_LETTER * letters
    if best in NO_LANGUAGE_CODES:
        return declared
    found = best if ranked[best] - ranked[best_supported] > margin else best_supported
    if letters >= ENOUGH_LETTERS or found not in languages():
        return found
    if declared:
        return declared if ranked[found] - ranked.get(declared, ranked[found]) < margin else found
    # A few words in Latin script may be names.
    clear = script != "LATIN" or ranked[found] - ranked["en"] > margin
    return found if clear else ""


def _normalize_code(lang: str) -> str:
    code = lang.strip().lower().replace("_", "-").partition("-")[0]
    return "" if code in _UNSPECIFIC_CODES else (_CODE_ALIASES | _COUNTRY_CODES).get(code, code)


@lru_cache(maxsize=4096)
def _script_of(char: str) -> str:
    """Returns a letter's script, the first word of its Unicode name; "" for what is no letter."""
    return unicodedata.name(char, "").partition(" ")[0].partition("-")[0] if char.isalpha() else ""


@cache
def _model() -> Any:
    from py3langid import langid  # 0.9 s, most of it for the model

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
