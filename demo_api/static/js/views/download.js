/** The film's one way out: until when it can be fetched, that it is being fetched, and that it has left. */

import { ask } from "../api.js";
import { $, announce, put } from "../dom.js";
import { clock, now, until } from "../time.js";

const LOOK_MS = 1500;
const COUNT_MS = 15000;

let stopped = () => {};

/**
 * Shows how the job's film can be fetched, and follows it; `gone()` is called once when it is there no more,
 * with whether it was downloaded, and `leaving()` when somebody is about to fetch it. Returns what ends that.
 */
export function followLeaving(job, { leaving, gone }) {
  stopped();
  let busy = job.stage === "exporting";
  let seen = busy;
  let timer = 0;
  let over = false;
  const link = $("download");
  link.hidden = false;
  link.href = job.links.export;

  function draw() {
    put($("leave-title"), busy ? "On its way to you" : "Yours to keep");
    put(
      $("leave-text"),
      busy
        ? "Your browser is fetching the film. If that breaks off, nothing is lost: it can be fetched again."
        : `The full-quality film can be fetched once${job.expiresAt ? `, until ${clock(job.expiresAt)} (${until(job.expiresAt)})` : ""}.${job.links.preview ? " What plays here is a smaller copy." : ""}`,
    );
    link.classList.toggle("waiting", busy);
  }

  async function look() {
    clearTimeout(timer);
    try {
      const body = await ask(job.links.status);
      if (over) return;
      if (busy && body.stage !== "exporting" && seen) announce("The download broke off. The film is still here.");
      seen ||= body.stage === "exporting";
      job = { ...job, expiresAt: body.expires_at ?? job.expiresAt };
      busy = body.stage === "exporting";
    } catch (error) {
      if (over) return;
      if (error.status === 404 || error.status === 410) return left(error.status === 410);
    }
    draw();
    timer = setTimeout(look, busy || asked() ? LOOK_MS : COUNT_MS * 4);
  }

  let askedAt = 0;
  const asked = () => now() - askedAt < 30000;

  function left(downloaded) {
    stop();
    put($("leave-title"), downloaded ? "It has left" : "Its time is over");
    put(
      $("leave-text"),
      downloaded
        ? `The film was downloaded at ${clock(new Date(now()).toISOString())}. Nothing of it is kept here any more.`
        : "Nobody downloaded the film in time, so it is gone. It can be made again.",
    );
    const had = document.activeElement === link;
    link.hidden = true;
    announce($("leave-title").textContent);
    if (had) $("film-title").focus({ preventScroll: true });
    gone(downloaded);
  }

  // A moment before the click, for there is a copy to be saved.
  link.onpointerenter = leaving;
  link.onfocus = leaving;
  link.onclick = () => {
    askedAt = now();
    leaving();
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MS / 3);
  };
  const back = () => document.hidden || look();
  document.addEventListener("visibilitychange", back);
  const counting = setInterval(() => {
    draw();
    if (job.expiresAt && Date.parse(job.expiresAt) < now()) look();
  }, COUNT_MS);
  timer = setTimeout(look, busy ? LOOK_MS : COUNT_MS * 4);

  function stop() {
    over = true;
    clearTimeout(timer);
    clearInterval(counting);
    document.removeEventListener("visibilitychange", back);
    link.onclick = link.onpointerenter = link.onfocus = null;
  }

  draw();
  stopped = stop;
  return stop;
}
