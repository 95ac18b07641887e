/** Elements made from names and text. Nothing here, or anywhere, reads a string as markup. */

export const $ = (id) => document.getElementById(id);

/** An element; `props` are its properties, and attributes where a name has a dash or is `role`. */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Shows text in an element, or hides the element when there is none. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}

/** The same without hiding; leaves the element alone when nothing changes, for readers and selections. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let waiting = 0;

/** Tells screen readers something, once it has stood for a moment: of a burst only the last is heard. */
export function announce(text) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    $("said").textContent = text;
  }, 400);
}

/** Whether a button takes no presses for now; it keeps the focus, which a disabled one would lose. */
export function hold(button, is) {
  button.setAttribute("aria-disabled", String(is));
}
export const isHeld = (button) => button.getAttribute("aria-disabled") === "true";

/** Moves the focus to a heading, unless the person is busy outside of what has changed. */
export function focusOn(heading, within) {
  const here = document.activeElement;
  if (!here || here === document.body || within.contains(here) || here.closest("[hidden]")) {
    heading.focus({ preventScroll: true });
    if (window.scrollY > 0) window.scrollTo({ top: 0, behavior: "instant" });
  }
}
