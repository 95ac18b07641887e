/** Which variable each column stands for, the values that are the same for all rows, and secrets. */

import { $, make, showText } from "../dom.js";
import { guesses, isUsed, ownName } from "./variables.js";

/** What was chosen for a column, and typed for all rows, kept while other parts of the form change. */
const chosen = new Map();
let headers = [];
let targets = [];
let names = new Map();

/** Adds the listeners; `onChange(waitMs)` is called after each change. */
export function startColumns(onChange) {
  $("column-list").addEventListener("change", (event) => {
    chosen.set(event.target.dataset.header, event.target.value);
    onChange(0);
  });
  $("constants").addEventListener("input", () => onChange(700));
}

/** Shows the columns of the table that is given now; `secrets` are the names of the script's. */
export function drawColumns(given, wanted, secrets, isTable) {
  headers = [...new Set(given)];
  targets = wanted;
  names = guesses(headers, targets);
  for (const [header, name] of chosen) {
    if (names.has(header) && offered(header).some(([value]) => value === name)) names.set(header, name);
  }
  const used = headers.filter((header) => isUsed(header, targets));
  showText($("columns-used"), used.length ? `Used as they are: ${used.join(", ")}.` : "");
  drawSelects();
  drawConstants(isTable);
  drawFields($("secret-values"), secrets.map((name) => ({ name, label: name, type: "password", required: true })));
  $("columns").hidden = $("columns-used").hidden && $("columns").querySelector(".group-of:not([hidden])") === null;
}

/** What a column may stand for: value and words. */
function offered(header) {
  const own = ownName(header);
  const free = targets.filter(({ name }) => !headers.includes(name));
  return [
    ["", "Leave out"],
    ...(own && !targets.some(({ name }) => name === own) ? [[own, `Only for names: {{${own}}}`]] : []),
    ...free.map(({ name }) => [name, name === "url" ? "url, where the film begins" : name]),
  ];
}

function drawSelects() {
  const list = $("column-list");
  const known = new Map([...list.querySelectorAll("select")].map((select) => [select.dataset.header, select]));
  const fields = [...names].map(([header, name], index) => {
    const select = known.get(header) ?? make("select", { id: `column-${index}-${header.length}` });
    select.dataset.header = header;
    const options = offered(header);
    if (JSON.stringify(options) !== select.dataset.options) {
      select.dataset.options = JSON.stringify(options);
      select.replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
    }
    select.value = name;
    return select.closest(".field") ?? make("div", { className: "field" }, make("label", { htmlFor: select.id }, header || "(no name)"), select);
  });
  place(list, fields);
}

/** A field for each variable that no column gives. */
function drawConstants(isTable) {
  const given = new Set(covered());
  const fields = targets
    .filter(({ name, required }) => !given.has(name) && (name !== "url" || (isTable && required)))
    .map(({ name, required, fallback }) => ({
      name,
      label: name === "url" ? "url, where each film begins" : name,
      type: "text",
      required,
      placeholder: name === "url" ? "https://example.com/{{page}}" : fallback,
    }));
  drawFields($("constants"), fields);
}

function drawFields(box, wanted) {
  const known = new Map([...box.querySelectorAll("input")].map((input) => [input.name, input]));
  const fields = wanted.map(({ name, label, type, required, placeholder }) => {
    const input = known.get(name) ?? make("input", { id: `${box.id}-${name}`, name, type, autocomplete: "off", spellcheck: false, maxLength: 5000 });
    input.required = required;
    input.placeholder = placeholder ?? "";
    return input.closest(".field") ?? make("div", { className: "field" }, make("label", { htmlFor: input.id }, label), input);
  });
  place(box, fields);
}

/** Puts fields in place, without moving those that stay: the focus is in one of them. */
function place(box, fields) {
  for (const field of [...box.children]) if (!fields.includes(field)) field.remove();
  fields.forEach((field, index) => {
    if (box.children[index] !== field) box.insertBefore(field, box.children[index] ?? null);
  });
  box.parentElement.hidden = fields.length === 0;
}

function covered() {
  return [...headers.filter((header) => isUsed(header, targets)), ...names.values()];
}

const valuesOf = (box) =>
  Object.fromEntries([...box.querySelectorAll("input")].filter((input) => input.value).map((input) => [input.name, input.value]));

/** What columns are called otherwise, as the API takes it. */
export const renamed = () => Object.fromEntries([...names].filter(([header, name]) => header !== name));

/** The values for all rows; `url` among them is where each film begins. */
export const constants = () => valuesOf($("constants"));
export const secretValues = () => valuesOf($("secret-values"));

/** The required variables that have neither a column nor a value. */
export function missing(isTable) {
  const given = new Set([...covered(), ...Object.keys(constants()), ...(isTable ? [] : ["url"])]);
  return targets.filter(({ name, required }) => required && !given.has(name)).map(({ name }) => name);
}

/** Says which variables have no value, at their fields; and the focus can go to the first. */
export function showMissing(list) {
  for (const input of $("constants").querySelectorAll("input")) {
    if (list.includes(input.name)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", "missing");
  }
  const one = list.length === 1;
  showText(
    $("missing"),
    list.length ? `${list.join(", ")} ${one ? "has" : "have"} no value: choose ${one ? "its column" : "their columns"}, or type what is the same for all rows.` : "",
  );
}
