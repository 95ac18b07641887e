"""Line breaking: what of a text must stay together, and where a line may end, with spaces and without."""

import re
import unicodedata

from video.typography.unicode_scripts import script_of

#: Joiners, and a place to break where no space is.
JOINER, NON_JOINER, BREAK = "\u200d", "\u200c", "\u200b"
#: The combining class of signs that bind consonants into one (virama).
BINDS = 9
#: Thai and Lao vowels that are written before their consonant, and signs that end a syllable.
LEADING = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
TRAILING = frozenset("\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eaf\u0eb0\u0eb2\u0eb3\u0ec6")
#: Scripts whose lines may end after any character, and those where it has to be after some syllable.
ANYWHERE = {"Japanese", "Chinese", "Yi"}
SYLLABLES = {"Thai", "Lao", "Khmer", "Burmese", "Javanese", "Balinese", "Tibetan"}
#: What a line must not begin with in Japanese and Chinese (JIS X 4051; CL, NS, EX and CJ of UAX 14).
NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〉》〕〗’”…‥々〻ーゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％,.:;?!)]}"  # noqa: RUF001
)
#: What it must not end with.
NOT_LAST = frozenset("（［｛「『【〈《〔〖‘“([{")  # noqa: RUF001
#: Vowels and finals of Hangul that is written in parts.
JAMO = range(0x1160, 0x1200)
#: What ends a Tibetan syllable, and a phrase.
TIBETAN_ENDS = "་།"


def clusters(text: str) -> list[str]:
    """The text in parts that nothing may come between: a letter with its marks, consonants that are bound."""
    found: list[str] = []
    for char in text:
        if found and _belongs(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def words(text: str) -> list[str]:
    """The text in parts between which there are spaces, each with those behind it."""
    return re.findall(r"[^ ]+ *", text)


def pieces(text: str) -> list[str]:
    """The text in parts after each of which a line may end, spaces or not."""
    found: list[str] = []
    for cluster in clusters(text):
        if found and not _may_part(found[-1], cluster):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _belongs(cluster: str, char: str) -> bool:
    if unicodedata.category(char)[0] == "M" or char in (JOINER, NON_JOINER) or ord(char) in JAMO:
        return True
    last = cluster[-1]
    return last == JOINER or (unicodedata.combining(last) == BINDS and char.isalpha())


def _may_part(piece: str, cluster: str) -> bool:
    """True when a line may end between them."""
    last, first = piece[-1], cluster[0]
    if first == " " or last in NOT_LAST or first in NOT_FIRST or first in TRAILING:
        return False
    if last in (" ", BREAK):
        return True
    if last in LEADING or first == BREAK:
        return False
    before, after = (
        script.name if (script := script_of(char)) else "" for char in (_last_letter(piece), first)
    )
    if before in ANYWHERE or after in ANYWHERE:
        return True
    if before == "Tibetan":
        return last in TIBETAN_ENDS
    return before == after and before in SYLLABLES


def _last_letter(piece: str) -> str:
    """The last character that is not a mark on another."""
    return next((char for char in reversed(piece) if unicodedata.category(char)[0] != "M"), piece[-1])
