/** Lists the steps of a job with their reasons, and its refusals by rule. */

import { make, setText } from "../dom.js";
import { reasonText } from "../text/step_reasons.js";
import { actionText, outcomeText, ruleText } from "../text/labels.js";

//: How many refusals of one rule are shown unfolded.
const MAX_UNFOLDED = 4;

/** Builds the lists in `place`; returns a function that adds what is new in a job. */
export function stepList(place, { newestFirst }) {
  const stepCount = make("span", { className: "count" });
  const steps = make("ol", { className: "steps", role: "list" });
  steps.reversed = newestFirst;
  const none = make("p", { className: "hint" });
  const refusedCount = make("span", { className: "count" });
  const groups = make("ul", { className: "rules", role: "list" });
  const refusedPart = make(
    "section",
    { className: "story-part" },
    make("h2", {}, "Refused ", refusedCount),
    groups,
  );
  place.replaceChildren(
    make("section", { className: "story-part" }, make("h2", {}, "What it did ", stepCount), none, steps),
    refusedPart,
  );
  let drawn = [];
  let byRule = new Map();
  let refusals = 0;

  function drawSteps(list, ended) {
    // Another attempt has other steps: the list is redrawn when earlier ones have changed.
    if (list.length < drawn.length || drawn.some((step, index) => step !== stamp(list[index]))) {
      steps.replaceChildren();
      drawn = [];
    }
    for (const step of list.slice(drawn.length)) {
      if (newestFirst) steps.prepend(row(step));
      else steps.append(row(step));
      drawn.push(stamp(step));
    }
    setText(stepCount, list.length ? String(list.length) : "");
    none.hidden = list.length > 0;
    setText(none, ended ? "It made no click." : "Each click appears here as it is made, with its reason.");
  }

  /** Draws the steps of a script, which change as they are played. */
  function drawScript(list) {
    const rows = list.map(scriptRow);
    steps.replaceChildren(...(newestFirst ? rows.reverse() : rows));
    drawn = [];
    setText(stepCount, String(list.length));
    none.hidden = true;
  }

  function drawApiError(list) {
    if (list.length < refusals) {
      groups.replaceChildren();
      byRule = new Map();
      refusals = 0;
    }
    for (const one of list.slice(refusals)) {
      if (!byRule.has(one.rule)) byRule.set(one.rule, group(groups, one.rule));
      byRule.get(one.rule)(one);
    }
    refusals = list.length;
    setText(refusedCount, list.length ? String(list.length) : "");
    refusedPart.hidden = list.length === 0;
  }

  return (job, { ended = false } = {}) => {
    const shown = job.scriptSteps.filter((step) => ended || step.state !== "waiting");
    if (shown.length) drawScript(shown);
    else drawSteps(job.steps, ended);
    drawApiError(job.refused);
  };
}

const stamp = (step) => (step ? `${step.number} ${step.start_ms} ${step.label}` : "");

function row(step) {
  const name = step.label.trim() || "something without a name";
  const what = make(
    "p",
    { className: "step-what" },
    `${actionText(step.plan.action)} `,
    make("b", {}, name),
    make("span", { className: "step-out" }, outcomeText(step.outcome)),
  );
  const why = reasonText(step.plan.reason);
  const item = make(
    "li",
    { value: step.number },
    make("span", { className: "step-no", "aria-hidden": "true" }, String(step.number)),
    make("div", {}, what, why ? make("p", { className: "step-why" }, why) : ""),
  );
  if (step.outcome === "nothing") item.className = "vain";
  return item;
}

function scriptRow(step) {
  const what = make(
    "p",
    { className: "step-what" },
    make("b", {}, [step.verb.replace("_", " "), step.target].filter(Boolean).join(" ")),
    make("span", { className: "step-out" }, step.off_camera ? `${step.state}, off camera` : step.state),
  );
  const item = make(
    "li",
    { value: step.number },
    make("span", { className: "step-no", "aria-hidden": "true" }, String(step.number)),
    make("div", {}, what, step.did ? make("p", { className: "step-why" }, step.did) : ""),
  );
  if (step.state === "skipped" || step.state === "failed") item.className = "vain";
  return item;
}

/** Adds a rule to the list; returns a function that adds a refusal to it. */
function group(groups, rule) {
  const first = make("ul", {});
  const rest = make("ul", {});
  const more = make("summary", {});
  const fold = make("details", { hidden: true }, more, rest);
  groups.append(make("li", {}, make("p", { className: "rule" }, ruleText(rule)), first, fold));
  return (one) => {
    const full = first.childElementCount >= MAX_UNFOLDED;
    const detail = one.detail ? make("span", { className: "detail" }, one.detail) : "";
    (full ? rest : first).append(make("li", {}, make("b", {}, one.what), detail));
    if (full) {
      fold.hidden = false;
      setText(more, `${rest.childElementCount} more`);
    }
  };
}
