// Part 9: what can be clicked. `request.job` asks about the whole page or about the one match in `targets`.
const MAX_NODES = 40000; // a page-sized walk takes about 100 ms at this size
const MAX_COVERED = 100;
const NO_TARGETS = "option, optgroup, html, body, iframe, frame, video, audio, label, map";
const REVEALING =
  "summary, [aria-haspopup]:not([aria-haspopup=false]), [aria-expanded=false], [popovertarget], " +
  "[data-toggle]:not([data-toggle=tooltip]), [data-bs-toggle]:not([data-bs-toggle=tooltip])";
const OPEN_TAB = "[role=tab][aria-selected=true]";
const MODAL = "dialog:modal, [aria-modal=true]";
const CELLS = /^(gridcell|row|columnheader|rowheader|separator|cell|listitem|scrollbar)$/;
const ACTIVE =
  "[aria-expanded], [aria-haspopup]:not([aria-haspopup=false]), [aria-pressed], [aria-checked], [aria-sort]";
const OWNING = "a[*|href], button, label, summary";
const WEAK = /listener|press|focus|cursor/;

const describe = (el, names, key, sight, spot) => {
  const whole = el.localName === "area" ? sight.rect : el.getBoundingClientRect();
  const box = whole.width >= MIN_SIDE && whole.height >= MIN_SIDE ? whole : sight.rect;
  const raw = rawHref(el);
  return {
    selector: selectorFor(el, names),
    tag: el.localName,
    text: (hoverMenu(el) || isEditable(el) ? spoken(el) : visibleText(el) || spoken(el)).slice(0, MAX_TEXT),
    role: roleOf(el),
    href: hrefOf(el).slice(0, 2000),
    route: isRoute(el),
    label: spoken(el),
    box: { x: box.x, y: box.y, width: box.width, height: box.height },
    title: attr(el, "title").slice(0, 200),
    value: (isCode(raw) ? raw : isField(el) ? "" : attr(el, "value")).slice(0, 2000),
    aria_label: attr(el, "aria-label").slice(0, 200),
    landmark: landmarkOf(el),
    in_view: sight.inView,
    new_tab: opensElsewhere(el),
    download: el.matches("a[download], area[download]"),
    opens_on_hover: !!hoverMenu(el),
    reveals: (opensOnHover(el) || el.matches(REVEALING) || /^(tab|combobox)$/.test(explicitRole(el))) && !el.matches(OPEN_TAB),
    form_action: formActionOf(el).slice(0, 2000),
    identity: key,
    point: sight.point ? { x: sight.point.x, y: sight.point.y } : null,
    covered_by: sight.over ? nameOfCover(sight.over).slice(0, 100) : "",
    icon: iconWords(el).join(" ").slice(0, 200),
    state: stateOf(el),
    context: contextOf(el),
    handler: handlerOf(el),
    hint: hintOf(el),
    row: rowOf(el),
    group: groupOf(el),
    strip: stripOf(el),
    spot,
    use: useOf(el),
    frame_origin: request.framed ? self.origin : "",
    ...fieldOf(el),
  };
};
const isFocusable = (el) => {
  const index = attr(el, "tabindex");
  if (!/^\d+$/.test(index) || el.matches("pre, table, main, section, article, form, svg")) return false;
  const role = explicitRole(el);
  const scrolls = /auto|scroll/.test(styleOf(el).overflowX + styleOf(el).overflowY);
  return (!role || /^(none|presentation|img|application)$/.test(role)) && !scrolls;
};
const signalOf = (el, lent) => {
  if (el.matches(NATIVE) || hiddenControl(el)) return "native";
  if (isField(el)) return "field";
  if (el.matches(NO_TARGETS)) return "";
  if (opensOnHover(el)) return "hover";
  if (el === sheetCell("")) return "cell";
  const role = explicitRole(el);
  if (ROLES.test(role)) return "role";
  const { cursor } = styleOf(el);
  const isPointed = cursor === "pointer";
  if (CELLS.test(role) && (isPointed || el.hasAttribute("tabindex"))) return "role";
  // What is dragged is not clicked, and libraries for charts listen on every canvas.
  const isDragged = /resize|grab|move|crosshair/.test(cursor) || (el.localName === "canvas" && !isPointed);
  const heard = isDragged ? "" : lent.has(el) || el.matches(ACTIVE) ? "click" : heardBy(el);
  if (heard === "click" || (heard && isPointed)) return "listener";
  if (isFocusable(el)) return "focus";
  if (heard) return "press";
  const parent = isPointed ? shownIn(el) : null;
  return parent && styleOf(parent).cursor !== "pointer" ? "cursor" : "";
};
const survey = () => {
  const signals = new Map();
  const lent = delegated();
  let modal = null;
  const stack = [document.documentElement];
  for (let n = 0; stack.length && n < MAX_NODES; n++) {
    const el = stack.pop();
    if (styleOf(el).display === "none" && el.localName !== "area") continue;
    const signal = signalOf(el, lent);
    if (signal) signals.set(el, signal);
    if (el.matches(MODAL) && isBig(el)) modal = el;
    stack.push(...[...el.children].reverse(), ...[...(rootOf(el)?.children ?? [])].reverse());
  }
  return { signals, modal };
};
// Boxes that only look clickable yield to what they contain or lie in; whatever is in a link is the link.
const choose = (signals) => {
  const outerOf = memo((el) => {
    const parent = shownIn(el);
    return parent && (signals.has(parent) ? parent : outerOf(parent));
  });
  const held = new Map();
  for (const el of signals.keys())
    for (let box = outerOf(el); box; box = outerOf(box))
      held.set(box, [...(held.get(box) ?? []).slice(0, 2), el]);
  const isOwned = memo((el) => {
    const outer = outerOf(el);
    return !!outer && ((signals.get(outer) !== "cursor" && outer.matches(OWNING)) || isOwned(outer));
  });
  const isLinked = memo((el) => !!outerOf(el) && (outerOf(el).matches("a[*|href]") || isLinked(outerOf(el))));
  const fills = (inner, outer) => areaOf(inner) >= 0.6 * areaOf(outer);
  const dropped = new Set();
  const keeperOf = (el) => {
    let outer = outerOf(el);
    while (outer && dropped.has(outer)) outer = outerOf(outer);
    return outer;
  };
  const yields = (el, signal) => {
    const tab = outerOf(el);
    if (!WEAK.test(signal)) return isLinked(el) || (!!tab && isInnerOfTab(el, tab));
    if (isOwned(el)) return true;
    const inner = (held.get(el) ?? []).filter((one) => signals.get(one) !== "cursor" || signal !== "cursor");
    if (inner.length >= 2 || (signal === "cursor" && inner.length)) return true;
    if (inner.length && (signal !== "listener" || fills(inner[0], el))) return true;
    if (inner.length && signals.get(inner[0]) === "cursor" && styleOf(el).cursor !== "pointer") return true;
    const outer = keeperOf(el);
    return !!outer && (/cursor|focus/.test(signal) || fills(el, outer));
  };
  for (const [el, signal] of signals) if (yields(el, signal)) dropped.add(el);
  return [...signals.keys()].filter((el) => !dropped.has(el));
};
const isPageWide = (rect, signal) => {
  const limit = signal === "press" ? 0.125 : 0.5; // drag handlers lie on whole panels
  return WEAK.test(signal) && rect.width * rect.height > limit * innerWidth * innerHeight;
};
// Dialogs and navigation first, then document order; the answer is in document order again.
const cap = (found, limit) => {
  if (found.length <= limit) return found;
  const weight = ({ el, inView }) => (/dialog|nav|header/.test(landmarkOf(el)) ? 0 : inView ? 1 : 2);
  const kept = new Set([...found].sort((a, b) => weight(a) - weight(b)).slice(0, limit));
  return found.filter((one) => kept.has(one));
};
const discover = () => {
  const { signals, modal } = survey();
  const chosen = choose(signals);
  const keyFor = identify(chosen);
  const spotFor = spots(chosen);
  const found = [];
  const covered = [];
  for (const el of chosen) {
    const sight = sightOf(el, modal);
    if (!sight || isPageWide(sight.rect, signals.get(el))) continue;
    (sight.over ? covered : found).push({ el, ...sight });
  }
  const names = catalogue();
  const told = (all) => all.map(({ el, ...sight }) => describe(el, names, keyFor(el), sight, spotFor(el)));
  return {
    found: told(cap(found, request.cap)),
    covered: told(covered.slice(0, MAX_COVERED)),
    sample: sampleOf(),
  };
};
const describeNow = (el) => {
  const { signals, modal } = survey();
  const sight = isUsable(el) ? (sightOf(el, modal) ?? { rect: rectsOf(el)[0], inView: false }) : null;
  const chosen = choose(signals);
  const [key, spot] = [identify(chosen)(el), spots(chosen)(el)];
  return sight?.rect ? { ...describe(el, catalogue(), key, sight, spot), sample: sampleOf() } : null;
};
