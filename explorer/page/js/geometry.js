// Part 1 of what runs inside the page: the box of a thing, whether it is shown, and what a click would hit.
// Lengths are CSS pixels of the viewport. The parts share one function scope, see discovery.py.
const MIN_SIDE = 4;
const BUTTONS = "input:is([type=submit i],[type=reset i],[type=button i],[type=image i])";
const CHOICES = "input:is([type=checkbox i],[type=radio i])";
const NATIVE = `a[*|href], area[href], button, details > summary:first-of-type, ${BUTTONS}, ${CHOICES}`;
const ROLES = new RegExp(
  "^(button|link|doc-(back|biblio|gloss|note)(link|ref)|tab|menuitem(checkbox|radio)?|option|switch|checkbox" +
    "|radio|treeitem|combobox|textbox|searchbox|slider|spinbutton)$",
);

const memo = (compute) => {
  const known = new Map();
  return (key) => (known.has(key) || known.set(key, compute(key)), known.get(key));
};
const hooks = globalThis.__sitereel; // see init_script.js; undefined in a page that was opened without them
const rootOf = (el) => (hooks ? hooks.rootOf(el) : el.shadowRoot);
const styleOf = memo((el) => getComputedStyle(el));
const hostOrParent = (el) => el.parentElement ?? el.parentNode?.host ?? null;
const shownIn = (el) => el.assignedSlot ?? hostOrParent(el); // the parent in the flat tree
const childrenOf = (el) => {
  const slotted = el.localName === "slot" ? el.assignedNodes() : [];
  return slotted.length ? slotted : [...(rootOf(el) ?? el).childNodes];
};
const attr = (el, name) => (el.getAttribute(name) ?? "").trim();
const explicitRole = (el) => attr(el, "role").toLowerCase().split(/\s+/)[0];
const hiddenControl = (el) => el.localName === "label" && el.control?.matches(CHOICES) && !isBig(el.control);
const isWithin = (el, box) => {
  for (let node = el; node; node = shownIn(node)) if (node === box) return true;
  return false;
};

// An <area> has no box of its own: it lies on the picture whose map it is part of.
const pictureOf = (area) => {
  const name = area.closest("map")?.name;
  return name ? document.querySelector(`img[usemap="#${CSS.escape(name)}"]`) : null;
};
const areaRects = (area) => {
  const picture = pictureOf(area)?.getBoundingClientRect();
  const coords = attr(area, "coords").split(",").map(Number);
  if (!picture || coords.length < 3 || coords.some(Number.isNaN)) return picture ? [picture] : [];
  const [cx, cy, r] = coords;
  const isCircle = /^circ/i.test(area.shape);
  const xs = isCircle ? [cx - r, cx + r] : coords.filter((_, n) => n % 2 === 0);
  const ys = isCircle ? [cy - r, cy + r] : coords.filter((_, n) => n % 2 === 1);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [
    new DOMRect(picture.x + left, picture.y + top, Math.max(...xs) - left, Math.max(...ys) - top),
  ];
};
const rectsOf = (el, depth = 0) => {
  if (el.localName === "area") return areaRects(el);
  const rects = [...el.getClientRects()].filter((r) => r.width >= MIN_SIDE && r.height >= MIN_SIDE);
  if (rects.length || depth > 3) return rects;
  for (const child of childrenOf(el)) {
    const inner = child.nodeType === 1 ? rectsOf(child, depth + 1) : [];
    if (inner.length) return inner;
  }
  return [];
};
const areaOf = (el) => {
  const rect = rectsOf(el)[0];
  return rect ? rect.width * rect.height : 0;
};
// What content-visibility skips while it is off-screen counts as shown: scrolling there draws it.
const isDrawn = (el, withOpacity) =>
  el.checkVisibility({ opacityProperty: withOpacity, visibilityProperty: true });
// A transparent checkbox, slider or list is how pages put their own drawing under the real control.
const isGhost = (el) =>
  el.matches(`${CHOICES}, select, input[type=range i], input[type=file i]`) &&
  !el.labels?.length &&
  styleOf(el).opacity === "0" &&
  isDrawn(hostOrParent(el) ?? el, true);
const isShown = (el) => {
  if (el.localName === "area") return !!pictureOf(el) && isDrawn(pictureOf(el), true);
  return isDrawn(el, true) || (isDrawn(el, false) && isGhost(el));
};
const isBig = (el) => isShown(el) && rectsOf(el).length > 0;
const isBlocked = memo((el) => {
  if (el.inert || attr(el, "aria-hidden") === "true" || attr(el, "aria-disabled") === "true") return true;
  const parent = shownIn(el);
  return parent ? isBlocked(parent) : false;
});
const isUsable = (el) =>
  isShown(el) && !el.matches(":disabled") && !el.control?.matches(":disabled") && !isBlocked(el);
const centreOf = (rect) => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
// Of a frame, only what its page shows of it is in view.
const view = request.view ?? { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
const isInViewport = ({ x, y }) => x >= view.left && y >= view.top && x < view.right && y < view.bottom;

const hitAt = ({ x, y }) => {
  let hit = document.elementFromPoint(x, y);
  for (let depth = 0; hit && rootOf(hit) && depth < 32; depth++) {
    const inner = rootOf(hit).elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
};
// All that a tab holds is the tab, by ARIA: a link in it shows the same panel, unless it leads elsewhere.
const isInnerOfTab = (inner, tab) => {
  if (inner === tab || explicitRole(tab) !== "tab" || inner.localName !== "a" || !isWithin(inner, tab)) return false;
  const leads = hrefOf(inner) && hrefOf(inner).split("#")[0] !== document.URL.split("#")[0];
  return !leads && !isCode(rawHref(inner)) && !handlerOf(inner);
};
const isHit = (el, point) => {
  // A button inside a link follows the link, and an entry is pointed at wherever it is hit.
  const ownsAll = el.matches("a[*|href]") || !!hoverMenu(el);
  for (let node = hitAt(point); node; node = shownIn(node)) {
    if (isInnerOfTab(node, el)) continue;
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
const CROSS = [0.5, 0.25, 0.75, 0.1, 0.9].flatMap((f) => [
  [f, 0.5],
  [0.5, f],
]);
const SIXTHS = [0.05, 0.2, 0.35, 0.65, 0.8, 0.95];
const GRID = SIXTHS.flatMap((fy) => SIXTHS.map((fx) => [fx, fy]));
const spotsOn = function* (el) {
  const rects = rectsOf(el).slice(0, 8);
  for (const rect of rects) yield centreOf(rect);
  // The first line of what holds more of its kind, such as an open branch of a tree.
  for (const r of rects) yield { x: r.x + Math.min(24, r.width / 2), y: r.y + Math.min(12, r.height / 2) };
  for (const spots of [CROSS, GRID])
    for (const r of rects)
      for (const [fx, fy] of spots) yield { x: r.x + r.width * fx, y: r.y + r.height * fy };
};
const hitsBesideCorner = (el) => {
  const { x, y } = el.getBoundingClientRect();
  const point = { x: x + request.offset.x, y: y + request.offset.y };
  return isInViewport(point) && isHit(el, point);
};
const findClickPoint = (el) => {
  if (!isUsable(el)) return null;
  for (const point of spotsOn(el)) if (isInViewport(point) && isHit(el, point)) return point;
  return null;
};
