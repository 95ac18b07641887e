/** Shows the history: each film with its status, a link and a button to remove it. */

import { callApi, linksWithoutKey } from "../api.js";
import { $, make, setText } from "../dom.js";
import { ENDED } from "../job_state.js";
import * as historyStore from "../history_store.js";
import { ago } from "../time.js";
import { shortAddress, statusText } from "../text/labels.js";

const EVERY_MS = 6000;
const UNDO_MS = 12000;

let currentId = null;
let undoTimer = 0;

export function startHistory() {
  historyStore.onHistoryChange(draw);
  $("clear").onclick = () => keepOnly([], "The list is empty now.");
  document.addEventListener("visibilitychange", refresh);
  setInterval(() => refresh({ onlyRunning: true }), EVERY_MS);
  draw();
  refresh();
}

/** Marks the film that is shown. */
export function markCurrent(id) {
  currentId = id;
  draw();
}

/** Updates the statuses, without asking for a token. */
export async function refresh({ onlyRunning = false } = {}) {
  if (document.hidden) return;
  for (const { id, links, status } of historyStore.all()) {
    const running = !ENDED.has(status) && status !== "gone";
    if (id === currentId || status === "gone" || (onlyRunning && !running)) continue;
    try {
      const body = await callApi((links ?? linksWithoutKey(id)).status);
      historyStore.update(id, { status: body.status, links: body.links });
    } catch (error) {
      if (error.status === 404 || error.status === 410) historyStore.update(id, { status: "gone" });
    }
  }
}

function draw() {
  const entries = historyStore.all();
  const empty = entries.length === 0;
  $("films").hidden = empty && !$("undo").hasChildNodes();
  $("to-films").hidden = empty;
  $("clear").hidden = empty;
  const list = $("shelf");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.of : null;
  list.replaceChildren(...entries.map(row));
  if (focused) [...list.querySelectorAll("[data-of]")].find((one) => one.dataset.of === focused)?.focus();
}

function row(entry) {
  const address = shortAddress(entry.url);
  const link = make("a", { href: `#${entry.id}`, className: "shelf-link" }, make("span", { className: "shelf-name" }, address));
  link.dataset.of = `go ${entry.id}`;
  if (entry.id === currentId) link.setAttribute("aria-current", "page");
  const state = make("span", { className: "shelf-state" }, statusText(entry.status));
  state.dataset.status = entry.status;
  link.append(make("span", { className: "shelf-more" }, state, make("time", { dateTime: entry.madeAt }, ago(entry.madeAt))));
  const remove = make("button", { type: "button", className: "icon", "aria-label": `Remove ${address} from the list` }, "×");
  remove.dataset.of = `off ${entry.id}`;
  remove.onclick = () => keepOnly(historyStore.all().filter((other) => other.id !== entry.id), `${address} is off the list.`);
  return make("li", {}, link, remove);
}

/** Removes entries, with an undo button for a while: they may contain the only key to a film. */
function keepOnly(remaining, message) {
  const before = historyStore.all();
  const undo = $("undo");
  const back = make("button", { type: "button", className: "button quiet" }, "Undo");
  const end = () => {
    clearTimeout(undoTimer);
    undo.replaceChildren();
    draw();
  };
  back.onclick = () => {
    historyStore.keep(before);
    end();
    $("films-title").focus();
  };
  undo.replaceChildren(make("span", {}, message), back);
  historyStore.keep(remaining);
  clearTimeout(undoTimer);
  undoTimer = setTimeout(() => {
    const wasHere = undo.contains(document.activeElement);
    end();
    if (wasHere) $("main").focus({ preventScroll: true });
  }, UNDO_MS);
  back.focus();
  setText($("said"), "");
}
