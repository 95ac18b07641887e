"""Scores an element by what it is: where it stands, what it says, and what kind of control it is."""

from collections.abc import Callable

from explorer.languages.overlay_phrases import says, says_only
from explorer.planning.keyword_weights import CALL, CLOSE_SIGN, DEMOTED, NARROWS, OVERFLOW, PARTS
from explorer.types import Element
from explorer.urls import page_key

#: A score, mostly from 100 (first) to 0, and the reason for it.
Score = tuple[float, str]

#: A cookie banner lies over everything, so its answer comes first; refusing comes before accepting.
REFUSE_COOKIES, ACCEPT_COOKIES = 126, 125
#: An open dialog is shown before it is closed, and closed before what lies behind it is used.
IN_DIALOG, CLOSE_DIALOG, SETTING_IN_DIALOG = 96, 84, 40
#: Pages in the main navigation are what the site itself calls its parts; a header higher than this is one.
MAIN_PAGE, SECTION_PAGE = 82, 72
HEADER_HEIGHT_PX = 160
#: A link that the site invites to follow, one in the text, and one beside it.
CALL_PAGE, CONTENT_PAGE, ASIDE_PAGE = 74, 64, 56
#: The home page is mostly where the film began, and a footer's pages are mostly about the company.
HOME_PAGE, FOOTER_PAGE = 40, 18
#: A place on the same page is seen by scrolling, too.
FRAGMENT = 22
#: A fragment that a script answers shows something on this page, as a control does: there are mostly many.
ROUTE, ASIDE_ROUTE = 54, 50
#: A menu among the page links shows what the site has: just below a section of it.
NAVIGATION_MENU = 71
#: Controls that show something on the same page, those that show most first.
SEARCH, TAB, DISCLOSURE, MENU_ITEM = 66, 58, 55, 52
FIELD, CALL_CONTROL, SELECT, BUTTON, OTHER_CONTROL = 50, 50, 48, 42, 34
#: A tool is used after the views were shown: not on the first look inside.
TOOL, TOOL_AFTER_VIEWS, VIEWS_BEFORE_TOOLS, MODE = 51, 92, 3, 16
#: Controls that mostly change little that a viewer sees.
TOGGLE, LINK_WITHOUT_ADDRESS, OPEN_TAB, FOOTER_CONTROL = 26, 20, 14, 12
#: Three dots: what lies behind them is for those who work here.
OVERFLOW_MENU = 30
#: A box to tick that says nowhere what for: nothing that a viewer could follow.
NAMELESS_SWITCH = 2
#: The first look inside a page comes before all other pages; one that needs a scroll a little later.
INSIDE, INSIDE_BELOW = 110, 105
#: From this score on a control is worth that first look.
WORTH_A_LOOK_INSIDE = 52
#: The same on the page that the film was asked for, where that is not the front page.
WORTH_A_LOOK_AT_START = 42
#: What a film can do without, and what leads out of the page: both only when nothing else is left.
MAX_DEMOTED, MAX_DOWNLOAD = 8, 4
#: What is out of view by no more than this is a short way to scroll; a viewport is 720 px high.
NEAR_PX = 900

_MAX_QUOTED = 40
CLOSES_DIALOG = "closes the open dialog"
CHOICE_ROLES = frozenset({"checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"})


def label_of(element: Element) -> str:
    """What the element says, for comparisons."""
    return (element.label or element.text).casefold().strip()


def folder_of(url: str) -> str:
    """The folder a page lies in, which pages of one template mostly share."""
    return page_key(url).rpartition("/")[0]


def kind_of(element: Element) -> str:
    """The kind of control that an element is, for success rates and counts."""
    if element.href:
        return f"link {element.landmark}"
    parts = (
        element.fills or element.role or element.tag,
        element.landmark,
        "opens" if element.reveals else "",
    )
    return " ".join(filter(None, parts))


def refuses_cookies(label: str) -> bool:
    return says("reject", label) or says("necessary", label)


def accepts_cookies(element: Element) -> bool:
    """Whether this accepts all cookies, if it belongs to a cookie banner."""
    label = label_of(element)
    agrees = (says("accept", label) or says_only("fine", label)) and not says("manage", label)
    return not element.href and agrees and not refuses_cookies(label)


def obstacle_score(element: Element, cookie_banner: bool) -> Score | None:
    """The score of an answer to a cookie banner, and of what belongs to an open dialog."""
    label = label_of(element)
    if cookie_banner and not element.href and refuses_cookies(label):
        return REFUSE_COOKIES, "cookie banner, only what is necessary"
    if cookie_banner and accepts_cookies(element):
        return ACCEPT_COOKIES, "cookie banner, accept"
    if element.landmark != "dialog":
        return None
    if element.role in CHOICE_ROLES or element.fills not in {"", "text", "search"}:
        return SETTING_IN_DIALOG, "setting in the open dialog"
    return (CLOSE_DIALOG, CLOSES_DIALOG) if closes_dialog(element) else (IN_DIALOG, "inside the open dialog")


def closes_dialog(element: Element) -> bool:
    """Whether it closes the open dialog that it is part of; a cross without a name is told by its hint."""
    label = label_of(element) or element.hint.casefold()
    says_so = says_only("close", label) or says("later", label) or CLOSE_SIGN.search(label)
    return element.landmark == "dialog" and bool(says_so)


def page_score(element: Element) -> Score:
    """The score of an unseen page, by where the link to it stands."""
    if element.landmark == "footer":
        return FOOTER_PAGE, "footer, unseen page"
    if "/" not in page_key(element.href):
        return HOME_PAGE, "home page"
    if element.landmark == "nav" or (element.landmark == "header" and element.box.y < HEADER_HEIGHT_PX):
        if folder_of(element.href).count("/") > 0:
            return SECTION_PAGE, "section navigation, unseen page"
        return MAIN_PAGE, "main navigation, unseen page"
    if element.in_view and CALL.search(label_of(element)) and element.landmark in {"main", "header", ""}:
        return CALL_PAGE, "call to action, unseen page"
    if element.landmark == "aside":
        return ASIDE_PAGE, "side column, unseen page"
    return CONTENT_PAGE, "content, unseen page"


def fragment_score(element: Element) -> Score:
    """The score of a link to this very page: to a place on it, or to what a script shows in answer."""
    if not element.route:
        return FRAGMENT, "place on this page"
    if element.landmark == "footer":
        return FOOTER_CONTROL, "shown by script, footer"
    return (ASIDE_ROUTE if element.landmark == "aside" else ROUTE), "shown by script"


def control_score(element: Element, look_inside: bool, least: float = WORTH_A_LOOK_INSIDE) -> Score:
    """The score of a control by its kind; `look_inside` puts one of the page's content first.

    That is one with a score of `least` and more.
    """
    score, reason = next(((s, why) for applies, s, why in _CONTROLS if applies(element)), _OTHER)
    near = element.in_view or abs(element.box.y) < NEAR_PX
    if look_inside and near and element.landmark in {"main", ""} and score >= least:
        return INSIDE if element.in_view else INSIDE_BELOW, f"{reason} inside the page,"
    return score, reason


def is_view(element: Element) -> bool:
    """Whether it switches to another view of the page, opens a part of it, or is called as one."""
    is_part = not (element.href or element.fills) and PARTS.search(label_of(element)) is not None
    return element.strip == "other" or element.reveals or element.role == "tab" or is_part


def is_nameless_switch(element: Element) -> bool:
    """Whether it is a box to tick, or such a thing, that says nowhere what for."""
    return element.role in CHOICE_ROLES and not label_of(element)


def quoted(element: Element) -> str:
    """What it is called, in quotation marks, for reasons."""
    name = " ".join((element.label or element.text or element.hint or element.role).split())
    return f'"{name if len(name) <= _MAX_QUOTED else name[: _MAX_QUOTED - 1] + "…"}"'


def narrows(element: Element) -> bool:
    """Whether it sorts or filters what is listed on the page."""
    return bool(element.fills) and NARROWS.search(label_of(element)) is not None


def demotion(element: Element) -> Score | None:
    """The highest score of what a film can do without, and why; None for everything else."""
    label = label_of(element)
    found = next((name for name, pattern in DEMOTED if pattern.search(label)), None)
    if (found == "closing word" and element.href) or (found == "sorting" and element.fills):
        found = None  # a page called Done is one, and a list of orders is no heading of a table
    # A button that says "next" is a step of something on this page.
    if found and not (found == "pagination" and not element.href and says("next", label)):
        return MAX_DEMOTED, found
    if element.download:
        return MAX_DOWNLOAD, "download"
    return (MAX_DOWNLOAD, "form") if element.form_action else None


#: The first that applies counts.
_CONTROLS: tuple[tuple[Callable[[Element], bool], float, str], ...] = (
    (lambda e: e.landmark == "footer", FOOTER_CONTROL, "control in the footer"),
    (lambda e: e.use == "mode", MODE, "tool that shows nothing by itself"),
    (lambda e: bool(e.use), TOOL, "tool to be used"),
    (lambda e: e.fills == "search", SEARCH, "search"),
    (lambda e: e.fills == "select", SELECT, "choice"),
    (lambda e: e.fills == "color", TOGGLE, "field for a colour"),
    (lambda e: bool(e.fills), FIELD, "field"),
    (lambda e: e.role == "tab" and e.reveals, TAB, "tab"),
    (lambda e: e.strip == "other", TAB, "view of a strip"),
    (lambda e: e.role == "tab" or e.strip == "shown", OPEN_TAB, "tab that is open already"),
    (lambda e: OVERFLOW.fullmatch(label_of(e)) is not None, OVERFLOW_MENU, "menu of further actions"),
    (lambda e: e.reveals and e.landmark == "nav", NAVIGATION_MENU, "menu among the page links"),
    (lambda e: e.reveals, DISCLOSURE, "opens something"),
    (lambda e: e.role in {"menuitem", "treeitem"}, MENU_ITEM, "menu item"),
    (lambda e: is_nameless_switch(e), NAMELESS_SWITCH, "switch without a name"),
    (lambda e: e.role in CHOICE_ROLES, TOGGLE, "switch"),
    (
        lambda e: e.role == "link" and not says("next", label_of(e)),
        LINK_WITHOUT_ADDRESS,
        "link without an address",
    ),
    (lambda e: bool(CALL.search(label_of(e))), CALL_CONTROL, "call to action"),
    (lambda e: e.role in {"button", "option", "link"}, BUTTON, "button"),
)
_OTHER: Score = (OTHER_CONTROL, "control")
