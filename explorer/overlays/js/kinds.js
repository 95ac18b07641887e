// Which of the boxes that lie over a page is an obstacle, and which of its answers a polite visitor gives.
const MIN_SHARE = 0.03;
const MAX_TEXT = 6000;
const MAX_LABEL = 60;
const NO_TEXT = "[type=hidden i], [type=checkbox i], [type=radio i], [type=button i], [type=submit i]";
const TYPED = `input:not(${NO_TEXT}), textarea, [contenteditable=true]`;
const TEXT_FIELDS = `${TYPED}, select`;
const said = (label) =>
  plain(label).replace(/\(.*?\)/g, "").replace(/^[×✕✖]\s+|\s+[×✕✖]$/g, "").trim();

const isPaid = (el) => labelOf(el).length <= MAX_LABEL && words("paid").test(said(labelOf(el)));
// Links to the till count as well, which are never among the buttons.
const hasPaid = ({ parts }) => parts.some((part) => part.matches(PRESSABLE) && isShown(part) && isPaid(part));
const asksPay = (box) => about("pay_or_accept").test(box.text) || hasPaid(box);

// What consent boxes and their buttons are called in ids, classes and attributes, whatever language they speak.
const NAMED_CONSENT = /cookie|consent|gdpr|dsgvo|ccpa|(?:^|[-_ ])cmp(?:$|[-_ ])/;
const NAMED_REJECT = /reject|decline|refuse|deny|disagree|opt-?out|necessary|essential/;
const NAMED_ACCEPT = /accept|agree|allow|opt-?in/;
const namesOf = (el) =>
  [...el.attributes]
    .filter(({ name }) => /^(id|class|name|aria-label$|data-)/.test(name))
    .map(({ value }) => value.slice(0, 200).replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase())
    .join(" ");
const NAMED_MINIMIZE = /minimi[sz]e|collapse/;
const MINIMIZE_SIGNS = /^[-‐–—−_▾⌄˅﹀🗕]$/u;
const saysMinimize = (text) => MINIMIZE_SIGNS.test(text) || whole("minimize").test(text);
const ANSWERS = {
  reject: ({ text }) => words("reject").test(text),
  necessary: ({ text }) => words("necessary").test(text),
  later: ({ text }) => words("later").test(text) && !/^skip (to|nav)/.test(text),
  cancel: ({ text }) => whole("cancel").test(text),
  close: ({ text, el }) => saysClose(text) || (text.length < 2 && isCross(el)),
  stay: ({ text }) => words("stay").test(text),
  save: ({ text }) => words("save").test(text),
  accept: ({ text }) => words("accept").test(text) && !words("manage").test(text) && !words("reject").test(text),
  fine: ({ text }) => whole("fine").test(text),
  yes: ({ text }) => whole("yes").test(text),
  enter: ({ text }) => whole("enter").test(text),
  minimize: ({ text, el }) => saysMinimize(text) || (text.length < 2 && NAMED_MINIMIZE.test(namesOf(el))),
  next: ({ text }) => whole("next").test(text),
  // Of consents only, where no word is known.
  named_reject: ({ el }) => NAMED_REJECT.test(namesOf(el)) && !NAMED_ACCEPT.test(namesOf(el)),
  named_accept: ({ el }) => NAMED_ACCEPT.test(namesOf(el)) && !NAMED_REJECT.test(namesOf(el)),
};
const REFUSES = ["reject", "necessary", "named_reject"];
const AGREES = ["accept", "fine", "named_accept"];
const gives = (how) => ({ buttons }) => buttons.some(ANSWERS[how]);
// A lone button whose words are not known accepts, beside a link to what is accepted.
const POLICY = /cookie|privacy|consent|gdpr|datenschutz/;
const isNotice = ({ el, parts, buttons }) =>
  buttons.length === 1
  && (NAMED_CONSENT.test(namesOf(el))
    || parts.some((part) => part.matches("a[href]") && POLICY.test(part.getAttribute("href").toLowerCase())));
const asksConsent = (box) =>
  isWall(box) || isNotice(box) || [...REFUSES, ...AGREES].some((how) => gives(how)(box)) || (box.text.length < 600 && gives("close")(box));
const isNamedConsent = (box) =>
  isWall(box)
  || [...pathOf(box.el).slice(0, 3), ...box.parts.slice(0, 3)].some((part) => NAMED_CONSENT.test(namesOf(part)));
// The other choice is to pay, and there is no third one.
const isWall = (box) => about("pay_or_accept").test(box.text) && hasPaid(box) && !gives("later")(box) && !gives("close")(box);
const offersNews = ({ buttons }) =>
  buttons.some((one) => ANSWERS.accept(one) || /enable|turn on|subscribe/.test(one.text));
const invites = (box) => gives("enter")(box) || gives("later")(box) || words("anywhere").test(box.text);
// In this order: what a box is about, how long its text may be, whether it may have fields, what else holds
// of it, and what it is answered, the best first. `shy` boxes are left alone where a click of the film has opened
// them, but for those that `intrude` whoever opened them, where they can be put off.
const KINDS = [
  {
    kind: "consent", about: "consent", named: isNamedConsent, most: MAX_TEXT, fields: true, is: asksConsent,
    answers: [
      "reject", "necessary", "named_reject", "later", "close", "save", "accept", "fine", "named_accept", "only",
    ],
  },
  {
    kind: "age", shy: true, about: "age", most: 6000, fields: ({ parts }) => birthEntries(parts),
    answers: ["filled", "yes", "enter"],
  },
  {
    kind: "region", shy: true, intrudes: true, about: "region", most: 8000, fields: true,
    is: ({ text, parts }) => text.length < 2500 || choicesOf(parts, 8).length || placeEntries(parts),
    answers: ["stay", "close", "later", "choice", "filled"],
  },
  { kind: "browser", about: "browser", most: 800, answers: ["later", "close", "fine", "stay"] },
  {
    kind: "app", shy: true, intrudes: true, about: "app", most: 600, answers: ["later", "stay", "reject", "close"],
  },
  {
    kind: "notifications", shy: true, intrudes: true, about: "notifications", most: 600, is: offersNews,
    answers: ["later", "reject", "close"],
  },
  {
    kind: "newsletter", shy: true, intrudes: true, about: "newsletter", most: 1500, fields: true,
    answers: ["later", "reject", "close"],
  },
  { kind: "tour", shy: true, about: "tour", most: 1200, answers: ["later", "close", "fine", "next", "only"] },
  {
    kind: "teaser", shy: true, about: "chat", most: 1200, fields: true, answers: ["minimize", "close", "later"],
    is: ({ cover, corner, framed }) => framed || (cover < 0.35 && corner),
  },
  {
    kind: "splash", shy: true, most: 400, answers: ["later", "enter", "click"],
    is: (box) => !box.framed && box.cover > 0.85 && box.buttons.length < 5 && invites(box) && hides(box.el),
  },
  {
    kind: "region", shy: true, most: 8000, fields: true, answers: ["close", "later", "choice", "filled"],
    is: ({ framed, modal, parts }) => !framed && modal && (choicesOf(parts, 3).length || placeEntries(parts)),
  },
  {
    kind: "notice", shy: true, most: 3000, fields: ({ parts }) => !parts.some((part) => part.matches(TYPED) && isShown(part)),
    answers: ["later", "close", "cancel", "fine", "next", "only", "escape"],
    is: ({ framed, modal, text }) => !framed && modal && !about("sign_in").test(text),
  },
];
const isAbout = ({ about: topic, named }, box) =>
  !topic || about(topic).test(box.text) || (named ? named(box) : false);
const mayHave = ({ fields }, box) =>
  !box.fields || (typeof fields === "function" ? !!fields(box) : !!fields);
const isOf = (kind, box) =>
  isAbout(kind, box) && box.text.length <= kind.most && mayHave(kind, box) && (kind.is ?? (() => true))(box);

