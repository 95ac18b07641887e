// Part 7: how to find an element again, by CSS as Playwright reads it: it looks into open shadow roots.
const quote = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;
const isPlain = (text) => text !== "" && text.length <= 200 && !/[\u0000-\u001f\u007f]/.test(text);
const isStableId = (id) =>
  /^[A-Za-z][\w-]{0,40}$/.test(id) &&
  !/\d{3}|^(radix|headlessui|mui|ember|ext-gen|react-select|yui)|:|[0-9a-f]{8}/i.test(id);
const compoundsOf = memo((el) => {
  const tag = CSS.escape(el.localName);
  const get = (name) => el.getAttribute(name) ?? "";
  const found = [];
  if (isStableId(get("id")))
    found.push(document.compatMode === "BackCompat" ? `[id=${quote(get("id"))}]` : `#${get("id")}`);
  const raw = get("href");
  if (el.localName === "a" && isPlain(raw) && raw !== "#" && !isCode(raw))
    found.push(`a[href=${quote(raw)}]`);
  for (const name of ["data-testid", "data-test-id", "data-test", "data-cy"])
    if (isPlain(get(name))) found.push(`[${name}=${quote(get(name))}]`);
  for (const name of ["aria-label", "name", "title"])
    if (isPlain(get(name))) found.push(`${tag}[${name}=${quote(get(name))}]`);
  return found;
});
const rootsFrom = (root) => [
  root,
  ...[...root.querySelectorAll("*")].flatMap((el) => (rootOf(el) ? rootsFrom(rootOf(el)) : [])),
];
const catalogue = () => {
  const roots = rootsFrom(document);
  const owners = new Map();
  for (const root of roots)
    for (const el of root.querySelectorAll(
      "[id], a[href], [aria-label], [name], [title], [data-testid], [data-test-id], [data-test], [data-cy]",
    ))
      for (const compound of compoundsOf(el))
        owners.set(compound, [...(owners.get(compound) ?? []), el].slice(0, 40));
  return { roots, owners };
};
const isInside = (el, test) => {
  for (let node = hostOrParent(el); node; node = hostOrParent(node)) if (test(node)) return true;
  return false;
};
const within = (el, compound, owners) => {
  for (let box = hostOrParent(el); box; box = hostOrParent(box)) {
    const name = anchorOf(box, owners);
    const alone = (test) =>
      owners.get(compound).length < 40 && owners.get(compound).filter((o) => isInside(o, test)).length === 1;
    if (name && alone((node) => node === box)) return `${name} ${compound}`;
    if (
      /^(header|nav|main|aside|footer)$/.test(box.localName) &&
      alone((node) => node.localName === box.localName)
    )
      return `${box.localName} ${compound}`;
  }
  return "";
};
const siblingsByTag = memo((parent) => {
  const groups = new Map();
  for (const child of parent.children) {
    if (!groups.has(child.localName)) groups.set(child.localName, []);
    groups.get(child.localName).push(child);
  }
  return groups;
});
const nthOfType = (el) => siblingsByTag(el.parentNode).get(el.localName).indexOf(el) + 1;
const anchorOf = (el, owners) => compoundsOf(el).find((compound) => owners.get(compound)?.length === 1) ?? "";
const pathTo = (el, { roots, owners }) => {
  const steps = [];
  let box = el;
  let anchor = "";
  while (!anchor && hostOrParent(box)) {
    steps.unshift([box.localName, nthOfType(box)]);
    box = hostOrParent(box);
    anchor = anchorOf(box, owners);
  }
  const nth = ([tag, n]) => `${CSS.escape(tag)}:nth-of-type(${n})`;
  const path = [anchor || CSS.escape(box.localName), ...steps.map(nth)].join(" > ");
  const childAt = (parent, [tag, n]) => (parent && siblingsByTag(parent).get(tag)?.[n - 1]) ?? [];
  let reached = [box]; // ">" also leads from a host into its shadow root, so a path may reach several
  for (const step of steps)
    reached = reached.flatMap((from) => [childAt(from, step), childAt(rootOf(from), step)].flat());
  if (reached.length === 1) return path;
  const order = (node) => roots.indexOf(node.getRootNode());
  return `:nth-match(${path}, ${reached.sort((a, b) => order(a) - order(b)).indexOf(el) + 1})`;
};
const selectorFor = (el, names) => {
  const own = compoundsOf(el);
  const unique = own.find((compound) => names.owners.get(compound)?.length === 1);
  if (unique) return unique;
  for (const compound of own) {
    const scoped = within(el, compound, names.owners);
    if (scoped) return scoped;
  }
  return pathTo(el, names);
};
