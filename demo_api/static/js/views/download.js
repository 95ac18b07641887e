/** Follows the one-time download: until when it is available, that it is running, and that it is complete. */

import { callApi } from "../api.js";
import { $, announce, setText } from "../dom.js";
import { clock, now, until } from "../time.js";

const POLL_MS = 1500;
const COUNTDOWN_MS = 15000;

let stopPrevious = () => {};

/**
 * Shows the state of the download. Calls `gone(downloaded)` once when the film was deleted, and
 * `beforeDownload()` when the download is about to start. Returns a function that stops it.
 */
export function followDownload(job, { beforeDownload, gone }) {
  stopPrevious();
  let busy = job.stage === "exporting";
  let sawExport = busy;
  let timer = 0;
  let stopped = false;
  const link = $("download");
  link.hidden = false;
  link.href = job.links.export;

  function draw() {
    setText($("leave-title"), busy ? "On its way to you" : "Yours to keep");
    setText(
      $("leave-text"),
      busy
        ? "Your browser is fetching the film. If that breaks off, nothing is lost: it can be fetched again."
        : `The full-quality film can be fetched once${job.expiresAt ? `, until ${clock(job.expiresAt)} (${until(job.expiresAt)})` : ""}.${job.links.preview ? " What plays here is a smaller copy." : ""}`,
    );
    link.classList.toggle("waiting", busy);
  }

  async function poll() {
    clearTimeout(timer);
    try {
      const body = await callApi(job.links.status);
      if (stopped) return;
      if (busy && body.stage !== "exporting" && sawExport) announce("The download broke off. The film is still here.");
      sawExport ||= body.stage === "exporting";
      job = { ...job, expiresAt: body.expires_at ?? job.expiresAt };
      busy = body.stage === "exporting";
    } catch (error) {
      if (stopped) return;
      if (error.status === 404 || error.status === 410) return showGone(error.status === 410);
    }
    draw();
    timer = setTimeout(poll, busy || clickedRecently() ? POLL_MS : COUNTDOWN_MS * 4);
  }

  let clickedAt = 0;
  const clickedRecently = () => now() - clickedAt < 30000;

  function showGone(downloaded) {
    stop();
    setText($("leave-title"), downloaded ? "Downloaded" : "Expired");
    setText(
      $("leave-text"),
      downloaded
        ? `The film was downloaded at ${clock(new Date(now()).toISOString())}. Nothing of it is kept here any more.`
        : "Nobody downloaded the film in time, so it is gone. It can be made again.",
    );
    const hadFocus = document.activeElement === link;
    link.hidden = true;
    announce($("leave-title").textContent);
    if (hadFocus) $("film-title").focus({ preventScroll: true });
    gone(downloaded);
  }

  // A moment before the click, so that the preview can be copied.
  link.onpointerenter = beforeDownload;
  link.onfocus = beforeDownload;
  link.onclick = () => {
    clickedAt = now();
    beforeDownload();
    clearTimeout(timer);
    timer = setTimeout(poll, POLL_MS / 3);
  };
  const back = () => document.hidden || poll();
  document.addEventListener("visibilitychange", back);
  const countdown = setInterval(() => {
    draw();
    if (job.expiresAt && Date.parse(job.expiresAt) < now()) poll();
  }, COUNTDOWN_MS);
  timer = setTimeout(poll, busy ? POLL_MS : COUNTDOWN_MS * 4);

  function stop() {
    stopped = true;
    clearTimeout(timer);
    clearInterval(countdown);
    document.removeEventListener("visibilitychange", back);
    link.onclick = link.onpointerenter = link.onfocus = null;
  }

  draw();
  stopPrevious = stop;
  return stop;
}
