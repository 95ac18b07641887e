/** Watches one job: by its events while somebody looks, by its status while nobody does or the stream fails. */

import { ask } from "./api.js";
import { EVENTS, ENDED } from "./job_state.js";

const PAUSES_MS = [1000, 2000, 4000, 8000];
//: A connection that is lost for less than this is nobody's concern.
const LOST_AFTER_MS = 900;
//: The stream says nothing for this long: a machine that slept may hold a connection that is none.
const SILENT_MS = 40000;
//: A tab in the background leaves its connection to others, of which a browser has six, and frames to nobody.
const HIDDEN_AFTER_MS = 10000;
const GLANCE_MS = 5000;

/**
 * Tells `to` of what happens, until `stop` is called or the job has ended:
 * `begin()` before a history, `event(name, said)`, `frame(said)`, `lost(is)`, `status(body)`, `over()` once the
 * job has ended, and `refused(error)` when it cannot be watched any more.
 */
export function watch(links, to) {
  let source = null;
  let stopped = false;
  let tries = 0;
  let timer = 0;
  let lostTimer = 0;
  let silent = 0;
  let hiding = 0;

  const later = (work, ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => stopped || work(), ms);
  };

  function lost(is) {
    clearTimeout(lostTimer);
    if (is) lostTimer = setTimeout(() => to.lost(true), LOST_AFTER_MS);
    else to.lost(false);
  }

  function close() {
    source?.close();
    source = null;
    clearTimeout(silent);
  }

  function stop() {
    stopped = true;
    close();
    for (const one of [timer, lostTimer, hiding]) clearTimeout(one);
    document.removeEventListener("visibilitychange", seen);
  }

  function end(tell) {
    if (stopped) return;
    stop();
    tell();
  }

  function heard() {
    clearTimeout(silent);
    silent = setTimeout(open, SILENT_MS);
  }

  function open() {
    if (stopped) return;
    close();
    let begun = false;
    const mine = new EventSource(links.events);
    source = mine;
    heard();
    mine.onopen = () => {
      tries = 0;
      heard();
      lost(false);
    };
    for (const name of EVENTS) {
      mine.addEventListener(name, (event) => {
        if (mine !== source) return;
        heard();
        if (!begun) to.begin();
        begun = true;
        to.event(name, JSON.parse(event.data));
        if (name === "done") end(to.over);
      });
    }
    mine.addEventListener("frame", (event) => {
      if (mine === source) to.frame(JSON.parse(event.data));
    });
    mine.addEventListener("gone", () => end(() => to.refused({ status: 410, code: "job_gone" })));
    mine.onerror = () => {
      if (mine !== source) return;
      lost(true);
      // A broken connection is tried again by the browser itself; a refusal is not.
      if (mine.readyState === EventSource.CLOSED) {
        close();
        look(open);
      }
    };
  }

  /** Asks where the job stands, then goes on with `next` after a pause. */
  async function look(next, pauseMs = PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]) {
    try {
      const body = await ask(links.status);
      if (stopped) return;
      to.status(body);
      if (ENDED.has(body.status)) return end(to.over);
    } catch (error) {
      if (stopped) return;
      if ([401, 404, 410].includes(error.status)) return end(() => to.refused(error));
      lost(true);
    }
    later(next, pauseMs);
  }

  function glance() {
    look(() => (document.hidden ? glance() : open()), GLANCE_MS);
  }

  function seen() {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => {
        close();
        glance();
      }, HIDDEN_AFTER_MS);
    } else if (source === null) {
      clearTimeout(timer);
      open();
    }
  }

  document.addEventListener("visibilitychange", seen);
  open();
  return stop;
}
