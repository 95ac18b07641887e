"""Masks parts of the page in all pictures of it: they are filled with black from their first picture on."""

import json
from collections.abc import Iterable

from explorer.script.arguments import alternatives
from explorer.script.targets import Part, parse_target

#: Applies to each document and open shadow root before anything of it is painted. Filled and not blurred:
#: what is blurred can be read again.
_FILL = "background: #000 !important; filter: brightness(0) !important;"
_SCRIPT = """
(() => {
  const sheet = new CSSStyleSheet();
  for (const selector of %s) {
    try { sheet.insertRule(`${selector} { %s }`); } catch { /* not understood here */ }
  }
  const own = (root) => {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  own(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (...args) {
    const root = attach.apply(this, args);
    own(root);
    return root;
  };
})();
"""


def mask_script(targets: Iterable[str | list[str]]) -> str:
    """The script that fills these targets on every page, before its own scripts run."""
    selectors = [selector_of(one) for target in targets for one in alternatives(target)]
    return _SCRIPT % (json.dumps(selectors), _FILL)


def check_mask(target: str | list[str]) -> str | list[str]:
    """Validates a target of `mask`. Raises ValueError."""
    for one in alternatives(target):
        selector_of(one)
    return target


def selector_of(target: str) -> str:
    """The CSS selector of a target. Raises ValueError for one that only a search could find."""
    parts = parse_target(target).parts
    if len(parts) != 1 or parts[0].engine not in {"css", "testid"}:
        raise ValueError(f"a mask is css= or testid=, so that it fits before anything is painted: {target!r}")
    return _css(parts[0])


def _css(part: Part) -> str:
    return part.value if part.engine == "css" else f"[data-testid={json.dumps(part.value)}]"
