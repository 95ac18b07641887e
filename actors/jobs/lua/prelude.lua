-- Stands before every other script. EVENTS, FRAMES, WATCHED, CALL, CALLS and TOTALS are prefixes and names of keys.
local MOST_EVENTS = 5000
-- What nobody could be told for a day is no more news.
local CALL_TTL_S = 86400

-- Says something to those who watch a job; `data` is JSON. Lives as long as the job.
local function tell(job_key, id, kind, data)
  redis.call('XADD', EVENTS .. id, 'MAXLEN', '~', MOST_EVENTS, '*', 'kind', kind, 'data', data)
  redis.call('PEXPIRE', EVENTS .. id, math.max(1, redis.call('PTTL', job_key)))
end

local function text(value)
  return value or cjson.null
end

-- Puts a call into line for a job that has ended, with all that it says: when it is made the job may be gone.
-- If the job had ended before and nobody has been told of that yet, only this is told.
local function call(job_key, id, now_ms)
  local record = CALL .. id
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
  redis.call('EXPIRE', record, CALL_TTL_S)
  redis.call('ZADD', CALLS, now_ms, id)
end

-- Says where a job stands; at its end also that this is the end, counts it, and has its callback called.
-- What happens to a job that has ended, such as its export, nobody is told.
local function changed(job_key, id)
  local at = redis.call('HMGET', job_key, 'status', 'stage', 'attempt', 'progress', 'error', 'error_code',
    'ended_ms', 'callback_url')
  if at[7] then
    return
  end
  tell(job_key, id, 'stage', cjson.encode({status = at[1], stage = at[2], attempt = tonumber(at[3] or 0),
    progress = tonumber(at[4] or 0), error = text(at[5]), error_code = text(at[6])}))
  if at[1] == 'pending' or at[1] == 'processing' then
    return
  end
  local time = redis.call('TIME')
  local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', job_key, 'ended_ms', now_ms)
  tell(job_key, id, 'done', cjson.encode({status = at[1], error = text(at[5]), error_code = text(at[6])}))
  redis.call('HINCRBY', TOTALS, 'jobs:' .. at[1], 1)
  if at[8] then
    call(job_key, id, now_ms)
  end
end

-- Leaves nothing of what was told of a job.
local function hush(id)
  redis.call('UNLINK', EVENTS .. id, FRAMES .. id, WATCHED .. id)
end
