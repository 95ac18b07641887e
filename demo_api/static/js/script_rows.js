/** A script as rows of a list: steps that can be left out, moved and changed, and the script they make. */

const PARTS = ["before", "steps"];
let ids = 0;

/** Returns the rows of a script, in order: `{id, part, step, on}`. */
export function rowsOf(script) {
  const list = (part) => (Array.isArray(script[part]) ? script[part] : []);
  return PARTS.flatMap((part) => list(part).map((step) => ({ id: (ids += 1), part, step, on: true })));
}

/** Returns the script with the steps of these rows that are not left out. */
export function scriptOf(script, rows) {
  const made = { ...script };
  for (const part of PARTS) {
    if (part in made && !Array.isArray(made[part])) continue;
    made[part] = rows.filter((row) => row.on && row.part === part).map((row) => row.step);
  }
  if (Array.isArray(made.before) && made.before.length === 0) delete made.before;
  return made;
}

/** Returns the rows of a script that was edited as text, with what had been left out before in its place. */
export function mergedRows(script, earlier) {
  const rows = rowsOf(script);
  const known = new Set(earlier.filter((row) => row.on).map((row) => JSON.stringify(row.step)));
  // Another script altogether: what was left out of the one before is of no use.
  if (!rows.some((row) => known.has(JSON.stringify(row.step)))) return rows;
  earlier.forEach((row, index) => {
    if (!row.on) rows.splice(Math.min(index, rows.length), 0, row);
  });
  return PARTS.flatMap((part) => rows.filter((row) => row.part === part));
}

/** Whether a row can move: at the border of the parts it changes its part and not its place. */
export function canMove(rows, row, by, divided) {
  const index = rows.indexOf(row) + by;
  if (index >= 0 && index < rows.length) return true;
  return divided && row.part === (by < 0 ? "steps" : "before");
}

/** Moves a row up (-1) or down (1). */
export function move(rows, row, by, divided) {
  if (!canMove(rows, row, by, divided)) return;
  const index = rows.indexOf(row);
  const other = rows[index + by];
  if (other?.part === row.part) {
    rows[index] = other;
    rows[index + by] = row;
  } else {
    row.part = by < 0 ? "before" : "steps";
  }
}

/** Splits problems of the script that the rows make: a map from row to its problems, and all others. */
export function problemsByRow(problems, rows) {
  const byRow = new Map();
  const others = [];
  for (const one of problems) {
    const [, part, index, place] = /^script\.(before|steps)\[(\d+)\]\.?(.*)$/s.exec(one.field) ?? [];
    const row = part && rows.filter((each) => each.on && each.part === part)[Number(index)];
    if (row) byRow.set(row, [...(byRow.get(row) ?? []), { place, message: one.message }]);
    else others.push(one);
  }
  return { byRow, others };
}

/** Whether a text has comments that are lost when it is written anew from its script. */
export function hasComments(text, script) {
  if (text.trimStart().startsWith("{")) return false;
  const held = JSON.stringify(script);
  // A hash within quotes is a part of the script, which then holds what follows it.
  const found = [...text.matchAll(/(?:^|\s)(#[^\n]*)/g)].map(([, hash]) => hash.replace(/["'\]},\s]+$/, ""));
  return found.some((hash) => !held.includes(JSON.stringify(hash).slice(1, -1)));
}
