/** Where the page begins: which job the address names, and the ways from view to view. */

import { offer, startAsk } from "./views/form.js";
import { token } from "./api.js";
import { enter, lastUrl, leave, show, startDesk } from "./views/job.js";
import { $ } from "./dom.js";
import * as recent from "./history_store.js";
import { markOpen, refresh, startShelf } from "./views/history.js";
import { now } from "./time.js";

const TITLE = document.title;
let first = true;

/** The job that the address names: `/#<id>`. */
function named() {
  const [, id] = /^#([0-9A-Za-z_-]{1,64})$/.exec(location.hash) ?? [];
  return id ?? null;
}

function route() {
  const id = named();
  $("forget-token").hidden = token.get() === null;
  markOpen(id);
  if (id) {
    enter(id);
  } else {
    leave();
    document.title = TITLE;
    show("ask", first ? null : "ask-title");
    // A field that takes the focus on a telephone brings up its keyboard.
    if (matchMedia("(pointer: fine)").matches) offer("");
    refresh();
  }
  first = false;
}

/** To the start, without loading the page again; with an address to begin with. */
function home(event, url = "") {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (location.hash) history.pushState(null, "", "/");
  route();
  if (url) offer(url);
}

startAsk(({ id, url, links }) => {
  recent.add({ id, url, links, madeAt: new Date(now()).toISOString(), status: "pending" });
  location.hash = id;
});
startDesk();
startShelf();
window.addEventListener("hashchange", route);
$("home").onclick = (event) => home(event);
for (const link of document.querySelectorAll("[data-home]")) link.onclick = (event) => home(event, lastUrl());
// These lead to places on the page; the address names a job.
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
