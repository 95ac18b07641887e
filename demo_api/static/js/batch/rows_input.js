/** Where the rows come from: a CSV file, rows that are pasted, or a list of sites. */

import { $, showText } from "../dom.js";
import { bytes } from "../text/labels.js";
import { withScheme } from "../web_address.js";

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_SITES = 1000;

/** The chosen file as a copy in memory: what is sent is what was looked at, though the file changes. */
let file = null;
let changed = () => {};

/** Adds the listeners; `onChange(waitMs)` is called after each change. */
export function startRows(onChange) {
  changed = onChange;
  $("sources").addEventListener("change", () => {
    const isCsv = source() === "csv";
    $("csv-part").hidden = !isCsv;
    $("sites-part").hidden = isCsv;
    changed(0);
  });
  $("csv-file").addEventListener("change", () => {
    const [chosen] = $("csv-file").files;
    if (chosen) takeRows(chosen);
    $("csv-file").value = "";
  });
  $("csv-remove").onclick = () => {
    file = null;
    draw();
    $("csv-file").focus();
    changed(0);
  };
  for (const name of ["csv-text", "sites"]) $(name).addEventListener("input", () => changed(700));
}

const source = () => document.querySelector("#sources input:checked").value;

/** Takes a CSV file. */
export async function takeRows(chosen) {
  showText($("rows-error"), "");
  if (chosen.size > MAX_BYTES) {
    showText($("rows-error"), `${chosen.name} has ${bytes(chosen.size)}. A table may have 5 MB: split it.`);
    return;
  }
  document.querySelector("#sources input[value=csv]").checked = true;
  $("csv-part").hidden = false;
  $("sites-part").hidden = true;
  file = { name: chosen.name, data: new Blob([await chosen.arrayBuffer()], { type: "text/csv" }) };
  draw();
  $("csv-name").focus();
  changed(0);
}

function draw() {
  $("csv-empty").hidden = file !== null;
  $("csv-paste").hidden = file !== null;
  $("csv-chosen").hidden = file === null;
  $("csv-name").textContent = file?.name ?? "";
  $("csv-size").textContent = file ? bytes(file.data.size) : "";
}

/** Adds the rows to a form; whether there are any. */
export function addRows(form) {
  if (source() === "sites") {
    const sites = $("sites").value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (sites.length) form.append("sites", JSON.stringify(sites.slice(0, MAX_SITES + 1).map(withScheme)));
    return sites.length > 0;
  }
  const text = $("csv-text").value;
  // As a file: forms change the line ends of texts.
  const data = file?.data ?? (text.trim() ? new Blob([text], { type: "text/csv" }) : null);
  if (data) form.append("csv", data, "rows.csv");
  return data !== null;
}

/** What the line numbers of problems count. */
export const unit = () => (source() === "sites" ? "Site" : "Line");
export const isTable = () => source() === "csv";
