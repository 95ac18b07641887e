/** History of the films requested in this browser, in localStorage: with their links, which may contain a key. */

import { tryStorage } from "./api.js";

const NAME = "sitereel-films";
const MAX_ENTRIES = 20;

let fallback = null;

/** Lists the entries, newest first: `{id, url, links, madeAt, status}`. */
export function all() {
  const stored = tryStorage(() => JSON.parse(localStorage.getItem(NAME) ?? "[]"));
  const list = Array.isArray(stored) ? stored : (fallback ?? []);
  return list.filter((entry) => entry && typeof entry.id === "string" && typeof entry.url === "string");
}

export const find = (id) => all().find((entry) => entry.id === id) ?? null;

export function add(entry) {
  keep([entry, ...all().filter((other) => other.id !== entry.id)].slice(0, MAX_ENTRIES));
}

/** Updates an entry, if it exists. */
export function update(id, changes) {
  const list = all();
  const entry = list.find((other) => other.id === id);
  if (!entry || Object.entries(changes).every(([name, value]) => JSON.stringify(entry[name]) === JSON.stringify(value))) return;
  Object.assign(entry, changes);
  keep(list);
}

export const remove = (id) => keep(all().filter((entry) => entry.id !== id));

export function keep(list) {
  fallback = list;
  tryStorage(() => localStorage.setItem(NAME, JSON.stringify(list)));
  window.dispatchEvent(new Event("films"));
}

/** Calls `listener` whenever the list changes, in this or another tab. */
export function onHistoryChange(listener) {
  window.addEventListener("films", listener);
  window.addEventListener("storage", (event) => {
    if (event.key === NAME || event.key === null) listener();
  });
}
