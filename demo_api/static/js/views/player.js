/** Shows a finished film: player, properties, artifacts and download. */

import { $, make, showText } from "../dom.js";
import { followDownload } from "./download.js";
import { stepList } from "./steps.js";
import { span, stopwatch } from "../time.js";
import { bytes, many, shortAddress, stopText } from "../text/labels.js";

//: Artifacts in the order of their links.
const ARTIFACTS = [
  ["poster", "Poster"],
  ["sheet", "Contact sheet"],
  ["captions", "Captions"],
  ["timeline", "Timeline"],
];

let stop = () => {};
let copyUrl = null;

/** Shows the film of a completed job; `watched` if its recording was watched on this page. */
export function openFilm(job, { watched, gone }) {
  closeFilm();
  $("film-title").textContent = shortAddress(job.url);
  $("film-over").textContent = "Your film is ready";
  showText($("film-alert"), "");
  const video = player(job, watched);
  drawProperties(job);
  drawArtifacts(job);
  const warnings = $("film-warnings");
  warnings.hidden = job.warnings.length === 0;
  warnings.replaceChildren(...job.warnings.map((one) => make("li", {}, one.message)));
  stepList($("film-story"), { newestFirst: false })(job, { ended: true });
  const place = $("player");
  const shown = place.firstChild;
  let copy = null;
  let left = false;
  const keepPlaying = async () => {
    const saved = await copy;
    if (place.firstChild !== shown) return;
    if (saved) playCopy(video, saved);
    else if (!video || video.error) place.replaceChildren(note("The film is in your downloads. The preview was deleted with it."));
  };
  if (video) {
    video.onerror = () => {
      if (left || copy) keepPlaying();
      else if (place.firstChild === shown) place.replaceChildren(...posterInstead(job));
    };
  }
  stop = followDownload(job, {
    beforeDownload: () => {
      if (video) copy ??= fetchCopy(job);
    },
    gone: (downloaded) => {
      $("film-over").textContent = downloaded ? "Your film was downloaded" : "Your film has expired";
      $("beside").hidden = true;
      left = true;
      gone();
      keepPlaying();
    },
  });
}

export function closeFilm() {
  stop();
  stop = () => {};
  $("player").querySelector("video")?.pause();
  $("player").replaceChildren();
  if (copyUrl) URL.revokeObjectURL(copyUrl);
  copyUrl = null;
}

function player(job, watched) {
  const place = $("player");
  place.dataset.shape = shape(job.film);
  if (!job.links.preview) {
    place.replaceChildren(...posterInstead(job));
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
  // Autoplays for a user who has waited for it; it has no sound, and controls.
  if (watched && !document.hidden && matchMedia("(prefers-reduced-motion: no-preference)").matches) {
    video.muted = true;
    video.play().catch(() => {});
  }
  return video;
}

/** Shows the poster where the film cannot be played. */
function posterInstead(job) {
  const picture = make("img", { src: job.links.poster, alt: `A picture from the film of ${shortAddress(job.url)}` });
  picture.onerror = () => picture.remove();
  return [picture, note("This film cannot be played here. Download it to watch it.")];
}

const note = (words) => make("p", { className: "player-note" }, words);

const shape = (film) => (!film || film.width > film.height ? "wide" : film.width < film.height ? "tall" : "even");

/** Fetches the preview before the download, which deletes it; null on failure. */
async function fetchCopy(job) {
  try {
    const response = await fetch(job.links.preview, { cache: "no-store" });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

/** Continues with a copy in memory: the preview's URL is gone. */
function playCopy(video, copy) {
  if (copyUrl) return;
  const { currentTime, paused } = video;
  copyUrl = URL.createObjectURL(copy);
  video.src = copyUrl;
  video.currentTime = currentTime;
  if (!paused) video.play().catch(() => {});
}

function drawProperties(job) {
  const film = job.film;
  const took = (Date.parse(job.statusBody?.updated_at ?? "") - Date.parse(job.createdAt)) / 1000;
  const rows = film
    ? [
        ["Length", stopwatch(film.duration_s * 1000)],
        ["File", `${film.format.toUpperCase()}, ${bytes(film.size_bytes)}`],
        ["Picture", `${film.width} × ${film.height}, ${Math.round(film.fps)} a second`],
      ]
    : [];
  rows.push(["Clicks", String(job.steps.length)], ["Refused", job.refused.length ? many(job.refused.length, "thing") : "nothing"]);
  const tried = job.statusBody?.looked_at?.length ?? 0;
  if (tried > 0) rows.push(["Tried off camera", many(tried, "thing")]);
  if (took > 0) rows.push(["Made in", span(took)]);
  $("facts").replaceChildren(
    ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
  const end = stopText(job.stopReason);
  if (end) $("facts").append(make("div", { className: "whole" }, make("dt", {}, "The end"), make("dd", {}, end)));
}

function drawArtifacts(job) {
  const available = ARTIFACTS.filter(([name]) => job.links[name]);
  if (job.statusBody?.storyboard) available.push(["storyboard", "Storyboard"]);
  $("beside").hidden = false;
  $("beside").replaceChildren(
    ...available.map(([name, words]) =>
      make("li", {}, make("a", { href: job.links[name], target: "_blank", rel: "noopener" }, words, make("span", { className: "unseen" }, " (opens in a new tab)"))),
    ),
  );
}
