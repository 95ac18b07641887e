/** The script that is played for each row, as text; without one, sites are explored. */

import { callApi } from "../api.js";
import { $, showText } from "../dom.js";

const MAX_BYTES = 256 * 1024;
const TYPING_MS = 700;
//: Where a script begins that leaves this to its rows, while it is checked by itself.
const ANY_URL = "https://example.com/";

let read = { text: "", script: null };
let changed = () => {};

/** Adds the listeners; `onChange(waitMs)` is called after each change. */
export function startScript(onChange) {
  changed = onChange;
  $("script").addEventListener("input", () => changed(TYPING_MS));
  $("script-file").addEventListener("change", () => {
    const [file] = $("script-file").files;
    if (file) takeScript(file);
    $("script-file").value = "";
  });
}

/** Takes the file of a script. */
export async function takeScript(file) {
  if (file.size > MAX_BYTES) return showText($("script-error"), "This file is too large for a script.");
  $("script").value = await file.text();
  changed(0);
}

/** The script as an object, as it was checked last; null without one, and where it could not be read. */
export const script = () => read.script;
export const scriptText = () => read.text;

/** Has the text checked, if it is new, and says what is wrong; false if something newer is under way. */
export async function readScript(isCurrent) {
  const text = $("script").value;
  if (text === read.text) return true;
  const found = await check(text);
  if (!isCurrent()) return false;
  read = { text, script: found.script };
  showProblems(found.problems);
  return true;
}

async function check(text) {
  if (!text.trim()) return { script: null, problems: [] };
  const ask = (more) => callApi("/demo/check", { method: "POST", body: { script: text, ...more } });
  const found = await ask({});
  // Where a script does not begin anywhere, its rows say where.
  return found.problems.length && found.script && !found.script.url ? ask({ url: ANY_URL }) : found;
}

function showProblems(problems) {
  const lines = problems.map(({ field, message }) => `${field.replace(/^script\.?/, "") || "The script"}: ${message}`.replace(/\.?$/, "."));
  showText($("script-error"), lines.join(" "));
  if (lines.length) $("script").setAttribute("aria-invalid", "true");
  else $("script").removeAttribute("aria-invalid");
}
