/** The films of a batch, a page at a time. */

import { $, setDisabled, setText, showText } from "../dom.js";
import { itemStateText } from "../text/batch_words.js";
import { itemRow } from "./item_row.js";
import { liveJobs } from "./live_jobs.js";

export const PAGE = 100;

/**
 * Makes the list; `retry(item)` and `play(item)` are what its buttons do. Calls `fetched()` when a download begins,
 * `ended()` when a film is made, and `turned()` when another page is wanted.
 */
export function itemList({ play, retry, fetched, ended, turned }) {
  const rows = new Map();
  /** Where the pages before this one begin, and this one. */
  let begins = [0];
  let next = null;
  let items = [];
  const live = liveJobs({
    drawn: (number, job) => rows.get(number)?.update(items.find((item) => item.item === number), job),
    pictured: (number, frame) => rows.get(number)?.show(frame),
    ended,
  });
  $("page-back").onclick = () => turn(() => begins.length > 1 && begins.pop());
  $("page-on").onclick = () => turn(() => next !== null && begins.push(next));

  function turn(work) {
    if (!work()) return;
    $("items-title").focus();
    $("items-title").scrollIntoView({ block: "start" });
    turned();
  }

  function place() {
    const list = $("items");
    for (const [number, row] of rows) {
      if (items.some((item) => item.item === number)) continue;
      const hadFocus = row.element.contains(document.activeElement);
      row.element.remove();
      rows.delete(number);
      if (hadFocus) $("items-title").focus({ preventScroll: true });
    }
    items.forEach((item, index) => {
      if (!rows.has(item.item)) rows.set(item.item, itemRow({ play, retry, fetched }));
      const row = rows.get(item.item);
      row.update(item, live.job(item.item));
      if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] ?? null);
    });
  }

  return {
    after: () => begins[begins.length - 1],
    /** Shows one page of items, of `count` in this state. */
    draw(body, status, count) {
      items = body.items;
      const shown = (begins.length - 1) * PAGE + items.length;
      next = shown < count ? body.next : null;
      live.follow(items);
      place();
      showText($("no-items"), items.length ? "" : `No film is ${status ? itemStateText(status).toLowerCase() : "here"} now.`);
      $("pager").hidden = count <= PAGE && begins.length === 1;
      const first = (begins.length - 1) * PAGE + 1;
      setText($("page-words"), items.length ? `${first.toLocaleString("en")} to ${shown.toLocaleString("en")} of ${count.toLocaleString("en")}` : "");
      setDisabled($("page-back"), begins.length === 1);
      setDisabled($("page-on"), next === null);
    },
    restart: () => {
      begins = [0];
    },
    wait: (number) => rows.get(number)?.wait(),
    close() {
      live.close();
      rows.clear();
      items = [];
      $("items").replaceChildren();
    },
  };
}
