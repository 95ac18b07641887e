// Which of the boxes that lie over a page is an obstacle, and which of its answers a polite visitor gives.
const MIN_SHARE = 0.03;
const MAX_TEXT = 6000;
const MAX_LABEL = 60;
const NO_TEXT = "[type=hidden i], [type=checkbox i], [type=radio i], [type=button i], [type=submit i]";
const TEXT_FIELDS = `input:not(${NO_TEXT}), textarea, select, [contenteditable=true]`;
const said = (label) =>
  plain(label).replace(/\(.*?\)/g, "").replace(/^[×✕✖]\s+|\s+[×✕✖]$/g, "").trim();

// What consent boxes and their buttons are called in ids, classes and attributes, whatever language they speak.
const NAMED_CONSENT = /cookie|consent|gdpr|dsgvo|ccpa|(?:^|[-_ ])cmp(?:$|[-_ ])/;
const NAMED_REJECT = /reject|decline|refuse|deny|disagree|opt-?out|necessary|essential/;
const NAMED_ACCEPT = /accept|agree|allow|opt-?in/;
const namesOf = (el) =>
  [...el.attributes]
    .filter(({ name }) => /^(id|class|name|aria-label$|data-)/.test(name))
    .map(({ value }) => value.slice(0, 200).replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase())
    .join(" ");
const ANSWERS = {
  reject: ({ text }) => words("reject").test(text),
  necessary: ({ text }) => words("necessary").test(text),
  later: ({ text }) => words("later").test(text) && !/^skip (to|nav)/.test(text),
  close: ({ text, el }) => saysClose(text) || (text.length < 2 && isCross(el)),
  stay: ({ text }) => words("stay").test(text),
  save: ({ text }) => words("save").test(text),
  accept: ({ text }) => words("accept").test(text) && !words("manage").test(text) && !words("reject").test(text),
  fine: ({ text }) => whole("fine").test(text),
  yes: ({ text }) => whole("yes").test(text),
  enter: ({ text }) => whole("enter").test(text),
  // Of consents only, where no word is known.
  named_reject: ({ el }) => NAMED_REJECT.test(namesOf(el)) && !NAMED_ACCEPT.test(namesOf(el)),
  named_accept: ({ el }) => NAMED_ACCEPT.test(namesOf(el)) && !NAMED_REJECT.test(namesOf(el)),
};
const REFUSES = ["reject", "necessary", "named_reject"];
const AGREES = ["accept", "fine", "named_accept"];
const gives = (how) => ({ buttons }) => buttons.some(ANSWERS[how]);
const asksConsent = (box) =>
  [...REFUSES, ...AGREES].some((how) => gives(how)(box)) || (box.text.length < 600 && gives("close")(box));
const isNamedConsent = ({ el, parts }) =>
  [...pathOf(el).slice(0, 3), ...parts.slice(0, 3)].some((part) => NAMED_CONSENT.test(namesOf(part)));
const offersNews = ({ buttons }) =>
  buttons.some((one) => ANSWERS.accept(one) || /enable|turn on|subscribe/.test(one.text));
const invites = (box) => gives("enter")(box) || gives("later")(box) || words("anywhere").test(box.text);
// In this order: what a box is about, how long its text may be, whether it may have fields, what else holds
// of it, and what it is answered, the best first. `shy` boxes count only as long as nobody has clicked in the
// document, or where they can be put off: others may have been asked for.
const KINDS = [
  {
    kind: "consent", about: "consent", named: isNamedConsent, most: MAX_TEXT, fields: true, is: asksConsent,
    answers: ["reject", "necessary", "named_reject", "later", "close", "save", "accept", "fine", "named_accept"],
  },
  { kind: "age", shy: true, about: "age", most: 1200, answers: ["yes"] },
  { kind: "region", shy: true, about: "region", most: 2500, fields: true, answers: ["stay", "close", "later"] },
  { kind: "browser", about: "browser", most: 800, answers: ["later", "close", "fine", "stay"] },
  { kind: "app", shy: true, about: "app", most: 600, answers: ["later", "stay", "reject", "close"] },
  {
    kind: "notifications", shy: true, about: "notifications", most: 600, is: offersNews,
    answers: ["later", "reject", "close"],
  },
  {
    kind: "newsletter", shy: true, about: "newsletter", most: 1500, fields: true,
    answers: ["later", "reject", "close"],
  },
  { kind: "tour", shy: true, about: "tour", most: 1200, answers: ["later", "close", "fine"] },
  {
    kind: "teaser", shy: true, about: "chat", most: 400, answers: ["close", "later"],
    is: ({ cover, corner }) => cover < 0.25 && corner,
  },
  {
    kind: "splash", shy: true, most: 400, answers: ["later", "enter", "click"],
    is: (box) => !box.framed && box.cover > 0.85 && box.buttons.length < 5 && invites(box) && hides(box.el),
  },
  {
    kind: "notice", shy: true, most: 3000, answers: ["later", "close", "fine"],
    is: ({ framed, modal, text }) => !framed && modal && !about("sign_in").test(text),
  },
];
const isAbout = ({ about: topic, named }, box) =>
  !topic || about(topic).test(box.text) || (named ? named(box) : false);
const isOf = (kind, box) =>
  isAbout(kind, box) && box.text.length <= kind.most && (kind.fields || !box.fields) && (kind.is ?? (() => true))(box);

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
const isPaid = (el) => labelOf(el).length <= MAX_LABEL && words("paid").test(said(labelOf(el)));
// Links to the till count as well, which are never among the buttons.
const asksPay = ({ parts, text }) =>
  about("pay_or_accept").test(text) || parts.some((part) => part.matches(PRESSABLE) && isShown(part) && isPaid(part));
// One button an answer, the best answers first; none where something is to be bought, unless to refuse that.
// Beside a refusal nobody agrees, also where refusing has not helped.
const answersOf = (box, kind, order) => {
  const free = box.buttons.filter(({ text }) => !words("paid").test(text));
  let hows = order;
  if (kind === "consent" && asksPay(box)) hows = order.filter((how) => how === "reject");
  else if (free.some((one) => REFUSES.some((how) => ANSWERS[how](one))))
    hows = order.filter((how) => !AGREES.includes(how) || kind !== "consent");
  const answers = hows.flatMap((how) => {
    const one = how === "click" ? null : free.find((button) => ANSWERS[how](button) && isHit(button.el));
    return one ? [{ el: one.el, label: one.label, how }] : [];
  });
  const distinct = answers.filter(({ el }, at) => answers.findIndex((one) => one.el === el) === at);
  const anywhere = hows.includes("click") && !answers.length && words("anywhere").test(box.text);
  return anywhere ? [{ el: box.el, label: box.text.slice(0, 80), how: "click" }] : distinct;
};
const unasked = () => pressed() <= memory.own;
const canWait = ({ how }) => how === "later" || how === "stay";
const judge = (box) => {
  const kind = box.secret ? null : KINDS.find((one) => isOf(one, box));
  if (!kind) return null;
  const answers = answersOf(box, kind.kind, kind.answers);
  const allowed = !kind.shy || unasked() || answers.some(canWait);
  if (!answers.length && kind.kind === "consent") memory.unanswered = kind.kind;
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
    const refuses = [...refused, ...spoken].some(({ how }) => REFUSES.includes(how));
    const all = [...refused, ...spoken, ...(paid ? [] : named)].filter(
      ({ how }) => known.kind !== "consent" || !refuses || !AGREES.includes(how),
    );
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
  memory.untold = boxes.some((box) => box.buttons.length && box.text.length);
  const order = KINDS.map(({ kind }) => kind);
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? null;
};
const JOBS = {
  find({ framed }) {
    memory.unanswered = null;
    memory.untold = false;
    const found = find(framed);
    if (!found && memory.hosts.length && !framed) return { sealed: memory.hosts.length };
    if (!found && MORE && memory.untold) return MORE;
    if (!found) return memory.unanswered && !framed ? { unanswered: memory.unanswered } : null;
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
