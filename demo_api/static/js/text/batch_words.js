/** Words for the states of a batch and of its films. */

import { stopwatch } from "../time.js";
import { failureText } from "./error_messages.js";
import { bytes, many, shortAddress, stageText } from "./labels.js";

/** Words for the states of items, as headings of the filter. */
const ITEM_STATES = {
  waiting: "Waiting",
  running: "Being made",
  needs_operator: "Needs a person",
  completed: "Ready",
  failed: "Failed",
  cancelled: "Cancelled",
  skipped: "Skipped",
};
export const itemStates = Object.keys(ITEM_STATES);
export const itemStateText = (status) => ITEM_STATES[status] ?? status;

/** What a batch is doing, as a headline. */
export function batchTitle({ status, counts }) {
  switch (status) {
    case "pending":
      return "Waiting to begin";
    case "processing":
      return counts.needs_operator ? "Filming, and a person is needed" : "Filming";
    case "paused":
      return counts.running ? "Paused: what has begun is finished" : "Paused";
    case "completed":
      return counts.failed ? `Done, but for ${counts.failed.toLocaleString("en")}` : "All films are made";
    case "failed":
      return counts.skipped ? "Stopped: too many films failed" : "No film could be made";
    case "cancelled":
      return "Cancelled";
    default:
      return status;
  }
}

export const endedCount = (counts) => counts.completed + counts.failed + counts.cancelled + counts.skipped;

/** How far a batch is. */
export function progressText({ counts }) {
  const made = `${counts.completed.toLocaleString("en")} of ${many(counts.total, "film")} ready`;
  return counts.failed ? `${made}, ${counts.failed.toLocaleString("en")} failed` : made;
}

/** What else is to be known of a batch: lines. */
export function batchNotes(batch) {
  const waits = {
    capacity: "There is no room for another film at the moment. Films that are downloaded make room.",
    hosts: "No film is begun: all that wait are on sites where five films in a row have failed. Resume to try these again.",
  }[batch.waits_for];
  const held = batch.held_hosts.length ? `Left alone after five failures in a row, until it is resumed: ${batch.held_hosts.join(", ")}.` : "";
  return [waits, held, ...batch.notices].filter(Boolean);
}

/** The state of one film in words. */
export function itemText(item, job) {
  switch (item.status) {
    case "waiting":
      return item.attempts ? `Waiting, for attempt ${item.attempts + 1}` : "Waiting";
    case "running":
      return job ? `${stageText(job)}${job.progress ? `, ${job.progress} %` : ""}` : "Being made";
    case "completed":
      if (item.exported) return "Downloaded";
      return item.links ? ["Ready", lengthText(item), item.bytes ? bytes(item.bytes) : ""].filter(Boolean).join(" · ") : "Expired";
    case "failed":
      return failureText(item.error_code)[0];
    case "skipped":
      return "Skipped: too many others had failed";
    default:
      return itemStateText(item.status);
  }
}

const lengthText = (item) => (item.film_s ? stopwatch(item.film_s * 1000) : "");

/** What a row holds, shortened. */
export function rowText(item) {
  const values = Object.entries(item.values)
    .filter(([name]) => !name.startsWith("film."))
    .map(([name, value]) => (name === "url" ? shortAddress(value) : value));
  return [`Row ${item.row}`, ...values.slice(0, 3)].join(" · ");
}

/** What came of earlier attempts: lines. */
export const attemptTexts = (item) =>
  item.history.map((one, index) => `Attempt ${index + 1}: ${one.error ?? itemStateText(one.status)}`);
