/** Entry point: routes the location's hash to a view. */

import { offer, startForm } from "./views/form.js";
import { token } from "./api.js";
import { closeJob, lastUrl, openJob, show, startJobView, startScriptEditing } from "./views/job.js";
import { setScript } from "./views/script_form.js";
import { $ } from "./dom.js";
import * as historyStore from "./history_store.js";
import { markCurrent, refresh, startHistory } from "./views/history.js";
import { now } from "./time.js";

const TITLE = document.title;
let first = true;

/** Returns the id of the job in the location: `/#<id>`. */
function jobIdInAddress() {
  const [, id] = /^#([0-9A-Za-z_-]{1,64})$/.exec(location.hash) ?? [];
  return id ?? null;
}

function route() {
  const id = jobIdInAddress();
  $("forget-token").hidden = token.get() === null;
  markCurrent(id);
  if (id) {
    openJob(id);
  } else {
    closeJob();
    document.title = TITLE;
    show("ask", first ? null : "ask-title");
    // On a phone, focusing a field would open the keyboard.
    if (matchMedia("(pointer: fine)").matches) offer("");
    refresh();
  }
  first = false;
}

/** Shows the form without reloading the page; `url` fills its address field. */
function home(event, url = "") {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (location.hash) history.pushState(null, "", "/");
  route();
  if (url) offer(url);
}

startForm(({ id, url, links }) => {
  historyStore.add({ id, url, links, madeAt: new Date(now()).toISOString(), status: "pending" });
  location.hash = id;
});
startJobView();
startScriptEditing((text) => {
  history.pushState(null, "", "/");
  route();
  $("url").value = "";
  setScript(text);
});
startHistory();
window.addEventListener("hashchange", route);
$("home").onclick = (event) => home(event);
for (const link of document.querySelectorAll("[data-home]")) link.onclick = (event) => home(event, lastUrl());
// These links scroll to a section, since the hash is a job's id.
for (const [link, target] of [["skip", "main"], ["to-films", "films-title"]]) {
  $(link).onclick = (event) => {
    event.preventDefault();
    $(target).focus();
    $(target).scrollIntoView({ block: "start" });
  };
}
$("forget-token").onclick = () => {
  token.forget();
  $("forget-token").hidden = true;
  $("main").focus();
};
document.addEventListener("focusin", () => {
  $("forget-token").hidden = token.get() === null;
});
route();
