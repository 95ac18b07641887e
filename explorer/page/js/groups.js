// Part 8b: what belongs together: rows of one list, strips of views; where things stand, and what to call those
// that have no name.
const STATE_WORDS =
  /(^|[-_])(active|selected|current|checked|open|opened|shown|pressed|on|focus(ed)?|hover(ed)?|first|last|odd|even|disabled)$/i;
const classesOf = (el) => attr(el, "class").split(/\s+/).filter(Boolean);
// `row row-first` is a kind of `row`: what only varies another class of the element is left out.
const isVariant = (word, classes) => classes.some((base) => base !== word && /^[-_]/.test(word.slice(base.length)) && word.startsWith(base));
const shapeOfClass = (el) => {
  const classes = classesOf(el);
  return classes
    .filter((word) => !STATE_WORDS.test(word) && !/\d/.test(word) && !isVariant(word, classes))
    .sort()
    .join(".");
};
// Tags and classes up to the landmark: things of one shape share it, wherever in a list they stand.
const shapeTrail = memo((el) => {
  const parent = hostOrParent(el);
  if (!parent || isPage(el)) return "";
  if (LANDMARKS[explicitRole(el)] ?? LANDMARKS[el.localName]) return el.localName;
  return `${shapeTrail(parent)}>${el.localName}.${shapeOfClass(el)}`;
});
const NO_ROWS = "[role=tablist], [role=toolbar], [role=menu], [role=menubar], [role=radiogroup], [role=group] > button";
const isLike = (one, other) => one.localName === other.localName && shapeOfClass(one) === shapeOfClass(other);
const likeOf = (el) => [...(el.parentElement?.children ?? [])].filter((one) => isLike(one, el));
// A row holds more than what is clicked in it; single words one below the other are a menu.
const rowBoxOf = (el) => {
  let node = el;
  for (let depth = 0; node && depth < 5 && !isPage(node); depth++, node = node.parentElement) {
    if (node.matches("tr, [role=row]")) return node;
    if (likeOf(node).length < 2) continue;
    const own = tidy(visibleText(el));
    const said = tidy(gather(node, false));
    const parts = [...node.querySelectorAll("*")].filter((one) => !one.children.length && tidy(one.textContent));
    if (node === el ? parts.length >= 2 : said.length > own.length + 2 || node.querySelector("img")) return node;
  }
  return null;
};
const rowOf = (el) => {
  if (/^(nav|header|footer)$/.test(landmarkOf(el)) || el.closest(NO_ROWS)) return "";
  if (/^(tab|menuitem.*|switch|combobox)$/.test(explicitRole(el)) || isField(el)) return "";
  const row = rowBoxOf(el);
  return row ? hashOf(`${roleOf(el)} ${shapeTrail(el)}`) : "";
};
// What is one of several of its kind side by side, such as the menus of a bar, whatever each is called.
const LARGE_GROUP = 4;
// The part of a menu that an entry stands in: the nearest box with other links, known by its first. What an entry
// unfolds is a part of its own.
const menuPartOf = (el) => {
  if (!/^(nav|aside|header)$/.test(landmarkOf(el))) return "";
  const around = (start, links) => {
    let box = start;
    while (box && !isPage(box) && box.querySelectorAll("a[href]").length < links) box = box.parentElement;
    return box;
  };
  const own = el.closest("li") ?? (hrefOf(el) ? el : around(el.parentElement, 1));
  const box = around(own?.parentElement, 2);
  const first = box && !isPage(box) ? [...box.querySelectorAll("a[href]")].find(hrefOf) : null;
  return first ? hashOf(`menu ${hrefOf(first)}`) : "";
};
const groupOf = (el) => {
  if (hrefOf(el)) return menuPartOf(el);
  if (isField(el)) return "";
  if (landmarkOf(el) === "nav" && el.matches(REVEALING)) return menuPartOf(el);
  const alone = el.parentElement?.children.length === 1 && el.parentElement.matches("li, div, span");
  const node = alone ? el.parentElement : el;
  const group = likeOf(node).filter((one) => isShown(one));
  if (group.length >= LARGE_GROUP) return hashOf(`group ${roleOf(el)} ${shapeTrail(node)}`);
  const box = node.parentElement;
  const few = box ? [...box.children].filter((one) => one.localName === node.localName && isShown(one)) : [];
  const first = () => tidy(box.firstElementChild.textContent).slice(0, 40);
  return few.length >= 2 && few.length < LARGE_GROUP ? `few ${hashOf(`${trailOf(box)} ${first()}`)}` : "";
};
const hashOf = (text) => {
  let value = 5381;
  for (let i = 0; i < text.length; i++) value = ((value * 33) ^ text.charCodeAt(i)) >>> 0;
  return value.toString(16);
};

// Views of one thing stand in a strip, in a line, and one of them is marked as shown: sheet tabs, modes.
const SELECTED = /(^|[-_])(active|selected|current|checked|pressed|on)$/i;
const isMarked = (el) =>
  /^(true|page|step)$/.test(attr(el, "aria-selected") || attr(el, "aria-current") || attr(el, "aria-pressed")) ||
  classesOf(el).some((word) => SELECTED.test(word));
const stripOf = (el) => {
  if (hrefOf(el) || isField(el) || /^(checkbox|radio|switch|option|menuitem.*)$/.test(roleOf(el))) return "";
  let node = el;
  if (node.parentElement?.children.length === 1 && node.parentElement.matches("li, div, span")) node = node.parentElement;
  const all = likeOf(node).filter((one) => isShown(one));
  if (all.length < 2 || all.length > 40) return "";
  const marked = all.filter((one) => isMarked(one) || [...one.children].some(isMarked));
  if (marked.length !== 1 || all.some((one) => tidy(one.textContent).length > 30)) return "";
  const [rect, first] = [node.getBoundingClientRect(), all[0].getBoundingClientRect()];
  if (Math.abs(rect.top - first.top) > 6 && Math.abs(rect.left - first.left) > 6) return "";
  return marked[0] === node ? "shown" : "other";
};

// Where something stands, whatever it is called just now.
const spots = (all) => {
  const counts = new Map();
  const found = new Map();
  for (const el of all.filter((one) => !hrefOf(one))) {
    const place = `${landmarkOf(el)} ${trailOf(el)}`;
    const number = counts.get(place) ?? 0;
    counts.set(place, number + 1);
    found.set(el, hashOf(`${place} ${number}`));
  }
  return (el) => found.get(el) ?? "";
};

// Names for what has none, weakest last: they are shown to viewers, and identify nothing.
const NO_NAMES = new Set(
  ("div span icon icn ico button btn handle svg img image link item element elem box wrapper wrap container inner outer" +
    " content main root tool tools toolbar bar panel control ctrl cell row col column tb ui app component widget field input" +
    " active selected current default primary secondary small large medium left right top bottom center middle flex grid" +
    " group list block inline hidden visible show hide first last odd even clickable pointer cursor label text title name" +
    " action click nav menu popup dropdown gap view page undefined null true false none auto base core js css new"
  ).split(" "),
);
const UTILITY = /^(flex|grid|items-|justify-|rounded|p[xytrbl]?-|m[xytrbl]?-|text-|bg-|w-|h-|hover:|sm:|md:|lg:)/;
const nameWordsIn = (text) =>
  text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z]+/)
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 3 && /[aeiouy]/.test(word) && !NO_NAMES.has(word));
const NAMING = ["data-name", "data-tool", "data-action", "data-command", "data-cmd", "data-testid", "data-type", "id"];
const ownWords = (el) => {
  for (const name of NAMING) {
    const words = isStableId(attr(el, name)) ? nameWordsIn(attr(el, name)) : [];
    if (words.length) return words.slice(0, 3).join(" ");
  }
  for (const part of [el, ...[...el.querySelectorAll("*")].slice(0, 4)]) {
    const classes = classesOf(part);
    if (classes.length > 5 || classes.some((word) => UTILITY.test(word))) continue;
    const words = classes.filter((word) => !/\d/.test(word)).flatMap(nameWordsIn);
    if (words.length) return [...new Set(words)].slice(-2).join(" ");
  }
  return "";
};
const besideOf = (el) => {
  for (const other of [el.previousElementSibling, el.nextElementSibling]) {
    const text = other && !other.matches(`${NATIVE}, [role=button], input, select, textarea`) ? visibleText(other) : "";
    if (text && text.length <= 30 && /\p{L}/u.test(text)) return text;
  }
  return "";
};
const KINDS = { button: "Button", link: "Link", tab: "Tab", combobox: "List", checkbox: "Box", slider: "Slider" };
const placeOf = (el) => {
  if (el.closest("[role=toolbar], [class*=toolbar i], [class*=tool-bar i]")) return "in the toolbar";
  const named = { nav: "in the navigation", header: "in the header", aside: "in the side panel" };
  const more = { footer: "in the footer", dialog: "in the dialog" };
  const where = { ...named, ...more }[landmarkOf(el)];
  if (where) return where;
  if (el.closest("table, [role=grid]")) return "in the table";
  const { left, right, top, bottom } = el.getBoundingClientRect();
  if (bottom < innerHeight / 5) return "at the top";
  if (top > (innerHeight * 4) / 5) return "at the bottom";
  return right < innerWidth / 4 ? "on the left" : left > (innerWidth * 3) / 4 ? "on the right" : "on the page";
};
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const hintOf = (el) => {
  if (spoken(el)) return "";
  if (useOf(el) === "cell") return "Cell of the sheet";
  if (isField(el) && fillsOf(el) === "search") return "Search";
  const keys = attr(el, "aria-keyshortcuts") || attr(el, "accesskey");
  const kind = useOf(el) === "draw" ? "Shape" : (KINDS[roleOf(el)] ?? (isField(el) ? "Field" : "Button"));
  const name = ownWords(el) || (keys ? `${kind} with the key ${keys}` : "") || besideOf(el);
  return capital(name || `${kind} ${placeOf(el)}`).slice(0, MAX_TEXT);
};
