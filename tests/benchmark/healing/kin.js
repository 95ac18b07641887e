// All that a person would take for this element: what lies within it where it is pressed as a whole, what has the
// same box, and links with the same text to the same address.
(element) => {
  const boxOf = (el) => el.getBoundingClientRect();
  const area = ({ width, height }) => width * height;
  const share = (one, other) => {
    const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    const common = Math.max(width, 0) * Math.max(height, 0);
    return common / Math.max(area(one) + area(other) - common, 1);
  };
  const own = boxOf(element);
  const pressed = element.matches("a, button, label, summary, [role='button'], [role='tab'], [role='link']");
  const found = [element];
  for (const el of element.querySelectorAll("*")) if (pressed || share(own, boxOf(el)) >= 0.85) found.push(el);
  for (let el = element.parentElement; el && share(own, boxOf(el)) >= 0.85; el = el.parentElement) found.push(el);
  const href = element.getAttribute("href");
  const said = (el) => el.textContent.trim().replace(/\s+/g, " ");
  if (href && !/^#!?$|^javascript/.test(href) && said(element))
    for (const el of document.querySelectorAll(`a[href=${CSS.escape ? JSON.stringify(href) : "''"}]`))
      if (said(el) === said(element)) found.push(el);
  return [...new Set(found)].slice(0, 40);
};
