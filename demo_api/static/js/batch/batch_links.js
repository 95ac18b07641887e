/** The address of a batch on this page, `/batch#<id>` or `/batch#<id>.<key>`, and the links to its endpoints. */

import { tryStorage } from "../api.js";

const HASH = /^#([0-9A-Za-z_-]{1,64})(?:\.([0-9A-Za-z_-]{1,64}))?$/;

/** The batch in the page's address: `{id, key}`; null where there is none. */
export function batchInAddress() {
  const [, id, key = null] = HASH.exec(location.hash) ?? [];
  return id ? { id, key } : null;
}

/** The hash of a batch; its key is in its links, where a token is set. */
export function hashOf(id, links) {
  const key = new URL(links.status, location.origin).searchParams.get("key");
  return key ? `#${id}.${key}` : `#${id}`;
}

/** The link to a batch's status, before its own links are known. */
export const statusLink = ({ id, key }) => `/demo/batch/status/${id}${key ? `?key=${key}` : ""}`;

/** A link with further parameters; those that are null are left out. */
export function withQuery(link, more) {
  const url = new URL(link, location.origin);
  for (const [name, value] of Object.entries(more)) if (value !== null) url.searchParams.set(name, value);
  return `${url.pathname}${url.search}`;
}

/** The names of a batch's secrets, kept in this tab: they are asked for anew when it is retried. */
export const secretNames = {
  get: (id) => tryStorage(() => JSON.parse(sessionStorage.getItem(`sitereel-secrets-${id}`))) ?? [],
  set: (id, names) => names.length && tryStorage(() => sessionStorage.setItem(`sitereel-secrets-${id}`, JSON.stringify(names))),
};
