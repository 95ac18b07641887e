/** Formats times by the server's clock, since this machine's may be wrong. */

let aheadMs = 0;

/** Synchronizes with the Date header of a response. */
export function syncClock(headers) {
  const serverMs = Date.parse(headers.get("date") ?? "");
  if (!Number.isNaN(serverMs)) aheadMs = serverMs - Date.now();
}

export const now = () => Date.now() + aheadMs;

/** Formats milliseconds as `1:07`. */
export function stopwatch(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const rest = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** Formats a local time such as `18:42`, with the day where it could be ambiguous. */
export function clock(iso) {
  const moment = new Date(iso);
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const today = moment.toDateString() === new Date(now()).toDateString();
  if (today || Math.abs(moment - now()) < 12 * 3600e3) return time;
  return `${moment.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })}, ${time}`;
}

/** Formats a duration such as `59 minutes`, rounded to one unit. */
export function span(seconds) {
  const steps = [
    [90, 1, "second"],
    [90 * 60, 60, "minute"],
    [36 * 3600, 3600, "hour"],
    [Infinity, 86400, "day"],
  ];
  const [, unit, word] = steps.find(([below]) => seconds < below);
  const count = Math.max(1, Math.round(seconds / unit));
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** Formats a time to come, such as `in 59 minutes`. */
export function until(iso) {
  const seconds = (Date.parse(iso) - now()) / 1000;
  return seconds > 0 ? `in ${span(seconds)}` : "any moment";
}

/** Formats a past time, such as `12 minutes ago`. */
export function ago(iso) {
  const seconds = (now() - Date.parse(iso)) / 1000;
  return seconds < 45 ? "just now" : `${span(seconds)} ago`;
}
