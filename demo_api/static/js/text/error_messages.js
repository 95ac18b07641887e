/** Messages for problems of the API and for failed jobs: what happened, and what to do. */

import { span } from "../time.js";

const later = (error, otherwise) =>
  error.retryAfterS ? `Try again in ${span(error.retryAfterS)}.` : otherwise;

/** Messages by the code of a problem. */
const PROBLEMS = {
  offline: () =>
    navigator.onLine === false
      ? "This device is offline. Nothing was lost: try again when the connection is back."
      : "Sitereel does not answer. It may be restarting, or the connection is down. Nothing was lost: try again in a moment.",
  unauthorized: () => "This needs the token of this Sitereel.",
  rate_limited: (error) =>
    `That was a lot in a short time, so this one was not taken. ${later(error, "Wait a little, then try again.")}`,
  queue_full: (error) =>
    `Too many films are waiting to be made, so this one was not taken. ${later(error, "Try again in a few minutes.")}`,
  out_of_capacity: (error) =>
    `There is no room for another film right now, so this one was not taken. ${later(error, "Try again later.")} Films that are downloaded make room.`,
  store_unavailable: (error) =>
    `Sitereel cannot reach its database, so nothing was done. ${later(error, "Try again in a moment.")}`,
  address_refused: () => "This address may not be filmed.",
  request_invalid: () => "Something in the form needs another look.",
  job_unknown: () => "There is no such film here, or its time is over.",
  job_gone: () => "This film has been downloaded, and nothing of it is left here.",
  already_ended: () => "It had ended already, so there was nothing to cancel.",
  not_ended: () => "It is under way already, so there was nothing to try again.",
  export_in_progress: () => "The film is being downloaded now. If that download breaks off, it can be downloaded again.",
  idempotency_in_flight: () => "The first try is still being looked at. Try again in a moment.",
  body_too_large: () => "That is more text than can be sent. Shorten the lists.",
  body_timeout: () => "The connection was too slow to send this. Try again.",
  host_refused: () => "Sitereel does not answer by this name. Whoever runs it can add the name to ALLOWED_HOSTS.",
  cross_site_refused: () => "The browser says that another site asked for this. Reload the page and try again.",
  internal_error: () => "Something went wrong on our side. Trying again may help; if not, the server's log says what it was.",
};

/** Returns the message for a problem. */
export function problemText(error) {
  const message = PROBLEMS[error.code];
  if (message) return message(error);
  if (error.status >= 500) return "The server had a problem of its own. Try again in a moment.";
  return error.message || "That did not work, and the server did not say why.";
}

/** Headline and advice by the code of a failed job. */
const FAILURES = {
  step_failed: ["A step of the script could not be played", "Mend that step, and film it again."],
  script_interrupted: ["The browser died, and the script had changed something already", "See what it has done, then film it again."],
  secrets_gone: ["The script’s secrets are not kept", "Ask for the film again, with its secrets."],
  page_unreachable: [
    "The page could not be opened",
    "Does it open in your own browser, without signing in? Check the spelling of the address, then try again.",
  ],
  certificate_invalid: [
    "The site’s certificate is not valid",
    "If it is your own site, film it again with “Accept a certificate that is not valid” under More options.",
  ],
  auth_required: [
    "The page asks to sign in",
    "Sitereel never signs in by itself. Choose a page that everybody can see. A script may sign in.",
  ],
  password_required: [
    "The site asks for a password",
    "Sitereel films without an account. Choose a page that everybody can see, or lift the password for it.",
  ],
  forbidden: [
    "The page is forbidden",
    "The site lets nobody see it who is not signed in, or not from here. Does it open in a private window?",
  ],
  blocked: [
    "The site keeps automated visitors out",
    "Sitereel does not get around such barriers. If the site is yours, let it through; otherwise choose another site.",
  ],
  site_error: ["The site has a fault of its own", "It answered with an error. Try again later."],
  redirect_loop: ["The page redirects in a circle", "That is for the site to mend. Try another of its addresses."],
  left_domain: [
    "The address leads to another site",
    "Film that one, or list its host under “Other hosts of this site” if the two belong together.",
  ],
  nothing_to_film: ["There is no page at this address", "It answers, but with nothing to look at: it may be meant for programs."],
  not_a_page: ["This is a file, not a page", "Give the address of the page on which it is shown."],
  start_page_blank: [
    "The page is blank",
    "Nothing was painted on it. If it is blank in your own browser too, its console says why.",
  ],
  start_page_error: ["The page shows an error", "Check the address, or begin on another page of the site."],
  address_refused: [
    "This address may not be filmed",
    "It leads to a private or local network. Whoever runs this Sitereel can allow it in ALLOW_PRIVATE_HOSTS.",
  ],
  safety_violation: ["Filming was stopped", "A limit was reached that protects the site and the machine. Fewer clicks may help."],
  page_unresponsive: ["The page stopped answering", "Its scripts keep the browser too busy. Try again, or begin on another page."],
  browser_crashed: ["The browser crashed on this page", "Try again. If it crashes each time, begin on another page of the site."],
  memory_limit: ["The page needs too much memory", "Begin on a lighter page, or ask for fewer clicks."],
  disk_limit: ["The film needs too much room", "Ask for fewer clicks, or a smaller size."],
  encoding_failed: ["The film could not be cut", "What was filmed is kept for a while: try again, and only the cut is made anew."],
  no_footage: ["Nothing was filmed", "The page showed no picture. Try again, or begin on another page."],
  browser_missing: ["There is no browser to film with", "That is for whoever runs this Sitereel to mend: “sitereel doctor” says how."],
  ffmpeg_missing: ["There is no ffmpeg to cut with", "That is for whoever runs this Sitereel to mend: “sitereel doctor” says how."],
};
const MACHINE = ["The machine had a problem", "It was none of the site’s doing. Try again in a moment."];
const MACHINE_CODES = new Set([
  "encoder_stalled",
  "internal_error",
  "stage_overrun",
  "storage_full",
  "storage_unavailable",
  "worker_crashed",
  "worker_frozen",
]);

/** Returns headline and advice for a failed job. */
export function failureText(code) {
  return FAILURES[code] ?? (MACHINE_CODES.has(code) ? MACHINE : ["The film was not made", "Try again, or begin on another page."]);
}

/** Completes the API's message for a field, which has no subject, to a sentence. */
export function fieldMessage(message) {
  const text = message.trim().replace(/\.$/, "");
  if (/^input should/i.test(text)) return `This should${text.slice("Input should".length)}.`;
  if (/^(must|has|is|can|should|does|needs)\b/.test(text)) return `This ${text}.`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
