/** The script of the request form: its text, its steps as a list, and the values that it needs. */

import { callApi } from "../api.js";
import { withToken } from "../auth_dialog.js";
import { $, announce, make, showText } from "../dom.js";
import { hasComments, mergedRows, problemsByRow, rowsOf, scriptOf } from "../script_rows.js";
import { problemText } from "../text/error_messages.js";
import { many } from "../text/labels.js";
import { stepList } from "./step_list.js";

//: Larger files are no scripts.
const MAX_BYTES = 256 * 1024;
//: How long is waited after the last key before a script is checked.
const TYPING_MS = 600;
//: Fields of values that a script needs, as the API calls them: `variables.name`, `secrets.name`.
const VALUE = /^(variables|secrets)\.([A-Za-z_][A-Za-z0-9_]*)$/;

let list;
let address;
let script = null;
let rows = [];
/** Whether the list was changed and the text was not written anew yet. */
let ahead = false;
let timer = 0;
let asked = 0;

/** Adds the listeners; `failed(text)` shows why a file was not taken, `url()` is where the film begins. */
export function startScript({ failed, url }) {
  address = url;
  list = stepList((kind) => {
    ahead = true;
    $("script").readOnly = true;
    checkSoon(kind === "words" ? TYPING_MS : 0);
  });
  const take = async (file) => {
    if (file.size > MAX_BYTES) return failed("This file is too large for a script.");
    await setScript(await file.text());
  };
  $("ask").addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  $("ask").addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
  $("script-file").addEventListener("change", () => {
    const [file] = $("script-file").files;
    if (file) take(file);
    $("script-file").value = "";
  });
  $("script").addEventListener("input", () => {
    showText($("script-note"), "");
    checkSoon(TYPING_MS);
  });
  $("url").addEventListener("change", () => $("script").value.trim() && checkSoon(0));
}

/** Puts a script into the form, opens the part that it lies in, and shows its steps, which get the focus. */
export async function setScript(text) {
  $("script").value = text;
  $("script").readOnly = false;
  $("more").open = true;
  showText($("script-note"), "");
  rows = [];
  ahead = false;
  $("script").dispatchEvent(new Event("input", { bubbles: true }));
  clearTimeout(timer);
  await withToken(check).catch(() => {});
  const place = $("script-steps").hidden ? $("script") : $("steps-title");
  place.focus();
  place.scrollIntoView({ block: "start" });
}

function checkSoon(wait_ms) {
  clearTimeout(timer);
  asked += 1;
  timer = setTimeout(() => check().catch(() => {}), wait_ms);
}

/** Has the server check the script, and shows what it says. Throws ApiError where a token is asked for. */
async function check() {
  asked += 1;
  const mine = asked;
  const sent = ahead ? scriptOf(script, rows) : $("script").value;
  if (typeof sent === "string" && !sent.trim()) return clearSteps();
  try {
    const answer = await callApi("/demo/check", { method: "POST", body: { script: sent, ...address() } });
    if (mine === asked) show(answer, sent);
  } catch (error) {
    if (mine !== asked) return;
    if (ahead) writeText(JSON.stringify(sent, null, 2), sent);
    else showText($("script-note"), `The steps cannot be shown. ${problemText(error)}`);
    $("script-steps").inert = typeof sent === "string";
    throw error;
  }
}

function show(answer, sent) {
  if (ahead) {
    const asJson = $("script").value.trimStart().startsWith("{");
    writeText(asJson ? JSON.stringify(sent, null, 2) : answer.yaml, sent);
  } else if (answer.script) {
    showText($("script-note"), "");
    script = answer.script;
    rows = rows.length ? mergedRows(script, rows) : rowsOf(script);
    list.show(rows);
  }
  // Steps of a text that is no script at the moment stay where they are, so that nothing jumps while typing.
  $("script-steps").inert = answer.script === null;
  $("script-steps").hidden = rows.length === 0;
  showText($("steps-begin"), script?.url ? `Begins at ${script.url}` : "");
  if (answer.script) drawValues(answer.script);
  const { wrong, others } = place(answer.problems);
  showText($("script-error"), others.map(sentence).join(" "));
  if (wrong.length) announce(`${many(wrong.length, "step")} to mend.`);
}

/** Writes the text anew from the list. */
function writeText(text, sent) {
  if (hasComments($("script").value, sent)) {
    showText($("script-note"), "Changing the list has written this text anew, without its comments.");
  }
  $("script").value = text;
  $("script").readOnly = false;
  ahead = false;
}

function clearSteps() {
  script = null;
  rows = [];
  $("script-steps").hidden = true;
  $("script-values").hidden = true;
  $("script-values").replaceChildren();
}

/** Returns the script's part of a request, or null without one. */
export function scriptRequest() {
  const sent = ahead ? scriptOf(script, rows) : $("script").value;
  if (typeof sent === "string" && !sent.trim()) return null;
  const request = { script: sent, variables: {}, secrets: {} };
  for (const input of $("script-values").querySelectorAll("input")) {
    const [, kind, name] = VALUE.exec(input.name);
    if (input.value) request[kind][name] = input.value;
  }
  return request;
}

/** Whether a script says itself how its film looks. */
export const saysFilm = (sent) => (typeof sent === "string" ? /^\s*"?film"?\s*:/m.test(sent) : "film" in sent);

/** Shows what is wrong with the script and asks for values; returns the other errors, its own as one. */
export function showScriptErrors(fields) {
  const missing = fields.filter((one) => VALUE.test(one.field));
  for (const one of missing) addValue(one.field);
  const own = fields.filter((one) => one.field.startsWith("script"));
  const { wrong, others } = place(own);
  const lines = [
    ...others.map(sentence),
    wrong.length ? `Mend step ${wrong.join(", ")} above.` : "",
    missing.length ? "Give the values below." : "",
  ].filter(Boolean);
  const rest = fields.filter((one) => !missing.includes(one) && !own.includes(one));
  return lines.length ? [{ field: "script", message: lines.join(" ") }, ...rest] : rest;
}

/** Puts the focus on what is wrong with the steps, or else on a value that is missing; whether there is any. */
export function focusScriptError() {
  if (!$("script-steps").hidden && list.focusWrong()) return true;
  const empty = [...$("script-values").querySelectorAll("input:required")].find((input) => !input.value);
  empty?.focus();
  return empty !== undefined;
}

function place(problems) {
  const { byRow, others } = problemsByRow(problems, rows);
  return { wrong: list.showProblems(byRow), others };
}

function sentence({ field, message }) {
  if (field === "script.steps" && /at least 1/.test(message)) return "Tick at least one step of the film.";
  const text = `${field.replace(/^script\.?/, "") || "The script"}: ${message}`.replace(/\.?$/, ".");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Shows a field for each value that the script needs or takes; those that have one keep it. */
function drawValues({ variables = {}, secrets = [] }) {
  const names = [
    ...Object.keys(variables ?? {}).map((name) => `variables.${name}`),
    ...(Array.isArray(secrets) ? secrets : []).map((name) => `secrets.${name}`),
  ].filter((field) => VALUE.test(field));
  for (const input of $("script-values").querySelectorAll("input")) {
    if (!names.includes(input.name)) input.closest(".field").remove();
  }
  for (const field of names) addValue(field, variables?.[field.split(".")[1]]);
  $("script-values").hidden = names.length === 0;
}

function addValue(field, variable = {}) {
  const [, kind, name] = VALUE.exec(field);
  const known = $("script-values").querySelector(`[name="${CSS.escape(field)}"]`);
  const input = known ?? make("input", { id: `value-${kind}-${name}`, name: field, autocomplete: "off", maxLength: 5000 });
  const fallback = typeof variable === "object" ? variable.default : variable;
  input.type = kind === "secrets" ? "password" : "text";
  input.required = kind === "secrets" || fallback === undefined;
  input.placeholder = fallback ?? "";
  if (known) return;
  const label = make("label", { htmlFor: input.id }, kind === "secrets" ? `${name} (secret)` : name);
  $("script-values").hidden = false;
  $("script-values").append(make("div", { className: "field" }, label, input));
}
