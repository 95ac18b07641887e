"""Recognizes error pages that are sent with a 2xx status (soft 404): "404", "Something went wrong"."""

import re
from dataclasses import dataclass
from functools import cache

from explorer.blocks.page_facts import PageFacts
from explorer.blocks.signatures import any_of, count, each_of, parts_of, plain, read_toml

#: Characters of prose: error pages are short, and articles about them are not.
MAX_PROSE_CHARS = 600
SHORT_PROSE_CHARS = 160
#: A page with more headings of its own than this is no error page.
MAX_SECTIONS = 5
#: Texts this short have no other content.
ONLY_TEXT_CHARS = 80
#: Points that title, headings and text must reach; see `find_error_text`.
MIN_POINTS = 4.0
MAX_ERROR_TEXT_CHARS = 80
MAX_LINE_CHARS = 200
#: As in "HTTP Error 404.0", without its punctuation.
_STATUS = re.compile(r"\b[45]\d\d(?: \d{1,2})?\b")
_BESIDE_STATUS = re.compile(r"\b(?:http|status|code)\b")


def find_error_text(page: PageFacts) -> str | None:
    """Finds the text by which an error page names the error; None for any other page.

    Title and heading score 2 each when only error pages are named so (1.5 for a title with another part
    beside it, or for a bare status), 1 when other pages may be. Up to two explanations ("go back to the home
    page") score 1 each, and so does very little text.
    """
    if len(page.prose) > MAX_PROSE_CHARS or page.sections > MAX_SECTIONS:
        return None
    phrases = _phrases()
    title, heading = _title_points(page), max(map(phrases.points, _headings(page)), default=0.0)
    explanations = min(2.0, count(phrases.explains, page.text))
    if max(title, heading) < 1.5 and not (explanations and (title or heading)):
        return None
    points = title + heading + explanations
    points += 1.0 * (len(page.prose) <= SHORT_PROSE_CHARS)
    points += 1.0 * (heading >= 1.5 and len(page.text) <= ONLY_TEXT_CHARS)
    if points < MIN_POINTS:
        return None
    text = max(_headings(page), key=phrases.points, default="") if heading >= title else page.title
    return text[:MAX_ERROR_TEXT_CHARS]


def _title_points(page: PageFacts) -> float:
    phrases = _phrases()
    whole = phrases.points(page.title)
    beside = max(map(phrases.points, parts_of(page.title)), default=0.0)
    return max(whole, 0.75 * beside)


def _headings(page: PageFacts) -> tuple[str, ...]:
    """Returns the main heading, and the next ones when it is only a status or an exclamation.

    Without any, the beginning of the text.
    """
    lines = (*page.headings[:2], *page.large[:2])
    if not lines:
        return (page.main_heading, " ".join(page.text[:MAX_LINE_CHARS].split()))
    return lines if 0 < _phrases().points(lines[0]) < 2 else lines[:1]


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases of error pages, in all languages at once."""

    says: re.Pattern[str]
    hints: re.Pattern[str]
    #: Exclamations before the phrase, and words after it.
    before: re.Pattern[str]
    after: re.Pattern[str]
    explains: tuple[re.Pattern[str], ...]

    def points(self, line: str) -> float:
        """Scores how likely a title or heading is that of an error page."""
        words = plain(line)
        has_status = bool(_STATUS.search(words))
        rest = " ".join(_BESIDE_STATUS.sub(" ", _STATUS.sub(" ", words)).split()) if has_status else words
        if not rest:
            return 1.5 if has_status else 0.0
        if any(map(self.says.fullmatch, (rest, self.before.sub("", rest), self.after.sub("", rest)))):
            return 2.0
        if self.hints.fullmatch(self.before.sub("", rest)):
            return 2.0 if has_status else 1.0
        return 0.0


@cache
def _phrases() -> _Phrases:
    languages = read_toml("error_pages.toml").values()
    hints = any_of(languages, "hints")
    return _Phrases(
        re.compile(any_of(languages, "says")),
        re.compile(hints),
        re.compile(rf"^(?:(?:{hints}) )+"),
        re.compile(rf" (?:{hints})$"),
        each_of(languages, "explains"),
    )
