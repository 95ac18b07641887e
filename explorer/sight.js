// Part 1 of what runs inside the page: where things are, and what a click there really hits.
// Lengths are CSS pixels of the viewport. The parts share one function scope, see discovery.py.
const MIN_SIDE = 4;
const BUTTONS = "input:is([type=submit i],[type=reset i],[type=button i],[type=image i])";
const CHOICES = "input:is([type=checkbox i],[type=radio i])";
const NATIVE = `a[*|href], button, details > summary:first-of-type, ${BUTTONS}, ${CHOICES}`;
const ROLES = /^(button|link|tab|menuitem(checkbox|radio)?|option|switch|checkbox|radio|treeitem|combobox)$/;

const memo = (compute) => {
  const known = new Map();
  return (key) => (known.has(key) || known.set(key, compute(key)), known.get(key));
};
const styleOf = memo((el) => getComputedStyle(el));
const hostOrParent = (el) => el.parentElement ?? el.parentNode?.host ?? null;
const shownIn = (el) => el.assignedSlot ?? hostOrParent(el); // the parent in the flat tree
const childrenOf = (el) => {
  const slotted = el.localName === "slot" ? el.assignedNodes() : [];
  return slotted.length ? slotted : [...(el.shadowRoot ?? el).childNodes];
};
const attr = (el, name) => (el.getAttribute(name) ?? "").trim();
const explicitRole = (el) => attr(el, "role").toLowerCase().split(/\s+/)[0];
const hiddenControl = (el) => el.localName === "label" && el.control?.matches(CHOICES) && !isBig(el.control);

const rectsOf = (el, depth = 0) => {
  const rects = [...el.getClientRects()].filter((r) => r.width >= MIN_SIDE && r.height >= MIN_SIDE);
  if (rects.length || depth > 3) return rects;
  for (const child of childrenOf(el)) {
    const inner = child.nodeType === 1 ? rectsOf(child, depth + 1) : [];
    if (inner.length) return inner;
  }
  return [];
};
// What content-visibility skips while it is off-screen counts as shown: scrolling there draws it.
const isShown = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const isBig = (el) => isShown(el) && rectsOf(el).length > 0;
const isBlocked = memo((el) => {
  if (el.inert || attr(el, "aria-hidden") === "true" || attr(el, "aria-disabled") === "true") return true;
  const parent = shownIn(el);
  return parent ? isBlocked(parent) : false;
});
const isUsable = (el) =>
  isShown(el) && !el.matches(":disabled") && !el.control?.matches(":disabled") && !isBlocked(el);
const centreOf = (rect) => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
const isInViewport = ({ x, y }) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;

const isHit = (el, { x, y }) => {
  let hit = document.elementFromPoint(x, y);
  for (let depth = 0; hit?.shadowRoot && depth < 32; depth++) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  const ownsAll = el.matches("a[*|href]"); // a button inside a link follows the link
  for (let node = hit; node; node = shownIn(node)) {
    if (node === el || (node.localName === "label" && node.control === el)) return true;
    if (
      !ownsAll &&
      node !== el.control &&
      (node.matches(`${NATIVE}, select, textarea, input`) || ROLES.test(explicitRole(node)))
    )
      return false;
  }
  return false;
};

const scroller = document.scrollingElement ?? document.documentElement;
const isLocked = memo(() => {
  const root = styleOf(document.documentElement).overflowY;
  const body = root === "visible" && document.body ? styleOf(document.body).overflowY : root;
  return /hidden|clip/.test(body);
});
// Whether an ancestor cuts this point off; what an inner scroller hides counts as cut off.
const isClipped = (el, { x, y }) => {
  let position = styleOf(el).position;
  for (
    let box = shownIn(el);
    box && box !== document.body && box !== document.documentElement;
    box = shownIn(box)
  ) {
    if (position === "fixed") return false;
    const style = styleOf(box);
    if (position === "absolute" && style.position === "static" && style.transform === "none") continue;
    position = style.position;
    const rect = box.getBoundingClientRect();
    if (style.display === "inline" || style.display === "contents") continue;
    if (style.overflowX !== "visible" && (x < rect.left || x > rect.right)) return true;
    if (style.overflowY !== "visible" && (y < rect.top || y > rect.bottom)) return true;
  }
  return false;
};
const isFixed = memo((el) => {
  if (styleOf(el).position === "fixed") return true;
  const parent = shownIn(el);
  return parent ? isFixed(parent) : false;
});
const isWithin = (el, box) => {
  for (let node = el; node; node = shownIn(node)) if (node === box) return true;
  return false;
};
const isReachable = (el, point, modal) => {
  const fromTop = point.y + scroller.scrollTop;
  if (isLocked() || point.x < 0 || point.x >= innerWidth || fromTop < 0 || fromTop > scroller.scrollHeight)
    return false;
  return !isFixed(el) && (!modal || isWithin(el, modal)) && !isClipped(el, point);
};
