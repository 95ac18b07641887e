/** Labels for codes of the API. Unknown codes are shown with spaces for underscores. */

const spaced = (code) => code.replaceAll("_", " ");
const cap = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Labels of the exploration's states. */
const STATES = {
  initial: "Starting the browser",
  navigating: "Opening the page",
  discovering: "Looking around",
  planning: "Choosing what to show next",
  executing: "Filming",
  complete: "That was the last scene",
};

/** Returns the label of the job's stage. */
export function stageText(job) {
  const again = job.attempt > 1 ? `, attempt ${job.attempt}` : "";
  switch (job.stage) {
    case "queued":
      return job.attempt > 0 ? "Waiting to begin again" : "Waiting for a free browser";
    case "exploring":
      return (STATES[job.state] ?? "Filming") + again;
    case "recorded":
      return "Filmed, waiting to be cut";
    case "encoding":
      return `Cutting the film${again}`;
    default:
      return "Saving the film";
  }
}

/** Labels of the outcomes of a step. */
const OUTCOMES = {
  page: "opened a page",
  scene: "changed what is shown",
  dialog: "opened a dialog",
  disclosure: "unfolded a part",
  nothing: "showed nothing new",
};
export const outcomeText = (outcome) => OUTCOMES[outcome] ?? spaced(outcome);

const ACTIONS = { click: "Clicked", type: "Typed into", choose: "Chose in", hover: "Pointed at", draw: "Drew with",
  double_click: "Double-clicked", press: "Pressed a key in", drag: "Dragged" };
export const actionText = (action) => ACTIONS[action] ?? cap(spaced(action));

/** Labels of guardrail rules. */
const RULES = {
  blacklist: "Could buy, delete, send or sign out",
  language: "Would change the language",
  theme: "Would change the colours",
  scheme: "Leaves the browser, as mail and phone links do",
  off_domain: "Leads to another site",
  auth: "Leads to a sign-in page",
  download: "Saves a file",
  form: "Sends a form",
  avoid: "You asked to leave it alone",
  robots: "robots.txt asks to leave it alone",
  write: "Would change something on the server",
  field: "Asks for personal data",
  runaway_page: "The page did it without end",
  not_offered: "Was not among the choices",
  private_address: "Leads to a private network",
  protocol: "Neither a web page nor a WebSocket",
  traffic: "The page loaded too much",
};
export const ruleText = (rule) => RULES[rule] ?? cap(spaced(rule));

/** Labels of retries. */
const RETRIES = {
  navigation: "The page did not open at once",
  element: "Something was in the way",
  browser: "The browser died, so the film begins anew",
  database: "The database did not answer",
};
export const retryText = (retry) =>
  `${RETRIES[retry.kind] ?? cap(spaced(retry.kind))}: tried again (${retry.attempt} of at most ${retry.limit})`;

/** Labels of stop reasons. */
const STOPS = {
  max_clicks: "It made all the clicks it was allowed.",
  nothing_left: "It had shown everything worth showing.",
  left_domain: "It ended where the site was left.",
  auth_page: "It ended at a sign-in page.",
  runtime: "Its time was up.",
  footage_limit: "The film had reached its greatest length.",
  page_lost: "The page was lost on the way.",
  script_ended: "It played the script to its end.",
};
export const stopText = (reason) => (reason ? (STOPS[reason] ?? "") : "");

/** Labels of statuses in the history. */
const STATUSES = {
  pending: "Waiting",
  processing: "Filming",
  completed: "Ready",
  failed: "Failed",
  cancelled: "Cancelled",
  gone: "Downloaded or expired",
  unknown: "Not known right now",
};
export const statusText = (status) => STATUSES[status] ?? cap(status);

export const SIZES = { "720p": "1280 × 720", "1080p": "1920 × 1080", vertical: "1080 × 1920", square: "1080 × 1080" };

/** `2.3 MB`. */
export function bytes(count) {
  return count < 1e6 ? `${Math.max(1, Math.round(count / 1e3))} KB` : `${(count / 1e6).toFixed(1)} MB`;
}

export const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** Shortens a URL to `example.com/pricing`. */
export function shortAddress(url) {
  try {
    const parts = new URL(url);
    const path = parts.pathname === "/" ? "" : decodeURI(parts.pathname);
    return `${parts.host.replace(/^www\./, "")}${path}${parts.search}`;
  } catch {
    return url;
  }
}
