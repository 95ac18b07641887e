// The button that refuses or closes a site's consent box, as its operator has named it: `css=` and a selector,
// or its words. It is tried before the general search, and may do no more than any other answer.
const HINTS = request.hints ?? [];
const HINTED_CSS = HINTS.filter((hint) => hint.startsWith("css=")).map((hint) => hint.slice(4));
const HINTED_WORDS = HINTS.filter((hint) => !hint.startsWith("css=")).map(said);
const selected = (node) =>
  HINTED_CSS.flatMap((selector) => {
    try {
      return [...node.querySelectorAll(selector)];
    } catch {
      return []; // Not understood here.
    }
  });
const isShort = (el) => (el.textContent ?? "").trim().length <= 4 * MAX_LABEL;
const fitsWords = (el) => isShort(el) && HINTED_WORDS.includes(said(labelOf(el)));
// What is named may be a box around what a click on it would press.
const mayBePressed = (el) => {
  if (!isShown(el) || !isHit(el)) return false;
  const at = middleOf(el);
  const hit = hitAt(at.x, at.y);
  return [el, hit.closest(PRESSABLE) ?? hit].every((one) => !leads(one) && !posts(one) && !isPaid(one));
};
// Of nested elements with the same words, the button, or else the innermost. Words of the page's own bars are no hint.
const hintedIn = (layer, framed) => {
  const parts = partsOf(layer);
  const roots = [layer, ...[layer, ...parts].map(rootOf).filter(Boolean)];
  const named = roots.flatMap(selected).find(mayBePressed);
  if (named || !HINTED_WORDS.length || (!framed && isPagePart(layer, parts))) return named;
  const spoken = parts.filter(fitsWords);
  const buttons = spoken.filter(isPressable);
  const innermost = spoken.filter((el) => !spoken.some((other) => other !== el && within(other, el)));
  return (buttons.length ? buttons : innermost).find(mayBePressed);
};
// The box of a button that does not float: it says more than the button.
const MORE_WORDS = 40;
const boxAround = (el) => {
  const least = (el.innerText ?? "").length + MORE_WORDS;
  let box = el;
  while (box.parentElement && box.parentElement !== document.body && (box.innerText ?? "").length < least) {
    box = box.parentElement;
  }
  return box;
};
const agrees = (el) => AGREES.some((how) => ANSWERS[how]({ el, text: said(labelOf(el)) }));
const isRefusal = (button) => REFUSES.some((how) => ANSWERS[how](button));
// What is not judged to be a consent box may be what a click of the film has opened, which is shown.
const hintedAnswers = (el, box, layers) => {
  const kind = KINDS.find((one) => isOf(one, box));
  if (box.secret || (kind?.kind !== "consent" && isAsked(box.el, layers))) return [];
  if (agrees(el) && (asksPay(box) || box.buttons.some(isRefusal))) return [];
  const others = kind ? answersOf(box, kind.kind, kind.answers) : [];
  const left = others.filter((one) => one.el !== el && ![...AGREES, "only"].includes(one.how));
  return [{ el, label: labelOf(el), how: "hint", entries: [] }, ...left];
};
const hinted = (framed) => {
  if (!HINTS.length) return null;
  const { layers } = framed ? { layers: [{ el: document.body, cover: 1 }] } : layersOf();
  // Inner ones first. A box that does not float is found by a selector alone.
  const floating = [...layers].reverse().map((layer) => ({ ...layer, button: hintedIn(layer.el, framed) }));
  const still = selected(document)
    .filter((el) => mayBePressed(el) && !layers.some((layer) => within(el, layer.el)))
    .map((el) => ({ el: boxAround(el), cover: 0, button: el }));
  for (const { el, cover, button } of [...floating, ...still]) {
    if (!button || pathOf(el).some((one) => memory.left.has(one))) continue;
    const box = describe({ el, cover }, layers, framed);
    const answers = hintedAnswers(button, box, layers);
    if (!answers.length) continue;
    const sign = signOf("consent", box);
    if ((memory.closed.get(sign) ?? 0) < MOST_CLOSED) return { kind: "consent", layer: el, answers, sign, shy: false };
    giveUp("consent", el);
  }
  return null;
};
