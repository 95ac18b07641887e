"""Composes the text of a caption: a verb, and the name of what is clicked. Pure text."""

import re
import unicodedata

from video.editing.timeline import Step

MAX_NAME_CHARS = 40
#: Reading time: a moment to begin, then some 17 characters a second: Netflix's Timed Text Style Guide allows
#: subtitles for adults 17 to 20 (partnerhelp.netflixstudios.com, "English Timed Text Style Guide", I.19).
READ_BEGIN_MS = 600.0
READ_CHAR_MS = 60.0
MAX_READ_MS = 2_600.0

#: A name that begins with one of these verbs is a caption by itself.
VERB = re.compile(
    r"(?:accept|add|allow|apply|approve|browse|cancel|choose|clear|close|collapse|compare|confirm|continue"
    r"|create|customi[sz]e|decline|deny|disable|discard|discover|dismiss|edit|enable|enter|expand|explore"
    r"|find|follow|get|go|hide|insert|invite|join|jump|keep|launch|learn|leave|log in|maximi[sz]e|meet"
    r"|minimi[sz]e|open|pause|pick|preview|read|refresh|reject|remove|rename|replay|reset|resize|restart"
    r"|save|scroll|see|select|send|show|sign|skip|start|stop|subscribe|switch|talk|toggle|try|turn|unlock"
    r"|update|upgrade|upload|view|visit|watch|zoom)\b(?!-)"
)
#: Words that are verbs or nouns: they count as verbs only with another word after them.
SOMETIMES_VERB = re.compile(
    r"(?:book|build|buy|check|contact|copy|design|download|export|filter|import|install|load|make|manage"
    r"|order|play|print|request|run|search|share|sort|test|use) \w"
)
#: Captions of names that are only these words.
SINGLE_WORDS = {
    "next": "Show the next one",
    "previous": "Show the one before",
    "prev": "Show the one before",
    "back": "Go back",
    "more": "Show more",
    "menu": "Open the menu",
    "home": "Go to the home page",
    "ok": "OK",
    "no thanks": "No thanks",
    "not now": "Not now",
    "later": "Later",
}
#: A name that is only the class of an icon.
ICON = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")
#: A count at the end of a tab's name.
COUNT = re.compile(r"\s*\(?\d+\)$")
MENU_ICONS = re.compile(r"ellipsis|kebab|hamburger|bars|menu|more")
#: A name that only describes three dots or bars, as icons are called.
MENU_ICON_WORDS = re.compile(
    r"(?=.*\b(?:dots?|ellipsis|kebab|meatballs?|hamburger)\b)(?:(?:dots?|three|ellipsis|kebab|meatballs?|hamburger|more"
    r"|vertical|horizontal|rounded|circle|outlined?|filled?|icon|alt|menu)\W*)+",
    re.IGNORECASE,
)
CLOSE_SYMBOLS = re.compile(r"^(?:[\u00d7x\u2715\u2716\u2717\u2573]|&times;)$", re.IGNORECASE)
#: What is done to a field or a thing is not opened, whatever comes of it.
ACTIONS: dict[str, tuple[str, str]] = {
    "type": ("Fill in", "Fill in a field"),
    "choose": ("Choose", "Choose another"),
    "drag": ("Drag", "Drag and drop"),
}
#: By role, then by outcome: the verb, and the caption of a control without a name.
ROLES: dict[str, tuple[str, str]] = {
    "tab": ("Show", "Show another tab"),
    "checkbox": ("Turn on", "Tick a box"),
    "switch": ("Turn on", "Flip a switch"),
    "menuitemcheckbox": ("Turn on", "Flip a switch"),
    "radio": ("Choose", "Choose another"),
    "menuitemradio": ("Choose", "Choose another"),
    "option": ("Choose", "Choose another"),
    "summary": ("Expand", "Expand the details"),
    "treeitem": ("Expand", "Expand the list"),
    "link": ("Open", "Open the next page"),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    "page": ("Open", "Open the next page"),
    "scene": ("Open", "Show more"),
    "nothing": ("Try", "Try a button"),
}


def caption(step: Step) -> str:
    """Composes the caption of a step, such as `Open Pricing`."""
    if any(map(str.isalnum, given := clean_name(step.caption))):
        return given
    if CLOSE_SYMBOLS.match(step.label.strip()):
        return "Close"
    name = clip(COUNT.sub("", clean_name(step.label)))
    if step.action == "hover":
        return f"Open the menu {name}" if any(map(str.isalnum, name)) else "Open the menu"
    done = ACTIONS.get(step.action)
    verb, unnamed = done or ROLES.get(step.role) or OUTCOMES.get(step.outcome) or OUTCOMES["page"]
    if not done and step.outcome == "page" and step.role not in ("tab", "link"):
        verb, unnamed = OUTCOMES["page"]
    if MENU_ICON_WORDS.fullmatch(name):
        return "Open the menu"
    if step.role != "link" and ICON.fullmatch(name):
        return "Open the menu" if MENU_ICONS.search(name) else unnamed
    if not any(map(str.isalnum, name)):
        return unnamed
    return SINGLE_WORDS.get(name.casefold()) or (name if _begins_with_verb(name) else f"{verb} {name}")


def reading_ms(text: str) -> float:
    """Computes the reading time of a caption."""
    return min(READ_BEGIN_MS + READ_CHAR_MS * len(text), MAX_READ_MS)


def clean_name(text: str) -> str:
    """Cleans a name: one line, without emoji, control characters, symbols at its ends and repeated words."""
    printable = (
        char if unicodedata.category(char)[0] in "LMNPZ" or char in "+$€£=<>|" else " " for char in text
    )
    words = "".join(printable).split()
    while words and not any(map(str.isalnum, words[-1])):
        words.pop()
    while words and not any(map(str.isalnum, words[0])):
        words.pop(0)
    half = len(words) // 2
    if half and [word.casefold() for word in words[:half]] == [word.casefold() for word in words[half:]]:
        words = words[:half]
    without_repeats = [
        word for last, word in zip(["", *words], words, strict=False) if last.casefold() != word.casefold()
    ]
    return " ".join(without_repeats).rstrip(":;,-\u2013\u2014\u2026 ")


def clip(name: str, chars: int = MAX_NAME_CHARS) -> str:
    """Clips a name that is too long at the end of a word."""
    if len(name) <= chars:
        return name
    composition = name[: chars - 1]
    whole, space, _ = composition.rpartition(" ")
    return (whole if space and len(whole) > chars // 2 else composition).rstrip(
        " .,:;-\u2013\u2014"
    ) + "\u2026"


def _begins_with_verb(name: str) -> bool:
    folded = name.casefold()
    return bool(VERB.match(folded) or SOMETIMES_VERB.match(folded))
