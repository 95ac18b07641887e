/** One step of a script in the list: its tick box, its words, its buttons, and the fields of its words. */

import { make, setDisabled, setText, showText } from "../dom.js";
import { renamed } from "../text/target_words.js";
import { captionOf, stepFields, stepWords, valueAt, withValue } from "../text/step_words.js";
import { fieldMessage } from "../text/error_messages.js";

/** Builds the row; `changed(kind)` and `moved(by)` are called when the user has edited or moved it. */
export function stepRow(row, { changed, moved }) {
  const id = `step-${row.id}`;
  const verb = make("b", {});
  const rest = make("span", {});
  const mark = make("small", { className: "step-mark" });
  const tick = make("input", { type: "checkbox", checked: row.on, "aria-describedby": `${id}-error` });
  const number = make("span", { className: "step-no", "aria-hidden": "true" });
  const grip = make("span", { className: "grip", title: "Drag", "aria-hidden": "true" });
  const edit = make("button", { type: "button", className: "tool", "aria-expanded": "false", "aria-controls": `${id}-fields` }, "Edit");
  const up = make("button", { type: "button", className: "tool arrow" }, arrow("up"));
  const down = make("button", { type: "button", className: "tool arrow" }, arrow("down"));
  const caption = make("p", { className: "step-caption", hidden: true });
  const fields = make("div", { id: `${id}-fields`, className: "step-fields", hidden: true });
  const error = make("p", { id: `${id}-error`, className: "error", hidden: true });
  const element = make(
    "li",
    { className: "step-row" },
    grip,
    make("label", { className: "step-tick" }, tick, number, make("span", { className: "step-words" }, verb, " ", rest, " ", mark)),
    make("div", { className: "step-tools" }, edit, up, down),
    caption,
    error,
    fields,
  );

  const said = () => stepWords(row.step).filter(Boolean).join(" ");

  /** Shows the row as it is now, `place` steps from the first. */
  function draw(place, canMove) {
    const [verbText, restText] = stepWords(row.step);
    const off = row.part === "before" || row.step?.off_camera === true;
    setText(verb, verbText);
    setText(rest, restText);
    setText(number, String(place));
    setText(mark, [off && "off camera", row.step?.optional === true && "optional"].filter(Boolean).join(", "));
    const own = captionOf(row.step);
    showText(caption, own && `Caption: “${own}”`);
    element.classList.toggle("off", !row.on);
    tick.checked = row.on;
    edit.hidden = stepFields(row.step).length === 0;
    for (const [button, label] of [[edit, "Edit"], [up, "Move up"], [down, "Move down"]]) {
      button.setAttribute("aria-label", `${label} step ${place}: ${said()}`);
    }
    setDisabled(up, !canMove(-1));
    setDisabled(down, !canMove(1));
  }

  /** Shows what is wrong with the step, and marks the fields that it is about. */
  function drawProblems(problems) {
    showText(error, problems.map(problemOf).join(" "));
    element.dataset.places = problems.map(({ place }) => place).join(" ");
    element.classList.toggle("wrong", problems.length > 0);
    markFields();
  }

  /** Says a problem with the field that it is about, if that can be edited here. */
  function problemOf({ place, message }) {
    const field = stepFields(row.step).find((one) => one.place === place);
    if (field && message === "field required") return `${field.label} is missing.`;
    const text = fieldMessage(message);
    return field ? `${field.label}: ${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
  }

  function markFields() {
    const places = (element.dataset.places ?? "").split(" ").filter(Boolean);
    for (const input of fields.querySelectorAll("input")) {
      const { place } = input.dataset;
      const wrong = places.some((one) => one === place || one.startsWith(`${place}.`) || one.startsWith(`${place}[`));
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  function open(isOpen) {
    edit.setAttribute("aria-expanded", String(isOpen));
    setText(edit, isOpen ? "Done" : "Edit");
    fields.hidden = !isOpen;
    fields.replaceChildren(...(isOpen ? stepFields(row.step).map((field, index) => fieldOf(field, index)) : []));
    if (isOpen) markFields();
  }

  function fieldOf({ place, label, kind, value }, index) {
    const input = make("input", { id: `${id}-${index}`, type: "text", value, autocomplete: "off", spellcheck: kind === "text", maxLength: 5000, "aria-describedby": `${id}-error` });
    input.dataset.place = place;
    if (kind === "number") input.inputMode = "decimal";
    // What the target was before: while it is retyped, a name keeps its role.
    const before = valueAt(row.step, place);
    input.addEventListener("input", () => {
      row.step = withValue(row.step, place, typed(input.value, kind, before));
      changed("words");
    });
    return make("div", { className: "field" }, make("label", { htmlFor: input.id }, label), input);
  }

  tick.addEventListener("change", () => {
    row.on = tick.checked;
    changed("tick");
  });
  edit.onclick = () => {
    const opening = fields.hidden;
    open(opening);
    if (opening) fields.querySelector("input")?.focus();
  };
  up.onclick = () => moved(-1);
  down.onclick = () => moved(1);
  fields.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    open(false);
    edit.focus();
  });

  /** Puts the focus on what is wrong. */
  function focusWrong() {
    if (fields.hidden && !edit.hidden) open(true);
    (fields.querySelector("[aria-invalid]") ?? fields.querySelector("input") ?? tick).focus();
  }

  return { element, grip, draw, drawProblems, focusWrong, said };
}

function typed(text, kind, before) {
  if (kind === "target") return renamed(before, text);
  return kind === "number" && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

const SVG = "http://www.w3.org/2000/svg";

function arrow(direction) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", direction === "up" ? "M8 13V3M3.500 7.500 8 3l4.500 4.500" : "M8 3v10M3.500 8.500 8 13l4.500-4.500");
  svg.append(path);
  return svg;
}
