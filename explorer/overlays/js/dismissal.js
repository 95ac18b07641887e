const PAGE_PARTS = "main, [role=main], nav, [role=navigation]";
const isPagePart = (el, parts) =>
  el.matches(`header, body, ${PAGE_PARTS}`) || parts.some((part) => part.matches(PAGE_PARTS));
const isModal = (el, cover, layers) =>
  el.getAttribute("aria-modal") === "true" || el.matches("dialog:modal") || isVeiled(el, layers)
  || (cover > 0.5 && (isDim(el) || el.matches("[role=dialog], [role=alertdialog]")) && hides(el));

const isCorner = ({ left, right, top, bottom, width }) => {
  if (width > innerWidth * 0.45) return false;
  if (top > innerHeight * 0.3) return left > innerWidth * 0.5 || left < innerWidth * 0.15;
  const aside = right > innerWidth * 0.9 || left < innerWidth * 0.1;
  return aside && top > innerHeight * 0.04 && bottom > innerHeight * 0.85;
};
const describe = ({ el, cover }, layers, framed) => {
  const parts = partsOf(el);
  const text = textOf(el, parts);
  const { left, top } = el.getBoundingClientRect();
  return {
    el, cover, text, parts, framed,
    fields: parts.some((part) => part.matches(TEXT_FIELDS) && isShown(part)),
    secret: parts.some((part) => part.matches("input[type=password i]")),
    modal: isModal(el, cover, layers),
    corner: isCorner(el.getBoundingClientRect()),
    get buttons() {
      const buttons = pressablesOf(parts)
        .map((one) => ({ ...one, text: said(one.label) }))
        .filter((one) => one.text.length <= MAX_LABEL);
      Object.defineProperty(this, "buttons", { value: buttons });
      return buttons;
    },
  };
};
// The button that goes on, once fields are filled in.
const confirmOf = ({ parts }) => {
  const buttons = pressablesOf(parts, true)
    .map((one) => ({ ...one, text: said(one.label) }))
    .filter(({ text }) => text.length <= MAX_LABEL && !words("paid").test(text) && !words("manage").test(text))
    .filter((one) => !["close", "later", "reject"].some((how) => ANSWERS[how](one)));
  const goesOn = (one) => ["enter", "yes", "next", "fine", "save", "stay"].some((how) => ANSWERS[how](one));
  return buttons.find(goesOn) ?? (buttons.length === 1 ? buttons[0] : null);
};
const SAID_DIALOG = "dialog:modal, [role=dialog], [role=alertdialog], [aria-modal=true]";
// A bar of the page may hold a picker of countries or languages, which asks nothing.
const stands = ({ modal, cover }) => modal || cover > 0.2;
const MAKERS = {
  choice: (box) => stands(box) && choicesOf(box.parts)[0],
  filled: (box, kind) => {
    if (!stands(box)) return null;
    const entries = kind === "age" ? birthEntries(box.parts) : placeEntries(box.parts);
    const button = entries && confirmOf(box);
    return button && { ...button, entries };
  },
  // Of a box with no other button, as long as nothing is sold in it.
  only: (box) =>
    box.buttons.length === 1 && !box.fields && !asksPay(box) && !words("manage").test(box.buttons[0].text)
      ? box.buttons[0]
      : null,
  escape: ({ el, parts }) => ([el, ...parts].some((one) => one.matches(SAID_DIALOG)) ? { el, label: "" } : null),
  click: ({ el, text }) => (words("anywhere").test(text) ? { el, label: text.slice(0, 80) } : null),
};
// One button an answer, the best answers first; none where something is to be bought, unless to refuse that.
// Beside a refusal nobody agrees, also where refusing has not helped.
const answersOf = (box, kind, order) => {
  const free = box.buttons.filter(({ text }) => !words("paid").test(text));
  let hows = order;
  if (kind === "consent" && asksPay(box)) hows = order.filter((how) => how === "reject");
  else if (free.some((one) => REFUSES.some((how) => ANSWERS[how](one))))
    hows = order.filter((how) => ![...AGREES, "only"].includes(how) || kind !== "consent");
  const answers = [];
  for (const how of hows) {
    if (answers.length && ["click", "escape", "only"].includes(how)) continue;
    const isOne = (button) => ANSWERS[how](button) && isHit(button.el);
    const one = MAKERS[how] ? MAKERS[how](box, kind) : free.find(isOne);
    if (one && !answers.some(({ el }) => el === one.el)) {
      answers.push({ el: one.el, label: one.label, how, entries: one.entries ?? [] });
    }
  }
  return answers;
};
const canWait = ({ how }) => how === "later" || how === "stay";
// A box that was closed twice and is there again is left alone.
const MOST_CLOSED = 2;
const signOf = (kind, { text }) => `${kind} ${text.replace(/[\d\s]+/g, " ").slice(0, 160)}`;
const GATES = ["consent", "age", "region"];
const WALLS = ["consent", "age"];
const leave = (kind, layer) => {
  memory.left.add(layer);
  if (WALLS.includes(kind)) memory.walls.add(layer);
};
const giveUp = (kind, layer) => {
  memory.unanswered = kind;
  leave(kind, layer);
  return null;
};
const judge = (box, layers) => {
  const kind = box.secret ? null : KINDS.find((one) => isOf(one, box));
  if (!kind) return null;
  const answers = answersOf(box, kind.kind, kind.answers);
  if (!answers.length) {
    const blocks = kind.kind === "consent" || (GATES.includes(kind.kind) && stands(box));
    if (blocks && WALLS.includes(kind.kind)) memory.walls.add(box.el);
    if (blocks) memory.unanswered = kind.kind;
    return null;
  }
  if (kind.shy && isAsked(box.el, layers) && !(kind.intrudes && answers.some(canWait))) return null;
  const sign = signOf(kind.kind, box);
  if ((memory.closed.get(sign) ?? 0) >= MOST_CLOSED) return giveUp(kind.kind, box.el);
  return { kind: kind.kind, layer: box.el, answers, sign, shy: !!kind.shy };
};
// An obstacle known by its maker's names: first what those refuse with, then what is said, then their others.
const byName = (known) => {
  for (const layer of document.querySelectorAll(known.box)) {
    if (!isShown(layer) || memory.left.has(layer)) continue;
    const box = describe({ el: layer, cover: 0 }, [], false);
    const isOne = (selector) => (el) => el.matches(selector) && isShown(el) && !isPaid(el) && isHit(el);
    const named = ["reject", "close", "accept"].flatMap((how) => {
      const el = known[how] && box.parts.find(isOne(known[how]));
      return el ? [{ el, label: labelOf(el), how, entries: [] }] : [];
    });
    const refused = named.filter(({ how }) => how === "reject");
    const { answers: order } = KINDS.find(({ kind }) => kind === known.kind);
    const spoken = answersOf(box, known.kind, order);
    const paid = known.kind === "consent" && asksPay(box);
    const refuses = [...refused, ...spoken].some(({ how }) => REFUSES.includes(how));
    const all = [...refused, ...spoken, ...(paid ? [] : named)].filter(
      ({ how }) => known.kind !== "consent" || !refuses || !AGREES.includes(how),
    );
    const answers = all.filter(({ el }, at) => all.findIndex((one) => one.el === el) === at);
    const sign = signOf(known.kind, box);
    if (answers.length && (memory.closed.get(sign) ?? 0) >= MOST_CLOSED) giveUp(known.kind, layer);
    else if (answers.length) return { kind: known.kind, layer, answers, sign, shy: false };
    else if (paid) {
      memory.walls.add(layer);
      memory.unanswered = known.kind;
    }
  }
  return null;
};
const find = (framed) => {
  if (innerWidth < 40 || innerHeight < 40 || !document.body) return null;
  const told = hinted(framed);
  if (told) return told;
  const anyOf = KNOWN.map(({ box }) => box).join();
  const named = document.querySelector(anyOf) ? KNOWN.filter(({ box }) => document.querySelector(box)) : [];
  for (const known of named) {
    const found = byName(known);
    if (found) return found;
  }
  const { layers, bare } = framed ? { layers: [{ el: document.body, cover: 1 }], bare: [] } : layersOf();
  const shells = named.flatMap(({ box }) => [...document.querySelectorAll(box)]);
  const silent = shells.filter((el) => !rootOf(el) && !el.firstElementChild);
  memory.hosts = [...silent, ...bare].filter((host) => !memory.sealed.has(host)).slice(0, 4);
  const boxes = [];
  for (const layer of layers) {
    if (pathOf(layer.el).some((one) => memory.left.has(one)) || (layer.cover < MIN_SHARE && shareOf(layer.el) < MIN_SHARE)) continue;
    const box = describe(layer, layers, framed);
    if (framed || !isPagePart(layer.el, box.parts)) boxes.push(box);
  }
  const found = boxes.map((box) => judge(box, layers)).filter(Boolean);
  memory.untold = boxes.some((box) => box.buttons.length && box.text.length);
  const order = KINDS.map(({ kind }) => kind);
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? null;
};
const isTaken = (layer) => {
  const { left, top, width, height } = layer.getBoundingClientRect();
  return [0.1, 0.3, 0.5, 0.7, 0.9].some((along) => {
    const at = { x: left + width * along, y: top + height * along };
    const hit = inView(at) && hitAt(at.x, at.y);
    return !!hit && within(hit, layer);
  });
};
const JOBS = {
  find({ framed }) {
    memory.unanswered = null;
    memory.untold = false;
    const found = find(framed);
    if (!found && memory.hosts.length && !framed) return { sealed: memory.hosts.length };
    if (!found && MORE && memory.untold) return MORE;
    if (!found) return memory.unanswered ? { unanswered: memory.unanswered } : null;
    found.answers = found.answers.slice(0, 3);
    const answers = found.answers.map(({ label, how, entries }) => ({
      label: label || how, how, entries: entries.length,
    }));
    return { kind: found.kind, shy: found.shy, slot: memory.found.push(found) - 1, answers };
  },
  aim({ slot, answer }) {
    const { el, how } = memory.found[slot]?.answers[answer] ?? {};
    if (!el || !isShown(el)) return null;
    if (!isHit(el) && ["choice", "filled"].includes(how)) el.scrollIntoView({ block: "center", behavior: "instant" });
    return isHit(el) ? middleOf(el) : null;
  },
  // Fills in what needs no keys, and says where to type the rest.
  enter({ slot, answer, entry }) {
    const { el, value } = memory.found[slot]?.answers[answer]?.entries[entry] ?? {};
    if (!el || !isShown(el)) return null;
    el.scrollIntoView({ block: "nearest", behavior: "instant" });
    if (el.localName === "select") setValue(HTMLSelectElement, el, value);
    else if (/^(date|month)$/.test(el.type)) setValue(HTMLInputElement, el, value);
    else if (el.value !== value) {
      el.select();
      return { ...middleOf(el), value };
    }
    return null;
  },
  text({ slot }) {
    const layer = memory.found[slot]?.layer;
    return layer && isShown(layer) ? textOf(layer, partsOf(layer)) : null;
  },
  gone({ slot }) {
    const found = memory.found[slot];
    return !found || !isShown(found.layer) || !found.answers.some(({ el }) => isShown(el) && isHit(el));
  },
  // Some stay over the page for a while, unseen, and take its clicks.
  freed({ slot }) {
    const { layer } = memory.found[slot] ?? {};
    return !layer?.isConnected || isShown(layer) || !isTaken(layer);
  },
  closed({ slot }) {
    const { sign } = memory.found[slot] ?? {};
    if (sign) memory.closed.set(sign, (memory.closed.get(sign) ?? 0) + 1);
  },
  leave({ slot }) {
    const { kind, layer } = memory.found[slot] ?? {};
    if (layer) leave(kind, layer);
  },
  // Where boxes stand whose answers are not for the film to give.
  walls() {
    const standing = [...memory.walls].filter(isShown).map((layer) => layer.getBoundingClientRect());
    return standing.map(({ x, y, width, height }) => ({ x, y, width, height }));
  },
};
return JOBS[request.job](request);
