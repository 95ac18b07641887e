-- Stands before every other script. EVENTS, FRAMES, WATCHED, WEBHOOK, WEBHOOKS and TOTALS are key names and prefixes.
local MAX_EVENTS = 5000
-- A webhook that could not be delivered for a day is of no use any more.
local WEBHOOK_TTL_S = 86400

-- Appends an event of a job; `data` is JSON. The stream lives as long as the job.
local function publish(job_key, id, kind, data)
  redis.call('XADD', EVENTS .. id, 'MAXLEN', '~', MAX_EVENTS, '*', 'kind', kind, 'data', data)
  redis.call('PEXPIRE', EVENTS .. id, math.max(1, redis.call('PTTL', job_key)))
end

local function or_null(value)
  return value or cjson.null
end

-- Queues the webhook of a job that has ended, with all its content: the job may be gone when it is delivered.
-- It replaces the webhook of an earlier end of the job that was not delivered yet.
local function enqueue_webhook(job_key, id, now_ms)
  local record = WEBHOOK .. id
  redis.call('UNLINK', record)
  redis.call('HSET', record, 'id', id, 'number', redis.call('HINCRBY', job_key, 'calls', 1))
  for _, name in ipairs({'url', 'status', 'error', 'error_code', 'warnings', 'film', 'secret', 'updated_ms',
    'callback_url', 'callback_secret', 'callback_terms'}) do
    local value = redis.call('HGET', job_key, name)
    if value then
      redis.call('HSET', record, name, value)
    end
  end
  local url = redis.call('HGET', record, 'callback_url')
  redis.call('HSET', record, 'receiver', string.lower(string.match(url, '^%a+://([^/?#]*)') or ''))
  redis.call('EXPIRE', record, WEBHOOK_TTL_S)
  redis.call('ZADD', WEBHOOKS, now_ms, id)
end

-- Publishes the status of a job. At its end, also publishes that, counts the job and queues its webhook.
-- Changes after the end, such as the export, are not published.
local function publish_status(job_key, id)
  local job = redis.call('HMGET', job_key, 'status', 'stage', 'attempt', 'progress', 'error', 'error_code',
    'ended_ms', 'callback_url')
  if job[7] then
    return
  end
  publish(job_key, id, 'stage', cjson.encode({status = job[1], stage = job[2], attempt = tonumber(job[3] or 0),
    progress = tonumber(job[4] or 0), error = or_null(job[5]), error_code = or_null(job[6])}))
  if job[1] == 'pending' or job[1] == 'processing' then
    return
  end
  local time = redis.call('TIME')
  local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', job_key, 'ended_ms', now_ms)
  publish(job_key, id, 'done',
    cjson.encode({status = job[1], error = or_null(job[5]), error_code = or_null(job[6])}))
  redis.call('HINCRBY', TOTALS, 'jobs:' .. job[1], 1)
  if job[8] then
    enqueue_webhook(job_key, id, now_ms)
  end
end

-- Deletes the events and the live preview of a job.
local function delete_events(id)
  redis.call('UNLINK', EVENTS .. id, FRAMES .. id, WATCHED .. id)
end
