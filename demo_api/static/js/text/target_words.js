/** The words in the targets of scripts: `role=button[name='Save']` is “Save”, and stays a button when renamed. */

//: Parts of a path that say what to find in words: what stands before, the words, and what stands after.
const NAMED = [
  /^(role=[a-z]+\s*\[\s*name\s*=\s*)(["'])(.*)\2(\s*[is]?\s*\])$/s,
  /^((?:label|text|testid)=)(["']?)(.*)\2()$/s,
  /^(aria\/)()(.*?)(\s*(?:\[\s*role\s*=.*\])?)$/s,
  /^(text\/)()(.*)()$/s,
];
const PREFIX = /^(?:(?:role|label|testid|text|css|xpath|frame|nth)=|(?:aria|text|xpath|pierce)\/)/i;

/** Splits a target into the path to its last part, that part, and which of several it is. */
function lastPart(target) {
  const [nth] = /\s*>>\s*nth=-?\d+$/.exec(target) ?? [""];
  const rest = target.slice(0, target.length - nth.length);
  // A name in quotes may hold the sign that divides paths.
  const [path] = NAMED.some((one) => one.test(rest)) ? [""] : (/^.*>>\s*/s.exec(rest) ?? [""]);
  return { path, part: rest.slice(path.length), nth };
}

/** Returns the words of one target, or null where it has none, such as CSS. */
function wordsOf(target) {
  const { part } = lastPart(target);
  if (!PREFIX.test(part)) return part;
  for (const pattern of NAMED) {
    const found = pattern.exec(part);
    if (found) return found[3];
  }
  return null;
}

/** Returns the words of a target: of its alternatives, the first that has some; else as it is written. */
export function targetWords(target) {
  const all = (Array.isArray(target) ? target : [target ?? ""]).map(String);
  return all.map(wordsOf).find((words) => words) ?? all[0] ?? "";
}

/** Returns the target with other words; a path or an engine that is typed stands for the whole. */
export function renamed(target, words) {
  if (words === targetWords(target)) return target;
  if (Array.isArray(target) || PREFIX.test(words) || words.includes(">>") || !words) return words;
  const { path, part, nth } = lastPart(String(target ?? ""));
  if (!PREFIX.test(part)) return `${path}${words}${nth}`;
  for (const pattern of NAMED) {
    const found = pattern.exec(part);
    if (found) return `${path}${found[1]}${quoted(words, found[2])}${found[4]}${nth}`;
  }
  return words;
}

function quoted(words, quote) {
  if (!quote) return words;
  const fitting = words.includes(quote) ? (quote === "'" ? '"' : "'") : quote;
  return `${fitting}${words}${fitting}`;
}
