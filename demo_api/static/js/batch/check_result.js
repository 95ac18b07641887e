/** What a check has found: problems by line and column, or that all is well. */

import { $, make, showText } from "../dom.js";
import { many } from "../text/labels.js";

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
const ENCODINGS = { "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "windows-1252": "Windows-1252" };

/** Shows the problems of the rows; those with the same words are one entry. */
export function showProblems(problems, more, unit) {
  const total = problems.length + more;
  $("result").hidden = false;
  $("result").dataset.mood = "bad";
  $("result-title").textContent = total === 1 ? "One thing to mend" : `${total.toLocaleString("en")} things to mend`;
  $("problems").replaceChildren(...grouped(problems).map((group) => entry(group, unit)));
  $("problems").hidden = false;
  showText($("more-problems"), more ? `And ${more.toLocaleString("en")} more, which are told once these are mended.` : "");
  notes([]);
}

function grouped(problems) {
  const groups = new Map();
  for (const { line, column, message } of problems) {
    const key = JSON.stringify([column, message]);
    if (!groups.has(key)) groups.set(key, { column, message, lines: [] });
    groups.get(key).lines.push(line);
  }
  return [...groups.values()];
}

function entry({ column, message, lines }, unit) {
  const shown = lines.slice(0, 8).join(", ");
  const where = `${unit}${lines.length > 1 ? "s" : ""} ${shown}${lines.length > 8 ? ` and ${lines.length - 8} more` : ""}`;
  return make("li", {}, make("b", {}, column ? `${where}, ${column}:` : `${where}:`), ` ${message}${/[.!?]$/.test(message) ? "" : "."}`);
}

/** Shows that the rows can be filmed. */
export function showFine(checked, word) {
  $("result").hidden = false;
  $("result").dataset.mood = "good";
  $("result-title").textContent = `${many(checked.total, word)}, nothing to mend`;
  $("problems").hidden = true;
  showText($("more-problems"), "");
  const read = [ENCODINGS[checked.encoding] ?? checked.encoding, DELIMITERS[checked.delimiter] ?? ""].filter(Boolean);
  notes([...(read.length ? [`Read as ${read.join(", separated by ")}.`] : []), ...checked.notices]);
}

/** Shows one sentence: that the rows are being looked at, or that something else comes first. */
export function showLine(text) {
  $("result").hidden = text === "";
  $("result").dataset.mood = "";
  $("result-title").textContent = text;
  $("problems").hidden = true;
  showText($("more-problems"), "");
  notes([]);
}

function notes(lines) {
  $("check-notes").hidden = lines.length === 0;
  $("check-notes").replaceChildren(...lines.map((line) => make("li", {}, line)));
}
