"""A page's structure in one line, so that a click that changed something is told from one that did not."""

from playwright.async_api import Page

#: Visible text with digits folded (clocks and counters make no scenes), plus every state a control shows.
SIGNATURE = r"""
() => {
  const text = (document.body?.innerText ?? "").replace(/\d+/g, "0").replace(/\s+/g, " ").slice(0, 20000);
  const states = [...document.querySelectorAll(
    "[aria-expanded],[aria-selected],[aria-pressed],[aria-checked],[aria-hidden],dialog,details,[role=dialog]")]
    .map((e) => [e.tagName, e.getAttribute("aria-expanded"), e.getAttribute("aria-selected"),
      e.getAttribute("aria-pressed"), e.getAttribute("aria-checked"), e.getAttribute("aria-hidden"),
      e.hasAttribute("open")].join());
  const checked = [...document.querySelectorAll("input")].map((e) => Number(e.checked)).join("");
  let hash = 5381;
  const all = text + "|" + states.join(";") + "|" + checked + "|" + document.documentElement?.className;
  for (let i = 0; i < all.length; i++) hash = ((hash * 33) ^ all.charCodeAt(i)) >>> 0;
  return hash.toString(16);
}
"""


async def signature(page: Page) -> str:
    """A hash in hexadecimal that stays the same while a viewer would say that nothing happened."""
    value: str = await page.evaluate(SIGNATURE)
    return value
