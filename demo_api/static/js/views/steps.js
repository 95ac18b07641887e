/** What happened in a film: its steps and why they were taken, and what was left alone by which rule. */

import { make, put } from "../dom.js";
import { reasonWords } from "../text/step_reasons.js";
import { actionWords, outcomeWords, ruleWords } from "../text/labels.js";

//: Of one rule's refusals, so many are shown at once.
const SHOWN = 4;

/** Draws into `place`, adding only what is new; `newestFirst` for a list that grows while somebody looks. */
export function story(place, { newestFirst }) {
  const stepCount = make("span", { className: "count" });
  const steps = make("ol", { className: "steps", role: "list" });
  steps.reversed = newestFirst;
  const none = make("p", { className: "hint" });
  const refusedCount = make("span", { className: "count" });
  const groups = make("ul", { className: "rules", role: "list" });
  const refusedPart = make(
    "section",
    { className: "story-part" },
    make("h2", {}, "Left alone ", refusedCount),
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
    // Another attempt has other steps: those that no longer stand where they stood are drawn anew.
    if (list.length < drawn.length || drawn.some((step, index) => step !== stamp(list[index]))) {
      steps.replaceChildren();
      drawn = [];
    }
    for (const step of list.slice(drawn.length)) {
      if (newestFirst) steps.prepend(row(step));
      else steps.append(row(step));
      drawn.push(stamp(step));
    }
    put(stepCount, list.length ? String(list.length) : "");
    none.hidden = list.length > 0;
    put(none, ended ? "It made no click." : "Each click appears here as it is made, with its reason.");
  }

  function drawRefused(list) {
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
    put(refusedCount, list.length ? String(list.length) : "");
    refusedPart.hidden = list.length === 0;
  }

  return (job, { ended = false } = {}) => {
    drawSteps(job.steps, ended);
    drawRefused(job.refused);
  };
}

const stamp = (step) => (step ? `${step.number} ${step.start_ms} ${step.label}` : "");

function row(step) {
  const name = step.label.trim() || "something without a name";
  const what = make(
    "p",
    { className: "step-what" },
    `${actionWords(step.plan.action)} `,
    make("b", {}, name),
    make("span", { className: "step-out" }, outcomeWords(step.outcome)),
  );
  const why = reasonWords(step.plan.reason);
  const item = make(
    "li",
    { value: step.number },
    make("span", { className: "step-no", "aria-hidden": "true" }, String(step.number)),
    make("div", {}, what, why ? make("p", { className: "step-why" }, why) : ""),
  );
  if (step.outcome === "nothing") item.className = "vain";
  return item;
}

/** A rule's place on the list; returns what adds a refusal to it. */
function group(groups, rule) {
  const first = make("ul", {});
  const rest = make("ul", {});
  const more = make("summary", {});
  const fold = make("details", { hidden: true }, more, rest);
  groups.append(make("li", {}, make("p", { className: "rule" }, ruleWords(rule)), first, fold));
  return (one) => {
    const full = first.childElementCount >= SHOWN;
    const detail = one.detail ? make("span", { className: "detail" }, one.detail) : "";
    (full ? rest : first).append(make("li", {}, make("b", {}, one.what), detail));
    if (full) {
      fold.hidden = false;
      put(more, `${rest.childElementCount} more`);
    }
  };
}
