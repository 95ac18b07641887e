// By what the page can be turned that nothing scrolls: "wheel", "keys", both or nothing.
() => {
  const hooks = globalThis.__sitereel;
  const heardBy = (target) => [
    ...(hooks?.turnsHeardBy(target) ?? []),
    ...["wheel", "mousewheel", "keydown", "keyup"].filter((type) => target[`on${type}`]),
  ];
  const page = [globalThis, document, document.documentElement, document.body].filter(Boolean);
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight * 0.6);
  const cursor = middle ? getComputedStyle(middle).cursor : "";
  // Maps, drawings and pictures are moved and enlarged by the wheel: these are no slides.
  if (!middle || middle.closest("canvas, svg, iframe") || /grab|move|zoom|crosshair|scroll/.test(cursor)) return [];
  const wide = [];
  for (let box = middle; box && !page.includes(box); box = box.parentElement ?? box.parentNode?.host) {
    const { width, height } = box.getBoundingClientRect();
    if (width >= 0.95 * innerWidth && height >= 0.9 * innerHeight) wide.push(box);
  }
  const turnsBy = (targets, type) => targets.some((target) => heardBy(target).some((one) => type.test(one)));
  const isFramework = (target) => heardBy(target).includes("compositionstart");
  const active = document.activeElement;
  const isTyping = active && !page.includes(active) && !active.matches("a, button");
  const keyed = page.filter((target) => !isFramework(target));
  return [
    ...(turnsBy([...page, ...wide], /wheel|scroll/i) ? ["wheel"] : []),
    ...(!isTyping && turnsBy(keyed, /^key/) ? ["keys"] : []),
  ];
}
