/** The request form: reads and validates its fields, shows errors, and sends the request. */

import { callApi, newIdempotencyKey } from "../api.js";
import { $, isDisabled, setDisabled, setText, showText } from "../dom.js";
import { drawStylePreview } from "./style_preview.js";
import { span } from "../time.js";
import { withToken } from "../auth_dialog.js";
import { hasScheme, withScheme } from "../web_address.js";
import { fieldMessage, problemText } from "../text/error_messages.js";
import { focusScriptError, saysFilm, scriptRequest, showScriptErrors, startScript } from "./script_form.js";

const LISTS = ["focus", "avoid", "domains"];
const NUMBERS = ["max_clicks", "max_depth", "max_runtime"];
const CHECKBOXES = ["captions", "zoom", "title_card"];
const OPT_INS = ["storyboard", "ignore_robots", "ignore_certificate_errors"];
//: Form controls of request fields with another name.
const FIELD_OF = { interact: "fill" };

const form = () => $("ask-form");
let last = { sent: "", key: "" };
let cardTouched = false;

/** Adds the listeners; calls `accepted({id, url, links})` for each accepted job. */
export function startForm(accepted) {
  form().addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isDisabled($("go"))) await send(accepted);
  });
  form().addEventListener("input", (event) => {
    if (event.target.name === "title_card") cardTouched = true;
    if (event.target.name === "style" && !cardTouched) form().elements.title_card.checked = event.target.value === "studio";
    clear(event.target.closest("[data-field]")?.dataset.field);
    drawStylePreview(form());
  });
  startScript({ failed: (text) => showErrors([["script", text]]), url: scriptUrl });
  drawStylePreview(form());
  applyDefaults();
}

/** Shows the server's defaults. */
async function applyDefaults() {
  let defaults;
  try {
    defaults = await callApi("/static/defaults.json");
  } catch {
    return; // the defaults of the page are those of the product
  }
  const { elements } = form();
  for (const name of ["style", "size"]) elements[name].value = defaults[name];
  for (const name of ["format", "fps"]) elements[name].value = String(defaults[name]);
  for (const name of ["captions", "zoom"]) elements[name].checked = defaults[name];
  elements.title_card.checked = defaults.title_card ?? defaults.style === "studio";
  cardTouched = defaults.title_card !== null;
  elements.fill.checked = defaults.interact === "all";
  for (const name of NUMBERS) elements[name].placeholder = String(defaults[name]);
  setText($("kept"), defaults.kept_s === 3600 ? "an hour" : span(defaults.kept_s));
  drawStylePreview(form());
}

/** Fills and selects the address field. */
export function offer(url) {
  if (url) $("url").value = url;
  $("url").focus();
  $("url").select();
}

function read() {
  const { elements } = form();
  const played = scriptRequest();
  const request = played ?? {};
  if (!played || elements.url.value.trim()) request.url = withScheme(elements.url.value);
  // A script may say itself how its film looks.
  if (played && saysFilm(played.script)) return request;
  for (const name of ["style", "size", "format"]) request[name] = elements[name].value;
  request.fps = Number(elements.fps.value);
  for (const name of CHECKBOXES) request[name] = elements[name].checked;
  request.interact = elements.fill.checked ? "all" : "click";
  for (const name of OPT_INS) if (elements[name].checked) request[name] = true;
  if (elements.goal.value.trim()) request.goal = elements.goal.value.trim();
  for (const name of LISTS) {
    const lines = elements[name].value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (lines.length) request[name] = lines;
  }
  for (const name of NUMBERS) if (elements[name].value !== "") request[name] = Number(elements[name].value);
  return request;
}

/** Returns errors that can be found here: field and message. */
function validate(request) {
  const found = [];
  const typed = form().elements.url.value.trim();
  if (!typed && !request.script) found.push(["url", "Type or paste an address first, such as example.com."]);
  else if (typed && !isAddress(request.url, hasScheme(typed))) found.push(["url", "This does not look like the address of a website. It should be something like example.com."]);
  for (const name of NUMBERS) {
    const field = form().elements[name];
    if (field.validity.badInput || !field.checkValidity()) {
      found.push([name, `This should be a whole number from ${field.min} to ${field.max}.`]);
    }
  }
  return found;
}

/** Whether it is a URL. A single word is probably a typing error, unless it has a scheme (`whole`). */
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
  showText($("ask-alert"), "");
  const request = read();
  const errors = validate(request);
  if (errors.length) return showErrors(errors);
  setBusy(true);
  try {
    const sent = JSON.stringify(request);
    // A repeated request, as after a lost connection, keeps its key.
    if (sent !== last.sent) last = { sent, key: newIdempotencyKey() };
    const body = await withToken(() =>
      callApi("/demo/run", { method: "POST", body: request, headers: { "idempotency-key": last.key } }),
    );
    last = { sent: "", key: "" };
    accepted({ id: body.job_id, url: request.url ?? "", links: body.links });
  } catch (error) {
    const fields = showScriptErrors(error.fields ?? []).filter((one) => place(one.field));
    if (error.status === 422 && error.code === "idempotency_key_reused") last = { sent: "", key: "" };
    if (fields.length) showErrors(fields.map((one) => [one.field, fieldMessage(one.message)]));
    else report(error);
  } finally {
    setBusy(false);
  }
}

/** Where the film begins, as a part of a request; nothing where the field is empty or wrong. */
function scriptUrl() {
  const typed = form().elements.url.value.trim();
  return typed && isAddress(withScheme(typed), hasScheme(typed)) ? { url: withScheme(typed) } : {};
}

function report(error) {
  const others = error.fields?.map((one) => `${one.field}: ${one.message}.`).join(" ") ?? "";
  const locked = "Without the token no film can be asked for. Press “Film it” to try again.";
  showText($("ask-alert"), error.status === 401 ? locked : `${problemText(error)} ${others}`.trim());
}

const place = (field) => form().querySelector(`[data-field="${CSS.escape(field)}"]`);
const control = (field) => form().elements[FIELD_OF[field] ?? field];

function showErrors(found) {
  for (const [field, text] of found) {
    const line = $(`${field}-error`);
    if (line) showText(line, text);
    else showText($("ask-alert"), text);
    const input = control(field);
    if (input instanceof Element) input.setAttribute("aria-invalid", "true");
    if (input instanceof Element && input.closest("details")) $("more").open = true;
  }
  if (found[0][0] === "script" && focusScriptError()) return;
  const first = control(found[0][0]);
  (first instanceof Element ? first : first[0]).focus();
}

/** Clears the error of a field, or of all fields. */
function clear(field) {
  for (const line of form().querySelectorAll(".error:not(.step-row *)")) if (!field || line.id === `${field}-error`) showText(line, "");
  for (const input of form().querySelectorAll("[aria-invalid]:not(.step-row *)")) {
    if (!field || input.closest("[data-field]")?.dataset.field === field) input.removeAttribute("aria-invalid");
  }
}

function setBusy(busy) {
  setDisabled($("go"), busy);
  $("go").textContent = busy ? "Asking…" : "Film it";
}
