"""What the description says of operations beyond their summaries, in Markdown."""

API = """\
1. `POST /demo/run` with `{"url": "https://example.com/"}` accepts a job and answers with its `links`.
2. `GET links.events` tells what happens as it does; `GET links.status` tells the same when asked.
3. `GET links.export` gives the film, **once**: with the last byte the job and all of it are gone.

**Errors** are problem documents (RFC 9457, `application/problem+json`) with a stable `code`, a `detail`
that says what to do, and sometimes `errors` by field. An address that does not exist is `404 not_found`;
what is no HTTP is `400 bad_request`. With `Retry-After`, come back after so many seconds.

**Who may**: where API_TOKEN is set, whoever sends it as `Authorization: Bearer`; for one job also whoever
has its `key`, which is in its links. Health, readiness and this description are for anybody.

Every answer has an `X-Request-ID`, yours if you send one, by which its lines in the log are found.
"""
RUN = """\
Answers at once; the film is made by a worker. Fields that are not given have the operator's own settings.
Sent again with the same `Idempotency-Key`, it answers with the job that it has made before.
"""
EXPORT = """\
The film leaves **once**: with its last byte the job is forgotten, with all that lies beside it. One that
breaks off keeps its film, and can be had again. `HEAD` only looks. `Range` is ignored; link previews and
prefetches are refused.
"""
EVENTS = """\
A new connection is told all that has happened, then what happens, until the job ends; one that comes back
with `Last-Event-ID` only what is new, also from another process of the API. A line `: ping` comes every 15
s.

| event | when | data |
|---|---|---|
| `stage` | status or stage have changed; at `queued` all begins anew: forget the steps | `StageEvent` |
| `progress` | the exploration goes on | `ProgressEvent` |
| `step` | a click was made | `StepOut` |
| `refused` | a guardrail has turned something down | `RefusalOut` |
| `retry` | something is tried again; with kind `browser` from the start: forget the steps | `RetryOut` |
| `frame` | at most twice a second: what the browser shows, without an id | `FrameEvent` |
| `done` | the job has ended, and the stream | `DoneEvent` |
| `gone` | the job is there no more: fetched, or its time is over | `GoneEvent` |

```
id: 1764021786123-0
event: stage
data: {"status":"processing","stage":"exploring","attempt":1,"progress":0,"error":null,"error_code":null}

event: frame
data: {"at_ms":412.0,"width":480,"height":270,"jpeg":"/9j/4AAQSkZJRg…"}
```

`204` when nothing more will come: an `EventSource` then stops by itself.
"""
HEALTH = """\
`503`, in the same form, when it cannot: Redis is away, its own watchdog has been silent for 10 s, as many
jobs wait as may, or jobs wait and no worker has been heard of for 10 s. `degraded`, with `200`, when no
worker has been heard of and nothing waits, or Redis has no memory for another film. Never later than 2.5 s.
`reasons` say what to do.
"""
READY = """\
For balancers: `200` when Redis answers within a second, the line is not full, Redis has memory for another
film and this process is not shutting down; `503`, in the same form, otherwise.
"""
METRICS = """\
Prometheus's text format 0.0.4. All processes of the API tell the same, since what workers count lies in
Redis; only `sitereel_rate_limited_total`, `sitereel_watchers` and `process_*` are of the process that
answers. Workers bring what they have counted once a second. With Redis away there are no figures rather
than zeros: `503`.
"""
