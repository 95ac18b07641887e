/** The head of a batch: how far it is, what can be done with it, and the filter of its films. */

import { $, announce, make, setDisabled, setText, showText } from "../dom.js";
import { batchNotes, batchTitle, endedCount, itemStates, itemStateText, progressText } from "../text/batch_words.js";
import { many } from "../text/labels.js";
import { ago, until } from "../time.js";
import { withQuery } from "./batch_links.js";

export const ENDED = new Set(["completed", "failed", "cancelled"]);
//: Other states are in the filter while a film is in them.
const ALWAYS = new Set(["waiting", "running", "completed", "failed"]);
const ANNOUNCE_EVERY_MS = 30000;

let announcedTitle = "";
let announcedAt = 0;

/** Shows a batch's status. */
export function drawSummary(batch) {
  const { counts } = batch;
  const title = batchTitle(batch);
  const share = Math.floor((100 * endedCount(counts)) / Math.max(1, counts.total));
  setText($("batch-over"), `Batch of ${many(counts.total, "film")}, asked for ${ago(batch.created_at)}`);
  setText($("batch-title"), title);
  setText($("batch-words"), progressText(batch));
  setText($("batch-share"), `${share} %`);
  $("batch-bar").value = share;
  setText($("batch-hint"), hint(batch));
  drawNotes(batchNotes(batch));
  drawButtons(batch);
  drawFilter(counts);
  document.title = `${ENDED.has(batch.status) ? title : `${share} %`} · batch · Sitereel`;
  tell(title, progressText(batch), ENDED.has(batch.status));
}

function hint(batch) {
  if (!ENDED.has(batch.status)) return "This page can be closed, and its address opens it again: the films are made all the same.";
  return batch.expires_at ? `All of it is deleted ${until(batch.expires_at)}.` : "";
}

function drawNotes(lines) {
  const list = $("batch-notes");
  list.hidden = lines.length === 0;
  if (list.textContent !== lines.join("")) list.replaceChildren(...lines.map((line) => make("li", {}, line)));
}

function drawButtons(batch) {
  const { counts, status, links } = batch;
  const focused = document.activeElement;
  const ended = ENDED.has(status);
  $("pause").hidden = ended || status === "paused";
  $("resume").hidden = ended || !(status === "paused" || batch.held_hosts.length);
  $("cancel").hidden = ended;
  $("again").hidden = !ended;
  const failed = counts.failed + counts.cancelled + counts.skipped;
  $("retry-all").hidden = failed === 0;
  const what = failed === counts.failed ? "failed" : "not made";
  setText($("retry-all"), failed === 1 ? `Retry the one ${what}` : `Retry all ${failed.toLocaleString("en")} ${what}`);
  const fetchable = counts.completed - counts.exported;
  $("zip").hidden = $("zip-hint").hidden = fetchable <= 0;
  $("report").href = withQuery(links.report, { format: "html" });
  $("zip").href = links.export;
  for (const id of ["pause", "resume", "cancel", "retry-all"]) setDisabled($(id), false);
  if (focused?.closest("[hidden]")) focusInstead(focused.id);
}

/** The button that takes the place of one that is gone has the focus, or else the heading. */
function focusInstead(id) {
  const other = { pause: $("resume"), resume: $("pause") }[id];
  (other && !other.hidden ? other : $("batch-title")).focus({ preventScroll: true });
}

/** The chosen state; null for all. */
export const chosenState = () => $("filter").querySelector("input:checked")?.value || null;

function drawFilter(counts) {
  const chosen = chosenState();
  const wanted = ["", ...itemStates.filter((state) => ALWAYS.has(state) || counts[state] > 0 || state === chosen)];
  const known = new Map([...$("filter").querySelectorAll("input")].map((input) => [input.value, input.closest("label")]));
  for (const [state, label] of known) if (!wanted.includes(state)) label.remove();
  wanted.forEach((state, index) => {
    const label = known.get(state) ?? choice(state, state === (chosen ?? ""));
    if ($("filter").children[index] !== label) $("filter").insertBefore(label, $("filter").children[index] ?? null);
    const count = state ? counts[state] : counts.total;
    setText(label.querySelector("b"), count.toLocaleString("en"));
  });
}

function choice(state, checked) {
  const input = make("input", { type: "radio", name: "filter", value: state, checked });
  return make("label", {}, input, make("span", {}, state ? itemStateText(state) : "All", " ", make("b", { className: "count" })));
}

/** Announces a new state at once, and how far it is from time to time. */
function tell(title, progress, isOver) {
  const at = performance.now();
  const isNew = title !== announcedTitle;
  if (!isNew && (isOver || at - announcedAt < ANNOUNCE_EVERY_MS)) return;
  announce(isNew ? `${title}. ${progress}.` : progress);
  announcedTitle = title;
  announcedAt = at;
}
