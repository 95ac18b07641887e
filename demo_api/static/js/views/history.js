/** The list of this browser's films: where each stands, a way to it, and a way to forget it. */

import { ask, plainLinks } from "../api.js";
import { $, make, put } from "../dom.js";
import { ENDED } from "../job_state.js";
import * as recent from "../history_store.js";
import { ago } from "../time.js";
import { shortAddress, statusWords } from "../text/labels.js";

const EVERY_MS = 6000;
const UNDO_MS = 12000;

let openId = null;
let undoing = 0;

export function startShelf() {
  recent.watchList(draw);
  $("clear").onclick = () => forget([], "The list is empty now.");
  document.addEventListener("visibilitychange", refresh);
  setInterval(() => refresh({ onlyMoving: true }), EVERY_MS);
  draw();
  refresh();
}

/** Marks the film that is on screen. */
export function markOpen(id) {
  openId = id;
  draw();
}

/** Asks where the films stand; silently, for a list asks nobody for tokens. */
export async function refresh({ onlyMoving = false } = {}) {
  if (document.hidden) return;
  for (const { id, links, status } of recent.all()) {
    const moving = !ENDED.has(status) && status !== "gone";
    if (id === openId || status === "gone" || (onlyMoving && !moving)) continue;
    try {
      const body = await ask((links ?? plainLinks(id)).status);
      recent.update(id, { status: body.status, links: body.links });
    } catch (error) {
      if (error.status === 404 || error.status === 410) recent.update(id, { status: "gone" });
    }
  }
}

function draw() {
  const list = recent.all();
  const empty = list.length === 0;
  $("films").hidden = empty && !$("undo").hasChildNodes();
  $("to-films").hidden = empty;
  $("clear").hidden = empty;
  const shelf = $("shelf");
  const focused = shelf.contains(document.activeElement) ? document.activeElement.dataset.of : null;
  shelf.replaceChildren(...list.map(row));
  if (focused) [...shelf.querySelectorAll("[data-of]")].find((one) => one.dataset.of === focused)?.focus();
}

function row(entry) {
  const address = shortAddress(entry.url);
  const link = make("a", { href: `#${entry.id}`, className: "shelf-link" }, make("span", { className: "shelf-name" }, address));
  link.dataset.of = `go ${entry.id}`;
  if (entry.id === openId) link.setAttribute("aria-current", "page");
  const state = make("span", { className: "shelf-state" }, statusWords(entry.status));
  state.dataset.status = entry.status;
  link.append(make("span", { className: "shelf-more" }, state, make("time", { dateTime: entry.madeAt }, ago(entry.madeAt))));
  const off = make("button", { type: "button", className: "icon", "aria-label": `Remove ${address} from the list` }, "×");
  off.dataset.of = `off ${entry.id}`;
  off.onclick = () => forget(recent.all().filter((other) => other.id !== entry.id), `${address} is off the list.`);
  return make("li", {}, link, off);
}

/** Takes films off the list, with a way back for a while: the list may hold the only key to them. */
function forget(left, words) {
  const before = recent.all();
  const undo = $("undo");
  const back = make("button", { type: "button", className: "button quiet" }, "Undo");
  const end = () => {
    clearTimeout(undoing);
    undo.replaceChildren();
    draw();
  };
  back.onclick = () => {
    recent.keep(before);
    end();
    $("films-title").focus();
  };
  undo.replaceChildren(make("span", {}, words), back);
  recent.keep(left);
  clearTimeout(undoing);
  undoing = setTimeout(() => {
    const wasHere = undo.contains(document.activeElement);
    end();
    if (wasHere) $("main").focus({ preventScroll: true });
  }, UNDO_MS);
  back.focus();
  put($("said"), "");
}
