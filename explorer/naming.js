// Part 2: what things are called, what they are, and where they lead.
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
  [/(^|[\s_-])(navbar|navigation|sidebar|topnav|nav|menu)([\s_-]|$)/i, "nav"],
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
  if (withNames && node.localName === "img") return ` ${attr(node, "alt")} `;
  if (withNames && node.localName === "title") return ` ${node.textContent} `;
  if (node.localName === "svg" ? !withNames : !withNames && !isShown(node)) return "";
  let text = "";
  for (const child of childrenOf(node)) if (text.length < 4 * MAX_TEXT) text += gather(child, withNames);
  return styleOf(node).display.startsWith("inline") || node.ownerSVGElement ? text : ` ${text} `;
};
const visibleText = (el) => {
  if (el.localName !== "input") return tidy(gather(el, false));
  if (!el.matches(BUTTONS) || el.type === "image") return "";
  return tidy(el.value || { submit: "Submit", reset: "Reset" }[el.type] || "");
};
const byIds = (el, name) => {
  const root = el.getRootNode();
  return attr(el, name)
    .split(/\s+/)
    .map((id) => (id && root.getElementById?.(id)?.textContent) || "")
    .join(" ");
};
const iconName = (el) => {
  const use = el.querySelector("use");
  const link = use ? attr(use, "href") || attr(use, "xlink:href") : "";
  if (link.includes("#")) return link.split("#").pop();
  for (const icon of [el, ...el.querySelectorAll("i, span, svg, img")]) {
    if (attr(icon, "data-icon")) return attr(icon, "data-icon");
    const named =
      /(?:^|\s)(?:fa|bi|mdi|icon|glyphicon|lucide|ti|octicon|codicon)-(?!fw\b|lg\b|\dx\b)([a-z][\w-]*)/.exec(
        attr(icon, "class"),
      );
    if (named) return named[1];
  }
  const image = attr(el.querySelector("img") ?? el, "src");
  return /([^/?#]+)\.\w+(?:[?#].*)?$/.exec(image)?.[1] ?? "";
};
const spoken = (el) => {
  const names = [
    () => byIds(el, "aria-labelledby"),
    () => attr(el, "aria-label"),
    () => attr(el, "alt"),
    () => [...(el.labels ?? [])].map((l) => l.textContent).join(" "),
    () => visibleText(el),
    () => gather(el.shadowRoot ?? el, true),
    () => attr(el, "title"),
    () => attr(el, "value"),
    () => iconName(el),
  ];
  for (const name of names) {
    const text = tidy(name()).slice(0, MAX_TEXT);
    if (text) return text;
  }
  return "";
};
const roleOf = (el) => {
  const role = explicitRole(el);
  if (role && !/^(none|presentation)$/.test(role)) return role;
  const input = el.localName === "label" ? el.control : el;
  if (input?.matches(CHOICES)) return input.type;
  if (el.matches("a[*|href]")) return "link";
  return el.matches(`button, summary, ${BUTTONS}`) ? "button" : "generic";
};
const landmarkOf = memo((el) => {
  const outer = shownIn(el) ? landmarkOf(shownIn(el)) : "";
  if (outer === "dialog" || el === document.body || el === document.documentElement) return outer;
  const role = explicitRole(el);
  const own = LANDMARKS[role] ?? (role ? undefined : LANDMARKS[el.localName]);
  const sectional = /^(header|footer)$/.test(el.localName) && !role && /^(main|aside|nav)$/.test(outer);
  if (own && !sectional) return own;
  const words = `${attr(el, "id")} ${attr(el, "class")}`;
  const hint = outer ? undefined : NAMED_LIKE.find(([pattern]) => pattern.test(words) && el.children.length);
  return hint ? hint[1] : outer;
});

const rawHref = (el) => (el.matches("a[*|href]") ? attr(el, "href") || attr(el, "xlink:href") : "");
const isCode = (raw) => /^javascript:/i.test(raw.replace(/[\s\u0000-\u001f]/g, ""));
const absolute = (raw) => {
  try {
    return new URL(raw, document.baseURI).href;
  } catch {
    return raw;
  }
};
const hrefOf = (el) => {
  const raw = rawHref(el);
  return !raw || raw === "#" || raw === "#!" || isCode(raw) ? "" : absolute(raw);
};
const formActionOf = (el) => {
  if (!el.form || !/^(submit|image)$/.test(el.type) || attr(el.form, "method").toLowerCase() === "dialog")
    return "";
  const raw = attr(el, "formaction") || attr(el.form, "action");
  return raw ? absolute(raw) : document.URL;
};
const opensElsewhere = (el) => {
  const base = document.querySelector("base[target]");
  const target = attr(el, "target") || (base ? attr(base, "target") : "");
  return el.matches("a[*|href]") && target !== "" && !/^_(self|top|parent)$/i.test(target);
};
