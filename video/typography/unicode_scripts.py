"""Scripts: which writing systems there are, by ranges of Unicode, and which fonts have their letters."""

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

CORE, CJK, LATIN, EMOJI = "fonts-noto-core", "fonts-noto-cjk", "fonts-liberation", "fonts-noto-color-emoji"


@dataclass(frozen=True, slots=True)
class Script:
    """A writing system, in which `ranges` of code points it is written, and what it is to fontconfig."""

    name: str
    ranges: tuple[tuple[int, int], ...]
    #: Letters that a font for it has to have.
    sample: str
    #: A language written in it, as fontconfig and HarfBuzz know it.
    language: str
    #: The family to be preferred among those that have the letters.
    family: str
    #: Debian's package with such a font.
    package: str = CORE
    #: What is missing where the font is missing, in a sentence.
    signs: str = "its letters"


#: Those in use today, in the order in which they are told; ranges after Unicode 15's Blocks.txt.
SCRIPTS = (
    Script(
        "Latin",
        ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF)),
        "AaÉéßŁğ",
        "en",
        "Noto Sans",
        LATIN,
    ),
    Script("Greek", ((0x370, 0x3FF), (0x1F00, 0x1FFF)), "ΑαΩωή", "el", "Noto Sans", LATIN),
    Script("Cyrillic", ((0x400, 0x52F),), "АяЖїґў", "ru", "Noto Sans", LATIN),
    Script("Armenian", ((0x530, 0x58F),), "Հայերէն", "hy", "Noto Sans Armenian"),
    Script("Georgian", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)), "ქართული", "ka", "Noto Sans Georgian"),
    Script("Hebrew", ((0x590, 0x5FF), (0xFB1D, 0xFB4F)), "עבריתםץ", "he", "Noto Sans Hebrew"),
    Script(
        "Arabic",
        ((0x600, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE)),
        "العربيةفپچگ",
        "ar",
        "Noto Sans Arabic",
    ),
    Script("Syriac", ((0x700, 0x74F),), "ܣܘܪܝ", "syr", "Noto Sans Syriac"),
    Script("Thaana", ((0x780, 0x7BF),), "ދިވެހި", "dv", "Noto Sans Thaana"),
    Script("N'Ko", ((0x7C0, 0x7FF),), "ߒߞߏ", "nqo", "Noto Sans NKo"),
    Script("Adlam", ((0x1E900, 0x1E95F),), "𞤀𞤣𞤤𞤢𞤥", "ff", "Noto Sans Adlam"),
    Script("Ethiopic", ((0x1200, 0x139F), (0x2D80, 0x2DDF)), "አማርኛ", "am", "Noto Sans Ethiopic"),
    Script("Tifinagh", ((0x2D30, 0x2D7F),), "ⵜⵉⴼⵏⵖ", "ber", "Noto Sans Tifinagh"),
    Script("Vai", ((0xA500, 0xA63F),), "ꕙꔤ", "vai", "Noto Sans Vai"),
    Script("Devanagari", ((0x900, 0x97F), (0xA8E0, 0xA8FF)), "हिन्दी", "hi", "Noto Sans Devanagari"),
    Script("Bengali", ((0x980, 0x9FF),), "বাংলা", "bn", "Noto Sans Bengali"),
    Script("Gurmukhi", ((0xA00, 0xA7F),), "ਪੰਜਾਬੀ", "pa", "Noto Sans Gurmukhi"),
    Script("Gujarati", ((0xA80, 0xAFF),), "ગુજરાતી", "gu", "Noto Sans Gujarati"),
    Script("Odia", ((0xB00, 0xB7F),), "ଓଡ଼ିଆ", "or", "Noto Sans Oriya"),
    Script("Tamil", ((0xB80, 0xBFF),), "தமிழ்", "ta", "Noto Sans Tamil"),
    Script("Telugu", ((0xC00, 0xC7F),), "తెలుగు", "te", "Noto Sans Telugu"),
    Script("Kannada", ((0xC80, 0xCFF),), "ಕನ್ನಡ", "kn", "Noto Sans Kannada"),
    Script("Malayalam", ((0xD00, 0xD7F),), "മലയാളം", "ml", "Noto Sans Malayalam"),
    Script("Sinhala", ((0xD80, 0xDFF),), "සිංහල", "si", "Noto Sans Sinhala"),
    Script("Meetei Mayek", ((0xAAE0, 0xAAFF), (0xABC0, 0xABFF)), "ꯃꯤꯇꯩ", "mni", "Noto Sans Meetei Mayek"),
    Script("Ol Chiki", ((0x1C50, 0x1C7F),), "ᱥᱟᱱᱛᱟᱲᱤ", "sat", "Noto Sans Ol Chiki"),
    Script("Chakma", ((0x11100, 0x1114F),), "𑄌𑄋𑄴𑄟", "ccp", "Noto Sans Chakma"),
    Script("Tibetan", ((0xF00, 0xFFF),), "བོདཡིག", "bo", "Noto Serif Tibetan"),
    Script("Thai", ((0xE00, 0xE7F),), "ภาษาไทย", "th", "Noto Sans Thai"),
    Script("Lao", ((0xE80, 0xEFF),), "ພາສາລາວ", "lo", "Noto Sans Lao"),
    Script("Khmer", ((0x1780, 0x17FF), (0x19E0, 0x19FF)), "ខ្មែរ", "km", "Noto Sans Khmer"),
    Script(
        "Burmese", ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)), "မြန်မာ", "my", "Noto Sans Myanmar"
    ),
    Script("Javanese", ((0xA980, 0xA9DF),), "ꦗꦮ", "jv", "Noto Sans Javanese"),
    Script("Balinese", ((0x1B00, 0x1B7F),), "ᬩᬮᬶ", "ban", "Noto Sans Balinese"),
    Script("Sundanese", ((0x1B80, 0x1BBF),), "ᮞᮥᮔ᮪ᮓ", "su", "Noto Sans Sundanese"),
    Script("Mongolian", ((0x1800, 0x18AF),), "ᠮᠣᠩᠭᠣᠯ", "mn", "Noto Sans Mongolian"),
    Script("Cherokee", ((0x13A0, 0x13FF), (0xAB70, 0xABBF)), "ᏣᎳᎩ", "chr", "Noto Sans Cherokee"),
    Script(
        "Canadian syllabics",
        ((0x1400, 0x167F), (0x18B0, 0x18FF)),
        "ᐃᓄᒃᑎᑐᑦ",
        "iu",
        "Noto Sans Canadian Aboriginal",
    ),
    Script("Yi", ((0xA000, 0xA4CF),), "ꆈꌠ", "ii", "Noto Sans Yi"),
    Script("Lisu", ((0xA4D0, 0xA4FF),), "ꓡꓲꓢꓴ", "lis", "Noto Sans Lisu"),  # noqa: RUF001
    Script(
        "Japanese",
        ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
        "ひらカナ日本語漢字",
        "ja",
        "Noto Sans CJK JP",
        CJK,
    ),
    Script(
        "Korean",
        ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFFA0, 0xFFDC)),
        "한국어",
        "ko",
        "Noto Sans CJK KR",
        CJK,
    ),
    Script(
        "Chinese",
        (
            (0x2E80, 0x3040),
            (0x3100, 0x312F),
            (0x31A0, 0x31BF),
            (0x3200, 0x4DBF),
            (0x4E00, 0x9FFF),
            (0xF900, 0xFAFF),
            (0xFE30, 0xFE4F),
            (0xFF01, 0xFF65),
            (0x20000, 0x323AF),
        ),
        "中文汉字漢體",
        "zh-cn",
        "Noto Sans CJK SC",
        CJK,
    ),
    Script(
        "symbols",
        ((0x2190, 0x23FF), (0x2460, 0x27BF), (0x2900, 0x2BFF)),
        "→≠★☂♪✓①",
        "en",
        "Noto Sans Symbols",
        signs="they",
    ),
    Script(
        "emoji",
        ((0x1F1E6, 0x1F1FF), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF)),
        "😀🚀🤖",
        "en",
        "Noto Color Emoji",
        EMOJI,
        signs="they",
    ),
)
#: Letters, marks, numbers and signs. Punctuation belongs to no script, and what is not assigned has no font.
SAID = "LMNS"
#: Who else writes Han characters, and an encoding with those in use there.
HAN_OF = {"Japanese": "cp932", "Korean": "cp949"}
NAMED = {script.name: script for script in SCRIPTS}
_STARTS = sorted((first, last, script.name) for script in SCRIPTS for first, last in script.ranges)


@lru_cache(maxsize=8192)
def script_of(char: str) -> Script | None:
    """The script that a character belongs to; None for what all share, such as digits and commas.

    Han characters are Chinese here: what else they may be, only the text around them tells.
    """
    code = ord(char)
    index = bisect_right(_STARTS, code, key=lambda entry: entry[0]) - 1
    if index < 0 or code > _STARTS[index][1]:
        return None
    return NAMED[_STARTS[index][2]]


def scripts_in(text: str) -> tuple[Script, ...]:
    """The scripts of a text's letters and signs, in the order of the table.

    Han characters beside kana count as Japanese, those beside Hangul as Korean, if that country writes them.
    """
    found: dict[str, set[str]] = {}
    for char in {*text}:
        if (script := script_of(char)) and unicodedata.category(char)[0] in SAID:
            found.setdefault(script.name, set()).add(char)
    for name, encoding in HAN_OF.items():
        if name in found and all(_encodes(char, encoding) for char in found.get("Chinese", ())):
            found.pop("Chinese", None)
    return tuple(script for script in SCRIPTS if script.name in found)


def is_emoji(char: str) -> bool:
    """True for what is a picture rather than a letter."""
    script = script_of(char)
    return script is not None and script.name == "emoji"


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
