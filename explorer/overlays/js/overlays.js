// What lies over a page: which boxes float, what they say, and what in them can be pressed and is really hit.
// Lengths are CSS pixels of the frame's own viewport. The parts share one function scope, see overlays.py.
// Every 106 by 72 px: each costs 0.05 ms, and 0.25 ms where a page has 16,000 elements.
const COLUMNS = 12;
const ROWS = 10;
const MAX_PARTS = 900;
const memory = (window[Symbol.for("demo.overlays")] ??= {
  found: [], left: new WeakSet(), sealed: new WeakMap(), hosts: [],
  // What lay over the page before the film's latest click, what its clicks have opened, how often a box was
  // closed, by what it says, and the boxes left open whose answers are not for the film to give.
  present: null, asked: new WeakSet(), closed: new Map(), walls: new Set(),
});
const hooks = globalThis.__sitereel; // see init_script.js, which makes closed roots open and hides that
const rootOf = (el) => hooks?.rootOf(el) ?? el.shadowRoot ?? memory.sealed.get(el) ?? null;
const parentOf = (el) => el.assignedSlot ?? el.parentElement ?? el.parentNode?.host ?? null;
const isShown = (el) =>
  el.isConnected && el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const within = (el, box) => {
  for (let node = el; node; node = parentOf(node)) if (node === box) return true;
  return false;
};
const pathOf = (el) => {
  const path = [];
  for (let node = el; node; node = parentOf(node)) path.push(node);
  return path;
};
const hitAt = (x, y) => {
  let hit = document.elementFromPoint(x, y);
  for (let root = hit && rootOf(hit); root; root = hit && rootOf(hit)) {
    const inner = root.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
};
const middleOf = (el) => {
  const { x, y, width, height } = el.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
};
const inView = ({ x, y }) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
const isHit = (el) => {
  const at = middleOf(el);
  const hit = inView(at) && hitAt(at.x, at.y);
  return !!hit && within(hit, el);
};
const shareOf = (el) => {
  const { left, right, top, bottom } = el.getBoundingClientRect();
  const wide = Math.max(0, Math.min(right, innerWidth) - Math.max(left, 0));
  return (wide * Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 0))) / (innerWidth * innerHeight);
};

// Everything in a box, through shadow roots.
const partsOf = (box) => {
  const parts = [];
  const add = (node) => {
    for (const el of node.querySelectorAll("*")) {
      if (parts.length >= MAX_PARTS) return;
      parts.push(el);
      if (rootOf(el)) add(rootOf(el));
    }
  };
  if (rootOf(box)) add(rootOf(box));
  add(box);
  return parts;
};
const textOf = (box, parts) => {
  const inner = [box, ...parts]
    .filter(rootOf)
    .flatMap((host) => [...rootOf(host).children])
    .filter((el) => !el.matches("style, script, template, link"));
  return plain([box, ...inner].map((el) => el.innerText ?? "").join(" ").slice(0, 8000));
};
const isFloating = (el) => {
  const style = getComputedStyle(el);
  if (style.position === "fixed" || el.matches("dialog[open], :popover-open")) return true;
  if (style.position === "sticky") return true;
  if (style.position === "absolute") return Number(style.zIndex) >= 1;
  return /^(alert)?dialog$/.test(el.getAttribute("role") ?? "") || el.getAttribute("aria-modal") === "true";
};
const spotsOf = function* () {
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      yield { x: ((column + 0.5) * innerWidth) / COLUMNS, y: ((row + 0.5) * innerHeight) / ROWS };
    }
  }
};
// A closed shadow root answers with its host, also for what it draws outside of the host's own box.
const isSealed = (el, { x, y }) => {
  if (rootOf(el)) return false;
  if (el.localName.includes("-")) return true;
  const { left, right, top, bottom } = el.getBoundingClientRect();
  const spills = x < left || x > right || y < top || y > bottom;
  return spills && !el.firstElementChild && /^(div|section|aside|span)$/.test(el.localName);
};
const floatsOver = (el) =>
  pathOf(el).filter((one) => one !== document.body && one !== document.documentElement && isFloating(one));
// The floating boxes that a click could hit, outermost first, with the part of the picture that each covers.
const layersOf = () => {
  const hits = new Map();
  const known = new Map();
  const bare = new Set();
  for (const spot of spotsOf()) {
    const hit = hitAt(spot.x, spot.y);
    if (!hit) continue;
    if (!known.has(hit)) known.set(hit, floatsOver(hit).reverse());
    if (isSealed(hit, spot)) bare.add(hit);
    for (const layer of known.get(hit)) hits.set(layer, (hits.get(layer) ?? 0) + 1);
  }
  const layers = [...hits].map(([el, count]) => ({ el, cover: count / (COLUMNS * ROWS) }));
  return { layers, bare: [...bare] };
};
// What a click of the film has opened, or lies in it or around it.
const isAsked = (el, layers) =>
  pathOf(el).some((one) => memory.asked.has(one))
  || layers.some(({ el: other }) => memory.asked.has(other) && within(other, el));

const SEEN = "img, canvas, video, iframe, input, svg";
const isBare = (el) => !(el.innerText ?? "").trim() && !el.matches(SEEN) && !el.querySelector(SEEN);
// A box through which the page is seen darkened or blurred.
const isDim = (el) => {
  const { backgroundColor, opacity, backdropFilter } = getComputedStyle(el);
  const channels = backgroundColor.match(/[\d.]+/g) ?? [];
  const solid = (channels.length > 3 ? Number(channels[3]) : 1) * Number(opacity);
  return (solid > 0.05 && solid < 0.98) || (!!backdropFilter && backdropFilter !== "none");
};
const isVeiled = (el, layers) =>
  layers.some(
    ({ el: other, cover }) =>
      other !== el && cover > 0.2 && !within(el, other) && isBare(other) && isDim(other),
  );
// Whether there is a page below a box that covers it: an app's own surface hides nothing.
const hides = (el) =>
  [0.1, 0.3, 0.5, 0.7, 0.9].some((down) =>
    [0.1, 0.3, 0.5].some((along) =>
      document.elementsFromPoint(innerWidth * along, innerHeight * down).some(
        (below) =>
          below !== document.body && below !== document.documentElement
          && !within(below, el) && !within(el, below)
          && ((below.innerText ?? "").trim().length > 10 || below.matches("img, canvas, video, svg")),
      ),
    ),
  );

const namedBy = (el) =>
  (el.getAttribute("aria-labelledby") ?? "")
    .split(/\s+/)
    .map((id) => id && el.getRootNode().getElementById?.(id)?.textContent)
    .filter(Boolean)
    .join(" ");
const labelOf = (el) => {
  const image = el.querySelector("img[alt], svg title");
  const said = [
    el.getAttribute("aria-label"),
    namedBy(el),
    el.innerText,
    el.localName === "input" ? el.value : "",
    el.getAttribute("title"),
    image?.getAttribute("alt") ?? image?.textContent,
  ];
  return (said.find((text) => text?.trim()) ?? "").replace(/\s+/g, " ").trim().slice(0, 120);
};
const CROSS =
  /(?:^|[-_ ])(?:close|dismiss|times|xmark|cross|btn-x|icon-x|fa-x)(?:$|[-_ ])|close(?:button|btn|icon)/;
const isCross = (el) => {
  const { width, height } = el.getBoundingClientRect();
  if (width > 72 || height > 72) return false;
  const names = [el, ...el.querySelectorAll("*")]
    .slice(0, 12)
    .flatMap((part) => ["class", "id", "href", "data-testid"].map((name) => part.getAttribute(name)));
  return CROSS.test(names.join(" ").replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase());
};
const pageOf = (url) => url.split(/[?#]/)[0];
const leads = (el) => {
  const link = el.closest("a[href]");
  const href = link?.getAttribute("href").trim() ?? "";
  return href !== "" && !/^(#|javascript:)/i.test(href) && pageOf(link.href) !== pageOf(location.href);
};
const posts = (el) => {
  const form = el.matches("button:not([type=button i]), input[type=submit i]") ? el.form : null;
  return !!form && form.method === "post" && form.hasAttribute("action");
};
const PRESSABLE =
  "button, a, summary, [role=button], [role=link], [role=menuitem], [onclick]" +
  ", input[type=button i], input[type=submit i]";
const pointsAt = (el) => !!el && getComputedStyle(el).cursor === "pointer";
const isPressable = (el) =>
  el.matches(PRESSABLE) || (pointsAt(el) && !!parentOf(el) && !pointsAt(parentOf(el)));
// What in a box can be pressed without leaving the page or sending a form, or will be once a field is filled in.
const pressablesOf = (parts, unready = false) =>
  parts
    .filter((el) => el instanceof HTMLElement || el.localName === "svg")
    .filter((el) => isPressable(el) && isShown(el) && !leads(el) && !posts(el))
    .filter((el) => unready || !el.matches(":disabled"))
    .map((el) => ({ el, label: labelOf(el) }));
