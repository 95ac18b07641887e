// Part 10b: fingerprints of elements, by which one is found again after a release has moved or renamed it.
const MAX_FINGERPRINTS = 3000;
const MAX_NEARBY = 160;
const CLICKABLE = `${NATIVE}, [onclick], [tabindex]:not([tabindex^="-"]), select, textarea, input, label`;
const isClickable = (el) => el.matches(CLICKABLE) || ROLES.test(explicitRole(el));
const NO_FINGERPRINT = "html, body, head, script, style, template, noscript, link, meta, br, wbr, option, optgroup";
const ownText = (el) => tidy([...el.childNodes].map((node) => (node.nodeType === 3 ? node.data : "")).join(" "));
// From the root on, by tag and number among its like; `stop` ends the way at an ancestor.
const stepsTo = (el, stop) => {
  const steps = [];
  for (let node = el; node && node !== stop; node = hostOrParent(node)) {
    const alike = node.parentNode && siblingsByTag(node.parentNode).get(node.localName);
    steps.unshift(alike?.length > 1 ? `${node.localName}[${alike.indexOf(node) + 1}]` : node.localName);
  }
  return steps.join("/");
};
const idPathOf = (el) => {
  for (let box = hostOrParent(el); box; box = hostOrParent(box))
    if (isStableId(attr(box, "id"))) return `${attr(box, "id")}//${stepsTo(el, box)}`;
  return "";
};
// What a person reads beside it: of its surroundings, the nearest that say anything.
const nearbyOf = (el) => {
  const own = tidy(el.textContent ?? "");
  for (let box = shownIn(el), depth = 0; box && depth < 4; box = shownIn(box), depth++) {
    const all = tidy(gather(box, false));
    const rest = tidy(all.replace(own || "\u0000", " "));
    if (/[\p{L}\p{N}]/u.test(rest)) return rest.slice(0, MAX_NEARBY);
  }
  return "";
};
const fingerprintOf = (el) => {
  const { x, y, width, height } = el.getBoundingClientRect();
  return {
    tag: el.localName,
    role: roleOf(el),
    label: spoken(el),
    text: (isField(el) ? "" : visibleText(el)).slice(0, MAX_TEXT),
    nearby: nearbyOf(el),
    id: attr(el, "id").slice(0, 100),
    name: attr(el, "name").slice(0, 100),
    test_id: ["data-testid", "data-test-id", "data-test", "data-cy"].map((name) => attr(el, name)).find(Boolean) ?? "",
    classes: attr(el, "class").slice(0, 200),
    href: (attr(el, "href") || attr(el, "src")).replace(/^data:.*/s, "").slice(0, 300),
    alt: (attr(el, "alt") || attr(el, "title")).slice(0, 100),
    kind: attr(el, "type").slice(0, 30),
    placeholder: attr(el, "placeholder").slice(0, 100),
    path: stepsTo(el, null).slice(-300),
    id_path: idPathOf(el).slice(-300),
    clickable: isClickable(el),
    x: Math.round(x + scrollX),
    y: Math.round(y + scrollY),
    width: Math.round(width),
    height: Math.round(height),
  };
};
// Everything that can be pressed, filled in or read.
const isCandidate = (el, tag) =>
  !el.matches(NO_FINGERPRINT) &&
  !el.ownerSVGElement &&
  (isClickable(el) || el.localName === tag || el.matches("img, svg, canvas, video") || ownText(el) !== "") &&
  isBig(el);
// What else the page has, as it is called: none of it can be what the element has become.
const MAX_OTHERS = 1000;
const othersOf = (el) => {
  const rows = [];
  for (const root of rootsFrom(document))
    for (const other of root.querySelectorAll("*")) {
      if (rows.length >= MAX_OTHERS) return rows;
      if (other.contains(el) || el.contains(other) || !isCandidate(other, el.localName)) continue;
      const label = spoken(other);
      const text = label || isField(other) ? "" : visibleText(other).slice(0, MAX_TEXT);
      const before = Boolean(el.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);
      const clickable = isClickable(other);
      rows.push({ tag: other.localName, role: roleOf(other), label, text, clickable, before });
    }
  return rows;
};
const fingerprintAmongOthers = (el) => ({ ...fingerprintOf(el), others: othersOf(el) });
const fingerprints = () => {
  const names = catalogue();
  const found = [];
  for (const root of names.roots)
    for (const el of root.querySelectorAll("*"))
      if (found.length < MAX_FINGERPRINTS && isCandidate(el, request.tag))
        found.push({ ...fingerprintOf(el), selector: selectorFor(el, names) });
  return found;
};
