/** Controller of one batch: asks how far it is, shows what has changed, and does what its buttons say. */

import { callApi } from "../api.js";
import { withToken } from "../auth_dialog.js";
import { $, announce, isDisabled, setDisabled, setText, showText } from "../dom.js";
import { problemText } from "../text/error_messages.js";
import { hashOf, secretNames, statusLink, withQuery } from "./batch_links.js";
import { playFilm } from "./film_dialog.js";
import { itemList, PAGE } from "./item_list.js";
import { askSecrets } from "./secrets_dialog.js";
import { chosenState, drawSummary, ENDED } from "./summary.js";

const POLL_MS = 1500;
const ENDED_POLL_MS = 5000;
const HIDDEN_POLL_MS = 20000;
//: For so long after a download was begun it is asked soon whether it has arrived.
const FETCHING_MS = 30000;
const LOST_MS = [1000, 2000, 4000, 8000];
//: Without a change of the batch its items are asked for once in so many times: a film may have expired.
const ITEMS_EVERY = 10;

let batch = null;
let list = null;
let timer = 0;
let turn = 0;
let tries = 0;
let polls = 0;
let fetchedAt = -Infinity;
/** What the items were like when they were drawn last. */
let seen = "";

/** Adds the listeners; `shown(view)` is called with the view that is to be seen. */
export function startBatchView(shown) {
  show = shown;
  for (const how of ["pause", "resume", "cancel"]) {
    $(how).onclick = () => act($(how), (id) => callApi(`/demo/batch/${how}/${id}`, { method: "POST" }));
  }
  $("retry-all").onclick = () => retry($("retry-all"), {});
  $("filter").addEventListener("change", () => {
    list?.restart();
    pollNow();
  });
  $("zip").onclick = fetched;
  document.addEventListener("visibilitychange", () => batch && !document.hidden && pollNow());
}

let show = () => {};

/** Opens the batch `{id, key}`. */
export function openBatch(address) {
  closeBatch();
  batch = { ...address, links: { status: statusLink(address) }, status: null };
  list = itemList({
    play: (item) => playFilm(item, fetched),
    fetched,
    retry: (item) => retry(null, { items: [item.item] }, item.item),
    ended: () => pollNow(),
    turned: () => pollNow(),
  });
  setText($("batch-title"), "Opening the batch…");
  pollNow(true);
}

export function closeBatch() {
  turn += 1;
  clearTimeout(timer);
  list?.close();
  $("filter").replaceChildren();
  showText($("batch-alert"), "");
  showText($("lost"), "");
  batch = list = null;
  seen = "";
  tries = polls = 0;
}

/** Asks now; the answers to what was asked before are not waited for any more. */
function pollNow(first = false) {
  if (!batch || (!first && batch.status === null)) return;
  clearTimeout(timer);
  turn += 1;
  seen = "";
  poll(turn);
}

/** A download has been begun: its end is to be seen soon. */
function fetched() {
  fetchedAt = performance.now();
  clearTimeout(timer);
  timer = setTimeout(pollNow, POLL_MS);
}

async function poll(mine) {
  let pause;
  try {
    const status = await withToken(() => callApi(batch.links.status));
    if (mine !== turn) return;
    await draw(status, mine);
    if (mine !== turn) return;
    tries = 0;
    showText($("lost"), "");
    pause = pauseMs(status);
  } catch (error) {
    if (mine !== turn) return;
    if ([401, 404, 410].includes(error.status)) return showGone(error);
    if (batch.status === null) show("batch");
    if (tries > 0 || batch.status === null) showText($("lost"), "Connection lost, trying again. The films are made all the same.");
    pause = LOST_MS[Math.min(tries++, LOST_MS.length - 1)];
  }
  timer = setTimeout(() => poll(mine), pause);
}

function pauseMs({ status }) {
  if (document.hidden) return HIDDEN_POLL_MS;
  return ENDED.has(status) && performance.now() - fetchedAt > FETCHING_MS ? ENDED_POLL_MS : POLL_MS;
}

async function draw(status, mine) {
  batch = { ...batch, ...status };
  const hash = hashOf(batch.id, status.links);
  // So that a link that is copied opens the batch for whoever gets it.
  if (location.hash !== hash) history.replaceState(null, "", hash);
  drawSummary(status);
  show("batch");
  const state = chosenState();
  const after = list.after();
  const now = JSON.stringify([status.updated_at, status.counts, state, after]);
  polls += 1;
  if (now === seen && polls % ITEMS_EVERY) return;
  const items = await callApi(withQuery(status.links.items, { limit: PAGE, after, status: state }));
  if (mine !== turn) return;
  seen = now;
  list.draw(items, state, state ? status.counts[state] : status.counts.total);
}

/** Does what a button says, and shows the status that is answered. */
async function act(button, work) {
  if (button && isDisabled(button)) return;
  const { id } = batch;
  if (button) setDisabled(button, true);
  showText($("batch-alert"), "");
  try {
    const status = await withToken(() => work(encodeURIComponent(id)));
    if (batch?.id !== id) return;
    drawSummary(status);
    pollNow();
  } catch (error) {
    if (batch?.id !== id) return;
    if (button) setDisabled(button, false);
    showText($("batch-alert"), problemText(error));
    pollNow();
  }
}

/** Retries all films or some of them; asks for secrets that were deleted with the batch's end. */
async function retry(button, body, number = null) {
  if (number !== null) list.wait(number);
  const { id } = batch;
  const post = (more) => callApi(`/demo/batch/retry/${encodeURIComponent(id)}`, { method: "POST", body: { ...body, ...more } });
  await act(button, async () => {
    try {
      return await post({});
    } catch (error) {
      const names = secretNames.get(id);
      if (error.code !== "secrets_gone" || !names.length) throw error;
      const secrets = await askSecrets(names);
      if (secrets === null) throw error;
      return post({ secrets });
    }
  });
}

function showGone(error) {
  clearTimeout(timer);
  list.close();
  const locked = error.status === 401;
  showText($("ended-over"), locked ? "Locked" : "Not here any more");
  showText($("ended-title"), locked ? "This batch is for those who have its key" : "There is no such batch");
  showText(
    $("ended-what"),
    locked
      ? "It opens with the token of this Sitereel, or with the whole address that its page had. Reload the page to give the token."
      : "Batches are kept for a limited time after their last film, and the address may have a mistake.",
  );
  document.title = "gone · batch · Sitereel";
  show("ended");
  announce($("ended-title").textContent);
}
