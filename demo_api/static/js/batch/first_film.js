/** Shows what the first film will be: its name and host on a card, what it says, and the first rows. */

import { $, make, setText } from "../dom.js";
import { now } from "../time.js";
import { filled, saidBy } from "./variables.js";

const MAX_SAID = 12;
const EMPTY = { name: "Your first film", host: "begins like this" };

/** Shows the first rows of a table that was checked; null while there is none. */
export function drawFirst(checked, script, constants, format) {
  const [first] = checked?.rows ?? [];
  setText($("card-name"), first?.name ?? EMPTY.name);
  setText($("card-host"), first?.host ?? EMPTY.host);
  setText($("card-tile"), (first?.host ?? "").replace(/^www\./, "").charAt(0).toUpperCase());
  $("card").toggleAttribute("data-empty", !first);
  drawSaid(first, script, constants, checked?.total ?? 0);
  drawRows(checked, format);
}

function drawSaid(first, script, constants, total) {
  const values = {
    ...defaults(script),
    row: String(first?.row ?? 1).padStart(String(total).length, "0"),
    row_count: String(total),
    date: new Date(now()).toISOString().slice(0, 10),
    ...constants,
    ...first?.values,
  };
  const said = first ? saidBy(script) : [];
  const lines = said.slice(0, MAX_SAID).map((text) => make("li", {}, filled(text, values)));
  if (said.length > MAX_SAID) lines.push(make("li", { className: "hint" }, `and ${said.length - MAX_SAID} more`));
  $("says").hidden = said.length === 0;
  $("says-list").replaceChildren(...lines);
}

function defaults(script) {
  const known = Object.entries(script?.variables ?? {});
  return Object.fromEntries(known.map(([name, one]) => [name, String((typeof one === "object" ? one?.default : one) ?? "")]));
}

function drawRows(checked, format) {
  const rows = checked?.rows ?? [];
  $("first-rows").hidden = rows.length === 0;
  if (!rows.length) return;
  setText($("first-rows-title"), rows.length < checked.total ? `The first ${rows.length} of ${checked.total.toLocaleString("en")} rows` : "All rows");
  const head = ["Film", ...checked.columns];
  const cells = (row) => [make("th", { scope: "row" }, `${row.name}.${format}`), ...checked.columns.map((name) => make("td", {}, row.values[name] ?? ""))];
  $("rows-table").replaceChildren(
    make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row)))),
  );
}
