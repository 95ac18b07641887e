// Part 3: what listens for clicks, as the page's hooks, its frameworks and its attributes tell.
const PRESS = "(click|mousedown|mouseup|pointerdown|pointerup)";
const HANDLER = new RegExp(`^on:?${PRESS}`, "i");
const hasHandler = (bag) =>
  !!bag && Object.keys(bag).some((name) => HANDLER.test(name) && bag[name] !== null && bag[name] !== false);
const isListed = (value) => (Array.isArray(value) ? value.length > 0 : typeof value === "function");
// By the property in which each framework keeps its handlers on the element itself.
const FRAMEWORKS = [
  [/^__react(Props|EventHandlers)\$/, hasHandler], // React 16 to 19
  [/^_vei$/, hasHandler], // Vue 3, under a string before 3.4 and a symbol since
  [/^__vnode$/, (vnode) => hasHandler(vnode?.props)],
  [
    /^__vueParentComponent$/,
    (own, el) => (own?.subTree?.el ?? own?.vnode?.el) === el && hasHandler(own.vnode?.props),
  ],
  [/^__vue__$/, (vm, el) => vm?.$el === el && !!(vm.$listeners?.click || vm.$vnode?.data?.on?.click)],
  [/^_vnode$/, (vnode) => !!vnode?.data?.on?.click],
  [new RegExp(`^__zone_symbol__${PRESS}(false|true)$`), isListed], // Angular
  [new RegExp(`^(__|\\$\\$)${PRESS}$`), isListed], // Svelte 5, Solid
];
const ATTRIBUTES =
  /^(@|x-on:|v-on:|wire:|phx-|ng-|data-ng-|on:|hx-on:{1,2}|data-hx-on:{1,2})click\b|^data-(bs-)?(toggle|dismiss)$/;
const NO_TOGGLE = /^(tooltip|popover-hover)$/;
const isWired = (el, name) => {
  const value = el.getAttribute(name);
  if (name === "data-toggle" || name === "data-bs-toggle") return value !== "" && !NO_TOGGLE.test(value);
  if (name === "data-action") return /(^|\s)(click|mousedown|pointerdown)->|^[\w-]+#\w+/.test(value);
  if (name === "jsaction") return /(^|;)\s*(click:|[\w$.]+\s*(;|$))/.test(value);
  if (/^(data-)?hx-(get|post|put|patch|delete)$/.test(name))
    return el.localName !== "form" && /^$|click/.test(attr(el, "hx-trigger") || attr(el, "data-hx-trigger"));
  return ATTRIBUTES.test(name);
};
const query = (el) => {
  const jq = globalThis.jQuery ?? globalThis.$;
  return typeof jq?._data === "function" ? (jq._data(el, "events") ?? {}) : {};
};
const pressesOf = (events) =>
  Object.entries(events).flatMap(([type, all]) => (HANDLER.test(`on${type}`) ? [...all] : []));
// Asking a page's own objects runs the page's code, which may throw.
const guarded = (ask, missing) => {
  try {
    return ask();
  } catch {
    return missing;
  }
};
const ownKeys = (el) => [...Object.keys(el), ...Object.getOwnPropertySymbols(el)];
const isKept = (el) =>
  ownKeys(el).some((key) => {
    const name = typeof key === "symbol" ? (key.description ?? "") : key;
    return FRAMEWORKS.some(([pattern, test]) => pattern.test(name) && test(el[key], el));
  });
// "click", or "press" for what listens for less than a click (drags, ripples and menus do), or "".
const heardBy = (el) => {
  if (typeof el.onclick === "function" || guarded(() => isKept(el), false)) return "click";
  if (el.getAttributeNames().some((name) => isWired(el, name))) return "click";
  if (hooks && !hooks.isListening(el)) return "";
  const types = hooks?.typesHeardBy(el) ?? ["click"];
  const byQuery = guarded(() => pressesOf(query(el)), []);
  if (byQuery.length && byQuery.every((one) => one.selector)) return ""; // it listens for what it contains
  if (!hooks) return byQuery.length ? "click" : "";
  return types.includes("click") ? "click" : types.length ? "press" : "";
};
// jQuery's `.on("click", selector, …)`: who listens for others, and for whom.
const delegated = () => {
  const found = new Set();
  if (!guarded(() => (globalThis.jQuery ?? globalThis.$)?._data, null)) return found;
  const all = [...document.querySelectorAll("body, body *")];
  for (const owner of [document, ...all.filter((el) => !hooks || hooks.isListening(el))])
    for (const { selector } of guarded(() => pressesOf(query(owner)), []))
      if (selector) for (const el of guarded(() => owner.querySelectorAll(selector), [])) found.add(el);
  return found;
};
