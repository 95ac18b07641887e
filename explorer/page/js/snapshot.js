// One look at a page, from which is told what a click has changed, and what kind of page this is.
() => {
  const MAX_TEXT = 20000;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (el) =>
    el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && el.getClientRects().length > 0;
  const fold = (text) => text.replace(/\d+/g, "0").replace(/\s+/g, " ").trim();
  const hash = (text) => {
    let value = 5381;
    for (let i = 0; i < text.length; i++) value = ((value * 33) ^ text.charCodeAt(i)) >>> 0;
    return value.toString(16);
  };
  const MAX_NODES = 4000;
  // Texts in document order, also those of components: of shadow roots, and of what is slotted into them.
  const rootOf = (el) => globalThis.__sitereel?.rootOf(el) ?? el.shadowRoot;
  const texts = [];
  const stack = [document.body ?? document.documentElement].filter(Boolean);
  while (stack.length && texts.length < MAX_NODES) {
    const node = stack.pop();
    if (node.nodeType === 3) {
      if (node.data.trim()) texts.push(node);
    } else if (node.nodeType === 1 && !/^(script|style|template|noscript)$/.test(node.localName)) {
      const slotted = node.localName === "slot" ? node.assignedNodes() : [];
      const inner = slotted.length ? slotted : [...(rootOf(node) ?? node).childNodes];
      for (let i = inner.length - 1; i >= 0; i--) stack.push(inner[i]);
    }
  }
  const boxOf = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  // Visible text with digits folded (clocks and counters make no scenes), plus every state a control shows.
  const shadowed = texts.filter((node) => node.getRootNode() !== document && boxOf(node) && shown(boxOf(node)));
  const text = fold([document.body?.innerText ?? "", ...shadowed.map((node) => node.data)].join(" ")).slice(0, MAX_TEXT);
  const STATES = ["aria-expanded", "aria-selected", "aria-pressed", "aria-checked", "aria-hidden", "open"];
  const states = all(
    "[aria-expanded],[aria-selected],[aria-pressed],[aria-checked],[aria-hidden],dialog,details,[role=dialog]",
  ).map((el) => el.tagName + STATES.map((name) => el.getAttribute(name) ?? "-").join());
  const checked = all("input").map((el) => Number(el.checked));
  const dialogs = all("dialog[open],[role=dialog],[role=alertdialog],[aria-modal=true],:popover-open").filter(shown);
  const unfolded = all("[aria-expanded=true],details[open]").filter(shown).length;
  // A page to sign in at shows a password field amid little else.
  const secrets = all("input[type=password]").filter(shown);
  const isCentral = (el) => {
    const { left, right, top } = el.getBoundingClientRect();
    return right > innerWidth / 3 && left < (innerWidth * 2) / 3 && top < innerHeight;
  };
  // What can be read in the viewport, block by block, with the place of each as a share of the viewport.
  const blockOf = (node) => {
    let box = boxOf(node);
    while (box?.parentElement && getComputedStyle(box).display.startsWith("inline")) box = box.parentElement;
    return box;
  };
  const readable = () => {
    const blocks = new Map();
    for (const node of texts) {
      const parent = boxOf(node);
      if (!parent || !shown(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const [x, y] = [(left + right) / 2 / innerWidth, (top + bottom) / 2 / innerHeight];
      if (x < 0 || x > 1 || y < 0 || y > 1 || right - left < 2) continue;
      const box = blockOf(node);
      if (!blocks.has(box)) blocks.set(box, [[], x, y]);
      blocks.get(box)[0].push(node.data);
    }
    return [...blocks.values()].map(([parts, x, y]) => [parts.join("").replace(/\s+/g, " ").trim().slice(0, 120), x, y]);
  };
  // Placeholders that stand where content is being loaded: boxes without text, or a part that says it is busy.
  const LOADING = "[aria-busy=true],[class*=skeleton i],[class*=shimmer i],[class*=placeholder-glow i],[class*=placeholder-wave i]";
  const isLarge = (el) => el.offsetWidth * el.offsetHeight > 0.01 * innerWidth * innerHeight;
  const waiting = all(LOADING).filter((el) => shown(el) && (isLarge(el) || el.children.length) && !el.innerText?.trim());
  const signIn = secrets.some(isCentral) && text.length < 1500;
  return {
    signature: hash([text, states.join(";"), checked.join(""), document.documentElement?.className].join("|")),
    dialog: dialogs.length ? `${dialogs.length} ${fold(dialogs.at(-1).innerText).slice(0, 200)}` : "",
    unfolded,
    sign_in: signIn,
    lines: readable(),
    loading: waiting.length > 0,
    controls: hash(
      all("button,a,label,li,summary,input,[role],[onclick]").map((el) => el.getAttribute("class") ?? "").join() + states.join(";"),
    ),
  };
}
