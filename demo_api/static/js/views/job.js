/** One job from first look to last: asks where it stands, watches it, and shows the view that fits. */

import { ask, plainLinks } from "../api.js";
import { $, announce, focusOn, hold, isHeld, say } from "../dom.js";
import { drawEnded, drawGone } from "./failure.js";
import { closeFilm, openFilm } from "./player.js";
import { ENDED, applied, fresh, known } from "../job_state.js";
import { closeLive, drawLive, openLive, showFrame, showLost } from "./progress.js";
import * as recent from "../history_store.js";
import { withToken } from "../auth_dialog.js";
import { explain } from "../text/error_messages.js";
import { watch } from "../job_stream.js";
import { shortAddress } from "../text/labels.js";

const AGAIN_MS = 3000;
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

/** Leaves the job that is on screen, if there is one. */
export function leave() {
  stopWatching();
  stopWatching = () => {};
  clearTimeout(timer);
  cancelAnimationFrame(drawing);
  closeLive();
  closeFilm();
  job = null;
}

/** Brings a job on screen. */
export async function enter(id) {
  leave();
  const entry = recent.find(id);
  job = { ...fresh(id), url: entry?.url ?? "", createdAt: entry?.madeAt ?? null };
  watched = false;
  view = null;
  openLive(() => job ?? fresh(id));
  await begin(id, entry?.links ?? plainLinks(id));
}

async function begin(id, links) {
  try {
    const body = await withToken(() => ask(links.status));
    if (job?.id !== id) return;
    job = known(job, body);
    note(true);
    if (ENDED.has(job.status)) finish();
    else follow();
  } catch (error) {
    if (job?.id !== id) return;
    if ([401, 404, 410].includes(error.status)) return gone(error);
    showLive();
    showLost(true);
    timer = setTimeout(() => begin(id, links), AGAIN_MS);
  }
}

function follow() {
  const id = job.id;
  const mine = (work) => (...told) => job?.id === id && work(...told);
  showLive();
  showLost(false);
  watched = true;
  stopWatching = watch(job.links, {
    begin: mine(() => {
      job = { ...job, steps: [], refused: [], retries: [] };
    }),
    event: mine((name, said) => {
      job = applied(job, name, said);
      if (name === "stage") note(false);
      cancelAnimationFrame(drawing);
      drawing = requestAnimationFrame(() => job?.id === id && view === "live" && draw());
    }),
    frame: mine(showFrame),
    lost: mine(showLost),
    status: mine((body) => {
      job = known(job, body);
      draw();
    }),
    over: mine(() => begin(id, job.links)),
    refused: mine(gone),
  });
}

function showLive() {
  show("live");
  draw();
}

function draw() {
  drawLive(job);
  title(job.stage === "queued" ? "waiting" : `${job.progress} %`);
}

function finish() {
  closeLive();
  if (job.status === "completed") {
    const gone = () => recent.update(job?.id, { status: "gone" });
    openFilm(job, { watched, gone });
    title("ready");
    show("film");
    announce("The film is ready.");
  } else {
    drawEnded(job);
    title(job.status);
    show("ended");
    announce($("ended-title").textContent);
  }
}

function gone(error) {
  const url = job.url;
  if (error.status !== 401) recent.update(job.id, { status: "gone" });
  closeLive();
  drawGone(error, url);
  title("gone");
  show("ended");
}

/** Keeps what is known of the job on this browser's list; `full` when the links are fresh. */
function note(full) {
  recent.update(job.id, full ? { status: job.status, links: job.links } : { status: job.status });
}

function title(state) {
  document.title = `${state} · ${shortAddress(job.url) || "film"} · Sitereel`;
}

/** The address of the job on screen, to begin another one with. */
export const lastUrl = () => job?.url ?? "";

export function startDesk() {
  $("cancel").onclick = async () => {
    if (isHeld($("cancel"))) return;
    const id = job.id;
    hold($("cancel"), true);
    try {
      const body = await withToken(() => ask(`/demo/cancel/${encodeURIComponent(id)}`, { method: "POST" }));
      if (job?.id === id) ended(body);
    } catch (error) {
      if (job?.id !== id) return;
      hold($("cancel"), false);
      say($("live-alert"), explain(error));
    }
  };
  $("retry").onclick = async () => {
    if (isHeld($("retry"))) return;
    const id = job.id;
    hold($("retry"), true);
    say($("ended-alert"), "");
    try {
      const body = await withToken(() => ask(`/demo/retry/${encodeURIComponent(id)}`, { method: "POST" }));
      if (job?.id !== id) return;
      recent.update(id, { status: body.status });
      await enter(id);
    } catch (error) {
      if (job?.id !== id) return;
      hold($("retry"), false);
      if ([404, 410].includes(error.status)) return gone(error);
      say($("ended-alert"), explain(error));
    }
  };
}

function ended(body) {
  stopWatching();
  job = known(job, body);
  note(true);
  finish();
}
