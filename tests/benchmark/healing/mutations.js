// One release of a page after the other: each mutation changes the page in one of the ways in which releases do.
// Called as `(element, {kind, seed, synonyms})`; the element keeps its identity, except where its tag changes.
// Returns the element that is to be found afterwards, or null where it is gone.
(element, { kinds, seed, synonyms }) => {
  let state = seed % 2147483647 || 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const pick = (list) => list[Math.floor(random() * list.length)];
  const hash = (text) => {
    let value = seed;
    for (const char of text) value = (value * 31 + char.codePointAt(0)) % 2147483647;
    return value.toString(36);
  };
  const every = (selector) => [...document.querySelectorAll(selector)];
  const outside = "script, style, link, meta, head, title, base";

  const ids = () => {
    const renamed = new Map(every("body [id]").map((el) => [el.id, `${pick(["app", "ui", "c"])}-${hash(el.id)}`]));
    for (const [old, fresh] of renamed) document.getElementById(old)?.setAttribute("id", fresh);
    for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "list"])
      for (const el of every(`[${name}]`)) {
        const now = el.getAttribute(name).split(/\s+/).map((id) => renamed.get(id) ?? id);
        el.setAttribute(name, now.join(" "));
      }
    return element;
  };
  // As a build does that names classes by hash: rules follow, so that the page looks as before.
  const classes = () => {
    const fresh = (name) => `css-${hash(name)}`;
    const rewrite = (rules) => {
      for (const rule of rules) {
        if (rule.selectorText)
          rule.selectorText = rule.selectorText.replace(/\.(-?[A-Za-z_][\w-]*)/g, (_, name) => `.${fresh(name)}`);
        if (rule.cssRules) rewrite(rule.cssRules);
      }
    };
    for (const sheet of document.styleSheets) rewrite(sheet.cssRules);
    for (const el of every("[class]"))
      el.setAttribute("class", [...el.classList].map(fresh).join(" "));
    return element;
  };
  const attributes = () => {
    for (const el of every("[name]:not(meta)")) el.setAttribute("name", `form[${el.getAttribute("name")}]`);
    for (const el of every("a[href]")) {
      const href = el.getAttribute("href");
      if (/^[a-z]+:|^#/i.test(href)) continue;
      const [, path, rest] = /^([^?#]*)(.*)$/.exec(href);
      el.setAttribute("href", `/v2/${path.replace(/^[./]*/, "").replace(/\.html$/, "")}${rest}`);
    }
    for (const el of every("[title]")) el.removeAttribute("title");
    for (const name of ["data-testid", "data-test", "data-cy"])
      for (const el of every(`[${name}]`)) {
        el.setAttribute("data-qa", el.getAttribute(name));
        el.removeAttribute(name);
      }
    return element;
  };
  const shuffle = (box) => {
    const children = [...box.children].filter((child) => !child.matches(outside));
    for (let at = children.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [children[at], children[other]] = [children[other], children[at]];
    }
    box.append(...children);
  };
  const order = () => {
    for (const box of every("main, nav, ul, ol, section, form, header, footer, tbody, body > div"))
      if (box.children.length > 1) shuffle(box);
    return element;
  };
  const wrap = (el) => {
    const box = document.createElement("div");
    el.replaceWith(box);
    box.append(el);
  };
  const wrappers = () => {
    if (!element.parentElement.matches("tr, ul, ol, select, table, tbody")) wrap(element), wrap(element);
    for (const el of every("main, body > section, form, nav")) wrap(el);
    return element;
  };
  const TAGS = { a: "button", button: "a", h1: "h2", h2: "h3", h3: "h4", h4: "h5", input: "textarea", img: "picture" };
  const retag = (el) => {
    const name = TAGS[el.localName] ?? "div";
    if (el.matches("img, select, textarea, [type='checkbox'], [type='radio'], [type='file'], [type='submit']"))
      return wrap(el), el;
    const fresh = document.createElement(name);
    for (const { name: key, value } of el.attributes)
      if (!(key === "href" && name === "button") && !(key === "type" && name === "textarea")) fresh.setAttribute(key, value);
    if (name === "a") fresh.setAttribute("role", "button"), fresh.setAttribute("tabindex", "0");
    fresh.append(...el.childNodes);
    el.replaceWith(fresh);
    return fresh;
  };
  // Not it alone: its neighbours of the same kind change with it, as they do when a component is exchanged.
  const tag = () => {
    const alike = [...element.parentElement.children].filter((el) => el !== element && el.localName === element.localName);
    for (const el of alike) retag(el);
    return retag(element);
  };
  const reworded = (text) => {
    const known = synonyms[text.trim().toLowerCase()];
    if (known) return known;
    for (const [word, other] of Object.entries(synonyms)) {
      const found = new RegExp(`\\b${word}\\b`, "i");
      if (found.test(text)) return text.replace(found, other);
    }
    const words = text.trim().split(/\s+/);
    if (words.length > 2) return words.slice(0, -1).join(" ");
    return text === text.toUpperCase() ? `${text.trim()} →` : text.trim().toUpperCase();
  };
  const text = () => {
    for (const name of ["aria-label", "placeholder", "alt", "title", "value"])
      if (element.getAttribute(name) && !(name === "value" && !element.matches("[type='submit'], [type='button']")))
        element.setAttribute(name, reworded(element.getAttribute(name)));
    const places = [element, ...(element.labels ?? [])];
    const nodes = places.flatMap((place) => {
      const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      const found = [];
      while (walker.nextNode()) if (/[\p{L}]/u.test(walker.currentNode.data)) found.push(walker.currentNode);
      return found;
    });
    if (nodes.length) nodes[0].data = reworded(nodes[0].data);
    return element;
  };
  const moved = () => {
    const own = element.closest("header, nav, aside, footer, section, form, main, body");
    const places = every("header, nav, footer, aside, main, section").filter((box) => {
      const { width, height } = box.getBoundingClientRect();
      return box !== own && !box.contains(element) && width > 50 && height > 10 && !element.contains(box);
    });
    const place = places.length ? pick(places) : document.body;
    const label = element.labels?.[0];
    if (label && !label.contains(element)) place.append(label);
    place.append(label?.contains(element) ? label : element);
    return element;
  };
  // A release that drops a page drops all links to it, from the menu and from the footer.
  const removed = () => {
    const href = element.getAttribute("href");
    const said = element.textContent.trim();
    if (href) for (const el of every("a[href]"))
      if (el !== element && el.getAttribute("href") === href && el.textContent.trim() === said) el.remove();
    const label = element.labels?.[0];
    label?.remove();
    // A list item or cell that held nothing else goes with it.
    const box = element.parentElement;
    element.remove();
    if (box?.matches("li, td, p, figure") && box.textContent.trim() === "") box.remove();
    return null;
  };
  const all = { ids, classes, attributes, order, wrappers, tag, text, moved, removed };
  for (const kind of kinds) element = all[kind]() ?? null;
  return element;
};
