/** One film of a batch: its state in words, its picture, and what can be done with it. */

import { token } from "../api.js";
import { make, setDisabled, setText, showText } from "../dom.js";
import { attemptTexts, itemText, rowText } from "../text/batch_words.js";

//: For so long a download is said to be on its way, unless the batch says more.
const FETCHING_MS = 20000;
const RETRIED = new Set(["failed", "cancelled", "skipped"]);

/** Makes a row; `play(item)` and `retry(item)` are what its buttons do, `fetched()` is called when its download begins. */
export function itemRow({ play, retry, fetched }) {
  let item = null;
  let drawn = "";
  let fetchedAt = -Infinity;
  const picture = make("img", { alt: "", loading: "lazy", width: 128, height: 72, hidden: true });
  const shot = make("div", { className: "shot" }, picture);
  const name = make("h3", { className: "item-name", tabIndex: -1 });
  const row = make("p", { className: "item-row" });
  const state = make("p", { className: "item-state" });
  const error = make("p", { className: "item-error", hidden: true });
  const past = make("details", { className: "item-past", hidden: true }, make("summary", {}, "Earlier attempts"), make("ul"));
  const buttons = {
    play: make("button", { type: "button", className: "button small" }),
    download: make("a", { className: "button small", download: "" }),
    retry: make("button", { type: "button", className: "button small" }),
    details: make("a", { className: "button small quiet" }),
  };
  const tools = make("div", { className: "item-tools" }, ...Object.values(buttons));
  const words = make("div", { className: "item-words" }, name, row, error, past);
  const element = make("li", { className: "item" }, shot, words, state, tools);

  picture.onerror = () => {
    picture.hidden = true;
  };
  shot.onclick = () => item && isPlayable(item) && play(item);
  buttons.play.onclick = () => play(item);
  buttons.retry.onclick = () => retry(item);
  buttons.download.onclick = () => {
    fetchedAt = performance.now();
    draw(null);
    fetched();
  };

  /** Shows a button or hides it; its words say of which film it is. */
  function offer(which, label, isThere, href = null) {
    const button = buttons[which];
    if (button.dataset.label !== `${label} ${item.name}`) {
      button.dataset.label = `${label} ${item.name}`;
      button.replaceChildren(label, make("span", { className: "unseen" }, ` ${item.name}`));
    }
    button.hidden = !isThere;
    if (href) button.setAttribute("href", href);
  }

  function draw(job) {
    const fetching = isPlayable(item) && performance.now() - fetchedAt < FETCHING_MS;
    const text = fetching ? "On its way to you" : itemText(item, job);
    const sign = JSON.stringify([item, text, token.get() !== null]);
    if (sign === drawn) return;
    drawn = sign;
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    element.dataset.status = item.exported ? "exported" : item.status;
    setText(name, item.name);
    setText(row, rowText(item));
    setText(state, text);
    showText(error, item.status === "failed" ? (item.error ?? "") : "");
    drawPast();
    offer("play", "Play", isPlayable(item));
    offer("download", "Download", isPlayable(item), item.links?.export);
    offer("retry", "Retry", RETRIED.has(item.status));
    offer("details", "Details", isKnown(item), item.job_id ? `/#${item.job_id}` : null);
    setDisabled(buttons.retry, false);
    drawPicture();
    // What was pressed is gone: the focus stays in its row.
    if (focused?.closest("[hidden]")) name.focus({ preventScroll: true });
  }

  function drawPicture() {
    shot.toggleAttribute("data-playable", isPlayable(item));
    if (isPlayable(item)) {
      if (picture.getAttribute("src") !== item.links.poster) {
        picture.hidden = false;
        picture.src = item.links.poster;
      }
    } else if (item.status !== "running" && !item.exported) {
      picture.hidden = true;
      picture.removeAttribute("src");
    }
  }

  function drawPast() {
    const lines = attemptTexts(item);
    past.hidden = lines.length === 0;
    past.lastChild.replaceChildren(...lines.map((line) => make("li", {}, line)));
  }

  return {
    element,
    /** Shows the item as it is now; `job` is what is known of it while it is made. */
    update(next, job) {
      item = next;
      draw(job);
    },
    /** Shows what its browser shows. */
    show(frame) {
      if (item?.status !== "running" || !/^[A-Za-z0-9+/=]+$/.test(frame.jpeg)) return;
      picture.src = `data:image/jpeg;base64,${frame.jpeg}`;
      picture.hidden = false;
    },
    wait: () => setDisabled(buttons.retry, true),
  };
}

const isPlayable = (item) => item.status === "completed" && item.links !== null && !item.exported;

/** Whether the page of its job opens here: that of whoever has only the batch's key has no key for it. */
const isKnown = (item) =>
  item.links !== null && !item.exported && item.status !== "waiting" && (token.get() !== null || !item.links.status.includes("key="));
