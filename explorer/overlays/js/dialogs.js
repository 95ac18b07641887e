// Which dialog, menu or enlarged picture is open over the page, and what closes it without deciding anything.
const SAID_OPEN = "dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], :popover-open";
const MENUS = "[role=menu], [role=listbox], [role=tree][aria-modal], [role=grid][aria-modal]";
const BOXES = `${SAID_OPEN}, ${MENUS}`;
const PAGE_PARTS = "main, [role=main]";
const hasSize = (el) => {
  const { width, height } = el.getBoundingClientRect();
  return width >= 24 && height >= 16 && shareOf(el) > 0;
};
const areaOf = ({ width, height }) => width * height;
const isPlaced = (el) =>
  /^(fixed|absolute)$/.test(getComputedStyle(el).position) || el.matches("dialog, :popover-open");
const isTall = (el) => el.getBoundingClientRect().height > 0.85 * innerHeight;
// Taken out of the flow, itself or by a wrapper of about its size: a menu in a sidebar is part of the page.
const isApart = (el) => {
  const loose = el.matches(SAID_OPEN);
  const area = areaOf(el.getBoundingClientRect());
  for (const node of pathOf(el).slice(0, 6)) {
    if (node === document.body) return false;
    if (!loose && areaOf(node.getBoundingClientRect()) > 2.5 * area) return false;
    if (isPlaced(node)) return loose || !isTall(node);
  }
  return false;
};
const isOnTop = (el) => {
  const { left, right, top, bottom } = el.getBoundingClientRect();
  const [x, y] = [Math.max(left, 0), Math.max(top, 0)];
  const [wide, high] = [Math.min(right, innerWidth) - x, Math.min(bottom, innerHeight) - y];
  return [0.5, 0.2, 0.8].some((down) =>
    [0.5, 0.2, 0.8].some((along) => {
      const hit = hitAt(x + wide * along, y + high * down);
      return !!hit && within(hit, el);
    }),
  );
};
const everywhere = (selector) => {
  const found = [];
  const add = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const el of root.querySelectorAll("*")) if (rootOf(el)) add(rootOf(el));
  };
  add(document);
  return found;
};
// The box that an expanded trigger has opened: the one it names, or one that floats beside it.
const openedBy = (trigger) => {
  const id = trigger.getAttribute("aria-controls") ?? trigger.getAttribute("aria-owns");
  const named = id && trigger.getRootNode().getElementById?.(id.split(/\s+/)[0]);
  const beside = [...(trigger.parentElement?.children ?? [])].filter((el) => !within(trigger, el));
  return [named, ...beside]
    .filter((el) => el && isPlaced(el))
    .filter((el) => !isTall(el) && !el.querySelector(PAGE_PARTS));
};
// Boxes that say nothing of themselves: fixed, with the page darkened or wholly covered behind them; and those that
// a click of the film has opened, with a button that closes them.
const unsaid = () => {
  const { layers } = layersOf();
  const isOpened = ({ el, cover }) =>
    memory.asked.has(el) && cover > 0.06 && !isTall(el) && closersOf(el).length > 0;
  const lies = ({ el, cover }) => {
    if (cover > 0.85) return Number(getComputedStyle(el).zIndex) > 0 && hides(el);
    return cover > 0.06 && isVeiled(el, layers);
  };
  const isFixed = ({ el }) => getComputedStyle(el).position === "fixed";
  return layers
    .filter(({ el }) => !isBare(el) && !el.matches(PAGE_PARTS) && !el.querySelector(PAGE_PARTS))
    .filter((layer) => (isFixed(layer) && lies(layer)) || isOpened(layer))
    .map(({ el }) => el);
};
const isOpen = (el) => isShown(el) && hasSize(el) && isOnTop(el);
const boxes = () => {
  const said = everywhere(BOXES).filter((el) => isApart(el) && !el.matches("select"));
  const menus = everywhere("[aria-expanded=true]").flatMap(openedBy);
  const details = everywhere("details[open] > :not(summary)").filter(isPlaced);
  const open = [...new Set([...said, ...menus, ...details])].filter(isOpen);
  return open.length ? open : unsaid().filter(isOpen);
};
// A dialog's wrapper often fills the window: what a viewer sees is the one panel in it.
const panelOf = (el) => {
  let panel = el;
  for (let level = 0; level < 4; level++) {
    const kids = [...panel.children].filter((kid) => isShown(kid) && hasSize(kid) && !isBare(kid));
    if (kids.length !== 1 || shareOf(panel) < 0.8) break;
    panel = kids[0];
  }
  return panel;
};
const isPicture = (el) => {
  const least = 0.35 * Math.max(0.1, shareOf(panelOf(el)));
  const pictures = [...el.querySelectorAll("img, video, picture, canvas")];
  return (el.innerText ?? "").trim().length < 200 && pictures.some((one) => shareOf(one) > least);
};
const kindOf = (el) => {
  if (el.matches(MENUS)) return "menu";
  if (el.matches(SAID_OPEN)) {
    const lists = el.matches(":popover-open") && el.querySelector("[role=menuitem], [role=option]");
    return lists ? "menu" : isPicture(el) ? "lightbox" : "dialog";
  }
  if (shareOf(el) < 0.5 && !isFloating(el)) return "menu";
  if (isPicture(el)) return "lightbox";
  return everywhere("[aria-expanded=true]").some((one) => openedBy(one).includes(el)) ? "menu" : "dialog";
};
const HEADINGS = "h1, h2, h3, h4, [role=heading], .modal-title, legend";
const nameOf = (el) => {
  const texts = [
    el.getAttribute("aria-label"),
    namedBy(el),
    partsOf(el).find((part) => part.matches(HEADINGS))?.innerText,
    el.querySelector("img[alt]")?.alt,
    el.getAttribute("title"),
    (el.innerText ?? "").trim().split("\n")[0],
  ];
  return (texts.find((text) => text?.trim()) ?? "").replace(/\s+/g, " ").trim().slice(0, 80);
};
// The topmost: of those that nothing else lies over, the last, and within it a dialog that it has opened.
const topmost = () => {
  const open = boxes();
  const holds = (el) => open.some((other) => other !== el && within(other, el) && other.matches(SAID_OPEN));
  return open.filter((el) => !holds(el)).at(-1) ?? null;
};

const FIELDS = "input:not([type=hidden i]), select, textarea";
const closersOf = (el) => {
  const parts = partsOf(el);
  const buttons = pressablesOf(parts).map((one) => ({
    ...one,
    text: plain(one.label).replace(/\(.*?\)/g, "").trim(),
  }));
  const real = buttons.filter((one) => one.el.matches("button, a, [role=button], input"));
  const cross = buttons.filter((one) => saysClose(one.text) || (one.text.length < 2 && isCross(one.el)));
  const cancel = buttons.filter(({ text }) => whole("cancel").test(text) || (words("later").test(text) && text.length < 30));
  const asks = real.length !== 1 || parts.some((part) => part.matches(FIELDS));
  const sole = asks ? [] : real.filter(({ text }) => whole("fine").test(text));
  return [...cross, ...cancel, ...sole].filter((one) => isHit(one.el));
};
const CONTROLS =
  "a, button, input, select, textarea, label, summary, img, iframe" +
  ", [role=button], [role=link], [onclick], [tabindex]";
// A point beside the box where a click closes it or does nothing at all.
const besideOf = (el) => {
  const { left, right, top, bottom } = panelOf(el).getBoundingClientRect();
  const isMenu = kindOf(el) === "menu";
  const isOutside = ({ x, y }) => x < left - 8 || x > right + 8 || y < top - 8 || y > bottom + 8;
  const isHarmless = ({ x, y }) => {
    const hit = hitAt(x, y);
    if (!hit) return false;
    if (hit !== el && isBare(hit) && isFloating(hit)) return true;
    if (!isMenu && !within(hit, el)) return false;
    return !pathOf(hit).some((one) => one !== el && one.matches(CONTROLS) && isPressable(one));
  };
  const points = [0.5, 0.3, 0.7, 0.12, 0.9].flatMap((down) =>
    [0.06, 0.94, 0.2, 0.8, 0.5].map((along) => ({ x: innerWidth * along, y: innerHeight * down })),
  );
  return points.find((point) => isOutside(point) && isHarmless(point)) ?? null;
};
const JOBS = {
  open() {
    const el = topmost();
    memory.dialog = el;
    if (!el) return null;
    const { x, y, width, height } = panelOf(el).getBoundingClientRect();
    return { label: nameOf(el), kind: kindOf(el), box: { x, y, width, height } };
  },
  closer() {
    const found = memory.dialog ? closersOf(memory.dialog) : [];
    if (memory.dialog && !found.length && MORE) return MORE;
    return found.map((one) => ({ ...middleOf(one.el), label: one.text }));
  },
  beside() {
    return memory.dialog ? besideOf(memory.dialog) : null;
  },
  gone() {
    const el = memory.dialog;
    return !el || !isShown(el) || !hasSize(el) || !isOnTop(el);
  },
};
return JOBS[request.job]();
