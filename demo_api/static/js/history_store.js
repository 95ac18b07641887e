/** The films asked for in this browser, kept in this browser only: with their links, which may hold a key. */

import { safely } from "./api.js";

const NAME = "sitereel-films";
const MOST = 20;

let here = null;

/** Newest first: `{id, url, links, madeAt, status}`. */
export function all() {
  const stored = safely(() => JSON.parse(localStorage.getItem(NAME) ?? "[]"));
  const list = Array.isArray(stored) ? stored : (here ?? []);
  return list.filter((entry) => entry && typeof entry.id === "string" && typeof entry.url === "string");
}

export const find = (id) => all().find((entry) => entry.id === id) ?? null;

export function add(entry) {
  keep([entry, ...all().filter((other) => other.id !== entry.id)].slice(0, MOST));
}

/** Notes what is new of a film; nothing when it is not on the list. */
export function update(id, news) {
  const list = all();
  const entry = list.find((other) => other.id === id);
  if (!entry || Object.entries(news).every(([name, value]) => JSON.stringify(entry[name]) === JSON.stringify(value))) return;
  Object.assign(entry, news);
  keep(list);
}

export const remove = (id) => keep(all().filter((entry) => entry.id !== id));

export function keep(list) {
  here = list;
  safely(() => localStorage.setItem(NAME, JSON.stringify(list)));
  window.dispatchEvent(new Event("films"));
}

/** Calls `then` whenever the list changes, here or in another tab. */
export function watchList(then) {
  window.addEventListener("films", then);
  window.addEventListener("storage", (event) => {
    if (event.key === NAME || event.key === null) then();
  });
}
