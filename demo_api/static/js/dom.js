/** DOM helpers. No string is ever parsed as markup. */

export const $ = (id) => document.getElementById(id);

/** Creates an element; `props` are properties, or attributes where a name has a dash or is `role`. */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Sets the text of an element, and hides the element when it is empty. */
export function showText(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}

/** Sets the text of an element if it has changed: screen readers and selections are not disturbed. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let timer = 0;

/** Announces text to screen readers, debounced: of a burst only the last is announced. */
export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    $("said").textContent = text;
  }, 400);
}

/** Marks a button as disabled by ARIA; unlike `disabled`, it keeps the focus. */
export function setDisabled(button, disabled) {
  button.setAttribute("aria-disabled", String(disabled));
}
export const isDisabled = (button) => button.getAttribute("aria-disabled") === "true";

/** Moves the focus to a heading, unless it is on an element outside of what has changed. */
export function focusOn(heading, within) {
  const focused = document.activeElement;
  if (!focused || focused === document.body || within.contains(focused) || focused.closest("[hidden]")) {
    heading.focus({ preventScroll: true });
    if (window.scrollY > 0) window.scrollTo({ top: 0, behavior: "instant" });
  }
}
