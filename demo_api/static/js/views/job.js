/** Controller of one job: fetches its status, subscribes to its events, and shows the matching view. */

import { callApi, callText, linksWithoutKey } from "../api.js";
import { $, announce, focusOn, isDisabled, setDisabled, showText } from "../dom.js";
import { drawFailure, drawGone } from "./failure.js";
import { closeFilm, openFilm } from "./player.js";
import { ENDED, initialJob, withEvent, withStatus } from "../job_state.js";
import { closeLive, drawLive, openLive, showFrame, showLost } from "./progress.js";
import * as historyStore from "../history_store.js";
import { withToken } from "../auth_dialog.js";
import { problemText } from "../text/error_messages.js";
import { subscribe } from "../job_stream.js";
import { shortAddress } from "../text/labels.js";

const RETRY_MS = 3000;
export const VIEWS = ["ask", "live", "film", "ended"];

let job = null;
let view = null;
let watched = false;
let stopWatching = () => {};
let timer = 0;
let drawing = 0;

/** Shows one view and hides the others. */
export function show(name, heading = `${name}-title`) {
  const changed = view !== name;
  view = name;
  for (const other of VIEWS) $(other).hidden = other !== name;
  if (changed && heading) focusOn($(heading), $("main"));
}

/** Closes the job that is shown, if there is one. */
export function closeJob() {
  stopWatching();
  stopWatching = () => {};
  clearTimeout(timer);
  cancelAnimationFrame(drawing);
  closeLive();
  closeFilm();
  job = null;
}

/** Opens a job. */
export async function openJob(id) {
  closeJob();
  const entry = historyStore.find(id);
  job = { ...initialJob(id), url: entry?.url ?? "", createdAt: entry?.madeAt ?? null };
  watched = false;
  view = null;
  openLive(() => job ?? initialJob(id));
  await load(id, entry?.links ?? linksWithoutKey(id));
}

async function load(id, links) {
  try {
    const body = await withToken(() => callApi(links.status));
    if (job?.id !== id) return;
    job = withStatus(job, body);
    saveToHistory(true);
    if (ENDED.has(job.status)) finish();
    else follow();
  } catch (error) {
    if (job?.id !== id) return;
    if ([401, 404, 410].includes(error.status)) return showGone(error);
    showLive();
    showLost(true);
    timer = setTimeout(() => load(id, links), RETRY_MS);
  }
}

function follow() {
  const id = job.id;
  const guarded = (handler) => (...args) => job?.id === id && handler(...args);
  showLive();
  showLost(false);
  watched = true;
  stopWatching = subscribe(job.links, {
    reset: guarded(() => {
      job = { ...job, steps: [], scriptSteps: [], refused: [], retries: [] };
    }),
    event: guarded((name, data) => {
      job = withEvent(job, name, data);
      if (name === "stage") saveToHistory(false);
      cancelAnimationFrame(drawing);
      drawing = requestAnimationFrame(() => job?.id === id && view === "live" && draw());
    }),
    frame: guarded(showFrame),
    lost: guarded(showLost),
    status: guarded((body) => {
      job = withStatus(job, body);
      draw();
    }),
    ended: guarded(() => load(id, job.links)),
    failed: guarded(showGone),
  });
}

function showLive() {
  show("live");
  draw();
}

function draw() {
  drawLive(job);
  setTitle(job.stage === "queued" ? "waiting" : `${job.progress} %`);
}

function finish() {
  closeLive();
  if (job.status === "completed") {
    const gone = () => historyStore.update(job?.id, { status: "gone" });
    openFilm(job, { watched, gone });
    setTitle("ready");
    show("film");
    announce("The film is ready.");
  } else {
    drawFailure(job);
    $("edit-ended").hidden = !job.steps.length && !job.scriptSteps.length;
    setTitle(job.status);
    show("ended");
    announce($("ended-title").textContent);
  }
}

function showGone(error) {
  const url = job.url;
  if (error.status !== 401) historyStore.update(job.id, { status: "gone" });
  $("edit-ended").hidden = true;
  closeLive();
  drawGone(error, url);
  setTitle("gone");
  show("ended");
}

/** Updates the job's entry in the history; `withLinks` when its links are current. */
function saveToHistory(withLinks) {
  historyStore.update(job.id, withLinks ? { status: job.status, links: job.links } : { status: job.status });
}

function setTitle(state) {
  document.title = `${state} · ${shortAddress(job.url) || "film"} · Sitereel`;
}

/** Returns the URL of the job that is shown, for the form. */
export const lastUrl = () => job?.url ?? "";

export function startJobView() {
  $("cancel").onclick = async () => {
    if (isDisabled($("cancel"))) return;
    const id = job.id;
    setDisabled($("cancel"), true);
    try {
      const body = await withToken(() => callApi(`/demo/cancel/${encodeURIComponent(id)}`, { method: "POST" }));
      if (job?.id === id) showCancelled(body);
    } catch (error) {
      if (job?.id !== id) return;
      setDisabled($("cancel"), false);
      showText($("live-alert"), problemText(error));
    }
  };
  $("retry").onclick = async () => {
    if (isDisabled($("retry"))) return;
    const id = job.id;
    setDisabled($("retry"), true);
    showText($("ended-alert"), "");
    try {
      const body = await withToken(() => callApi(`/demo/retry/${encodeURIComponent(id)}`, { method: "POST" }));
      if (job?.id !== id) return;
      historyStore.update(id, { status: body.status });
      await openJob(id);
    } catch (error) {
      if (job?.id !== id) return;
      setDisabled($("retry"), false);
      if ([404, 410].includes(error.status)) return showGone(error);
      showText($("ended-alert"), problemText(error));
    }
  };
}

/** Adds what is done with a film's script; `edit(text)` puts it into the form. */
export function startScriptEditing(edit) {
  for (const name of ["film", "ended"]) {
    $(`edit-${name}`).onclick = async () => {
      try {
        edit(await withToken(() => callText(job.links.status.replace("/status/", "/script/"))));
      } catch (error) {
        showText($(`${name}-alert`), problemText(error));
      }
    };
  }
}

function showCancelled(body) {
  stopWatching();
  job = withStatus(job, body);
  saveToHistory(true);
  finish();
}
