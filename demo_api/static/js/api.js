/** Calls the API, with the token if there is one, and converts problem details into errors with a code. */

import { syncClock } from "./time.js";

const TOKEN = "sitereel-token";

/** An error response of the API, or a network failure (`status` 0, `code` "offline"). */
export class ApiError extends Error {
  constructor(status, code, detail, fields = [], retryAfterS = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterS = retryAfterS;
  }
}

let fallback = null;

export const token = {
  get: () => tryStorage(() => sessionStorage.getItem(TOKEN)) ?? fallback,
  set(value) {
    fallback = value;
    tryStorage(() => sessionStorage.setItem(TOKEN, value));
  },
  forget() {
    fallback = null;
    tryStorage(() => sessionStorage.removeItem(TOKEN));
  },
};

/** Returns null where storage is forbidden or full. */
export function tryStorage(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Returns the JSON of a response. Throws ApiError. */
export async function callApi(path, options = {}) {
  const response = await call(path, options);
  const json = await response.json().catch(() => null);
  if (response.ok && json !== null) return json;
  throw apiError(response, json);
}

/** Returns the text of a response. Throws ApiError. */
export async function callText(path) {
  const response = await call(path, {});
  if (response.ok) return response.text();
  throw apiError(response, await response.json().catch(() => null));
}

async function call(path, { method = "GET", body, headers = {}, signal }) {
  const secret = token.get();
  const allHeaders = { ...headers };
  if (secret) allHeaders.authorization = `Bearer ${secret}`;
  // A form brings its own type, with the boundary of its parts.
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) allHeaders["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: allHeaders,
      body: body === undefined || isForm ? body : JSON.stringify(body),
      cache: "no-store",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "offline", "The server did not answer.");
  }
  syncClock(response.headers);
  return response;
}

function apiError(response, problem) {
  const retryAfterS = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return new ApiError(
    response.status,
    problem?.code ?? "unreadable",
    problem?.detail ?? response.statusText,
    problem?.errors ?? [],
    Number.isNaN(retryAfterS) ? null : retryAfterS,
  );
}

/** Creates an Idempotency-Key, so that a request can be retried without creating a second job. */
export function newIdempotencyKey() {
  // Not crypto.randomUUID, which only pages on https and localhost have.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Builds the links of a job whose own links are unknown; they have no key. */
export const linksWithoutKey = (id) =>
  Object.fromEntries(["status", "events"].map((name) => [name, `/demo/${name}/${encodeURIComponent(id)}`]));
