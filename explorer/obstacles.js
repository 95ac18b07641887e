// Which of the boxes that lie over a page is an obstacle, and which of its answers a polite visitor gives.
const MIN_SHARE = 0.03;
const MAX_TEXT = 6000;
const MAX_LABEL = 60;
const NO_TEXT = "[type=hidden i], [type=checkbox i], [type=radio i], [type=button i], [type=submit i]";
const TEXT_FIELDS = `input:not(${NO_TEXT}), textarea, select, [contenteditable=true]`;
const said = (label) =>
  plain(label).replace(/\(.*?\)/g, "").replace(/^[×✕✖]\s+|\s+[×✕✖]$/g, "").trim();

const ANSWERS = {
  reject: ({ text }) => REJECT.test(text),
  necessary: ({ text }) => NECESSARY.test(text),
  later: ({ text }) => LATER.test(text) && !/^skip (to|nav)/.test(text),
  close: ({ text, el }) => CLOSE.test(text) || (text.length < 2 && isCross(el)),
  stay: ({ text }) => STAY.test(text),
  save: ({ text }) => SAVE.test(text),
  accept: ({ text }) => ACCEPT.test(text) && !MANAGE.test(text) && !REJECT.test(text),
  fine: ({ text }) => FINE.test(text),
  yes: ({ text }) => YES_OLD_ENOUGH.test(text),
  enter: ({ text }) => ENTER.test(text),
};
const gives = (how) => ({ buttons }) => buttons.some(ANSWERS[how]);
const asksConsent = (box) =>
  ["reject", "necessary", "accept", "fine"].some((how) => gives(how)(box))
  || (box.text.length < 600 && gives("close")(box));
const offersNews = ({ buttons }) =>
  buttons.some((one) => ANSWERS.accept(one) || /enable|turn on|subscribe/.test(one.text));
const invites = (box) => gives("enter")(box) || gives("later")(box) || ANYWHERE.test(box.text);
// In this order: what a box is about, how long its text may be, whether it may have fields, what else holds
// of it, and what it is answered, the best first. `shy` boxes count only as long as nobody has clicked in the
// document, or where they can be put off: others may have been asked for.
const KINDS = [
  {
    kind: "consent", about: CONSENT, most: MAX_TEXT, fields: true, is: asksConsent,
    answers: ["reject", "necessary", "later", "close", "save", "accept", "fine"],
  },
  { kind: "age", shy: true, about: AGE, most: 1200, answers: ["yes"] },
  { kind: "region", shy: true, about: REGION, most: 2500, fields: true, answers: ["stay", "close", "later"] },
  { kind: "browser", about: BROWSER, most: 800, answers: ["later", "close", "fine", "stay"] },
  { kind: "app", shy: true, about: APP, most: 600, answers: ["later", "stay", "reject", "close"] },
  {
    kind: "notifications", shy: true, about: NOTIFY, most: 600, is: offersNews,
    answers: ["later", "reject", "close"],
  },
  {
    kind: "newsletter", shy: true, about: NEWSLETTER, most: 1500, fields: true,
    answers: ["later", "reject", "close"],
  },
  { kind: "tour", shy: true, about: TOUR, most: 1200, answers: ["later", "close", "fine"] },
  {
    kind: "teaser", shy: true, about: CHAT, most: 400, answers: ["close", "later"],
    is: ({ cover, corner }) => cover < 0.25 && corner,
  },
  {
    kind: "splash", shy: true, about: /^/, most: 400, answers: ["later", "enter", "click"],
    is: (box) => !box.framed && box.cover > 0.85 && box.buttons.length < 5 && invites(box) && hides(box.el),
  },
  {
    kind: "notice", shy: true, about: /^/, most: 3000, answers: ["later", "close", "fine"],
    is: ({ framed, modal, text }) => !framed && modal && !SIGN_IN.test(text),
  },
];
const isOf = ({ about, most, fields, is = () => true }, box) =>
  about.test(box.text) && box.text.length <= most && (fields || !box.fields) && is(box);

const PAGE_PARTS = "main, [role=main], nav, [role=navigation]";
const isPagePart = (el, parts) =>
  el.matches(`header, body, ${PAGE_PARTS}`) || parts.some((part) => part.matches(PAGE_PARTS));
const isModal = (el, cover, layers) =>
  el.getAttribute("aria-modal") === "true" || el.matches("dialog:modal") || isVeiled(el, layers)
  || (cover > 0.5 && (isDim(el) || el.matches("[role=dialog], [role=alertdialog]")) && hides(el));

const describe = ({ el, cover }, layers, framed) => {
  const parts = partsOf(el);
  const text = textOf(el, parts);
  const { left, top } = el.getBoundingClientRect();
  return {
    el, cover, text, parts, framed,
    fields: parts.some((part) => part.matches(TEXT_FIELDS) && isShown(part)),
    secret: parts.some((part) => part.matches("input[type=password i]")),
    modal: isModal(el, cover, layers),
    corner: top > innerHeight * 0.3 && (left > innerWidth * 0.5 || left < innerWidth * 0.15),
    get buttons() {
      const buttons = pressablesOf(parts)
        .map((one) => ({ ...one, text: said(one.label) }))
        .filter((one) => one.text.length <= MAX_LABEL);
      Object.defineProperty(this, "buttons", { value: buttons });
      return buttons;
    },
  };
};
const isPaid = (el) => labelOf(el).length <= MAX_LABEL && PAID.test(said(labelOf(el)));
// Links to the till count as well, which are never among the buttons.
const asksPay = ({ parts, text }) =>
  PAID_FOR.test(text) || parts.some((part) => part.matches(PRESSABLE) && isShown(part) && isPaid(part));
// One button an answer, the best answers first; none where something is to be bought, unless to refuse that.
const answersOf = (box, kind, order) => {
  const free = box.buttons.filter(({ text }) => !PAID.test(text));
  const hows = kind === "consent" && asksPay(box) ? order.filter((how) => how === "reject") : order;
  const answers = hows.flatMap((how) => {
    const one = how === "click" ? null : free.find((button) => ANSWERS[how](button) && isHit(button.el));
    return one ? [{ el: one.el, label: one.label, how }] : [];
  });
  const anywhere = hows.includes("click") && !answers.length && ANYWHERE.test(box.text);
  return anywhere ? [{ el: box.el, label: box.text.slice(0, 80), how: "click" }] : answers;
};
const unasked = () => pressed() <= memory.own;
const canWait = ({ how }) => how === "later" || how === "stay";
const judge = (box) => {
  const kind = box.secret ? null : KINDS.find((one) => isOf(one, box));
  if (!kind) return null;
  const answers = answersOf(box, kind.kind, kind.answers);
  const allowed = !kind.shy || unasked() || answers.some(canWait);
  return answers.length && allowed ? { kind: kind.kind, layer: box.el, answers } : null;
};
// An obstacle known by its maker's names: first what those refuse with, then what is said, then their others.
const byName = (known) => {
  for (const layer of document.querySelectorAll(known.box)) {
    if (!isShown(layer) || memory.left.has(layer)) continue;
    const box = describe({ el: layer, cover: 0 }, [], false);
    const isOne = (selector) => (el) => el.matches(selector) && isShown(el) && !isPaid(el) && isHit(el);
    const named = ["reject", "close", "accept"].flatMap((how) => {
      const el = known[how] && box.parts.find(isOne(known[how]));
      return el ? [{ el, label: labelOf(el), how }] : [];
    });
    const refused = named.filter(({ how }) => how === "reject");
    const { answers: order } = KINDS.find(({ kind }) => kind === known.kind);
    const spoken = answersOf(box, known.kind, order);
    const paid = known.kind === "consent" && asksPay(box);
    const all = paid ? [...refused, ...spoken] : [...refused, ...spoken, ...named];
    const answers = all.filter(({ el }, at) => all.findIndex((one) => one.el === el) === at);
    if (answers.length) return { kind: known.kind, layer, answers };
  }
  return null;
};
const find = (framed) => {
  if (innerWidth < 40 || innerHeight < 40 || !document.body) return null;
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
    if (memory.left.has(layer.el) || (layer.cover < MIN_SHARE && shareOf(layer.el) < MIN_SHARE)) continue;
    const box = describe(layer, layers, framed);
    if (framed || !isPagePart(layer.el, box.parts)) boxes.push(box);
  }
  const found = boxes.map(judge).filter(Boolean);
  const order = KINDS.map(({ kind }) => kind);
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? null;
};
const JOBS = {
  find({ framed }) {
    const found = find(framed);
    if (!found) return memory.hosts.length && !framed ? { sealed: memory.hosts.length } : null;
    found.answers = found.answers.slice(0, 3);
    const answers = found.answers.map(({ label, how }) => ({ label: label || how, how }));
    return { kind: found.kind, slot: memory.found.push(found) - 1, answers };
  },
  aim({ slot, answer }) {
    const { el } = memory.found[slot]?.answers[answer] ?? {};
    return el && isShown(el) && isHit(el) ? middleOf(el) : null;
  },
  clicked() {
    memory.own += 1;
  },
  gone({ slot }) {
    const found = memory.found[slot];
    return !found || !isShown(found.layer) || !found.answers.some(({ el }) => isShown(el) && isHit(el));
  },
  leave({ slot }) {
    const layer = memory.found[slot]?.layer;
    if (layer) memory.left.add(layer);
  },
};
return JOBS[request.job](request);
