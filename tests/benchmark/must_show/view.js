// What is in view: its texts, piece by piece, also in open shadow roots, and which of the selectors have something there.
(selectors) => {
  const inView = (box) =>
    box.width + box.height > 0 &&
    box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const isShown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    inView(element.getBoundingClientRect());
  const roots = [document];
  for (const root of roots) {
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  }
  const texts = new Set();
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.replace(/\s+/g, " ").trim();
      const parent = walker.currentNode.parentElement ?? root.host;
      if (text && parent && isShown(parent)) texts.add(text.slice(0, 200));
    }
  }
  const present = selectors.filter((selector) =>
    roots.some((root) => [...root.querySelectorAll(selector)].some(isShown)),
  );
  return { title: document.title, texts: [...texts].slice(0, 3000), present };
}
