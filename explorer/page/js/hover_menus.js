// Part 3b: menus that open while the pointer is over their entry: a box in a bar whose links are hidden until then.
const BARS = "nav, header, [role=navigation], [role=menubar], [role=banner]";
const MENU_LINKS = "a[href], button, [role=menuitem]";
// What opens its menu by a click, whatever else it does.
const PRESSED = "button, summary, input, label, [aria-expanded], [role=button], [data-toggle], [data-bs-toggle]";
const MAX_ENTRY = { width: 420, height: 140, text: 40 };
const isTucked = (box) => {
  const { right, bottom } = box.getBoundingClientRect();
  return !isBig(box) || right + root.scrollLeft < 0 || bottom + root.scrollTop < 0;
};
const isMenu = (box) =>
  box.querySelectorAll(MENU_LINKS).length >= 2
  && (/absolute|fixed/.test(styleOf(box).position) || isTucked(box));
const menuIn = (el) => {
  const menus = [...el.children].slice(0, 8).filter(isMenu);
  return menus.length === 1 ? menus[0] : null;
};
const besideMenu = (el, menu) => [...el.childNodes].filter((node) => node !== menu);
const entryText = (el, menu) =>
  tidy(besideMenu(el, menu).map((node) => gather(node, false)).join(" ")).replace(/[\s\p{S}\p{P}]+$/u, "");
// The hidden or open menu of an entry that is pointed at; null for everything else.
const hoverMenu = memo((el) => {
  if (!el.firstElementChild || el.matches(`${NATIVE}, ${PRESSED}`) || !el.closest(BARS)) return null;
  const menu = menuIn(el);
  if (!menu || !isBig(el)) return null;
  const { width, height } = el.getBoundingClientRect();
  const text = entryText(el, menu);
  const parts = besideMenu(el, menu).filter((node) => node.nodeType === 1);
  const isPressed = parts.some((part) => part.matches(PRESSED) || part.querySelector(PRESSED));
  const fits = width <= MAX_ENTRY.width && height <= MAX_ENTRY.height && text.length <= MAX_ENTRY.text;
  return fits && text && !isPressed ? menu : null;
});
const opensOnHover = (el) => !!hoverMenu(el) && isTucked(hoverMenu(el));
// Whether the pointer stays on a menu on its way: each point hits the box that the element's menu is.
const staysIn = (el) => {
  let box = el;
  while (box && !isPage(box) && !/absolute|fixed/.test(styleOf(box).position)) box = shownIn(box);
  return request.points.map((point) => {
    const hit = hitAt(point);
    return !!hit && !!box && !isPage(box) && isWithin(hit, box);
  });
};
