/** A job that ended without a film, or that is not there: what happened, and what to do. */

import { $, hold, make, put, say } from "../dom.js";
import { story } from "./steps.js";
import { explain, failure } from "../text/error_messages.js";
import { shortAddress } from "../text/labels.js";

/** A job that failed or was cancelled. */
export function drawEnded(job) {
  const where = shortAddress(job.url);
  if (job.status === "cancelled") {
    fill("Cancelled", `${where} was not filmed to the end`, "Nothing of it is kept.", "It can be filmed again from the beginning.", "");
  } else {
    const [title, advice] = failure(job.errorCode);
    fill(`No film of ${where}`, title, job.error ?? "", advice, job.errorCode ? `Code: ${job.errorCode}` : "");
  }
  $("ended-card").dataset.mood = job.status;
  offer("Film something else", false);
  $("retry").hidden = false;
  hold($("retry"), false);
  const drawn = $("ended-story");
  drawn.hidden = job.steps.length + job.refused.length === 0;
  story(drawn, { newestFirst: false })(job, { ended: true });
  if (job.links?.storyboard && job.told?.status === "failed" && job.told?.storyboard) {
    drawn.prepend(make("p", {}, make("a", { href: job.links.storyboard }, "The pictures of its steps were kept")));
  }
}

/** A job that is not there any more, or may not be seen. */
export function drawGone(error, url) {
  const where = url ? shortAddress(url) : "";
  if (error.status === 410) {
    fill("Not here any more", where ? `The film of ${where} has left` : "This film has left", explain({ ...error, code: "job_gone" }), "It can be made again.", "");
  } else if (error.status === 401) {
    fill("Locked", "This film is for those who have its key", "It opens with the token of this Sitereel, or in the browser that asked for it.", "Reload the page to give the token.", "");
  } else {
    fill("Not here any more", where ? `The film of ${where} is gone` : "There is no such film", "Films are kept for a limited time, and the address may have a mistake.", "It can be made again.", "");
  }
  $("ended-card").dataset.mood = "gone";
  offer(url && error.status !== 401 ? "Film it again" : "Film something else", true);
  $("retry").hidden = true;
  $("ended-story").hidden = true;
  $("ended-story").replaceChildren();
}

/** The way to the form, which begins with the address of this film; `first` where nothing else can be done. */
function offer(words, first) {
  put($("other"), words);
  $("other").classList.toggle("primary", first);
}

function fill(over, title, what, advice, code) {
  say($("ended-over"), over);
  say($("ended-title"), title);
  say($("ended-what"), what);
  say($("ended-do"), advice);
  say($("ended-code"), code);
  say($("ended-alert"), "");
}
