/** Shows a running job: frames of the browser, progress, and steps. */

import { $, announce, setDisabled, make, setText, showText } from "../dom.js";
import { stepList } from "./steps.js";
import { now, stopwatch } from "../time.js";
import { many, retryText, shortAddress, stageText } from "../text/labels.js";

//: Interval of announcements to screen readers; stages are announced at once.
const ANNOUNCE_EVERY_MS = 20000;

let drawSteps = null;
let clockTimer = 0;
let announcedStage = "";
let announcedAt = 0;

/** Resets the view. */
export function openLive(job) {
  drawSteps = stepList($("live-story"), { newestFirst: true });
  announcedStage = "";
  announcedAt = 0;
  $("picture").hidden = true;
  $("picture").removeAttribute("src");
  $("leader").hidden = false;
  setDisabled($("cancel"), false);
  showText($("live-alert"), "");
  showLost(false);
  const tick = () => {
    const since = Date.parse(job().createdAt ?? "");
    setText($("elapsed"), Number.isNaN(since) ? "0:00" : stopwatch(now() - since));
  };
  clearInterval(clockTimer);
  clockTimer = setInterval(tick, 1000);
  tick();
}

export function closeLive() {
  clearInterval(clockTimer);
  $("picture").removeAttribute("src");
}

export function drawLive(job) {
  const words = stageText(job);
  const filming = job.stage === "exploring";
  setText($("live-title"), shortAddress(job.url) || "Your film");
  setText($("live-over"), filming ? "Now filming" : job.stage === "queued" ? "In the queue" : "Almost done");
  setText($("stage"), words);
  setText($("share"), `${job.progress} %`);
  $("bar").value = job.progress;
  setText($("clicks"), clickText(job));
  setText($("rec"), filming ? "Live" : job.stage === "queued" ? "Waiting" : "Cutting");
  $("finder").dataset.stage = job.stage;
  drawProblems(job);
  drawSteps(job);
  announceProgress(job, words);
}

function clickText(job) {
  if (job.stage === "queued") return "It begins by itself. This page can be closed: the film is made all the same.";
  if (job.stage !== "exploring") return `${many(job.steps.length, "click")} filmed.`;
  return job.maxClicks ? `${job.clicks} of at most ${many(job.maxClicks, "click")}` : many(job.clicks, "click");
}

function drawProblems(job) {
  const lines = [
    ...job.failures.map((one) => `Attempt ${one.attempt} failed: ${one.error}`),
    ...job.retries.map((one) => `${retryText(one)}. ${one.reason}`),
    ...job.warnings.map((one) => one.message),
  ];
  const list = $("live-troubles");
  list.hidden = lines.length === 0;
  if (list.childElementCount !== lines.length) {
    list.replaceChildren(...lines.map((line) => make("li", {}, line)));
  }
}

/** Shows a frame: a small JPEG of the browser. */
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

export function showLost(isLost) {
  showText($("lost"), isLost ? "Connection lost, trying again. The film is made all the same." : "");
  if (isLost) announce("Connection lost, trying again.");
}

function announceProgress(job, words) {
  const at = performance.now();
  // These states alternate with every click.
  const steady = words.replace(/^(Looking around|Choosing what to show next)/, "Filming");
  if (steady !== announcedStage) {
    announcedStage = steady;
    announcedAt = at;
    announce(steady);
  } else if (job.steps.length && at - announcedAt > ANNOUNCE_EVERY_MS) {
    announcedAt = at;
    const last = job.steps[job.steps.length - 1];
    announce(`${many(job.steps.length, "click")} so far, the last on ${last.label}. ${job.progress} percent.`);
  }
}
