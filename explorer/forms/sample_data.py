"""Plausible sample texts, numbers and dates for form fields."""

from calendar import monthrange
from datetime import date

#: Search term where the site's own words are not known.
SEARCH = "guide"
#: Entries for to-do lists, one after the other.
TODOS = ("Plan the summer trip", "Water the plants", "Call grandma", "Book the tickets")
#: For an editor: two short sentences are typed in four seconds.
PARAGRAPH = "Hello there! This is a first note."
TIME = "14:30"
COLOUR = "#2a9d8f"
NUMBER = 3.0
#: Position to which a slider is moved, and another one if it is there already.
RANGE_PART, RANGE_OTHER_PART = 0.7, 0.3

#: Values of plain text fields, by a word of their names.
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
    """Returns a day of this month: early for the start of a period, late for its end, else in the middle."""
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
    """Formats a week as HTML does (ISO 8601)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
