/** What the columns of a table can stand for. Pure. */

const PLACEHOLDER = /\\\{\{|\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
//: What every row has.
const BUILT_IN = new Set(["row", "row_count", "date"]);
//: Columns that are no variables, and are used under their own names.
const OPTION = /^(?:url|deliver_to|film\.[a-z_]+)$/;
//: What people call the column of addresses.
const ADDRESSES = new Set(["website", "site", "webaddress", "homepage", "link", "address", "webpage"]);

const plain = (text) => text.normalize("NFKD").replace(/[^A-Za-z0-9]/g, "").toLowerCase();

/** The names of the variables in a text, in order. */
export function namesIn(text) {
  return [...String(text ?? "").matchAll(PLACEHOLDER)].map(([, name]) => name).filter((name) => name && !BUILT_IN.has(name));
}

/** A text with the values of its variables; those without one stay as they are written. */
export function filled(text, values) {
  return String(text ?? "").replace(PLACEHOLDER, (whole, name) => (name ? (values[name] ?? whole) : "{{"));
}

/**
 * Returns what is filmed with: `[{name, required, fallback}]`. Without a script these are the variables of `texts`;
 * `url` is where a film begins, and is required where neither the script nor a step of it says so.
 */
export function targetsOf(script, texts) {
  const begins = script?.url || script?.steps?.[0]?.navigate || script?.before?.[0]?.navigate;
  const declared = Object.entries(script?.variables ?? {}).filter(([name]) => !BUILT_IN.has(name));
  const own = script
    ? declared.map(([name, one]) => ({ name, ...defaultOf(one) }))
    : [...new Set(texts.flatMap(namesIn))].map((name) => ({ name, required: true, fallback: "" }));
  return [{ name: "url", required: !begins, fallback: script?.url ?? "" }, ...own.filter(({ name }) => name !== "url")];
}

function defaultOf(variable) {
  const fallback = typeof variable === "object" && variable !== null ? variable.default : variable;
  return { required: fallback === undefined || fallback === null, fallback: String(fallback ?? "") };
}

/** Whether a column has a meaning of its own, and is no variable. */
export const isOption = (header) => OPTION.test(header);

/** Whether a column is used under its own name, so that nobody has to be asked about it. */
export const isUsed = (header, targets) => isOption(header) || targets.some(({ name }) => name === header);

/** The name that a column can have that is no variable; "" if it can have none. */
export function ownName(header) {
  if (NAME.test(header)) return header;
  const name = header.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return NAME.test(name) ? name : "";
}

/** Guesses what each column that is no variable stands for: a Map from header to name, "" to leave it out. */
export function guesses(headers, targets) {
  const taken = new Set(headers.filter((header) => isUsed(header, targets)));
  const found = new Map();
  for (const header of headers) {
    if (isUsed(header, targets)) continue;
    const same = targets.find(({ name }) => !taken.has(name) && plain(name) === plain(header));
    const isAddress = ADDRESSES.has(plain(header)) && targets[0].required && !taken.has("url");
    const name = same?.name ?? (isAddress ? "url" : ownName(header));
    found.set(header, taken.has(name) ? "" : name);
    if (name) taken.add(name);
  }
  return found;
}

/** The captions and chapters of a script, in order. */
export function saidBy(script) {
  const steps = [...(script?.steps ?? [])];
  return steps.flatMap((step) => [step?.chapter, step?.caption]).filter((text) => typeof text === "string" && text);
}
