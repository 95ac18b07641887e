/** The script of the request form: dropped files, and values that the API asks for. */

import { $, make } from "../dom.js";

//: Larger files are no scripts.
const MAX_BYTES = 256 * 1024;
//: Fields of values that a script needs, as the API calls them: `variables.name`, `secrets.name`.
const VALUE = /^(variables|secrets)\.([A-Za-z_][A-Za-z0-9_]*)$/;

/** Adds the listeners of the script's field; `failed(text)` shows why a file was not taken. */
export function startScript(failed) {
  const field = $("script");
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    if (file.size > MAX_BYTES) return failed("This file is too large for a script.");
    setScript(await file.text());
  });
  field.addEventListener("change", () => clearValues());
}

/** Puts a script into the form, and opens the part that it lies in. */
export function setScript(text) {
  $("script").value = text;
  $("more").open = true;
  clearValues();
  $("script").dispatchEvent(new Event("input", { bubbles: true }));
}

function clearValues() {
  $("script-values").replaceChildren();
  $("script-values").hidden = true;
}

/** Returns the script's part of a request, or null without one. */
export function scriptRequest(form) {
  const script = form.elements.script.value;
  if (!script.trim()) return null;
  const request = { script, variables: {}, secrets: {} };
  for (const input of $("script-values").querySelectorAll("input")) {
    const [, kind, name] = VALUE.exec(input.name);
    if (input.value) request[kind][name] = input.value;
  }
  return request;
}

/** Asks for the values that are missing; returns the other errors, those of the script as one. */
export function askForValues(fields) {
  const asked = fields.filter((one) => VALUE.test(one.field));
  for (const one of asked) addValue(one.field);
  const others = fields.filter((one) => !asked.includes(one));
  const wrong = others.filter((one) => one.field.startsWith("script"));
  const lines = wrong.map((one) => `${one.field.replace(/^script\.?/, "") || "The script"}: ${one.message}`);
  if (asked.length) lines.push("Give the values below.");
  const rest = others.filter((one) => !wrong.includes(one));
  return lines.length ? [{ field: "script", message: `${lines.join(". ")}`.replace(/\.?$/, ".") }, ...rest] : rest;
}

function addValue(field) {
  const place = $("script-values");
  if (place.querySelector(`[name="${CSS.escape(field)}"]`)) return;
  const [, kind, name] = VALUE.exec(field);
  const type = kind === "secrets" ? "password" : "text";
  place.hidden = false;
  place.append(
    make("label", { htmlFor: `value-${name}` }, kind === "secrets" ? `${name} (secret)` : name),
    make("input", { id: `value-${name}`, name: field, type, autocomplete: "off", maxLength: 5000 }),
  );
}
