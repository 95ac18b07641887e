/** A job as this page knows it: from its status, and from its events. Pure; each event is harmless twice. */

export const ENDED = new Set(["completed", "failed", "cancelled"]);

/** What is known of a job before anything is told. */
export function fresh(id) {
  return {
    id,
    url: "",
    status: "pending",
    stage: "queued",
    attempt: 0,
    progress: 0,
    state: "initial",
    clicks: 0,
    maxClicks: null,
    createdAt: null,
    expiresAt: null,
    error: null,
    errorCode: null,
    stopReason: null,
    steps: [],
    refused: [],
    retries: [],
    failures: [],
    warnings: [],
    film: null,
    links: null,
    told: null,
  };
}

/** The job with all that an answer of `/demo/status` says. */
export function known(job, body) {
  return {
    ...job,
    url: body.url,
    status: body.status,
    stage: body.stage,
    progress: body.progress,
    state: body.metrics?.state ?? job.state,
    clicks: body.metrics?.clicks ?? job.clicks,
    createdAt: body.created_at,
    expiresAt: body.expires_at ?? null,
    error: body.error,
    errorCode: body.error_code,
    stopReason: body.stop_reason,
    steps: body.steps,
    refused: body.refused,
    retries: body.retries,
    failures: body.failures ?? [],
    warnings: body.warnings ?? [],
    film: body.film,
    links: body.links,
    told: body,
  };
}

/** What each event changes. */
const CHANGES = {
  stage(job, said) {
    const changed = {
      ...job,
      status: said.status,
      stage: said.stage,
      attempt: said.attempt ?? job.attempt,
      progress: said.progress ?? job.progress,
      error: said.error ?? null,
      errorCode: said.error_code ?? null,
    };
    // A stage that is queued begins anew.
    return said.stage === "queued"
      ? { ...changed, state: "initial", clicks: 0, steps: [], refused: [], retries: [] }
      : changed;
  },
  progress: (job, said) => ({
    ...job,
    progress: said.progress ?? job.progress,
    state: said.state ?? job.state,
    clicks: said.clicks ?? job.clicks,
    maxClicks: said.max_clicks ?? job.maxClicks,
  }),
  step: (job, said) => ({
    ...job,
    steps: [...job.steps.filter((step) => step.number !== said.number), said].sort((a, b) => a.number - b.number),
  }),
  refused: (job, said) => ({
    ...job,
    refused: job.refused.some((one) => sameRefusal(one, said)) ? job.refused : [...job.refused, said],
  }),
  retry(job, said) {
    const again = job.retries.some(
      (one) => one.at_ms === said.at_ms && one.kind === said.kind && one.attempt === said.attempt,
    );
    const retries = again ? job.retries : [...job.retries, said];
    // With another browser the film begins anew, and so do its steps.
    return said.kind === "browser" && !again ? { ...job, retries, steps: [], clicks: 0 } : { ...job, retries };
  },
  done: (job, said) => ({
    ...job,
    status: said.status,
    error: said.error ?? null,
    errorCode: said.error_code ?? null,
  }),
};
export const EVENTS = Object.keys(CHANGES);

export const applied = (job, name, said) => CHANGES[name](job, said);

const sameRefusal = (one, other) =>
  one.rule === other.rule && one.what === other.what && one.page_url === other.page_url;
