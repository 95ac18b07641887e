// Part 2: what can be brought into view by scrolling, and what lies over things that are there already.
const NARROW = 0.5; // bars that stick to an edge are smaller than this part of the view, veils larger
const COLUMN = 0.8; // under a panel that is higher than this part of the view, scrolling brings nothing out
const root = document.scrollingElement ?? document.documentElement;
const isLocked = memo(() => {
  const html = styleOf(document.documentElement).overflowY;
  const body = html === "visible" && document.body ? styleOf(document.body).overflowY : html;
  return /hidden|clip/.test(body);
});
const isPage = (box) => box === document.body || box === document.documentElement;
const viewArea = (view.right - view.left) * (view.bottom - view.top);
const roomIn = (box) => box.scrollHeight - box.clientHeight;
// What a wheel would scroll, as hand.py has it: the document, or else the largest box that scrolls.
const mainScroller = memo(() => {
  if (request.framed) return null; // the hand scrolls the page, not what its frames hold
  if (roomIn(root) >= 8 && !isLocked()) return root;
  const area = (box) => box.clientWidth * box.clientHeight;
  const boxes = [...document.querySelectorAll("body *")].filter(
    (box) => roomIn(box) >= 8 && area(box) > 0.25 * viewArea && /auto|scroll/.test(styleOf(box).overflowY),
  );
  return boxes.sort((a, b) => area(b) - area(a))[0] ?? root;
});
const isFixed = memo((el) => {
  if (styleOf(el).position === "fixed") return true;
  const parent = shownIn(el);
  return parent ? isFixed(parent) : false;
});
// The boxes that cut an element off where it overflows them, innermost first.
const clipsOf = function* (el) {
  let position = styleOf(el).position;
  for (let box = shownIn(el); box && !isPage(box) && position !== "fixed"; box = shownIn(box)) {
    const style = styleOf(box);
    if (position === "absolute" && style.position === "static" && style.transform === "none") continue;
    position = style.position;
    const cuts = style.overflowX !== "visible" || style.overflowY !== "visible";
    if (cuts && style.display !== "inline" && style.display !== "contents" && !box.ownerSVGElement)
      yield [box, style];
  }
};
// Where a coordinate comes to lie when its box is scrolled to show it; NaN when it cannot be.
const scrolledTo = (at, low, high, gone, room, overflow) => {
  if (overflow === "visible" || (at >= low && at <= high)) return at;
  if (!/auto|scroll/.test(overflow)) return NaN;
  const way = Math.max(-gone, Math.min(room - gone, at - (low + high) / 2));
  return at - way >= low && at - way <= high ? at - way : NaN;
};
// "view" for a point that is where it can be seen, "scroll" for one that scrolling brings there, else "".
const reach = (el, { x, y }) => {
  let how = "view";
  for (const [box, style] of clipsOf(el)) {
    const rect = box.getBoundingClientRect();
    const rooms = [box.scrollWidth - box.clientWidth, roomIn(box)];
    const nextX = scrolledTo(x, rect.left, rect.right, box.scrollLeft, rooms[0], style.overflowX);
    const nextY = scrolledTo(y, rect.top, rect.bottom, box.scrollTop, rooms[1], style.overflowY);
    if (Number.isNaN(nextX) || Number.isNaN(nextY)) return "";
    if (nextX !== x || nextY !== y) how = "scroll";
    [x, y] = [nextX, nextY];
  }
  if (isInViewport({ x, y })) return how;
  if (request.framed && x >= 0 && y >= 0 && x < innerWidth && y < innerHeight) return "scroll";
  const fromTop = y + root.scrollTop;
  const isOut = x < 0 || x >= innerWidth || fromTop < 0 || fromTop > root.scrollHeight;
  return isOut || isFixed(el) || isLocked() ? "" : "scroll";
};

// The outermost thing that an element moves along with and that does not scroll with the page.
const floating = (el) => {
  let found = null;
  for (let box = el; box && !isPage(box); box = shownIn(box))
    if (/fixed|sticky/.test(styleOf(box).position)) found = box;
  return found;
};
const isVeil = (box) => {
  const rect = box.getBoundingClientRect();
  const width = Math.min(rect.right, view.right) - Math.max(rect.left, view.left);
  const height = Math.min(rect.bottom, view.bottom) - Math.max(rect.top, view.top);
  return width > 0 && height > 0 && width * height > NARROW * viewArea;
};
// What covers most of the view wherever the page is scrolled to.
const veil = memo(() => {
  const hit = hitAt({ x: (view.left + view.right) / 2, y: view.top + (view.bottom - view.top) * 0.45 });
  const over = hit && floating(hit);
  return over && styleOf(over).position === "fixed" && isVeil(over) ? over : null;
});
// What a click on this point would hit that is neither the element nor around it.
const coverOf = (el, point) => {
  const hit = hitAt(point);
  return !hit || isWithin(hit, el) || isWithin(el, hit) || styleOf(el).pointerEvents === "none" ? null : hit;
};
const isColumn = (bar) => {
  const { top, bottom } = bar.getBoundingClientRect();
  return Math.min(bottom, view.bottom) - Math.max(top, view.top) > COLUMN * (view.bottom - view.top);
};
const canEscape = (el, cover) => {
  const bar = floating(cover);
  if (!bar || isVeil(bar) || isColumn(bar) || isFixed(el) || isWithin(el, bar)) return false;
  const scroller = mainScroller();
  return !!scroller && isWithin(el, scroller) && roomIn(scroller) >= 8;
};
const LAYERS =
  "dialog, [role=dialog], [role=alertdialog], [aria-modal=true], [popover], header, nav, footer, aside";
const nameOfCover = memo((cover) => {
  let layer = floating(cover) ?? cover;
  for (let box = cover; box && !isPage(box); box = shownIn(box)) {
    if (!box.matches(LAYERS)) continue;
    layer = box;
    break;
  }
  const inner = layer.querySelector("dialog, [role=dialog], [role=alertdialog], [aria-modal=true]");
  const said = inner && isBig(inner) ? inner : layer;
  const kind = explicitRole(said) || (!said.matches(LAYERS) && landmarkOf(said)) || said.localName;
  const heading = said.querySelector("h1, h2, h3, h4, [role=heading]");
  const given = byIds(said, "aria-labelledby") || attr(said, "aria-label");
  const name =
    tidy(given || heading?.textContent || visibleText(said)) ||
    attr(said, "id") ||
    attr(said, "class");
  return tidy(`${kind} ${name ? `"${name.slice(0, 60)}"` : ""}`);
});

// Where an element stands: {inView, point}, or {coveredBy}, or null for what nobody could click.
const sightOf = (el, modal) => {
  const rect = isUsable(el) && styleOf(el).pointerEvents !== "none" ? rectsOf(el)[0] : null;
  if (!rect) return null;
  const centre = centreOf(rect);
  const how = reach(el, centre);
  if (how && modal && !isWithin(el, modal)) return { rect, inView: how === "view", over: modal };
  if (how === "scroll") {
    const over = veil() && !isWithin(el, veil()) ? veil() : null;
    return over ? { rect, inView: false, over } : { rect, inView: false, point: null };
  }
  const point = findClickPoint(el);
  if (point) return { rect, inView: true, point };
  const over = how ? coverOf(el, centre) : null;
  if (!over) return null;
  return canEscape(el, over) ? { rect, inView: false, point: null } : { rect, inView: true, over };
};
// How much of the view bars cover that stick to an edge, or lie around the box that scrolls.
const BAND = 0.35; // what reaches further into the view is no bar
const clearBand = (el, scroller) => {
  const own = isPage(scroller) ? view : scroller.getBoundingClientRect();
  const [low, high] = [Math.max(view.top, own.top), Math.min(view.bottom, own.bottom)];
  const [left, right] = [Math.max(view.left, own.left), Math.min(view.right, own.right)];
  const limit = (high - low) * BAND;
  const barAt = (y) =>
    [0.2, 0.5, 0.8]
      .map((part) => hitAt({ x: left + (right - left) * part, y }))
      .map((hit) => hit && floating(hit))
      .find((bar) => bar && !isWithin(el, bar) && !isVeil(bar));
  let [top, bottom] = [low, high];
  for (let bar; top - low < limit && (bar = barAt(top + 1)); ) {
    const edge = bar.getBoundingClientRect().bottom;
    if (edge <= top || edge - low > limit) break;
    top = edge;
  }
  for (let bar; high - bottom < limit && (bar = barAt(bottom - 1)); ) {
    const edge = bar.getBoundingClientRect().top;
    if (edge >= bottom || high - edge > limit) break;
    bottom = edge;
  }
  return { top, height: bottom - top };
};
const reveal = (el) => {
  const rect = isUsable(el) ? rectsOf(el)[0] : null;
  const scroller = mainScroller();
  if (!rect || !scroller || isFixed(el) || !isWithin(el, scroller)) return 0;
  if (isPage(scroller) && isLocked()) return 0;
  const bar = floating(el);
  if (bar && styleOf(bar).position === "sticky" && findClickPoint(el)) return 0; // it stays where it is
  const y = request.y ?? centreOf(rect).y; // of what lies in a frame, the frame knows where
  const { top, height } = clearBand(el, scroller);
  const isCentral = y >= top + height * 0.12 && y <= top + height * 0.8; // what opens does so below
  if (isCentral && (request.y !== undefined || findClickPoint(el) || !coverOf(el, centreOf(rect)))) return 0;
  const way = y - (top + height * 0.45);
  return Math.max(-scroller.scrollTop, Math.min(roomIn(scroller) - scroller.scrollTop, way));
};
// Scrolls every box around the element that hides it, but not what the hand scrolls before the viewer's eyes.
const scrollContainers = (el) => {
  let moved = false;
  const boxes = [...clipsOf(el)].filter(([box]) => box !== mainScroller());
  if (request.framed) boxes.push([root, { overflowX: "auto", overflowY: isLocked() ? "hidden" : "auto" }]);
  for (const [box, style] of boxes) {
    const rect = rectsOf(el)[0];
    if (!rect) return moved;
    const { x, y } = centreOf(rect);
    const own = box === root ? new DOMRect(0, 0, innerWidth, innerHeight) : box.getBoundingClientRect();
    const before = [box.scrollLeft, box.scrollTop];
    const left = x < own.left || x > own.right ? x - (own.left + own.right) / 2 : 0;
    const top = y < own.top || y > own.bottom ? y - (own.top + own.bottom) / 2 : 0;
    if (!/auto|scroll/.test(style.overflowX + style.overflowY) || (!left && !top)) continue;
    box.scrollBy({ left, top, behavior: "instant" });
    moved ||= box.scrollLeft !== before[0] || box.scrollTop !== before[1];
  }
  return moved;
};
