// Part 5: what things are called, what they are, and where they lead.
const MAX_TEXT = 80;
const LANDMARKS = {
  header: "header",
  nav: "nav",
  main: "main",
  aside: "aside",
  footer: "footer",
  dialog: "dialog",
  banner: "header",
  navigation: "nav",
  complementary: "aside",
  contentinfo: "footer",
  alertdialog: "dialog",
};
const NAMED_LIKE = [
  [/(^|[\s_-])(footer|contentinfo)([\s_-]|$)/i, "footer"],
  [/(^|[\s_-])(navbar|navigation|sidebar|topnav|nav|menu)([\s_-](?!button|btn|icon|handle|toggle)|$)/i, "nav"],
];

const tidy = (text) =>
  text
    .replace(/[\s\u00a0]+/g, " ")
    .replace(/[\ue000-\uf8ff]/g, "")
    .trim();
const gather = (node, withNames) => {
  if (node.nodeType === 3) return node.data;
  if (node.nodeType !== 1 || /^(script|style|template|noscript|select|textarea)$/.test(node.localName))
    return "";
  if (node.localName === "br") return " ";
  if (withNames && node.localName === "img") return ` ${attr(node, "alt")} `;
  if (withNames && node.localName === "title") return ` ${node.textContent} `;
  if (node.localName === "svg" ? !withNames : !withNames && !isShown(node)) return "";
  let text = "";
  for (const child of childrenOf(node)) if (text.length < 4 * MAX_TEXT) text += gather(child, withNames);
  return styleOf(node).display.startsWith("inline") || node.ownerSVGElement ? text : ` ${text} `;
};
const visibleText = memo((el) => {
  if (el.localName !== "input") return tidy(gather(el, false));
  if (!el.matches(BUTTONS) || el.type === "image") return "";
  return tidy(el.value || { submit: "Submit", reset: "Reset" }[el.type] || "");
});
const byIds = (el, name) => {
  const root = el.getRootNode();
  return attr(el, name)
    .split(/\s+/)
    .map((id) => (id && root.getElementById?.(id)?.textContent) || "")
    .join(" ");
};
// Words that say what something is made of, not what it does.
const isMeaningless = (text) =>
  /^(div|span|icon|icons|button|btn|handle|svg|img|image|link|item|element|box|wrapper|container|undefined|null)$/i.test(
    text.trim(),
  );
const TOOLTIPS = ["title", "data-tooltip", "data-original-title", "data-bs-original-title", "data-title", "data-tip"];
const MORE_TOOLTIPS = ["data-tips", "data-hint", "mattooltip", "ng-reflect-message", "tooltip", "data-tippy-content"];
// What shows when the pointer rests on it: its own tooltip, what describes it, or the title of its picture.
const tooltipOf = (el) => {
  const own = [...TOOLTIPS, ...MORE_TOOLTIPS].map((name) => attr(el, name)).find((text) => text && !isMeaningless(text));
  const inner = () => [...el.querySelectorAll("[title]")].map((one) => attr(one, "title")).find(Boolean) ?? "";
  return own ?? (tidy(byIds(el, "aria-describedby")) || inner());
};
// Names in the order that ARIA gives their sources. The browser's own `computedName` builds the whole
// accessibility tree for each call: 2 to 10 ms on small pages, 500 ms on one of 1,500 links.
const spoken = memo((el) => {
  const names = [
    () => hoverMenu(el) && entryText(el, hoverMenu(el)),
    () => byIds(el, "aria-labelledby"),
    () => attr(el, "aria-label"),
    () => attr(el, "alt"),
    () => [...(el.labels ?? [])].map((l) => gather(l, true)).join(" "),
    // What stands in an editor is no name: it changes with every entry.
    () => !isEditable(el) && visibleText(el),
    () => !isEditable(el) && gather(rootOf(el) ?? el, true),
    () => tooltipOf(el),
    () => attr(el, "placeholder"),
    () => (isField(el) ? "" : attr(el, "value")),
    () => titleAround(el),
    () => iconWords(el).find((word) => !isMeaningless(word)) ?? "",
  ];
  let last = ""; // an arrow, or a word such as "icon": the last resort
  for (const name of names) {
    const text = tidy(name() || "").slice(0, MAX_TEXT);
    if (/[\p{L}\p{N}]/u.test(text) && !isMeaningless(text)) return text;
    last ||= text;
  }
  return last;
});
const FIELD_ROLES = {
  text: "textbox",
  search: "searchbox",
  number: "spinbutton",
  range: "slider",
  select: "combobox",
};
const roleOf = (el) => {
  const role = explicitRole(el);
  if (role && !/^(none|presentation)$/.test(role)) return role;
  const input = el.localName === "label" ? el.control : el;
  if (input?.matches(CHOICES)) return input.type;
  if (el.matches("a[*|href], area[href]")) return "link";
  if (el.matches(`button, summary, ${BUTTONS}`)) return "button";
  return isField(el) ? (FIELD_ROLES[fillsOf(el)] ?? "textbox") : "generic";
};
// A footer in a section is that section's, as HTML has it, where the page has one of its own besides: some
// pages lie in one section as a whole.
const SECTIONS = "article, section";
const hasOwnFooter = [...document.querySelectorAll("footer")].some((footer) => !footer.closest(SECTIONS));
const isOfSection = (el, outer) =>
  (/^(header|footer)$/.test(el.localName) && /^(main|aside|nav)$/.test(outer)) ||
  (el.localName === "footer" && hasOwnFooter && el.closest(SECTIONS) !== null);
const landmarkOf = memo((el) => {
  const outer = shownIn(el) ? landmarkOf(shownIn(el)) : "";
  if (outer === "dialog" || el === document.body || el === document.documentElement) return outer;
  const role = explicitRole(el);
  const own = LANDMARKS[role] ?? (role ? undefined : LANDMARKS[el.localName]);
  if (own && !role && isOfSection(el, outer)) return outer;
  if (own) return own;
  const words = `${attr(el, "id")} ${attr(el, "class")}`;
  const hint = outer ? undefined : NAMED_LIKE.find(([pattern]) => pattern.test(words) && el.children.length);
  return hint ? hint[1] : outer;
});

const rawHref = (el) =>
  el.matches("a[*|href], area[href]") ? attr(el, "href") || attr(el, "xlink:href") : "";
const isCode = (raw) => /^javascript:/i.test(raw.replace(/[\s\u0000-\u001f]/g, ""));
const absolute = (raw) => {
  try {
    return new URL(raw, document.baseURI).href;
  } catch {
    // It leads nowhere, in no browser: the guardrails turn its scheme down.
    return `about:invalid#${encodeURIComponent(raw.slice(0, 200))}`;
  }
};
const hrefOf = (el) => {
  const raw = rawHref(el);
  return !raw || raw === "#" || raw === "#!" || isCode(raw) ? "" : absolute(raw);
};
// A fragment that names no place on the page is an order to a script: to open an article, say.
const isRoute = (el) => {
  const id = /^#([^/!:][^]*)$/.exec(rawHref(el))?.[1];
  if (!id || /^top$/i.test(id)) return false;
  const names = [id, decoded(id)];
  return !names.some((name) => document.getElementById(name) || document.getElementsByName(name).length);
};
const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const formActionOf = (el) => {
  if (!el.form || !/^(submit|image)$/.test(el.type) || attr(el.form, "method").toLowerCase() === "dialog")
    return "";
  const raw = attr(el, "formaction") || attr(el.form, "action");
  return raw ? absolute(raw) : document.URL;
};
const base = document.querySelector("base[target]");
const opensElsewhere = (el) => {
  const target = attr(el, "target") || (base ? attr(base, "target") : "");
  return el.matches("a[*|href], area[href]") && target !== "" && !/^_(self|top|parent)$/i.test(target);
};
