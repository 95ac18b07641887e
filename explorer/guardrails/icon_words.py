"""Recognizes icons that mean an action, by the names that icon sets give them."""

import re

from explorer.languages.normalization import words_of

#: Mean an action everywhere, unless a word beside them says something else.
_ALWAYS = (
    r"trash(?: can| alt)?|bin|off|delete(?: forever| sweep)?|power(?: off| settings new)?|poweroff|shutdown"
    r"|recycle bin|garbage|dustbin"
    # Ways out: Font Awesome, Bootstrap, Material, Tabler, Lucide, Remix, Ionicons, Phosphor, Carbon, Ant.
    r"|(?:log|sign) ?(?:out|off)|exit(?: to app| outline| run)?"
    r"|(?:arrow )?right from (?:bracket|line|rectangle)|arrow right from (?:bracket|line|rectangle|square)"
    r"|box arrow (?:in )?(?:left|right)|door(?: open| exit)|leave"
    r"|arrow (?:left|right) (?:on |start on |start )?(?:on )?rectangle"
    r"|user (?:switch|arrows?|swap)|switch account|account (?:switch|arrow right|cancel)"
)
#: Mean an action only where nothing else names the control.
_ICON_ONLY = (
    r"remove|eraser?|(?:b )?drop|truncate"
    r"|save|floppy(?: disk)?|send|paper ?plane|upload|cloud upload|restart|reboot"
    r"|stop(?: circle)?"
    r"|archive|box archive|ban|block|thumbs? ?(?:up|down)|publish|rocket(?: launch)?"
    r"|duplicate|clone|content copy|merge|git merge|toggle (?:on|off)|lock(?: open)?|unlock|gavel|pin"
    r"|push pin"
    r"|thumbtack|flag|bookmark|star|favorite|heart|user (?:minus|x|remove|plus)|person (?:remove|add)"
    r"|link ?off|unlink|plug"
)
_ICONS = re.compile(rf"(?<!\S)(?:{_ALWAYS})(?!\S)")
_ICONS_ALONE = re.compile(rf"(?<!\S)(?:{_ALWAYS}|{_ICON_ONLY})(?!\S)")


def find_icon_action(icon: str, alone: bool) -> str | None:
    """Finds the words by which an icon means an action; `alone` when nothing else names the control."""
    found = (_ICONS_ALONE if alone else _ICONS).search(words_of(icon))
    return found.group() if found else None
