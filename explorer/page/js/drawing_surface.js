// Where on the page something may be drawn: from one free point of its largest picture to another, or null.
() => {
  const shownPart = (el) => {
    const box = el.getBoundingClientRect();
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [width, height] = [Math.min(box.right, innerWidth) - left, Math.min(box.bottom, innerHeight) - top];
    return { el, left, top, width, height, area: width > 0 && height > 0 ? width * height : 0 };
  };
  const isFree = (el, x, y) => {
    const hit = document.elementFromPoint(x, y);
    const near = hit && (el.contains(hit) || hit.contains(el) || hit.matches("canvas, svg, svg *"));
    return near && !hit.closest("a, button, input, select, textarea, [role=button], [contenteditable]");
  };
  const all = [...document.querySelectorAll("svg, canvas")].map(shownPart).filter((one) => one.area > 0);
  for (const { el, left, top, width, height, area } of all.sort((one, other) => other.area - one.area)) {
    if (area < 0.2 * innerWidth * innerHeight) break;
    const at = (share) => [left + width * share, top + height * share];
    const [from, to] = [at(0.36), at(0.62)];
    if (isFree(el, ...from) && isFree(el, ...to)) return [...from, ...to];
  }
  return null;
}
