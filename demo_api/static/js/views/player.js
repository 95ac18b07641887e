/** A film that is ready: it plays, says what it is, and can be fetched. */

import { $, make, say } from "../dom.js";
import { followLeaving } from "./download.js";
import { story } from "./steps.js";
import { span, stopwatch } from "../time.js";
import { bytes, many, shortAddress, stopWords } from "../text/labels.js";

//: What lies beside the film, in this order.
const BESIDE = [
  ["poster", "Poster"],
  ["sheet", "Contact sheet"],
  ["captions", "Captions"],
  ["timeline", "Timeline"],
];

let stop = () => {};
let kept = null;

/** Shows the film of a completed job; `watched` when the person has just seen it being made. */
export function openFilm(job, { watched, gone }) {
  closeFilm();
  $("film-title").textContent = shortAddress(job.url);
  $("film-over").textContent = "Your film is ready";
  say($("film-alert"), "");
  const video = player(job, watched);
  drawFacts(job);
  drawBeside(job);
  const warnings = $("film-warnings");
  warnings.hidden = job.warnings.length === 0;
  warnings.replaceChildren(...job.warnings.map((one) => make("li", {}, one.message)));
  story($("film-story"), { newestFirst: false })(job, { ended: true });
  const place = $("player");
  const shown = place.firstChild;
  let copy = null;
  let left = false;
  const goOn = async () => {
    const saved = await copy;
    if (place.firstChild !== shown) return;
    if (saved) playFrom(video, saved);
    else if (!video || video.error) place.replaceChildren(note("The film is in your downloads. What was shown here has left with it."));
  };
  if (video) {
    video.onerror = () => {
      if (left || copy) goOn();
      else if (place.firstChild === shown) place.replaceChildren(...still(job));
    };
  }
  stop = followLeaving(job, {
    leaving: () => {
      if (video) copy ??= fetchCopy(job);
    },
    gone: (downloaded) => {
      $("film-over").textContent = downloaded ? "Your film has left" : "Your film is gone";
      $("beside").hidden = true;
      left = true;
      gone();
      goOn();
    },
  });
}

export function closeFilm() {
  stop();
  stop = () => {};
  $("player").querySelector("video")?.pause();
  $("player").replaceChildren();
  if (kept) URL.revokeObjectURL(kept);
  kept = null;
}

function player(job, watched) {
  const place = $("player");
  place.dataset.shape = shape(job.film);
  if (!job.links.preview) {
    place.replaceChildren(...still(job));
    return null;
  }
  const video = make("video", {
    controls: true,
    playsInline: true,
    preload: "metadata",
    poster: job.links.poster,
    "aria-label": `Film of ${shortAddress(job.url)}`,
  });
  if (job.film) Object.assign(video, { width: job.film.width, height: job.film.height });
  video.append(make("track", { kind: "captions", src: job.links.captions, srclang: "en", label: "Captions" }));
  video.src = job.links.preview;
  place.replaceChildren(video);
  // Whoever has waited for it wants to see it. It has no sound, and a button that stops it.
  if (watched && !document.hidden && matchMedia("(prefers-reduced-motion: no-preference)").matches) {
    video.muted = true;
    video.play().catch(() => {});
  }
  return video;
}

/** Where the film cannot be played: one picture of it, and a word. */
function still(job) {
  const picture = make("img", { src: job.links.poster, alt: `A picture from the film of ${shortAddress(job.url)}` });
  picture.onerror = () => picture.remove();
  return [picture, note("This film cannot be played here. Download it to watch it.")];
}

const note = (words) => make("p", { className: "player-note" }, words);

const shape = (film) => (!film || film.width > film.height ? "wide" : film.width < film.height ? "tall" : "even");

/** The small copy, fetched before the film leaves and takes it along; null where that fails. */
async function fetchCopy(job) {
  try {
    const answer = await fetch(job.links.preview, { cache: "no-store" });
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}

/** Goes on from memory with the copy that played: its address leads nowhere any more. */
function playFrom(video, copy) {
  if (kept) return;
  const { currentTime, paused } = video;
  kept = URL.createObjectURL(copy);
  video.src = kept;
  video.currentTime = currentTime;
  if (!paused) video.play().catch(() => {});
}

function drawFacts(job) {
  const film = job.film;
  const took = (Date.parse(job.told?.updated_at ?? "") - Date.parse(job.createdAt)) / 1000;
  const rows = film
    ? [
        ["Length", stopwatch(film.duration_s * 1000)],
        ["File", `${film.format.toUpperCase()}, ${bytes(film.size_bytes)}`],
        ["Picture", `${film.width} × ${film.height}, ${Math.round(film.fps)} a second`],
      ]
    : [];
  rows.push(["Clicks", String(job.steps.length)], ["Left alone", job.refused.length ? many(job.refused.length, "thing") : "nothing"]);
  const tried = job.told?.looked_at?.length ?? 0;
  if (tried > 0) rows.push(["Tried off camera", many(tried, "thing")]);
  if (took > 0) rows.push(["Made in", span(took)]);
  $("facts").replaceChildren(
    ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
  const end = stopWords(job.stopReason);
  if (end) $("facts").append(make("div", { className: "whole" }, make("dt", {}, "The end"), make("dd", {}, end)));
}

function drawBeside(job) {
  const there = BESIDE.filter(([name]) => job.links[name]);
  if (job.told?.storyboard) there.push(["storyboard", "Storyboard"]);
  $("beside").hidden = false;
  $("beside").replaceChildren(
    ...there.map(([name, words]) =>
      make("li", {}, make("a", { href: job.links[name], target: "_blank", rel: "noopener" }, words, make("span", { className: "unseen" }, " (opens in a new tab)"))),
    ),
  );
}
