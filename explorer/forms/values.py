"""What a field is filled with so that something shows, or that it is left alone: pure, no browser."""

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
#: HTML's autofill names; all but `on` and `off` are about a person.
_HARMLESS_AUTOCOMPLETE = frozenset({"", "on", "off", "false", "none", "nope", "list", "both", "inline"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\[\].:]+|(?<=[a-z])-(?=[a-z])")
#: Japanese and Chinese write two signs where others need a word of three letters.
_WORD = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2,8}|[^\W\d_]{3,}")
_NUMERIC = re.compile(r"-?\d+(?:[.,]\d+)?")
#: Steps that HTML takes where none is said, for ranges without bounds as well.
_RANGE = (0.0, 100.0, 1.0)
REASONABLE, LEAST_STEP = 1e15, 1e-9


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What is typed or chosen; `submit` says that Enter follows."""

    action: Literal["type", "choose"]
    value: str
    submit: bool = False


@dataclass(frozen=True, slots=True)
class _Ask:
    """A field with all that its value may depend on; `said` is its words, casefolded."""

    element: Element
    words: Sequence[str]
    today: date
    said: str
    again: int = 0

    @property
    def begins_as_search(self) -> bool:
        """Whether it is one beyond doubt: "Search by name" is, "Your name, to find you" is not."""
        element = self.element
        texts = (element.label, element.aria_label, element.placeholder, element.field_name)
        return (
            element.fills == "search"
            or element.role == "searchbox"
            or any(SEARCH.match(text.casefold()) or FILTER.match(text.casefold()) for text in texts)
        )

    @property
    def searches(self) -> bool:
        alone = self.element.field_name.casefold() in {"s", "term", "terms"}
        return self.begins_as_search or alone or bool(SEARCH.search(self.said))


def filling(
    element: Element, words: Sequence[str], today: date | None = None, again: int = 0
) -> FieldValue | None:
    """What `element` is filled with, or None for what is no field or must not be filled.

    `words` are the site's own, such as its headings and the labels of its navigation: one of them is searched
    for. `today` says in which month dates lie. Only what is searched for, and new entries of lists that
    belong to no form, are submitted. `again` counts how often it was filled before: only lists get more.
    """
    ask = _Ask(element, words, today or date.today(), _said(element), again)
    if element.fills == "" or not _may_be_filled(ask):
        return None
    if again and not TODO.search(ask.said):
        return None
    return _BY_KIND[element.fills](ask)


def _said(element: Element) -> str:
    texts = (element.label, element.aria_label, element.placeholder, element.title, element.text)
    name = _CAMEL.sub(" ", element.field_name)
    return " ".join(" ".join((*texts, name)).casefold().split())


def _may_be_filled(ask: _Ask) -> bool:
    element = ask.element
    if element.input_type.casefold() in _REFUSED_TYPES or SECRET.search(ask.said):
        return False
    if not set(element.autocomplete.casefold().split()) <= _HARMLESS_AUTOCOMPLETE:
        return False
    if PERSONAL.search(ask.said):
        return ask.begins_as_search
    return ask.searches or bool(FILTER.search(ask.said)) or element.form_method.casefold() != "post"


def _text(ask: _Ask) -> FieldValue | None:
    element = ask.element
    is_editor = element.tag not in {"input", "textarea"}
    # "Filter" is looked for first: many a filter is also called a search.
    if FILTER.search(ask.said):
        return FieldValue("type", word_of(ask.words), element.form_method.casefold() == "get")
    if ask.searches and not is_editor:
        return FieldValue("type", word_of(ask.words), element.form_method.casefold() in {"", "get"})
    if TODO.search(ask.said) and not element.value:
        return FieldValue(
            "type",
            sample_data.TODOS[ask.again % len(sample_data.TODOS)],
            element.form_method.casefold() == "",
        )
    if is_editor or element.tag == "textarea":
        return FieldValue("type", sample_data.PARAGRAPH)
    known = (sample_data.TEXTS[word] for word in ask.said.split() if word in sample_data.TEXTS)
    value = next(known, None)
    return FieldValue("type", value) if value and not element.value else None


def word_of(words: Sequence[str]) -> str:
    """The most frequent word that says something; of equals the first."""
    said = [word for text in words for word in _meaningful(text)]
    if not said:
        return sample_data.SEARCH
    counts = Counter(word.casefold() for word in said)
    best = max(said, key=lambda word: counts[word.casefold()])
    return best.lower() if best.isupper() or best.istitle() else best


def _meaningful(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.casefold() not in COMMON]


def _bounds(element: Element) -> tuple[float | None, float | None, float | None]:
    """Minimum, maximum and step of a number, each None where it is not said."""
    minimum, maximum, step = (_number_in(text) for text in _limits(element))
    if step is None and minimum is not None and maximum is not None and "any" in element.bounds:
        step = (maximum - minimum) / 100
    return minimum, maximum, step


def _limits(element: Element) -> tuple[str, str, str]:
    parts = element.bounds.split(" ") if element.bounds.count(" ") == 2 else element.bounds.split()
    first, second, third, *_ = (*parts, "", "", "")
    return first, second, third


def _number_in(text: str) -> float | None:
    """A number as pages give them; what is beyond all reason, such as Infinity, is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < REASONABLE else None


def _number(ask: _Ask) -> FieldValue | None:
    low, high, step = _bounds(ask.element)
    if low is None and high is None:
        return FieldValue("type", f"{sample_data.NUMBER:.12g}")
    step = step or 1.0
    if low is None or high is None:
        value = low + 2 * step if low is not None else (high or 0.0) - 2 * step
    else:
        value = _stepped(low, high, step, 0.4)
    return FieldValue("type", f"{value:.12g}")


def _range(ask: _Ask) -> FieldValue | None:
    said = _bounds(ask.element)
    low, high, step = (one if one is not None else other for one, other in zip(said, _RANGE, strict=True))
    value = _stepped(low, high, step, sample_data.RANGE_PART)
    if _number_in(ask.element.value) == value:
        value = _stepped(low, high, step, sample_data.RANGE_OTHER_PART)
    return FieldValue("type", f"{value:.12g}")


def _stepped(low: float, high: float, step: float, part: float) -> float:
    """The value on a step at about this part of the way."""
    steps = round((high - low) * part / step) if step > LEAST_STEP else 0
    return min(high, round(low + steps * step, 6))


def _day(ask: _Ask) -> date:
    """A day of this month, moved into what the field allows."""
    low, high, _ = (_day_in(text) for text in _limits(ask.element))
    day = sample_data.day_of(ask.today, ask.said)
    if low and day < low:
        later = low + timedelta(days=1) if low < date.max else low
        day = min(later, high) if high else later
    return min(day, high) if high else day


def _day_in(text: str) -> date | None:
    """The day in `2026-11-15`, `2026-11` or `2026-11-15T14:30`."""
    try:
        return date.fromisoformat(text[:10] if len(text) >= 10 else f"{text}-01")
    except ValueError:
        return None


def _select(ask: _Ask) -> FieldValue | None:
    options = ask.element.options
    foreign = sum(bool(LANGUAGE.search(option.casefold())) for option in options)
    if PICKER.search(ask.said) or foreign >= 2:
        return None
    choices = [option for option in options[1:] if _is_choice(option) and option != options[0]]
    if not choices:
        return None
    numeric = all(_NUMERIC.fullmatch(option.strip()) for option in choices)
    # Of "10, 25, 50, 100 entries" the last changes most; of words the next is as good as any.
    return FieldValue("choose", choices[-1] if numeric else choices[0])


def _is_choice(option: str) -> bool:
    said = " ".join(option.casefold().split())
    empty = not re.search(r"\w", said)
    return not (empty or PLACEHOLDER.match(said) or DESTRUCTIVE.search(said))


def _no_field(_: _Ask) -> FieldValue | None:
    return None


_BY_KIND: Mapping[FieldKind, Callable[[_Ask], FieldValue | None]] = {
    "": _no_field,
    "text": _text,
    "search": _text,
    "number": _number,
    "date": lambda ask: FieldValue("type", _day(ask).isoformat()),
    "time": lambda _: FieldValue("type", sample_data.TIME),
    "month": lambda ask: FieldValue("type", _day(ask).isoformat()[:7]),
    "week": lambda ask: FieldValue("type", sample_data.week_of(_day(ask))),
    "datetime": lambda ask: FieldValue("type", f"{_day(ask).isoformat()}T{sample_data.TIME}"),
    "range": _range,
    "color": lambda _: FieldValue("type", sample_data.COLOUR),
    "select": _select,
}
