/** Reducer of a job's state, from its status and its events. Pure; applying an event twice is harmless. */

export const ENDED = new Set(["completed", "failed", "cancelled"]);

/** Returns the state of a job before its status is known. */
export function initialJob(id) {
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
    scriptSteps: [],
    refused: [],
    retries: [],
    failures: [],
    warnings: [],
    film: null,
    links: null,
    statusBody: null,
  };
}

/** Returns the job with a response of `/demo/status`. */
export function withStatus(job, body) {
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
    scriptSteps: body.script_steps ?? [],
    refused: body.refused,
    retries: body.retries,
    failures: body.failures ?? [],
    warnings: body.warnings ?? [],
    film: body.film,
    links: body.links,
    statusBody: body,
  };
}

/** Reducer of each event. */
const REDUCERS = {
  stage(job, data) {
    const changed = {
      ...job,
      status: data.status,
      stage: data.stage,
      attempt: data.attempt ?? job.attempt,
      progress: data.progress ?? job.progress,
      error: data.error ?? null,
      errorCode: data.error_code ?? null,
    };
    // A queued job starts again.
    return data.stage === "queued"
      ? { ...changed, state: "initial", clicks: 0, steps: [], scriptSteps: [], refused: [], retries: [] }
      : changed;
  },
  progress: (job, data) => ({
    ...job,
    progress: data.progress ?? job.progress,
    state: data.state ?? job.state,
    clicks: data.clicks ?? job.clicks,
    maxClicks: data.max_clicks ?? job.maxClicks,
  }),
  step: (job, data) => ({
    ...job,
    steps: [...job.steps.filter((step) => step.number !== data.number), data].sort((a, b) => a.number - b.number),
  }),
  script_step: (job, data) => ({
    ...job,
    scriptSteps: [...job.scriptSteps.filter((step) => step.number !== data.number), data].sort(
      (a, b) => a.number - b.number,
    ),
  }),
  refused: (job, data) => ({
    ...job,
    refused: job.refused.some((one) => sameRefusal(one, data)) ? job.refused : [...job.refused, data],
  }),
  retry(job, data) {
    const isKnown = job.retries.some(
      (one) => one.at_ms === data.at_ms && one.kind === data.kind && one.attempt === data.attempt,
    );
    const retries = isKnown ? job.retries : [...job.retries, data];
    // With another browser the take starts again.
    return data.kind === "browser" && !isKnown ? { ...job, retries, steps: [], scriptSteps: [], clicks: 0 } : { ...job, retries };
  },
  done: (job, data) => ({
    ...job,
    status: data.status,
    error: data.error ?? null,
    errorCode: data.error_code ?? null,
  }),
};
export const EVENTS = Object.keys(REDUCERS);

export const withEvent = (job, name, data) => REDUCERS[name](job, data);

const sameRefusal = (one, other) =>
  one.rule === other.rule && one.what === other.what && one.page_url === other.page_url;
