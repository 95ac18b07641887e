/** Subscribes to a job: by server-sent events while the page is visible, else and on failures by polling its status. */

import { callApi } from "./api.js";
import { EVENTS, ENDED } from "./job_state.js";

const PAUSES_MS = [1000, 2000, 4000, 8000];
//: A connection that is lost for less than this is not reported.
const LOST_AFTER_MS = 900;
//: A stream without a message for this long is reopened: after sleep a connection may be dead.
const SILENT_MS = 40000;
//: A hidden tab closes its stream: a browser has six connections per host, and frames are captured for watchers.
const HIDDEN_AFTER_MS = 10000;
const HIDDEN_POLL_MS = 5000;

/**
 * Calls `handlers` until the returned function is called or the job has ended:
 * `reset()` before past events, `event(name, data)`, `frame(data)`, `lost(isLost)`, `status(body)`, `ended()` once
 * the job has ended, and `failed(error)` when its events are not available any more.
 */
export function subscribe(links, handlers) {
  let source = null;
  let stopped = false;
  let tries = 0;
  let timer = 0;
  let lostTimer = 0;
  let silenceTimer = 0;
  let hiddenTimer = 0;

  const later = (work, ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => stopped || work(), ms);
  };

  function reportLost(isLost) {
    clearTimeout(lostTimer);
    if (isLost) lostTimer = setTimeout(() => handlers.lost(true), LOST_AFTER_MS);
    else handlers.lost(false);
  }

  function close() {
    source?.close();
    source = null;
    clearTimeout(silenceTimer);
  }

  function stop() {
    stopped = true;
    close();
    for (const one of [timer, lostTimer, hiddenTimer]) clearTimeout(one);
    document.removeEventListener("visibilitychange", onVisibilityChange);
  }

  function end(callback) {
    if (stopped) return;
    stop();
    callback();
  }

  function restartSilenceTimer() {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(open, SILENT_MS);
  }

  function open() {
    if (stopped) return;
    close();
    let hasReset = false;
    const opened = new EventSource(links.events);
    source = opened;
    restartSilenceTimer();
    opened.onopen = () => {
      tries = 0;
      restartSilenceTimer();
      reportLost(false);
    };
    for (const name of EVENTS) {
      opened.addEventListener(name, (event) => {
        if (opened !== source) return;
        restartSilenceTimer();
        if (!hasReset) handlers.reset();
        hasReset = true;
        handlers.event(name, JSON.parse(event.data));
        if (name === "done") end(handlers.ended);
      });
    }
    opened.addEventListener("frame", (event) => {
      if (opened === source) handlers.frame(JSON.parse(event.data));
    });
    opened.addEventListener("gone", () => end(() => handlers.failed({ status: 410, code: "job_gone" })));
    opened.onerror = () => {
      if (opened !== source) return;
      reportLost(true);
      // The browser reconnects by itself after a network failure, but not after an error response.
      if (opened.readyState === EventSource.CLOSED) {
        close();
        poll(open);
      }
    };
  }

  /** Fetches the status, then calls `next` after a pause. */
  async function poll(next, pauseMs = PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]) {
    try {
      const body = await callApi(links.status);
      if (stopped) return;
      handlers.status(body);
      if (ENDED.has(body.status)) return end(handlers.ended);
    } catch (error) {
      if (stopped) return;
      if ([401, 404, 410].includes(error.status)) return end(() => handlers.failed(error));
      reportLost(true);
    }
    later(next, pauseMs);
  }

  function pollWhileHidden() {
    poll(() => (document.hidden ? pollWhileHidden() : open()), HIDDEN_POLL_MS);
  }

  function onVisibilityChange() {
    clearTimeout(hiddenTimer);
    if (document.hidden) {
      hiddenTimer = setTimeout(() => {
        close();
        pollWhileHidden();
      }, HIDDEN_AFTER_MS);
    } else if (source === null) {
      clearTimeout(timer);
      open();
    }
  }

  document.addEventListener("visibilitychange", onVisibilityChange);
  open();
  return stop;
}
