"""Chooses the value that a form field is filled with, or that it is not filled. Pure, no browser."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from explorer.forms import sample_data
from explorer.forms.field_keywords import (
    COMMON,
    DESTRUCTIVE,
    FILTER,
    LANGUAGE,
    PERSONAL,
    PICKER,
    PLACEHOLDER,
    SEARCH,
    SECRET,
    TODO,
)
from explorer.types import Element, FieldKind

_REFUSED_TYPES = frozenset(
    {"password", "email", "tel", "url", "file", "hidden", "checkbox", "radio", "submit", "button", "reset"}
)
#: Autofill tokens that are not about a person.
_HARMLESS_AUTOCOMPLETE = frozenset({"", "on", "off", "false", "none", "nope", "list", "both", "inline"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\[\].:]+|(?<=[a-z])-(?=[a-z])")
#: Two characters in Japanese and Chinese, three letters elsewhere.
_WORD = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2,8}|[^\W\d_]{3,}")
_NUMERIC = re.compile(r"-?\d+(?:[.,]\d+)?")
#: HTML's defaults for ranges: minimum, maximum, step.
_RANGE_DEFAULTS = (0.0, 100.0, 1.0)
#: Fewer are no list.
FEWEST_ROWS = 3
MAX_NUMBER, MIN_STEP = 1e15, 1e-9


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value that is typed or chosen; `submit` says that Enter follows."""

    action: Literal["type", "choose"]
    value: str
    submit: bool = False


@dataclass(frozen=True, slots=True)
class _FieldContext:
    """A field and what its value depends on; `field_text` is its texts and name, casefolded."""

    element: Element
    words: Sequence[str]
    today: date
    field_text: str
    times_filled: int = 0
    rows: Sequence[str] = ()

    @property
    def term(self) -> str:
        """What is searched for."""
        return finding_word(self.rows) or word_of(self.words)

    @property
    def is_clearly_search(self) -> bool:
        """Checks for an unambiguous search field: "Search by name" is, "Your name, to find you" is not."""
        element = self.element
        texts = (element.label, element.aria_label, element.placeholder, element.field_name)
        return (
            element.fills == "search"
            or element.role == "searchbox"
            or any(SEARCH.match(text.casefold()) or FILTER.match(text.casefold()) for text in texts)
        )

    @property
    def is_search(self) -> bool:
        alone = self.element.field_name.casefold() in {"s", "term", "terms"}
        return self.is_clearly_search or alone or bool(SEARCH.search(self.field_text))


def choose_value(
    element: Element,
    words: Sequence[str],
    today: date | None = None,
    times_filled: int = 0,
    rows: Sequence[str] = (),
) -> FieldValue | None:
    """Chooses the value for `element`; None for what is no field or must not be filled.

    `words` are the site's own, such as its headings and the labels of its navigation: one of them is the
    search term, or a word that finds some of `rows`, what is listed on the page.
    `today` determines the month of dates. Only searches, and new entries of lists outside a
    form, are submitted. `times_filled` counts how often it was filled before: only lists get more.
    """
    context = _FieldContext(element, words, today or date.today(), _field_text(element), times_filled, rows)
    if element.fills == "" or not _may_be_filled(context):
        return None
    if times_filled and not TODO.search(context.field_text):
        return None
    return _BY_KIND[element.fills](context)


def _field_text(element: Element) -> str:
    texts = (element.label, element.aria_label, element.placeholder, element.title, element.text)
    name = _CAMEL.sub(" ", element.field_name)
    return " ".join(" ".join((*texts, name)).casefold().split())


def _may_be_filled(context: _FieldContext) -> bool:
    element = context.element
    if element.input_type.casefold() in _REFUSED_TYPES or SECRET.search(context.field_text):
        return False
    if not set(element.autocomplete.casefold().split()) <= _HARMLESS_AUTOCOMPLETE:
        return False
    if PERSONAL.search(context.field_text):
        return context.is_clearly_search
    return (
        context.is_search
        or bool(FILTER.search(context.field_text))
        or element.form_method.casefold() != "post"
    )


def _text(context: _FieldContext) -> FieldValue | None:
    element = context.element
    is_editor = element.tag not in {"input", "textarea"}
    # Filters first: many are also called a search.
    if FILTER.search(context.field_text):
        return FieldValue("type", context.term, element.form_method.casefold() == "get")
    if context.is_search and not is_editor:
        return FieldValue("type", context.term, element.form_method.casefold() in {"", "get"})
    if TODO.search(context.field_text) and not element.value:
        return FieldValue(
            "type",
            sample_data.TODOS[context.times_filled % len(sample_data.TODOS)],
            element.form_method.casefold() == "",
        )
    if "filled=true" in element.state:
        return None  # what it holds is what there is to see
    if is_editor or element.tag == "textarea":
        return FieldValue("type", sample_data.PARAGRAPH)
    known = (sample_data.TEXTS[word] for word in context.field_text.split() if word in sample_data.TEXTS)
    value = next(known, None)
    return FieldValue("type", value) if value and not element.value else None


def finding_word(rows: Sequence[str]) -> str:
    """Returns the word that most of these rows, but not all, have; "" where none has."""
    counts = Counter(word.casefold() for row in rows for word in dict.fromkeys(_meaningful(row)))
    found = {word: count for word, count in counts.items() if count < len(rows)}
    return max(found, key=lambda word: found[word]) if len(rows) >= FEWEST_ROWS and found else ""


def word_of(words: Sequence[str]) -> str:
    """Returns the most frequent meaningful word; of equals the first."""
    candidates = [word for text in words for word in _meaningful(text)]
    if not candidates:
        return sample_data.SEARCH
    counts = Counter(word.casefold() for word in candidates)
    best = max(candidates, key=lambda word: counts[word.casefold()])
    return best.lower() if best.isupper() or best.istitle() else best


def _meaningful(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.casefold() not in COMMON]


def _bounds(element: Element) -> tuple[float | None, float | None, float | None]:
    """Parses minimum, maximum and step of a number, each None where it is missing."""
    minimum, maximum, step = (_parse_number(text) for text in _bound_texts(element))
    if step is None and minimum is not None and maximum is not None and "any" in element.bounds:
        step = (maximum - minimum) / 100
    return minimum, maximum, step


def _bound_texts(element: Element) -> tuple[str, str, str]:
    parts = element.bounds.split(" ") if element.bounds.count(" ") == 2 else element.bounds.split()
    first, second, third, *_ = (*parts, "", "", "")
    return first, second, third


def _parse_number(text: str) -> float | None:
    """Parses a number; None for none, and for one beyond `MAX_NUMBER`, such as Infinity."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < MAX_NUMBER else None


def _number(context: _FieldContext) -> FieldValue | None:
    low, high, step = _bounds(context.element)
    if low is None and high is None:
        return FieldValue("type", f"{sample_data.NUMBER:.12g}")
    step = step or 1.0
    if low is None or high is None:
        value = low + 2 * step if low is not None else (high or 0.0) - 2 * step
    else:
        value = _value_on_step(low, high, step, 0.4)
    return FieldValue("type", f"{value:.12g}")


def _range(context: _FieldContext) -> FieldValue | None:
    bounds = _bounds(context.element)
    low, high, step = (
        one if one is not None else other for one, other in zip(bounds, _RANGE_DEFAULTS, strict=True)
    )
    value = _value_on_step(low, high, step, sample_data.RANGE_PART)
    if _parse_number(context.element.value) == value:
        value = _value_on_step(low, high, step, sample_data.RANGE_OTHER_PART)
    return FieldValue("type", f"{value:.12g}")


def _value_on_step(low: float, high: float, step: float, fraction: float) -> float:
    """Returns the value on a step at about this fraction of the range."""
    steps = round((high - low) * fraction / step) if step > MIN_STEP else 0
    return min(high, round(low + steps * step, 6))


def _day(context: _FieldContext) -> date:
    """Chooses a day of this month, moved into the field's bounds."""
    low, high, _ = (_parse_day(text) for text in _bound_texts(context.element))
    day = sample_data.day_of(context.today, context.field_text)
    if low and day < low:
        later = low + timedelta(days=1) if low < date.max else low
        day = min(later, high) if high else later
    return min(day, high) if high else day


def _parse_day(text: str) -> date | None:
    """Parses the day in `2026-11-15`, `2026-11` or `2026-11-15T14:30`."""
    try:
        return date.fromisoformat(text[:10] if len(text) >= 10 else f"{text}-01")
    except ValueError:
        return None


def _select(context: _FieldContext) -> FieldValue | None:
    options = context.element.options
    language_options = sum(bool(LANGUAGE.search(option.casefold())) for option in options)
    if PICKER.search(context.field_text) or language_options >= 2:
        return None
    choices = [option for option in options[1:] if _is_choice(option) and option != options[0]]
    if not choices:
        return None
    numeric = all(_NUMERIC.fullmatch(option.strip()) for option in choices)
    # Of "10, 25, 50, 100 entries" the last changes most; of words the first is taken.
    return FieldValue("choose", choices[-1] if numeric else choices[0])


def _is_choice(option: str) -> bool:
    text = " ".join(option.casefold().split())
    is_empty = not re.search(r"\w", text)
    return not (is_empty or PLACEHOLDER.match(text) or DESTRUCTIVE.search(text))


def _no_value(_: _FieldContext) -> FieldValue | None:
    return None


_BY_KIND: Mapping[FieldKind, Callable[[_FieldContext], FieldValue | None]] = {
    "": _no_value,
    "text": _text,
    "search": _text,
    "number": _number,
    "date": lambda context: FieldValue("type", _day(context).isoformat()),
    "time": lambda _: FieldValue("type", sample_data.TIME),
    "month": lambda context: FieldValue("type", _day(context).isoformat()[:7]),
    "week": lambda context: FieldValue("type", sample_data.week_of(_day(context))),
    "datetime": lambda context: FieldValue("type", f"{_day(context).isoformat()}T{sample_data.TIME}"),
    "range": _range,
    "color": lambda _: FieldValue("type", sample_data.COLOUR),
    "select": _select,
}
