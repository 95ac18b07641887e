-- Stands before every script: events and webhooks. Names in capitals are keys and prefixes, see scripts.py.
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

local function redis_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Queues the webhook of a job or batch that has ended, with all its content: it may be gone when that is delivered.
-- It replaces the webhook of an earlier end that was not delivered yet.
local function enqueue_webhook(job_key, id, now_ms)
  local record = WEBHOOK .. id
  redis.call('UNLINK', record)
  redis.call('HSET', record, 'id', id, 'number', redis.call('HINCRBY', job_key, 'calls', 1))
  for _, name in ipairs({'url', 'status', 'error', 'error_code', 'warnings', 'film', 'secret', 'updated_ms',
    'callback_url', 'callback_secret', 'callback_terms', 'counts'}) do
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

