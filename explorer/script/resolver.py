"""Finds the one visible element that a target of a script names, on the page as it is now."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.async_api import ElementHandle, Frame, Locator, Page
from playwright.async_api import Error as PlaywrightError

from explorer.page.discovery import describe, elements_of
from explorer.page.frames import collect_elements, selector_of
from explorer.script.targets import Part, Target, parse_target, quoted
from explorer.types import Element

#: Of larger pages the rest is found by its text or by a selector only.
MAX_ELEMENTS = 2_000
#: An error names so many of the elements that a target fits.
MAX_CANDIDATES = 5
#: Roles that plain words name within a part of the page.
_USABLE = (
    *("button", "link", "tab", "menuitem", "checkbox", "radio", "switch", "textbox", "searchbox"),
    *("combobox", "option", "slider", "spinbutton", "treeitem"),
)


#: The control that an element is a part of, or else the nearest one without aria-hidden.
_CONTROL_AROUND = """
(el) => {
  const tags = "a[href] button summary label input select textarea";
  const roles = "button link tab menuitem menuitemcheckbox menuitemradio option checkbox radio switch";
  const controls = [...tags.split(" "), ...roles.split(" ").map((role) => `[role=${role}]`)].join();
  const around = (e) => e.parentElement ?? e.getRootNode().host ?? null;
  for (let e = el; e; e = around(e)) if (e.matches(controls)) return e;
  let shown = el;
  for (let e = el; e; e = around(e)) if (e.getAttribute("aria-hidden") === "true") shown = around(e) ?? shown;
  return shown;
}
"""


@dataclass(frozen=True, slots=True)
class Match:
    """An element that was found: its selector from the page on, and what it is; None for what is hidden."""

    selector: str
    element: Element | None
    #: What was named within it, if that is not the element itself.
    inner: str = ""


class NotFound(Exception):
    """No element, or several, fit the target: the text says which; `first` is the first of several."""

    def __init__(self, message: str, *, ambiguous: bool = False, first: ElementHandle | None = None) -> None:
        super().__init__(message)
        self.ambiguous = ambiguous
        self.first = first


async def find_one(page: Page, alternatives: Sequence[str], *, recorded: bool = False) -> Match:
    """The element of the first alternative that fits exactly one visible element.

    Where each fits several, a recorded target is the first of them, if that is the same one for all.

    Raises NotFound with what was wrong with the first of them.
    """
    first: NotFound | None = None
    firsts: list[ElementHandle] = []
    for text in alternatives:
        try:
            return await _find(page, parse_target(text))
        except NotFound as exc:
            first = first or exc
            firsts += [exc.first] if exc.first else []
        except PlaywrightError as exc:
            if "selector" not in str(exc) and "Unexpected token" not in str(exc):
                raise
            first = first or NotFound(f"{text!r} is no valid selector")
    assert first is not None
    if recorded and firsts and await _are_one(firsts):
        selector = await selector_of(firsts[0])
        return Match(selector, await describe(page, selector))
    raise first


async def control_around(page: Page, match: Match) -> Match:
    """The control around what was recorded: Chrome names the innermost element, such as an icon's path."""
    handles = await page.locator(match.selector).element_handles()
    if len(handles) != 1:
        return match
    control = (await handles[0].evaluate_handle(_CONTROL_AROUND)).as_element()
    selector = await selector_of(control) if control else match.selector
    if selector == match.selector:
        return match
    return Match(selector, await describe(page, selector), match.selector)


async def _are_one(handles: Sequence[ElementHandle]) -> bool:
    try:
        return all([await handles[0].evaluate("(one, other) => one === other", other) for other in handles])
    except PlaywrightError:
        return False  # they are in different frames


async def count_all(page: Page, alternatives: Sequence[str], *, visible: bool = True) -> int:
    """How many elements the first alternative fits that fits any."""
    for text in alternatives:
        scope, part, nth = await _scope(page, parse_target(text))
        for locator in _locators(scope, part):
            found = locator.filter(visible=True) if visible else locator
            if count := await found.count():
                return 1 if nth is not None else count
    return 0


async def handles_of(page: Page, alternatives: Sequence[str]) -> list[ElementHandle]:
    """All elements, also hidden ones, of the first alternative that fits any."""
    for text in alternatives:
        scope, part, _ = await _scope(page, parse_target(text))
        for locator in _locators(scope, part):
            if handles := await locator.element_handles():
                return handles
    return []


async def _find(page: Page, target: Target) -> Match:
    if target.parts[0].engine == "words":
        nth = int(target.parts[1].value) if len(target.parts) > 1 else None
        return await _find_by_words(page, target, nth)
    scope, part, nth = await _scope(page, target)
    scopes: list[Frame | Locator] = [scope]
    if scope is page.main_frame:
        scopes += [frame for frame in page.frames if frame is not page.main_frame]
    for one in scopes:
        for locator in _locators(one, part):
            if handles := await locator.filter(visible=True).element_handles():
                return await _only(page, target, handles, nth)
    raise NotFound(f"{target.text!r} fits nothing that is visible")


async def _find_by_words(page: Page, target: Target, nth: int | None) -> Match:
    """Usable elements by their names, and then whatever shows the words."""
    words = _folded(target.parts[0].value)
    usable = elements_of((found := await collect_elements(page, MAX_ELEMENTS)).found + found.covered)
    for chosen in _by_name(usable, words):
        chosen = chosen if nth is not None else _without_twins(chosen)
        if len(chosen) == 1 or nth is not None:
            number = nth or 0
            if not -len(chosen) <= number < len(chosen):
                raise NotFound(f"{target.text!r} fits {len(chosen)} elements only")
            return Match(chosen[number].selector, chosen[number])
        raise NotFound(_told(target, chosen), ambiguous=True)
    for frame in page.frames:
        for locator in _locators(frame, Part("text", target.parts[0].value)):
            if handles := await locator.filter(visible=True).element_handles():
                return await _only(page, target, handles, nth)
    raise NotFound(f"nothing visible is called {target.parts[0].value!r}")


def _by_name(elements: Sequence[Element], words: str) -> Iterator[list[Element]]:
    """Those that a person would mean, best first: exact before contained, names before texts."""
    for fits in (str.__eq__, str.__contains__):
        for names in (("label", "aria_label"), ("placeholder",), ("text", "title")):
            chosen = [
                element
                for element in elements
                if any(fits(_folded(getattr(element, name)), words) for name in names)
            ]
            if chosen:
                yield chosen


def _without_twins(elements: Sequence[Element]) -> list[Element]:
    """Of links with the same words to the same address, as in menu and footer, the first in view counts."""
    kept: dict[tuple[str, str], Element] = {}
    for number, element in enumerate(elements):
        twin = (_folded(element.label or element.text), element.href or f"no link {number}")
        if twin not in kept or (element.in_view and not kept[twin].in_view):
            kept[twin] = element
    return list(kept.values())


async def _scope(page: Page, target: Target) -> tuple[Frame | Locator, Part, int | None]:
    """Where the last part of a path is searched, that part, and which of what it fits."""
    parts = list(target.parts)
    nth = int(parts.pop().value) if parts[-1].engine == "nth" else None
    scope: Frame | Locator = page.main_frame
    for part in parts[:-1]:
        scope = await _enter(scope, part, target)
    return scope, parts[-1], nth


async def _enter(scope: Frame | Locator, part: Part, target: Target) -> Frame | Locator:
    if part.engine == "frame":
        if not isinstance(scope, Frame):
            raise NotFound(f"in {target.text!r}, frame= may only follow a frame")
        if not part.value[0].isdigit():  # by its address; without such a frame, a window is shown in the page
            return next((one for one in scope.page.frames if one.url == part.value), scope)
        for number in map(int, part.value.split(".")):
            if number >= len(scope.child_frames):
                raise NotFound(f"{target.text!r}: there is no frame {part.value}")
            scope = scope.child_frames[number]
        return scope
    if part.engine == "nth":
        assert isinstance(scope, Locator)
        return scope.nth(int(part.value))
    for locator in _locators(scope, part):
        if not await locator.count():
            continue
        handle = await locator.first.element_handle()
        frame = await handle.content_frame()
        return frame or locator
    raise NotFound(f"{target.text!r}: {part.value!r} is not there")


def _locators(scope: Frame | Locator, part: Part) -> list[Locator]:
    """What a part fits, exact before contained; upper and lower case are alike."""
    exact = re.compile(rf"^\s*{re.escape(part.value)}\s*$", re.IGNORECASE)
    match part.engine:
        case "css" | "xpath":
            return [scope.locator(f"{part.engine}={part.value}")]
        case "testid":
            return [scope.locator(f"css=[data-testid={_css_string(part.value)}]")]
        case "role" if not part.value:
            return [scope.get_by_role(part.role)]  # type: ignore[arg-type]
        case "role":
            return [scope.get_by_role(part.role, name=name) for name in (exact, part.value)]  # type: ignore[arg-type]
        case "aria" if part.role:
            name = exact if part.value else None
            return [scope.get_by_role(part.role, name=name)]  # type: ignore[arg-type]
        case "label":
            return [scope.get_by_label(name) for name in (exact, part.value)]
        case "text":
            return [scope.get_by_text(name) for name in (exact, part.value)]
    by_role = [scope.get_by_role(role, name=exact) for role in _USABLE]  # type: ignore[arg-type]
    whole = by_role[0]
    for locator in by_role[1:]:
        whole = whole.or_(locator)
    others = [scope.get_by_placeholder(exact), scope.get_by_alt_text(exact), scope.get_by_title(exact)]
    return [
        whole,
        scope.get_by_label(exact),
        *others,
        scope.get_by_text(exact),
        scope.get_by_text(part.value),
    ]


async def _only(page: Page, target: Target, handles: Sequence[ElementHandle], nth: int | None) -> Match:
    if nth is not None:
        if not -len(handles) <= nth < len(handles):
            raise NotFound(f"{target.text!r} fits {len(handles)} elements only")
        handles = [handles[nth]]
    if len(handles) == 1:
        selector = await selector_of(handles[0])
        return Match(selector, await describe(page, selector))
    described = [await describe(page, await selector_of(one)) for one in handles[:MAX_CANDIDATES]]
    found = [one for one in described if one]
    if len(found) == len(handles) and len(alone := _without_twins(found)) == 1:
        return Match(alone[0].selector, alone[0])
    raise NotFound(_told(target, found, len(handles)), ambiguous=True, first=handles[0])


def _told(target: Target, found: Sequence[Element], count: int = 0) -> str:
    """Why a target that fits several is none, with what to say instead."""
    names = ", ".join(map(_named, found[:MAX_CANDIDATES]))
    count = count or len(found)
    more = ", …" if count > len(found[:MAX_CANDIDATES]) else ""
    first = found[0] if found else None
    better = f"role={first.role}[name={quoted(first.label)}]" if first and first.role and first.label else ""
    by_number = f"{better or target.text} >> nth=0"
    return f"{target.text!r} fits {count} elements: {names}{more}; say {by_number}"


def _named(element: Element) -> str:
    place = f" in the {element.landmark}" if element.landmark else ""
    return f"{element.role or element.tag} {element.label or element.text!r}{place}"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _css_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
