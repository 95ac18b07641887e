/** Follows the jobs of a few films that are being made: a browser has six connections to a host. */

import { initialJob, withEvent, withStatus } from "../job_state.js";
import { subscribe } from "../job_stream.js";

const MAX_STREAMS = 2;

/** Calls `drawn(number, job)` and `pictured(number, frame)` for films that are made, and `ended()` when one has ended. */
export function liveJobs({ drawn, pictured, ended }) {
  const streams = new Map();

  function open(item) {
    const stream = { jobId: item.job_id, job: initialJob(item.job_id), stop: () => {} };
    const update = (job) => {
      stream.job = job;
      drawn(item.item, job);
    };
    streams.set(item.item, stream);
    stream.stop = subscribe(item.links, {
      reset: () => update(initialJob(item.job_id)),
      event: (name, data) => update(withEvent(stream.job, name, data)),
      status: (body) => update(withStatus(stream.job, body)),
      frame: (frame) => pictured(item.item, frame),
      lost: () => {},
      ended,
      failed: ended,
    });
  }

  function close(number) {
    streams.get(number)?.stop();
    streams.delete(number);
  }

  return {
    /** Follows the first films of these that are being made, and no others. */
    follow(items) {
      const wanted = items.filter((item) => item.status === "running" && item.links).slice(0, MAX_STREAMS);
      for (const [number, { jobId }] of streams) {
        if (!wanted.some((item) => item.item === number && item.job_id === jobId)) close(number);
      }
      for (const item of wanted) if (!streams.has(item.item)) open(item);
    },
    /** What is known of a film that is followed; null of all others. */
    job: (number) => streams.get(number)?.job ?? null,
    close: () => [...streams.keys()].forEach(close),
  };
}
