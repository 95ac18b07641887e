// Part 7b: where a link stands, by which pages are told from actions; what a control does by its own markup; and
// what the page's language is told by.
const HEADINGS = "h1, h2, h3, h4, h5, h6, [role=heading]";
const BREADCRUMB = "[aria-label*=breadcrumb i], [class*=breadcrumb i], [itemtype$=BreadcrumbList]";
const MIN_CARD_PX = 12000; // 150 by 80
const LONG_TEXT = 25;
const isInline = (el) => styleOf(el).display === "inline";
// A box around a link that is painted like a button: links in sentences have none.
const isPainted = (el) => {
  const { backgroundColor, borderTopWidth, paddingLeft } = styleOf(el);
  const painted = !/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor) || parseFloat(borderTopWidth) > 0;
  return painted && parseFloat(paddingLeft) > 3;
};
const wordsIn = (text) => text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;
// Within a sentence: words of the same line directly before or behind it, and a line that says more than the link.
const isInProse = (el) => {
  const parent = shownIn(el);
  if (!parent || !isInline(el) || isPainted(el)) return false;
  const said = (node) => (node?.nodeType === 3 ? tidy(node.data) : "");
  const around = wordsIn(said(el.previousSibling)) + wordsIn(said(el.nextSibling));
  return around >= 2 && tidy(gather(parent, false)).length >= tidy(el.textContent).length + LONG_TEXT;
};
// A box with a heading, a picture or some lines of text that is one link.
const isCard = (el) => {
  const { width, height } = el.getBoundingClientRect();
  if (width * height < MIN_CARD_PX || height < 50) return false;
  return !!el.querySelector(`img, picture, video, ${HEADINGS}`) || tidy(el.textContent).length > 60;
};
// One of many, each the only link of its row: a list of pages. Actions stand in rows of their own, or repeat.
const ROW = "li, tr, dt, dd, [role=listitem], [role=row]";
const listOf = memo((list) => {
  const links = [...list.children].flatMap((row) => {
    const found = [...row.querySelectorAll("a[href]")].filter((a) => a.closest(ROW) === row);
    return found.length === 1 ? [tidy(found[0].textContent)] : [];
  });
  return new Set(links).size === links.length ? links.length : 0;
});
const isInList = (el) => {
  const row = el.closest(ROW);
  if (!row?.parentElement || [...row.querySelectorAll("a[href]")].filter((a) => a.closest(ROW) === row).length !== 1)
    return false;
  return !isPainted(el) && listOf(row.parentElement) >= 3;
};
const contextOf = (el) => {
  if (!el.matches("a[*|href], area[href]")) return "";
  if (el.closest(HEADINGS)) return "heading";
  if (el.closest(BREADCRUMB)) return "breadcrumb";
  if (isCard(el)) return "card";
  if (el.querySelector(HEADINGS)) return "heading";
  if (isInProse(el)) return "prose";
  if (isInList(el)) return "list";
  return isPainted(el) ? "" : "plain";
};
// Attributes in which frameworks keep what a click asks the server for, or calls.
const DEEDS =
  /^(on(click|change|input|mousedown|pointerdown|submit)|(data-)?hx-(get|post|put|patch|delete)|data-(method|turbo-method|confirm|turbo-confirm|action|url|href|remote|link|command|post|request|do|cmd|op)|ng-click|\(click\)|v-on:click.*|@click.*|x-on:click.*|wire:click|phx-click|up-href|formaction|ic-(get|post)-.*|jsaction)$/i;
const handlerOf = (el) =>
  [...el.attributes]
    .filter(({ name, value }) => DEEDS.test(name) && value)
    .map(({ name, value }) => `${name}=${value}`)
    .join("\n")
    .slice(0, 2000);

const MAX_SAMPLE = 2000;
const NO_SAMPLE = /^(script|style|template|noscript|code|pre|svg|select|textarea|iframe)$/;
// What is listed: the rows of the first table or list in the page's content that has some.
const MAX_ROWS = 60;
const rowsListed = () => {
  const kinds = ["tbody tr, [role=row]", "main li, [role=listitem], [role=main] li", "main h2, main h3, article h2"];
  for (const kind of [...kinds, "li"]) {
    const rows = [...document.querySelectorAll(kind)].slice(0, 2 * MAX_ROWS);
    const shown = rows.filter((row) => isShown(row) && !/^(nav|header|footer)$/.test(landmarkOf(row)));
    const texts = shown.map((row) => tidy(row.innerText ?? "").slice(0, 200)).filter(Boolean);
    if (texts.length >= 3) return texts.slice(0, MAX_ROWS);
  }
  return [];
};
// The page's first words and the language that it says it is in.
const sampleOf = () => {
  const root = document.documentElement;
  const lang = attr(root, "lang") || attr(root, "xml:lang") || (document.body ? attr(document.body, "lang") : "");
  let text = "";
  const stack = document.body ? [document.body] : [];
  for (let n = 0; stack.length && n < 6000 && text.length < MAX_SAMPLE; n++) {
    const node = stack.pop();
    if (node.nodeType === 3) text += `${tidy(node.data)} `;
    else if (node.nodeType === 1 && !NO_SAMPLE.test(node.localName) && styleOf(node).display !== "none")
      stack.push(...[...childrenOf(node)].reverse());
  }
  return { lang: lang.slice(0, 20), text: text.replace(/\s+/g, " ").slice(0, MAX_SAMPLE), rows: rowsListed() };
};
