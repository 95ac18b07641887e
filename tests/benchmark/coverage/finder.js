// Runs before a page's own scripts, for the oracle only: it may change the page, which the product may not.
(() => {
  const heard = new WeakSet();
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (/^(click|mousedown|mouseup|pointerdown|pointerup)$/.test(type) && this instanceof Element) heard.add(this);
    return listen.call(this, type, ...rest);
  };
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
  window.open = (url) => { if (url) location.href = url; return null; };
  let mutated = performance.now();
  new MutationObserver(() => { mutated = performance.now(); })
    .observe(document, { childList: true, subtree: true, characterData: true, attributes: true });

  const NATIVE = "a[href],button,input:not([type=hidden]),select,textarea,summary,label,[contenteditable=true],[onclick]," +
    "[role=button],[role=link],[role=tab],[role=menuitem],[role=menuitemcheckbox],[role=menuitemradio],[role=option]," +
    "[role=treeitem],[role=switch],[role=checkbox],[role=radio],[tabindex]:not([tabindex='-1'])";
  const STEP_PX = 20, LEAST_PX = 4, MOST = 400;
  let found = [];

  const up = (e) => e.assignedSlot ?? e.parentElement ?? (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
  const within = (e, box) => { for (; e; e = up(e)) if (e === box) return true; return false; };
  const at = (x, y) => {
    let e = document.elementFromPoint(x, y);
    for (let inner; e?.shadowRoot && (inner = e.shadowRoot.elementFromPoint(x, y)) && inner !== e;) e = inner;
    return e;
  };
  const pointer = (e) => getComputedStyle(e).cursor === "pointer";
  const signal = (e) => {
    if (e === document.body || e === document.documentElement) return "";
    if (e.matches(NATIVE)) return "native";
    if (pointer(e) && !(up(e) && pointer(up(e)))) return "cursor";
    return heard.has(e) || e.onclick ? "heard" : "";
  };
  const target = (e) => { for (; e; e = up(e)) if (signal(e)) return e; return null; };

  function* all(root) {
    for (const e of root.querySelectorAll("*")) {
      yield e;
      if (e.shadowRoot) yield* all(e.shadowRoot);
    }
  }
  const text = (value) => (value ?? "").replace(/\s+/g, " ").trim().slice(0, 80);
  const name = (e) => text(e.getAttribute("aria-label")) || text(e.labels?.[0]?.innerText) || text(e.innerText) || text(e.title)
    || text(e.querySelector("img[alt]")?.alt) || text(e.querySelector("title")?.textContent) || text(e.placeholder)
    || (e.tagName === "INPUT" ? text(e.value) : "") || text(e.getAttribute("class"));

  const row = (e) => {
    const box = e.getBoundingClientRect();
    const form = e.closest("form");
    const submits = form && ((e.tagName === "BUTTON" && e.type === "submit") || (e.tagName === "INPUT" && e.type === "submit"));
    return {
      tag: e.tagName.toLowerCase(), role: e.getAttribute("role") ?? "", name: name(e), text: text(e.innerText),
      title: text(e.title), aria: text(e.getAttribute("aria-label")), href: typeof e.href === "string" ? e.href : "",
      value: e.tagName === "INPUT" ? text(e.value) : (e.getAttribute("onclick") ?? ""),
      type: e.tagName === "INPUT" ? e.type : "", autocomplete: e.getAttribute("autocomplete") ?? "",
      field: text(e.name ?? ""), method: form ? form.method.toLowerCase() : "", download: e.hasAttribute("download"),
      action: submits ? form.action : "", inView: box.bottom > 0 && box.top < innerHeight,
      chrome: e.closest("nav,header,[role=navigation]") !== null,
    };
  };

  const hit = (e) => {
    const box = e.getBoundingClientRect();
    for (const [u, v] of [[.5, .5], [.25, .5], [.75, .5], [.5, .25], [.5, .75], [.1, .5], [.9, .5]]) {
      const x = box.left + box.width * u, y = box.top + box.height * v;
      if (x < 1 || y < 1 || x > innerWidth - 1 || y > innerHeight - 1) continue;
      const there = at(x, y);
      if (there && within(there, e)) return { x, y };
    }
    return null;
  };

  window[Symbol.for("oracle")] = {
    quietMs: () => performance.now() - mutated,
    find() {
      const targets = new Set(), known = new Map();
      for (let y = STEP_PX / 2; y < innerHeight; y += STEP_PX)
        for (let x = STEP_PX / 2; x < innerWidth; x += STEP_PX) {
          const there = at(x, y);
          if (!known.has(there)) known.set(there, target(there));
          if (known.get(there)) targets.add(known.get(there));
        }
      for (const e of all(document)) {
        if (!e.matches(NATIVE)) continue;
        const box = e.getBoundingClientRect();
        if (box.width >= LEAST_PX && box.height >= LEAST_PX && e.checkVisibility({ visibilityProperty: true, opacityProperty: true })
          && (box.bottom < 0 || box.top > innerHeight - STEP_PX)) targets.add(e);
      }
      const list = [...targets].filter((e) => !e.disabled && e.getAttribute("aria-disabled") !== "true");
      found = list.filter((e) => signal(e) !== "heard" || list.filter((o) => o !== e && within(o, e)).length < 2).slice(0, MOST);
      return found.map(row);
    },
    aim(index) {
      const e = found[index];
      if (!e?.isConnected) return null;
      for (let a = e; a; a = up(a)) a.removeAttribute("target");
      const now = hit(e);
      if (now) return now;
      e.scrollIntoView({ block: "center", behavior: "instant" });
      return hit(e);
    },
    choose(index) {
      const e = found[index];
      const other = [...e.options].findIndex((o, i) => i !== e.selectedIndex && !o.disabled);
      if (other < 0) return;
      e.selectedIndex = other;
      for (const type of ["input", "change"]) e.dispatchEvent(new Event(type, { bubbles: true }));
    },
  };
})();
