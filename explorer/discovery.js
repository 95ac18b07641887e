// Part 4: what can be clicked. `request.job` asks about the whole page or about the one match in `targets`.
const MAX_NODES = 40000; // a page-sized walk takes about 100 ms at this size
const FIELDS = "input, select, textarea, option, optgroup, label, html, body, iframe, video, audio";
const REVEALING =
  "summary, [aria-haspopup]:not([aria-haspopup=false]), [aria-expanded=false], [popovertarget], " +
  "[data-toggle]:not([data-toggle=tooltip]), [data-bs-toggle]:not([data-bs-toggle=tooltip])";
const OPEN_TAB = "[role=tab][aria-selected=true]";
const MODAL = "dialog:modal, [aria-modal=true]";

const describe = (el, names, inView) => {
  const whole = el.getBoundingClientRect();
  const box = whole.width >= MIN_SIDE && whole.height >= MIN_SIDE ? whole : rectsOf(el)[0];
  const raw = rawHref(el);
  return {
    selector: selectorFor(el, names),
    tag: el.localName,
    text: (visibleText(el) || spoken(el)).slice(0, MAX_TEXT),
    role: roleOf(el),
    href: hrefOf(el).slice(0, 2000),
    label: spoken(el),
    box: { x: box.x, y: box.y, width: box.width, height: box.height },
    title: attr(el, "title").slice(0, 200),
    value: (isCode(raw) ? raw : attr(el, "value")).slice(0, 2000),
    aria_label: attr(el, "aria-label").slice(0, 200),
    landmark: landmarkOf(el),
    in_view: inView,
    new_tab: opensElsewhere(el),
    download: el.matches("a[download]"),
    reveals: (el.matches(REVEALING) || /^(tab|combobox)$/.test(explicitRole(el))) && !el.matches(OPEN_TAB),
    form_action: formActionOf(el).slice(0, 2000),
  };
};
const signalOf = (el) => {
  if (el.matches(NATIVE) || hiddenControl(el)) return "native";
  if (el.matches(FIELDS)) return "";
  if (ROLES.test(explicitRole(el))) return "role";
  if (el.hasAttribute("onclick")) return "onclick";
  if (styleOf(el).cursor !== "pointer") return "";
  if (attr(el, "tabindex") === "0") return "focus";
  const parent = shownIn(el);
  return parent && styleOf(parent).cursor !== "pointer" ? "cursor" : "";
};
const survey = () => {
  const signals = new Map();
  let modal = null;
  const stack = [document.documentElement];
  for (let n = 0; stack.length && n < MAX_NODES; n++) {
    const el = stack.pop();
    if (styleOf(el).display === "none") continue;
    const signal = signalOf(el);
    if (signal) signals.set(el, signal);
    if (el.matches(MODAL) && isBig(el)) modal = el;
    stack.push(...[...el.children].reverse(), ...[...(el.shadowRoot?.children ?? [])].reverse());
  }
  return { signals, modal };
};
// Boxes that only look clickable yield to what they contain or lie in; whatever is in a link is the link.
const choose = (signals) => {
  const inside = new Map();
  const parents = memo((el) => {
    const parent = shownIn(el);
    return {
      link: parent && (parent.matches("a[*|href]") || parents(parent).link),
      any: parent && (signals.has(parent) || parents(parent).any),
    };
  });
  for (const [el, signal] of signals)
    if (signal !== "cursor")
      for (let box = shownIn(el); box; box = shownIn(box)) inside.set(box, (inside.get(box) ?? 0) + 1);
  return [...signals].filter(([el, signal]) => {
    const held = inside.get(el) ?? 0;
    if (parents(el).link) return false;
    if (signal === "onclick") return held < 2;
    return signal !== "cursor" || (!held && !parents(el).any);
  });
};
const locate = (el, modal) => {
  const rect = rectsOf(el)[0];
  if (!rect || !isUsable(el)) return null;
  const point = centreOf(rect);
  const inView = isInViewport(point);
  return inView || isReachable(el, point, modal) ? { rect, point, inView } : null;
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
  const usable = [];
  for (const [el, signal] of choose(signals)) {
    const place = locate(el, modal);
    const isWeak = signal === "cursor" || signal === "onclick";
    const isPageWide =
      isWeak && place && place.rect.width * place.rect.height > (innerWidth * innerHeight) / 2;
    if (place && !isPageWide) usable.push({ el, ...place });
  }
  const names = catalogue();
  return cap(usable, request.cap)
    .filter(({ el, point, inView }) => !inView || isHit(el, point))
    .map(({ el, inView }) => describe(el, names, inView));
};
const aim = (el) => {
  if (!isUsable(el)) return null;
  const spots = [0.5, 0.25, 0.75, 0.1, 0.9].flatMap((f) => [
    [f, 0.5],
    [0.5, f],
  ]);
  const rects = rectsOf(el).slice(0, 8);
  const centres = rects.map(centreOf);
  const others = rects.flatMap((r) =>
    spots.map(([fx, fy]) => ({ x: r.x + r.width * fx, y: r.y + r.height * fy })),
  );
  return [...centres, ...others].find((point) => isInViewport(point) && isHit(el, point)) ?? null;
};
const reveal = (el) => {
  const rect = isUsable(el) ? rectsOf(el)[0] : null;
  if (!rect) return 0;
  const { y } = centreOf(rect);
  if (y >= innerHeight * 0.15 && y <= innerHeight * 0.85) return 0;
  const room = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  return isLocked() || isFixed(el)
    ? 0
    : Math.max(-scroller.scrollTop, Math.min(room, y - innerHeight * 0.45));
};
const inView = (el) => isInViewport(centreOf(rectsOf(el)[0]));
const describeNow = (el) =>
  isUsable(el) && rectsOf(el).length ? describe(el, catalogue(), inView(el)) : null;

const one = targets.length === 1 ? targets[0] : null;
if (request.job === "discover") return discover();
const answers = { aim: [aim, null], reveal: [reveal, 0], describe: [describeNow, null] };
const [answer, missing] = answers[request.job];
return one ? answer(one) : missing;
