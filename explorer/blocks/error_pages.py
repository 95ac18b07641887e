"""Recognizes a page that says, with a good status, that there is no page: "404", "Something went wrong"."""

import re
from dataclasses import dataclass
from functools import cache

from explorer.blocks.page_facts import PageFacts
from explorer.blocks.signatures import any_of, count, each_of, parts_of, plain, read_toml

#: Characters of prose: error pages are short, and articles about them are not.
MAX_PROSE_CHARS = 600
SHORT_PROSE_CHARS = 160
#: With more of its own headings than this, a page has something to tell.
MAX_SECTIONS = 5
#: Whole texts this short say nothing else.
ONLY_TEXT_CHARS = 80
#: What title, headings and text must come to; see `find_error_text`.
MIN_POINTS = 4.0
MAX_ERROR_TEXT_CHARS = 80
MAX_LINE_CHARS = 200
#: As in "HTTP Error 404.0", without its punctuation.
_STATUS = re.compile(r"\b[45]\d\d(?: \d{1,2})?\b")
_BESIDE_STATUS = re.compile(r"\b(?:http|status|code)\b")


def find_error_text(page: PageFacts) -> str | None:
    """What an error page says of itself; None for any other page.

    Title and heading count 2 each when only error pages are called so (1.5 for a title with another part
    beside it, or for a bare status), 1 when other pages may be. So do up to two explanations ("go back to the
    home page"), and that there is hardly any text.
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
    """The main heading, and what stands beside it when it is only a status or an exclamation.

    Without any, how the text begins.
    """
    lines = (*page.headings[:2], *page.large[:2])
    if not lines:
        return (page.main_heading, " ".join(page.text[:MAX_LINE_CHARS].split()))
    return lines if 0 < _phrases().points(lines[0]) < 2 else lines[:1]


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What error pages say, in all languages at once."""

    says: re.Pattern[str]
    hints: re.Pattern[str]
    #: What people exclaim before an error, or call it after.
    before: re.Pattern[str]
    after: re.Pattern[str]
    explains: tuple[re.Pattern[str], ...]

    def points(self, line: str) -> float:
        """How surely a title or a heading is that of an error page."""
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
