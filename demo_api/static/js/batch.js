/** Entry point of the page of batches: the form, or the batch in the page's address. */

import { token } from "./api.js";
import { batchInAddress, hashOf } from "./batch/batch_links.js";
import { closeBatch, openBatch, startBatchView } from "./batch/batch_view.js";
import { startForm } from "./batch/form.js";
import { $, focusOn } from "./dom.js";

const TITLE = document.title;
const VIEWS = ["ask", "batch", "ended"];
let view = null;
let first = true;

function show(name) {
  if (view === name) return;
  view = name;
  for (const other of VIEWS) $(other).hidden = other !== name;
  if (!first || name !== "ask") focusOn($(`${name}-title`), $("main"));
}

function route() {
  const address = batchInAddress();
  $("forget-token").hidden = token.get() === null;
  if (address) {
    openBatch(address);
  } else {
    closeBatch();
    document.title = TITLE;
    show("ask");
  }
  first = false;
}

startForm((body) => {
  location.hash = hashOf(body.batch_id, body.links);
});
startBatchView(show);
window.addEventListener("hashchange", route);
$("skip").onclick = (event) => {
  // The hash is a batch's id.
  event.preventDefault();
  $("main").focus();
  $("main").scrollIntoView({ block: "start" });
};
$("forget-token").onclick = () => {
  token.forget();
  $("forget-token").hidden = true;
  $("main").focus();
};
document.addEventListener("focusin", () => {
  $("forget-token").hidden = token.get() === null;
});
route();
