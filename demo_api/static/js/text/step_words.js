/** Says the steps of scripts in plain words, and which of their words can be edited. */

import { targetWords } from "./target_words.js";

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const quote = (text) => (text ? `“${text}”` : "…");

/** What each verb does: a verb in plain words, and a function that says with what. */
const WORDS = {
  navigate: ["Go to", (args) => args.navigate || "…"],
  click: ["Click", (args) => quote(targetWords(args.target))],
  double_click: ["Double-click", (args) => quote(targetWords(args.target))],
  hover: ["Point at", (args) => quote(targetWords(args.target))],
  fill: ["Fill", (args) => `${quote(targetWords(args.target))} with ${quote(args.value)}`],
  select: ["Choose", (args) => `${quote(args.value)} in ${quote(targetWords(args.target))}`],
  check: ["Tick", (args) => quote(targetWords(args.target))],
  uncheck: ["Untick", (args) => quote(targetWords(args.target))],
  press: ["Press", (args) => (args.target ? `${args.keys} in ${quote(targetWords(args.target))}` : args.keys)],
  key_down: ["Hold down", (args) => args.key_down],
  key_up: ["Let go of", (args) => args.key_up],
  drag: ["Drag", (args) => `${quote(targetWords(args.from))} to ${quote(targetWords(args.to))}`],
  scroll: ["Scroll", (args) => scrolledTo(args)],
  wait: ["Wait", (args) => waitedFor(args)],
  assert: ["Make sure", (args) => asserted(args)],
  chapter: ["Begin the chapter", (args) => quote(args.chapter)],
  hold: ["Stay", (args) => `for ${args.hold} s`],
  highlight: ["Highlight", (args) => quote(targetWords(args.target))],
  zoom: ["Zoom", (args) => (args.target === "out" ? "out" : `to ${quote(targetWords(args.target))}`)],
  screenshot: ["Keep a picture", (args) => `called ${quote(args.screenshot)}`],
  close_window: ["Close the window", () => ""],
  explore: ["Explore from here", (args) => explored(args)],
  // An option of all others: a step of its own where no other verb stands beside it.
  caption: ["Say", (args) => quote(args.caption)],
};

/** Fields by verb: key, label, kind, and whether it is offered where it has no value yet. */
const TARGET = ["target", "On the page", "target", true];
const FIELDS = {
  navigate: [["navigate", "Address", "text", true]],
  fill: [["target", "Field", "target", true], ["value", "Value", "text", true]],
  select: [["target", "List", "target", true], ["value", "Choice", "text", true]],
  press: [["keys", "Keys", "text", true], ["target", "Field", "target", false]],
  key_down: [["key_down", "Key", "text", true]],
  key_up: [["key_up", "Key", "text", true]],
  drag: [["from", "From", "target", true], ["to", "To", "target", true]],
  scroll: [["to", "To", "target", true], ["within", "Within", "target", false]],
  wait: [["for", "For", "target", false], ["seconds", "Seconds", "number", false], ["expression", "Expression", "text", false]],
  assert: [
    ["visible", "Is shown", "target", false],
    ["hidden", "Is not shown", "target", false],
    ["text", "Says", "text", false],
    ["url", "The address has", "text", false],
  ],
  caption: [["caption", "Words", "text", true]],
  chapter: [["chapter", "Title", "text", true]],
  hold: [["hold", "Seconds", "number", true]],
  screenshot: [["screenshot", "Name", "text", true]],
  explore: [["goal", "What it is about", "text", true], ["max_clicks", "Most clicks", "number", true]],
  close_window: [],
};
//: The field that a single value stands for.
const SHORT = { press: "keys", scroll: "to", wait: "for" };
//: Verbs whose value has no fields.
const PLAIN = new Set(["navigate", "key_down", "key_up", "chapter", "hold", "screenshot", "close_window", "caption"]);
const CAPTION = ["caption", "Caption", "text", true];

/** The key that says what is done; null where there is none, or several. */
export function verbOf(step) {
  if (!isObject(step)) return null;
  const verbs = Object.keys(step).filter((key) => key in WORDS && key !== "caption");
  if (verbs.length === 0 && "caption" in step) return "caption";
  return verbs.length === 1 ? verbs[0] : null;
}

/** What stands under the verb, as an object. */
function argsOf(step, verb) {
  if (PLAIN.has(verb)) return { [verb]: step[verb] };
  return isObject(step[verb]) ? step[verb] : { [SHORT[verb] ?? "target"]: step[verb] };
}

/** Returns `[verb, rest]` of a step in plain words; `rest` is "" where the verb says all. */
export function stepWords(step) {
  const verb = verbOf(step);
  if (!verb) return ["Not understood:", JSON.stringify(step)];
  const [said, rest] = WORDS[verb];
  return [said, String(rest(argsOf(step, verb)) ?? "")];
}

/** The caption that is shown beside what a step does, or "". */
export const captionOf = (step) => (verbOf(step) === "caption" ? "" : String(step?.caption ?? ""));

/** Returns the fields of a step that can be edited: `{place, label, kind, value}`, `place` as in problems. */
export function stepFields(step) {
  const verb = verbOf(step);
  if (!verb) return [];
  const args = argsOf(step, verb);
  const own = (FIELDS[verb] ?? [TARGET]).filter(([key, , , always]) => always || args[key] !== undefined);
  const fields = own.map(([key, label, kind]) => ({
    place: PLAIN.has(verb) ? verb : `${verb}.${key}`,
    label,
    kind,
    value: kind === "target" ? targetWords(args[key]) : String(args[key] ?? ""),
  }));
  if (verb === "caption" || verb === "chapter") return fields;
  const [place, label, kind] = CAPTION;
  return [...fields, { place, label, kind, value: captionOf(step) }];
}

/** Returns the step with another value at a place; what may be left out is, when it is empty. */
export function withValue(step, place, value) {
  const [verb, key] = place.split(".");
  if (!key) {
    const { caption, ...rest } = step;
    return place === "caption" && verbOf(step) !== "caption" && value === "" ? rest : { ...step, [place]: value };
  }
  const args = { ...argsOf(step, verb), [key]: value };
  if (value === "" && verb === "explore") delete args[key];
  return { ...step, [verb]: args };
}

/** Returns what stands at a place of a step. */
export function valueAt(step, place) {
  const [verb, key] = place.split(".");
  return key ? argsOf(step, verb)[key] : step[place];
}

function scrolledTo({ to, within }) {
  const where = within ? ` in ${quote(targetWords(within))}` : "";
  if (to === "top" || to === "bottom") return `to the ${to}${where}`;
  return /^\d+$/.test(String(to)) ? `to ${to} pixels from the top${where}` : `to ${quote(targetWords(to))}${where}`;
}

function waitedFor(args) {
  const parts = [];
  if (args.for !== undefined) {
    const goes = args.state === "hidden" ? "until" : "for";
    parts.push(`${goes} ${quote(targetWords(args.for))}${goes === "until" ? " is gone" : ""}`);
  }
  if (args.seconds !== undefined) parts.push(`${args.seconds} s`);
  if (args.expression !== undefined) parts.push(`until ${args.expression}`);
  return parts.join(" and ");
}

function asserted(args) {
  const parts = [];
  if (args.visible !== undefined) parts.push(`${quote(targetWords(args.visible))} is shown`);
  if (args.hidden !== undefined) parts.push(`${quote(targetWords(args.hidden))} is not shown`);
  if (args.text !== undefined) parts.push(`the page says ${quote(args.text)}`);
  if (args.url !== undefined) parts.push(`the address has ${quote(args.url)}`);
  if (args.count !== undefined) parts.push(`${quote(targetWords(args.count?.target))} is there ${args.count?.equals} times`);
  return `that ${parts.join(" and ")}`;
}

function explored(args) {
  const about = args.goal ? `about ${quote(args.goal)}` : "";
  const most = args.max_clicks ? `with at most ${args.max_clicks} clicks` : "";
  return [about, most].filter(Boolean).join(", ");
}
