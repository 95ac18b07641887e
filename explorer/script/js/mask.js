// Fills masked elements with black before anything of them is painted, and tells what they say. `request` has
// `css`, selectors that apply by themselves, and `named`, targets that a search must find: {engine, value, role}.
// Filled and not blurred: what is blurred can be read again.
const MARK = "data-masked";
const FILL = "background: #000 !important; filter: brightness(0) !important;";
const MAX_TEXTS = 300;
const NATIVE_ROLES = [
  ["a[href], area[href]", "link"],
  ["button, summary, input:is([type=button],[type=submit],[type=reset])", "button"],
  ["input[type=checkbox]", "checkbox"],
  ["input[type=radio]", "radio"],
  ["input[type=range]", "slider"],
  ["input[type=number]", "spinbutton"],
  ["input[type=search]", "searchbox"],
  ["select", "combobox"],
  ["textarea, input", "textbox"],
  ["h1, h2, h3, h4, h5, h6", "heading"],
  ["img", "img"],
  ["table", "table"],
  ["td", "cell"],
  ["tr", "row"],
  ["li", "listitem"],
  ["nav", "navigation"],
  ["dialog", "dialog"],
];
const sheet = new CSSStyleSheet();
for (const selector of [...request.css, `[${MARK}]`]) {
  try {
    sheet.insertRule(`${selector} { ${FILL} }`);
  } catch {
    // Not understood here.
  }
}
const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const folded = (text) => tidy(text).toLowerCase();
const attr = (el, name) => el.getAttribute(name) ?? "";
const byIds = (el, name) =>
  attr(el, name)
    .split(/\s+/)
    .map((id) => (id && el.getRootNode().getElementById?.(id)?.textContent) || "")
    .join(" ");
const labelsOf = (el) => [...[...(el.labels ?? [])].map((label) => label.textContent), byIds(el, "aria-labelledby"), attr(el, "aria-label")];
const namesOf = (el) => [...labelsOf(el), attr(el, "placeholder"), attr(el, "title"), attr(el, "alt")];
const ownText = (el) => [...el.childNodes].map((node) => (node.nodeType === 3 ? node.data : "")).join(" ");
const roleOf = (el) => attr(el, "role").split(/\s+/)[0] || NATIVE_ROLES.find(([selector]) => el.matches(selector))?.[1] || "";
const says = (el, value) => {
  const whole = el.textContent ?? "";
  return (whole.length <= 4 * value.length + 200 && folded(whole) === value) || folded(ownText(el)).includes(value);
};
const isCalled = (el, value) => namesOf(el).some((name) => folded(name) === value) || says(el, value);
const FITS = {
  words: isCalled,
  aria: (el, value, role) => (!role || roleOf(el) === role) && isCalled(el, value),
  role: (el, value, role) => roleOf(el) === role && (!value || isCalled(el, value)),
  label: (el, value) => labelsOf(el).some((name) => folded(name) === value),
  text: says,
};
const named = request.named.map(({ engine, value, role }) => [FITS[engine], folded(value), role]);
const NEVER = "html, head, head *, body, script, style, template, noscript";
const check = (el) => {
  if (el.matches(NEVER)) return;
  const fits = named.some(([test, value, role]) => test(el, value, role));
  if (fits !== el.hasAttribute(MARK)) el.toggleAttribute(MARK, fits);
};
const checkAll = (node) => {
  if (node.nodeType !== 1) return;
  for (const el of [node, ...node.querySelectorAll("*")]) {
    check(el);
    if (el.localName === "label" && el.control) check(el.control);
  }
};
// What has changed may be a part of what a larger element says.
const MAX_AROUND = 4;
const checkAround = (node) => {
  for (let el = node, depth = 0; el && depth < MAX_AROUND; el = el.parentElement, depth++) {
    if (el.nodeType !== 1) continue;
    check(el);
    if (el.localName === "label" && el.control) check(el.control);
  }
};
const observer = new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    for (const node of addedNodes) checkAll(node);
    checkAround(type === "characterData" ? target.parentElement : target);
  }
});
const WATCHED = ["aria-label", "aria-labelledby", "role", "alt", "title", "placeholder", "id", "for"];
const roots = [];
const own = (root) => {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  roots.push(new WeakRef(root));
  if (named.length)
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: WATCHED });
};
own(document);
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (...args) {
  const root = attach.apply(this, args);
  own(root);
  return root;
};
const linesOf = (el) => {
  const texts = [...el.querySelectorAll("*"), el].flatMap((one) => [ownText(one), one.value, ...namesOf(one)]);
  return [el.innerText, ...texts].filter((text) => typeof text === "string").flatMap((text) => [text, ...text.split("\n")]);
};
Object.defineProperty(globalThis, request.key, {
  value: () => {
    const found = new Set();
    for (const selector of [...request.css, `[${MARK}]`])
      for (const root of roots.map((one) => one.deref()).filter(Boolean)) {
        try {
          for (const el of root.querySelectorAll(selector)) for (const line of linesOf(el)) found.add(tidy(line));
        } catch {
          // Not understood here.
        }
      }
    return [...found].filter(Boolean).slice(0, MAX_TEXTS);
  },
});
