/** The form: reads what is wished, says what is wrong beside each field, and asks for the film. */

import { ask, freshKey } from "../api.js";
import { $, hold, isHeld, put, say } from "../dom.js";
import { sample } from "./style_preview.js";
import { span } from "../time.js";
import { withToken } from "../auth_dialog.js";
import { complaint, explain } from "../text/error_messages.js";

const LISTS = ["focus", "avoid", "domains"];
const NUMBERS = ["max_clicks", "max_depth", "max_runtime"];
const TICKS = ["captions", "zoom", "title_card"];
const ASKED = ["storyboard", "ignore_robots", "ignore_certificate_errors"];
//: Fields of a request that the form calls by another name.
const FIELD_OF = { interact: "fill" };

const form = () => $("ask-form");
let last = { sent: "", key: "" };
let cardTouched = false;

/** Begins to listen; `accepted({id, url, links})` is called with each film that was taken. */
export function startAsk(accepted) {
  form().addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isHeld($("go"))) await send(accepted);
  });
  form().addEventListener("input", (event) => {
    if (event.target.name === "title_card") cardTouched = true;
    if (event.target.name === "style" && !cardTouched) form().elements.title_card.checked = event.target.value === "studio";
    clear(event.target.closest("[data-field]")?.dataset.field);
    sample(form());
  });
  sample(form());
  settle();
}

/** Shows how this Sitereel makes films when nothing is said. */
async function settle() {
  let said;
  try {
    said = await ask("/static/defaults.json");
  } catch {
    return; // the page's own are those of the product
  }
  const { elements } = form();
  for (const name of ["style", "size"]) elements[name].value = said[name];
  for (const name of ["format", "fps"]) elements[name].value = String(said[name]);
  for (const name of ["captions", "zoom"]) elements[name].checked = said[name];
  elements.title_card.checked = said.title_card ?? said.style === "studio";
  cardTouched = said.title_card !== null;
  elements.fill.checked = said.interact === "all";
  for (const name of NUMBERS) elements[name].placeholder = String(said[name]);
  put($("kept"), said.kept_s === 3600 ? "an hour" : span(said.kept_s));
  sample(form());
}

/** Puts an address into the field, ready to be changed. */
export function offer(url) {
  if (url) $("url").value = url;
  $("url").focus();
  $("url").select();
}

/** With a scheme where none is given: what stands before a port is none, and this machine seldom has TLS. */
export function wholeAddress(typed) {
  const text = typed.trim();
  if (hasScheme(text)) return text;
  return `${isThisMachine(text) ? "http" : "https"}://${text}`;
}

const isThisMachine = (text) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?![^:/?#])/i.test(text);
const hasScheme = (text) => /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text);

function read() {
  const { elements } = form();
  const wish = { url: wholeAddress(elements.url.value) };
  for (const name of ["style", "size", "format"]) wish[name] = elements[name].value;
  wish.fps = Number(elements.fps.value);
  for (const name of TICKS) wish[name] = elements[name].checked;
  wish.interact = elements.fill.checked ? "all" : "click";
  for (const name of ASKED) if (elements[name].checked) wish[name] = true;
  if (elements.goal.value.trim()) wish.goal = elements.goal.value.trim();
  for (const name of LISTS) {
    const lines = elements[name].value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (lines.length) wish[name] = lines;
  }
  for (const name of NUMBERS) if (elements[name].value !== "") wish[name] = Number(elements[name].value);
  return wish;
}

/** What is wrong and can be known here: field and sentence. */
function mistakes(wish) {
  const found = [];
  const typed = form().elements.url.value.trim();
  if (!typed) found.push(["url", "Type or paste an address first, such as example.com."]);
  else if (!isAddress(wish.url, hasScheme(typed))) found.push(["url", "This does not look like the address of a website. It should be something like example.com."]);
  for (const name of NUMBERS) {
    const field = form().elements[name];
    if (field.validity.badInput || !field.checkValidity()) {
      found.push([name, `This should be a whole number from ${field.min} to ${field.max}.`]);
    }
  }
  return found;
}

/** One word alone is a slip more often than a host; `whole` when its scheme says that it is meant. */
function isAddress(text, whole) {
  try {
    const parts = new URL(text);
    const named = whole || /[.:]/.test(parts.hostname) || parts.hostname === "localhost";
    return /^https?:$/.test(parts.protocol) && !/\s/.test(text) && named;
  } catch {
    return false;
  }
}

async function send(accepted) {
  clear();
  say($("ask-alert"), "");
  const wish = read();
  const wrong = mistakes(wish);
  if (wrong.length) return complain(wrong);
  busy(true);
  try {
    const sent = JSON.stringify(wish);
    // The same request again, as after a lost connection, is the same film.
    if (sent !== last.sent) last = { sent, key: freshKey() };
    const body = await withToken(() =>
      ask("/demo/run", { method: "POST", body: wish, headers: { "idempotency-key": last.key } }),
    );
    last = { sent: "", key: "" };
    accepted({ id: body.job_id, url: wish.url, links: body.links });
  } catch (error) {
    const fields = error.fields?.filter((one) => place(one.field)) ?? [];
    if (error.status === 422 && error.code === "idempotency_key_reused") last = { sent: "", key: "" };
    if (fields.length) complain(fields.map((one) => [one.field, complaint(one.message)]));
    else report(error);
  } finally {
    busy(false);
  }
}

function report(error) {
  const others = error.fields?.map((one) => `${one.field}: ${one.message}.`).join(" ") ?? "";
  const locked = "Without the token no film can be asked for. Press “Film it” to try again.";
  say($("ask-alert"), error.status === 401 ? locked : `${explain(error)} ${others}`.trim());
}

const place = (field) => form().querySelector(`[data-field="${CSS.escape(field)}"]`);
const control = (field) => form().elements[FIELD_OF[field] ?? field];

function complain(found) {
  for (const [field, text] of found) {
    const line = $(`${field}-error`);
    if (line) say(line, text);
    else say($("ask-alert"), text);
    const input = control(field);
    if (input instanceof Element) input.setAttribute("aria-invalid", "true");
    if (input instanceof Element && input.closest("details")) $("more").open = true;
  }
  const first = control(found[0][0]);
  (first instanceof Element ? first : first[0]).focus();
}

/** Takes back what was said of a field, or of all. */
function clear(field) {
  for (const line of form().querySelectorAll(".error")) if (!field || line.id === `${field}-error`) say(line, "");
  for (const input of form().querySelectorAll("[aria-invalid]")) {
    if (!field || input.closest("[data-field]")?.dataset.field === field) input.removeAttribute("aria-invalid");
  }
}

function busy(is) {
  hold($("go"), is);
  $("go").textContent = is ? "Asking…" : "Film it";
}
