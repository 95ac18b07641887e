/** Shows a job that ended without a film, or does not exist: what happened, and what to do. */

import { $, make, setDisabled, setText, showText } from "../dom.js";
import { stepList } from "./steps.js";
import { failureText, problemText } from "../text/error_messages.js";
import { shortAddress } from "../text/labels.js";

/** Shows a job that failed or was cancelled. */
export function drawFailure(job) {
  const where = shortAddress(job.url);
  if (job.status === "cancelled") {
    fill("Cancelled", `${where} was not filmed to the end`, "Nothing of it is kept.", "It can be filmed again from the beginning.", "");
  } else {
    const [title, advice] = failureText(job.errorCode);
    fill(`No film of ${where}`, title, job.error ?? "", advice, job.errorCode ? `Code: ${job.errorCode}` : "");
  }
  $("ended-card").dataset.mood = job.status;
  showFormLink("Film something else", false);
  $("retry").hidden = false;
  setDisabled($("retry"), false);
  const drawn = $("ended-story");
  drawn.hidden = job.steps.length + job.scriptSteps.length + job.refused.length === 0;
  stepList(drawn, { newestFirst: false })(job, { ended: true });
  if (job.links?.screenshot && job.statusBody?.failed_step) {
    drawn.prepend(make("p", {}, make("a", { href: job.links.screenshot }, "The page as it was then")));
  }
  if (job.links?.storyboard && job.statusBody?.status === "failed" && job.statusBody?.storyboard) {
    drawn.prepend(make("p", {}, make("a", { href: job.links.storyboard }, "The pictures of its steps were kept")));
  }
}

/** Shows that a job does not exist any more, or requires credentials. */
export function drawGone(error, url) {
  const where = url ? shortAddress(url) : "";
  if (error.status === 410) {
    fill("Not here any more", where ? `The film of ${where} was downloaded` : "This film was downloaded", problemText({ ...error, code: "job_gone" }), "It can be made again.", "");
  } else if (error.status === 401) {
    fill("Locked", "This film is for those who have its key", "It opens with the token of this Sitereel, or in the browser that asked for it.", "Reload the page to give the token.", "");
  } else {
    fill("Not here any more", where ? `The film of ${where} is gone` : "There is no such film", "Films are kept for a limited time, and the address may have a mistake.", "It can be made again.", "");
  }
  $("ended-card").dataset.mood = "gone";
  showFormLink(url && error.status !== 401 ? "Film it again" : "Film something else", true);
  $("retry").hidden = true;
  $("ended-story").hidden = true;
  $("ended-story").replaceChildren();
}

/** Labels the link to the form; `primary` where it is the only action. */
function showFormLink(label, primary) {
  setText($("other"), label);
  $("other").classList.toggle("primary", primary);
}

function fill(over, title, what, advice, code) {
  showText($("ended-over"), over);
  showText($("ended-title"), title);
  showText($("ended-what"), what);
  showText($("ended-do"), advice);
  showText($("ended-code"), code);
  showText($("ended-alert"), "");
}
