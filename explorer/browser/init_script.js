// Runs before a page's own scripts, in every frame: notes what listens for clicks, and keeps closed shadow
// roots open to us. Playwright pierces only open roots, so a closed one is made open, and the page is told
// what it asked for: `shadowRoot` is null, `mode` is "closed".
(() => {
  if (Object.hasOwn(globalThis, "__sitereel")) return;
  const TYPES = /^(click|mousedown|mouseup|pointerdown|pointerup)$/;
  // Some sites scroll by wheel or keys alone. What listens to typing as well is a framework, or an editor.
  const TURNS = /^(wheel|mousewheel|DOMMouseScroll|keydown|keyup|compositionstart)$/;
  const heard = new WeakMap();
  const turning = new WeakMap();
  const closed = new WeakSet();
  let closedCount = 0;

  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const listeners = (target, type) => {
    if (!heard.has(target)) heard.set(target, new Map());
    const types = heard.get(target);
    if (!types.has(type)) types.set(type, new Set());
    return types.get(type);
  };
  Object.assign(EventTarget.prototype, {
    addEventListener(type, listener) {
      add.apply(this, arguments);
      if (listener && TYPES.test(type)) listeners(this ?? globalThis, String(type)).add(listener);
      if (listener && TURNS.test(type)) {
        const target = this ?? globalThis;
        turning.set(target, [...(turning.get(target) ?? []), String(type)]);
      }
    },
    removeEventListener(type, listener) {
      remove.apply(this, arguments);
      if (listener && TYPES.test(type)) listeners(this ?? globalThis, String(type)).delete(listener);
    },
  });

  // A press that is about to be made may reach only what it is aimed at: a target may have moved away from under
  // the pointer, and what is there instead was not judged. Nobody else sees a press that misses.
  const PRESSES = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
  const { composedPath, preventDefault, stopImmediatePropagation } = Event.prototype;
  let aim = null;
  const reaches = (event) =>
    composedPath
      .call(event)
      .some((node) => node === aim.target || (node.localName === "label" && node.control === aim.target));
  const watch = (event) => {
    // A target that was drawn anew meanwhile is replaced by what looks the same.
    if (!aim || !event.isTrusted || !aim.target.isConnected) return;
    if (event.type === "pointerdown") aim.missed = !reaches(event);
    if (event.type === "click") aim.clicked ||= reaches(event); // a label clicks its control as well
    if (!aim.missed) return;
    stopImmediatePropagation.call(event);
    preventDefault.call(event);
  };
  for (const type of PRESSES) add.call(globalThis, type, watch, true);

  // There is no paper, and a page that prints in a loop would keep the browser busy with it.
  globalThis.print = function print() {};

  // What stands here by now lets no worker be registered; that one was wanted is for the film to tell.
  let workerWanted = false;
  const { register: refused } = globalThis.ServiceWorkerContainer?.prototype ?? {};
  if (refused) {
    ServiceWorkerContainer.prototype.register = function register() {
      workerWanted = true;
      return refused.apply(this, arguments);
    };
  }

  const attach = Element.prototype.attachShadow;
  const rootOf = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;
  const modeOf = Object.getOwnPropertyDescriptor(ShadowRoot.prototype, "mode").get;
  Element.prototype.attachShadow = function attachShadow(init) {
    if (init?.mode !== "closed") return attach.apply(this, arguments);
    const root = attach.call(this, { ...init, mode: "open" });
    closed.add(this);
    closedCount++;
    return root;
  };
  Object.defineProperty(Element.prototype, "shadowRoot", {
    get() {
      const root = rootOf.call(this);
      return closed.has(this) ? null : root;
    },
    configurable: true,
    enumerable: true,
  });
  Object.defineProperty(ShadowRoot.prototype, "mode", {
    get() {
      return closed.has(this.host) ? "closed" : modeOf.call(this);
    },
    configurable: true,
    enumerable: true,
  });

  Object.defineProperty(globalThis, "__sitereel", {
    value: Object.freeze({
      typesHeardBy: (target) =>
        [...(heard.get(target) ?? [])].flatMap(([type, all]) => (all.size ? [type] : [])),
      isListening: (target) => heard.has(target),
      turnsHeardBy: (target) => [...(turning.get(target) ?? [])],
      aimAt: (target) => void (aim = { target, missed: null, clicked: null }),
      endAim: () => {
        const { missed, clicked } = aim ?? {};
        aim = null;
        return { missed, clicked };
      },
      rootOf: (el) => rootOf.call(el),
      hasClosedRoots: () => closedCount > 0,
      wantsServiceWorker: () => workerWanted,
    }),
  });
})();
