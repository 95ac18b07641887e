/** A job that is waited for: the browser's picture, how far it is, and what happens. */

import { $, announce, hold, make, put, say } from "../dom.js";
import { story } from "./steps.js";
import { now, stopwatch } from "../time.js";
import { many, retryWords, shortAddress, stageWords } from "../text/labels.js";

//: Screen readers hear of a stage at once, and of clicks this often.
const TELL_EVERY_MS = 20000;

let drawStory = null;
let ticking = 0;
let toldStage = "";
let toldAt = 0;

/** Begins with an empty screen. */
export function openLive(job) {
  drawStory = story($("live-story"), { newestFirst: true });
  toldStage = "";
  toldAt = 0;
  $("picture").hidden = true;
  $("picture").removeAttribute("src");
  $("leader").hidden = false;
  hold($("cancel"), false);
  say($("live-alert"), "");
  showLost(false);
  const tick = () => {
    const since = Date.parse(job().createdAt ?? "");
    put($("elapsed"), Number.isNaN(since) ? "0:00" : stopwatch(now() - since));
  };
  clearInterval(ticking);
  ticking = setInterval(tick, 1000);
  tick();
}

export function closeLive() {
  clearInterval(ticking);
  $("picture").removeAttribute("src");
}

export function drawLive(job) {
  const words = stageWords(job);
  const filming = job.stage === "exploring";
  put($("live-title"), shortAddress(job.url) || "Your film");
  put($("live-over"), filming ? "Now filming" : job.stage === "queued" ? "In line" : "Almost done");
  put($("stage"), words);
  put($("share"), `${job.progress} %`);
  $("bar").value = job.progress;
  put($("clicks"), clickWords(job));
  put($("rec"), filming ? "Live" : job.stage === "queued" ? "Waiting" : "Cutting");
  $("finder").dataset.stage = job.stage;
  drawTroubles(job);
  drawStory(job);
  tell(job, words);
}

function clickWords(job) {
  if (job.stage === "queued") return "It begins by itself. This page can be closed: the film is made all the same.";
  if (job.stage !== "exploring") return `${many(job.steps.length, "click")} filmed.`;
  return job.maxClicks ? `${job.clicks} of at most ${many(job.maxClicks, "click")}` : many(job.clicks, "click");
}

function drawTroubles(job) {
  const lines = [
    ...job.failures.map((one) => `Attempt ${one.attempt} failed: ${one.error}`),
    ...job.retries.map((one) => `${retryWords(one)}. ${one.reason}`),
    ...job.warnings.map((one) => one.message),
  ];
  const list = $("live-troubles");
  list.hidden = lines.length === 0;
  if (list.childElementCount !== lines.length) {
    list.replaceChildren(...lines.map((line) => make("li", {}, line)));
  }
}

/** A small JPEG of what the browser shows. */
export function showFrame(frame) {
  if (!/^[A-Za-z0-9+/=]+$/.test(frame.jpeg)) return;
  const picture = $("picture");
  picture.width = frame.width;
  picture.height = frame.height;
  picture.src = `data:image/jpeg;base64,${frame.jpeg}`;
  picture.alt = "What the browser shows right now";
  picture.hidden = false;
  $("leader").hidden = true;
}

export function showLost(is) {
  say($("lost"), is ? "Connection lost, trying again. The film is made all the same." : "");
  if (is) announce("Connection lost, trying again.");
}

function tell(job, words) {
  const at = performance.now();
  // These three take turns with every click.
  const steady = words.replace(/^(Looking around|Choosing what to show next)/, "Filming");
  if (steady !== toldStage) {
    toldStage = steady;
    toldAt = at;
    announce(steady);
  } else if (job.steps.length && at - toldAt > TELL_EVERY_MS) {
    toldAt = at;
    const last = job.steps[job.steps.length - 1];
    announce(`${many(job.steps.length, "click")} so far, the last on ${last.label}. ${job.progress} percent.`);
  }
}
