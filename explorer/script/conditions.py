"""Checks what a step waits for or asserts: elements, texts, addresses, and expressions in the page."""

import asyncio
from collections.abc import Callable
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.script.arguments import AssertArgs, WaitArgs, alternatives
from explorer.script.progress import StepError
from explorer.script.resolver import NotFound, count_all, find_one, handles_of

#: No expression runs longer.
EXPRESSION_LIMIT_S = 1.0
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": lambda found, wanted: found >= wanted,
    "==": lambda found, wanted: found == wanted,
    "<=": lambda found, wanted: found <= wanted,
}
_HAS = """
(el, {properties, attributes}) => {
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const holds = (object, wanted) => Object.entries(wanted).every(([name, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? object[name] != null && holds(object[name], value) : same(object[name], value));
  return holds(el, properties ?? {})
    && Object.entries(attributes ?? {}).every(([name, value]) => el.getAttribute(name) === value);
}
"""


async def unmet_wait(page: Page, args: WaitArgs) -> str:
    """Why what is waited for does not hold yet; "" when it does. Raises StepError."""
    if args.expression is not None and not await _evaluate(page, args.expression):
        return "its expression is not true"
    if args.target is None:
        return ""
    names = alternatives(args.target)
    if args.state == "detached":
        attached = args.model_copy(update={"state": "attached", "expression": None})
        return "" if await unmet_wait(page, attached) else f"{names[0]!r} still fits"
    if args.properties or args.attributes:
        handles = await handles_of(page, names)
        wanted = {"properties": args.properties, "attributes": args.attributes}
        fitting = [await one.evaluate(_HAS, wanted) for one in handles]
        unmet = _unmet_count(len(handles), args, args.state)
        return unmet or ("" if all(fitting) else f"{names[0]!r} has other properties")
    if args.count is not None:
        return _unmet_count(await count_all(page, names, visible=args.state == "visible"), args, args.state)
    match args.state:
        case "visible":
            return "" if await _is_there(page, names) else f"nothing visible fits {names[0]!r}"
        case "hidden":
            return f"{names[0]!r} is still visible" if await _is_there(page, names) else ""
        case _:
            return "" if await handles_of(page, names) else f"nothing fits {names[0]!r}"


async def unmet_assertion(page: Page, args: AssertArgs) -> str:
    """Why what is asserted does not hold; "" when it does."""
    if args.visible is not None and not await _is_there(page, alternatives(args.visible)):
        return f"nothing visible fits {alternatives(args.visible)[0]!r}"
    if args.hidden is not None and await _is_there(page, alternatives(args.hidden)):
        return f"{alternatives(args.hidden)[0]!r} is visible"
    if args.url is not None and args.url not in page.url:
        return f"the address is {page.url}, and does not contain {args.url!r}"
    if args.text is not None and not await page.get_by_text(args.text).filter(visible=True).count():
        return f"the page does not show {args.text!r}"
    if args.count is not None:
        found = await count_all(page, alternatives(args.count.target))
        if found != args.count.equals:
            return f"{alternatives(args.count.target)[0]!r} fits {found} elements, not {args.count.equals}"
    return ""


async def _is_there(page: Page, names: tuple[str, ...]) -> bool:
    try:
        await find_one(page, names)
    except NotFound as exc:
        return exc.ambiguous
    return True


def _unmet_count(found: int, args: WaitArgs, kind: str) -> str:
    wanted = 1 if args.count is None else args.count
    operator = ">=" if args.count is None else args.operator
    if _COMPARE[operator](found, wanted):
        return ""
    assert args.target is not None
    return f"{alternatives(args.target)[0]!r} fits {found} elements ({kind}), and not {operator} {wanted}"


async def _evaluate(page: Page, expression: str) -> Any:
    """The value of an expression in the page. Raises StepError for one that fails or runs too long."""
    try:
        async with asyncio.timeout(EXPRESSION_LIMIT_S):
            return await page.evaluate(expression)
    except TimeoutError as exc:
        raise StepError(f"its expression ran longer than {EXPRESSION_LIMIT_S:g} s", retryable=False) from exc
    except PlaywrightError as exc:
        if "navigation" in str(exc) or "context was destroyed" in str(exc):
            return False
        raise StepError(f"its expression failed: {str(exc).splitlines()[0]}", retryable=False) from exc
