"""Plausible texts, numbers and dates for fields that a film fills in."""

from calendar import monthrange
from datetime import date

#: For a search where the site's own words are not known.
SEARCH = "guide"
#: One after the other, for a list that grows.
TODOS = ("Plan the summer trip", "Water the plants", "Call grandma", "Book the tickets")
#: For an editor: two short sentences are typed in four seconds.
PARAGRAPH = "Hello there! This is a first note."
TIME = "14:30"
COLOUR = "#2a9d8f"
NUMBER = 3.0
#: How far a slider is pushed; and where, if it stands there already.
RANGE_PART, RANGE_OTHER_PART = 0.7, 0.3

#: Plain fields with a purpose that can be told from a word in them.
TEXTS: dict[str, str] = {
    "title": "A fresh start",
    "headline": "A fresh start",
    "city": "Lisbon",
    "tag": "ideas",
    "tags": "ideas",
    "topic": "Spring",
    "text": "Hello world",
    "prompt": "A quiet harbour at dawn",
}


def day_of(today: date, label: str) -> date:
    """A day of this month: early where a span begins, late where it ends, else in its middle."""
    words = set(label.split())
    if words & {
        "from",
        "start",
        "begin",
        "since",
        "after",
        "von",
        "ab",
        "du",
        "début",
        "desde",
        "dal",
        "van",
    }:
        return today.replace(day=6)
    if words & {"to", "end", "until", "before", "bis", "au", "fin", "hasta", "al", "até", "tot", "do"}:
        return today.replace(day=min(24, monthrange(today.year, today.month)[1]))
    return today.replace(day=18 if today.day == 15 else 15)


def week_of(day: date) -> str:
    """As HTML writes weeks (ISO 8601)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
