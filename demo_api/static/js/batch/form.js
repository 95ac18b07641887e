/** The form of a batch: has rows and script checked while it is filled in, and starts the batch. */

import { callApi } from "../api.js";
import { withToken } from "../auth_dialog.js";
import { $, announce, isDisabled, setDisabled, setText, showText } from "../dom.js";
import { problemText } from "../text/error_messages.js";
import { many } from "../text/labels.js";
import { secretNames } from "./batch_links.js";
import { showFine, showLine, showProblems } from "./check_result.js";
import { constants, drawColumns, missing, renamed, secretValues, showMissing, startColumns } from "./columns.js";
import { drawFirst } from "./first_film.js";
import { addRows, isTable, startRows, takeRows, unit } from "./rows_input.js";
import { readScript, script, scriptText, startScript, takeScript } from "./script_input.js";
import { isOption, targetsOf } from "./variables.js";

const TYPING_MS = 700;
const NUMBERS = ["max_concurrency", "tolerated_failures", "max_clicks"];
//: Stands for a value that is still missing, so that everything else can be checked already.
const ANY = "missing";
const ANY_URL = "https://example.com/";

/** The columns of the table, and what a check of all rows has found; null where it is not known. */
let headers = [];
let checked = null;
let timer = 0;
let asked = 0;
/** Whether somebody has typed how films are called. */
let isNamed = false;
/** The options of films that somebody has chosen here. */
const chosenLooks = new Set();

const form = () => $("batch-form");
const word = () => (isTable() ? "row" : "site");

/** Adds the listeners; calls `accepted(body)` with the API's answer for a batch that was started. */
export function startForm(accepted) {
  startRows(changed);
  startScript(changed);
  startColumns(changed);
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isDisabled($("go"))) submit(accepted);
  });
  for (const name of ["name", "goal", "max_clicks"]) $(name).addEventListener("input", () => changed(TYPING_MS));
  $("name").addEventListener("input", () => {
    isNamed = true;
  });
  for (const name of NUMBERS) $(name).addEventListener("input", () => showNumber(name, ""));
  $("looks").addEventListener("change", (event) => {
    chosenLooks.add(event.target.name);
    drawLooks();
    changed(0);
  });
  startDrops();
  applyDefaults();
}

/** Takes files that are dropped anywhere: tables by their ending, all others as scripts. */
function startDrops() {
  const page = document.documentElement;
  const mark = (on) => $("drop").toggleAttribute("data-over", on);
  page.addEventListener("dragover", (event) => {
    if ($("ask").hidden || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  page.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  page.addEventListener("drop", (event) => {
    mark(false);
    if ($("ask").hidden || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    for (const file of event.dataTransfer.files) {
      if (/\.(ya?ml|json)$/i.test(file.name)) takeScript(file);
      else takeRows(file);
    }
  });
}

async function applyDefaults() {
  const defaults = await callApi("/static/defaults.json").catch(() => null);
  if (!defaults) return;
  for (const name of ["style", "size"]) if (!chosenLooks.has(name)) form().elements[name].value = defaults[name];
  if (!chosenLooks.has("captions")) form().elements.captions.checked = defaults.captions;
  $("max_clicks").placeholder = String(defaults.max_clicks);
  drawLooks();
}

function drawLooks() {
  $("card").dataset.size = form().elements.size.value;
}

/** What was found does not hold any more: it is checked anew after a while. */
function changed(waitMs) {
  checked = null;
  clearTimeout(timer);
  asked += 1;
  showText($("ask-alert"), "");
  drawGo();
  timer = setTimeout(() => look({ quietly: waitMs > 0 }), waitMs);
}

/** Checks what is in the form, and says what is wrong; `quietly` without asking for a token. */
async function look({ quietly }) {
  clearTimeout(timer);
  asked += 1;
  const mine = asked;
  const run = quietly ? (work) => work() : withToken;
  try {
    await run(() => check(() => mine === asked));
  } catch (error) {
    if (mine === asked) report(error);
  }
  drawGo();
}

async function check(isCurrent) {
  if (!(await checkScript(isCurrent)) || !isCurrent()) return;
  const rows = new FormData();
  if (!addRows(rows)) {
    headers = [];
    drawTargets();
    drawFirst(null);
    return showLine("");
  }
  if ($("result").hidden) showLine(`Looking at the ${word()}s…`);
  let answer = await checkRows();
  if (!isCurrent()) return;
  headers = isTable() ? answer.headers : [];
  const before = JSON.stringify(renamed());
  drawTargets();
  const name = $("name").value;
  nameFilms();
  // The names of the columns are known only now.
  if (name !== $("name").value || before !== JSON.stringify(renamed()) || missing(isTable()).length) answer = await checkRows();
  if (isCurrent()) show(answer);
}

/** Whether the script, or none, can be used. */
async function checkScript(isCurrent) {
  if (!(await readScript(isCurrent))) return false;
  $("goal-part").hidden = $("clicks-part").hidden = script() !== null;
  drawTargets();
  if ($("script-error").hidden) return true;
  drawFirst(null);
  showLine("Mend the script first");
  return false;
}

/** Names films after a column, until somebody names them otherwise. */
function nameFilms() {
  const column = headers.map((header) => renamed()[header] ?? header).find((name) => name && !isOption(name));
  if (!isNamed) $("name").value = column ? `{{row}}-{{${column}}}` : "{{row}}";
}

function drawTargets() {
  const texts = [constants().url ?? "", $("goal").value];
  const given = headers.length || script() || !isTable();
  drawColumns(headers, given ? targetsOf(script(), texts) : [], script()?.secrets ?? [], isTable());
}

const checkRows = () => callApi("/demo/batch/check", { method: "POST", body: request() });

/** The request as a form: the file as it is, the rest as JSON. */
function request() {
  const data = new FormData();
  addRows(data);
  const { url, ...values } = constants();
  const gaps = missing(isTable());
  for (const name of gaps) if (name !== "url") values[name] = ANY;
  const template = { ...looks(), ...(url ? { url } : {}), ...(gaps.includes("url") ? { url: ANY_URL } : {}) };
  if (script()) template.script = scriptText();
  data.append("template", JSON.stringify(template));
  data.append("columns", JSON.stringify(isTable() ? renamed() : {}));
  data.append("variables", JSON.stringify(values));
  if ($("name").value.trim()) data.append("name", $("name").value.trim());
  return data;
}

/** How the films look, as far as somebody has chosen, and what explorations show: scripts and sites may have their own. */
function looks() {
  const { style, size, captions } = form().elements;
  const all = { style: style.value, size: size.value, captions: captions.checked };
  const look = Object.fromEntries(Object.entries(all).filter(([name]) => chosenLooks.has(name)));
  if (script()) return look;
  if ($("goal").value.trim()) look.goal = $("goal").value.trim();
  if ($("max_clicks").value !== "" && isNumber("max_clicks")) look.max_clicks = Number($("max_clicks").value);
  return look;
}

function show(answer) {
  const gaps = missing(isTable());
  showMissing(gaps);
  checked = answer.problems.length || gaps.length ? null : answer;
  if (answer.problems.length) showProblems(answer.problems, answer.more_problems, unit());
  else if (gaps.length) showLine("Say first what the columns stand for");
  else showFine(answer, word());
  drawFirst(checked, script(), constants(), script()?.film?.format ?? "mp4");
  announce($("result-title").textContent);
}

function drawGo() {
  setText($("go"), checked ? `Make ${many(checked.total, "film")}` : "Check the rows");
  setText($("go-hint"), checked ? "Each is made like any single film." : "");
}

async function submit(accepted) {
  const wrong = NUMBERS.filter((name) => !isNumber(name));
  for (const name of wrong) showNumber(name, `This should be a whole number from ${$(name).min} to ${$(name).max}.`);
  if (wrong.length) {
    $("more").open = true;
    return $(wrong[0]).focus();
  }
  if (!checked) {
    setDisabled($("go"), true);
    await look({ quietly: false });
    setDisabled($("go"), false);
    return focusProblem();
  }
  await start(accepted);
}

const isNumber = (name) => !$(name).validity.badInput && $(name).checkValidity();

function showNumber(name, text) {
  showText($(`${name}-error`), text);
  if (text) $(name).setAttribute("aria-invalid", "true");
  else $(name).removeAttribute("aria-invalid");
}

/** Puts the focus on what is to be mended first. */
function focusProblem() {
  const rows = new FormData();
  if (!addRows(rows)) {
    showText($("rows-error"), isTable() ? "Choose a file, drop one, or paste rows first." : "Type or paste addresses first.");
    return (isTable() ? ($("csv-paste").hidden ? $("csv-name") : $("csv-text")) : $("sites")).focus();
  }
  if (!$("script-error").hidden) return $("script").focus();
  const field = document.querySelector("#constants [aria-invalid]");
  if (field) return field.focus();
  if (!$("result").hidden && $("result").dataset.mood === "bad") $("result-title").focus();
}

async function start(accepted) {
  const empty = [...$("secret-values").querySelectorAll("input")].find((input) => !input.value);
  if (empty) {
    showText($("ask-alert"), "The script needs the values of its secrets.");
    return empty.focus();
  }
  const data = request();
  data.append("max_concurrency", $("max_concurrency").value || "2");
  if ($("tolerated_failures").value !== "") data.append("tolerated_failures", $("tolerated_failures").value);
  if (script()?.secrets?.length) data.append("secrets", JSON.stringify(secretValues()));
  setDisabled($("go"), true);
  setText($("go"), "Starting…");
  try {
    const body = await withToken(() => callApi("/demo/batch/run", { method: "POST", body: data }));
    secretNames.set(body.batch_id, script()?.secrets ?? []);
    accepted(body);
  } catch (error) {
    if (error.code === "rows_invalid") await look({ quietly: false });
    else report(error, true);
  } finally {
    setDisabled($("go"), false);
    drawGo();
  }
}

function report(error, started = false) {
  const others = error.fields?.map((one) => `${one.field}: ${one.message}.`).join(" ") ?? "";
  const lost = "Sitereel did not answer. The batch may have begun all the same: only start it again if no film arrives.";
  const locked = "This needs the token of this Sitereel. Press the button to give it.";
  if (!started) showLine("");
  showText($("ask-alert"), error.status === 401 ? locked : started && error.code === "offline" ? lost : `${problemText(error)} ${others}`.trim());
}
