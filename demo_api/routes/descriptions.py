"""Longer descriptions of operations for the OpenAPI document, in Markdown."""

API = """\
1. `POST /demo/run` with `{"url": "https://example.com/"}` accepts a job and returns its `links`.
2. `GET links.events` streams events of the job; `GET links.status` returns its current status.
3. `GET links.export` downloads the film, **once**: after the last byte the job and its artifacts are deleted.

**Errors** are problem details (RFC 9457, `application/problem+json`) with a stable `code`, a `detail` that
says what to do, and sometimes `errors` by field. An unknown path is `404 not_found`; malformed HTTP is
`400 bad_request`. With `Retry-After`, retry after that many seconds.

**Authentication**: where API_TOKEN is set, send it as `Authorization: Bearer`; the endpoints of one job also
accept its `key`, which is in its links. Health, readiness and this document require neither.

Every response has an `X-Request-ID`, yours if you send one, which is also in its log lines.
"""
RUN = """\
Responds at once; a worker makes the film. Omitted fields have the operator's defaults. A repeated request
with the same `Idempotency-Key` returns the job that the first one has created.
"""
EXPORT = """\
The film can be downloaded **once**: after its last byte the job is deleted, with its artifacts. After a
download that breaks off the film can be downloaded again. `HEAD` returns the headers only. `Range` is
ignored; link previews and prefetches are refused.
"""
EVENTS = """\
A new connection receives all past events, then new ones, until the job ends; a connection with
`Last-Event-ID` receives only later events, also from another process of the API. A comment `: ping` is sent
every 15 s.

| event | when | data |
|---|---|---|
| `stage` | status or stage has changed; `queued` starts anew: discard the steps | `StageEvent` |
| `progress` | the job has progressed | `ProgressEvent` |
| `step` | a step was taken | `StepOut` |
| `refused` | a guardrail has refused something | `RefusalOut` |
| `retry` | something is retried; kind `browser` starts anew: discard the steps | `RetryOut` |
| `frame` | at most twice a second: a picture of the browser, without an id | `FrameEvent` |
| `done` | the job has ended; the stream ends | `DoneEvent` |
| `gone` | the job was deleted: exported or expired; the stream ends | `GoneEvent` |

```
id: 1764021786123-0
event: stage
data: {"status":"processing","stage":"exploring","attempt":1,"progress":0,"error":null,"error_code":null}

event: frame
data: {"at_ms":412.0,"width":480,"height":270,"jpeg":"/9j/4AAQSkZJRg…"}
```

`204` when there are no further events: an `EventSource` then stops reconnecting.
"""
HEALTH = """\
`503`, with the same body, when `failing`: Redis is unavailable, this process's watchdog has not run for
10 s, the queue is full, or jobs are waiting and no worker has sent a heartbeat for 10 s. `degraded`, with
`200`, when there is no worker and no job is waiting, or Redis has no memory for another film. Responds within
2.5 s. `reasons` say what to do.
"""
READY = """\
For load balancers: `200` when Redis responds within a second, the queue is not full, Redis has memory for
another film and this process is not shutting down; `503`, with the same body, otherwise.
"""
METRICS = """\
Prometheus text format 0.0.4. All processes of the API return the same values, since workers count in Redis,
once a second; only `sitereel_rate_limited_total`, `sitereel_watchers` and `process_*` are those of the
process that responds. While Redis is unavailable, the response is `503` and not zeros.
"""

SCRIPT = """
What was played or explored, as a script that can be changed and played again: keep what is good, change the
words, and send it as `script` to `POST /demo/run`. `?format=yaml` (the default), `json`, or `recorder` for
Chrome's DevTools Recorder. While a job runs, it holds the steps so far."""

CHECK = """
Says what is wrong with a script and where, as `POST /demo/run` would, and films nothing; values that are
missing are no problem yet. The answer has the script as an object, a recording of Chrome's DevTools Recorder
converted, and as YAML. Twenty checks count as one request of the rate limit."""

LOG = """
Each step with its state, its times and what was done in plain words, for scripts and for explorations."""

BATCH_RUN = """
Films one script, or one kind of exploration, for each row. Give exactly one of `rows`, `csv` and `sites`, as
JSON or as `multipart/form-data` with the same fields, where `csv` and `script` may be files. Every item is an
ordinary job, with a status, events and a film of its own. Nothing is accepted if any row is wrong: `errors`
names line and column.
"""
BATCH_CHECK = """
Reads the rows as `POST /demo/batch/run` does and tells what is wrong with them, how the file was read, and
the first rows with the names of their films. Nothing is accepted.
"""
BATCH_ITEMS = """
In the order of the rows. `?status=failed` gives those in one state; `?after=100&limit=100` the next page.
Items outlive their jobs: they are there until the batch is deleted.
"""
BATCH_RETRY = """
`{}` retries all items that failed, were cancelled or were skipped; `{"items": [3, 7]}` these, if they
are such. What is completed stays; if it is named and its delivery has failed, it is delivered again. Earlier
errors of an item are in its `history`.
"""
BATCH_REPORT = """
What has become of each item, and the totals: success rate, mean and 95th percentile of the times of
completed items, steps a job. `?format=json` (the default), `csv` for spreadsheets, in which no cell is taken
for a formula, or `html`: one page that prints. `deliver_to` is in none of them. Items outlive their jobs,
`screenshots` do not.
"""
BATCH_EXPORT = """
One ZIP archive, stored and streamed, of all films that are ready and were not fetched, with `report.json` and
`report.csv` at its end. A film is claimed when it is begun, and all are deleted after the last byte; after a
download that breaks off all can be downloaded again. Each item is in the report with its `file`, or why it is
`left_out`: `not_completed`, `already_fetched`, `being_downloaded`, `film_missing`, `completed_meanwhile`. One
archive of a batch at a time. `HEAD` returns the headers only; link previews and prefetches are refused.
"""
