/** Asks the API, with the token where there is one, and turns its refusals into errors that have a code. */

import { tellClock } from "./time.js";

const TOKEN = "sitereel-token";

/** What the API has turned down, or the network has lost (`status` 0, `code` "offline"). */
export class Refused extends Error {
  constructor(status, code, detail, fields = [], retryAfterS = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterS = retryAfterS;
  }
}

let spare = null;

export const token = {
  get: () => safely(() => sessionStorage.getItem(TOKEN)) ?? spare,
  set(value) {
    spare = value;
    safely(() => sessionStorage.setItem(TOKEN, value));
  },
  forget() {
    spare = null;
    safely(() => sessionStorage.removeItem(TOKEN));
  },
};

/** Storage may be forbidden, or full. */
export function safely(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** The answer's JSON. Raises Refused. */
export async function ask(path, { method = "GET", body, headers = {}, signal } = {}) {
  const secret = token.get();
  const sent = { ...headers };
  if (secret) sent.authorization = `Bearer ${secret}`;
  if (body !== undefined) sent["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "offline", "The server did not answer.");
  }
  tellClock(answer.headers);
  const told = await answer.json().catch(() => null);
  if (answer.ok && told !== null) return told;
  throw refusal(answer, told);
}

function refusal(answer, told) {
  const wait = Number.parseInt(answer.headers.get("retry-after") ?? "", 10);
  return new Refused(
    answer.status,
    told?.code ?? "unreadable",
    told?.detail ?? answer.statusText,
    told?.errors ?? [],
    Number.isNaN(wait) ? null : wait,
  );
}

/** A name for one request, so that it can be sent again without being carried out twice. */
export function freshKey() {
  // Not crypto.randomUUID, which only pages on https and localhost have.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where a job's answers are when nobody has told us its links: these carry no key. */
export const plainLinks = (id) =>
  Object.fromEntries(["status", "events"].map((name) => [name, `/demo/${name}/${encodeURIComponent(id)}`]));
