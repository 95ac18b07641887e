// Part 8: who an element is across re-renders and pages; discovery.py makes a hash of it.
const folded = (text) => text.replace(/\d+/g, "0");
const isAnchorId = (id) => isStableId(id) || (id.length > 2 && isStableId(folded(id)) && !/\d{4}/.test(id));
// The tags from the element up to its landmark, or a box with an id that stays: random ids, classes and
// places among siblings are left out, as they do not survive a re-render.
const trailOf = memo((el) => {
  const parent = hostOrParent(el);
  if (!parent || isPage(el)) return "";
  const id = attr(el, "id");
  if (isAnchorId(id)) return `#${folded(id)}`;
  if (LANDMARKS[explicitRole(el)] ?? LANDMARKS[el.localName]) return el.localName;
  return `${trailOf(parent)}>${el.localName}`;
});
const keyOf = (el) => {
  const name = folded(spoken(el));
  const base = [roleOf(el), name || iconWords(el).join(" ") || shapeOf(el)];
  return hrefOf(el) ? base : [...base, landmarkOf(el), trailOf(el), fieldName(el)];
};
const fieldName = (el) => (isField(el) ? folded(attr(el, "name")) : "");
// The same key again within one page gets a number, in document order; links are told by where they lead.
const identify = (all) => {
  const counts = new Map();
  const numbers = new Map();
  const keys = memo((el) => keyOf(el).join("\n"));
  for (const el of all.filter((one) => !hrefOf(one))) {
    const number = counts.get(keys(el)) ?? 0;
    counts.set(keys(el), number + 1);
    numbers.set(el, number);
  }
  return (el) => (hrefOf(el) ? keys(el) : `${keys(el)}\n${numbers.get(el) ?? 0}`);
};
