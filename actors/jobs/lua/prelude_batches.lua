-- Stands before every script, after the prelude: items of batches follow their jobs.
-- A batch is the hash BATCH .. id; `:items:` .. number are hashes, `:` .. state are sorted sets of item numbers,
-- `:held` is the set of hosts that are left alone; `:addresses` is the prelude's of deliveries.
local ITEM_STATES = {'waiting', 'running', 'needs_operator', 'completed', 'failed', 'cancelled', 'skipped'}
-- A host where so many films of batches failed in a row is left alone until somebody resumes the batch.
local FAILURES_IN_A_ROW = 5
local PACE_TTL_S = 86400

local function put_item(batch_key, number, state)
  for _, name in ipairs(ITEM_STATES) do
    if name ~= state then
      redis.call('ZREM', batch_key .. ':' .. name, number)
    end
  end
  redis.call('ZADD', batch_key .. ':' .. state, number, number)
  redis.call('HSET', batch_key .. ':items:' .. number, 'status', state)
end

local function batch_counts(batch_key)
  local counts = {}
  for _, name in ipairs(ITEM_STATES) do
    counts[name] = redis.call('ZCARD', batch_key .. ':' .. name)
  end
  return counts
end

-- Keeps a job with its film for so long.
local function keep_film(job_id, ttl_s)
  local blobs = redis.call('HGET', JOB .. job_id, 'blobs')
  if blobs then
    for _, key in ipairs(cjson.decode(blobs)) do
      redis.call('EXPIRE', key, ttl_s)
    end
    for _, prefix in ipairs({JOB, FILM, EVENTS}) do
      redis.call('EXPIRE', prefix .. job_id, ttl_s)
    end
  end
end

local function keep_films(batch_key, ttl_s)
  for _, number in ipairs(redis.call('ZRANGE', batch_key .. ':completed', 0, -1)) do
    local job_id = redis.call('HGET', batch_key .. ':items:' .. number, 'job_id')
    if job_id then
      keep_film(job_id, ttl_s)
    end
  end
end

-- Sets how long a batch is kept, with the films that were not fetched yet.
local function expire_batch(batch_key, total, ttl_s)
  for _, suffix in ipairs({'', ':rows', ':hosts', ':held', ':addresses'}) do
    redis.call('EXPIRE', batch_key .. suffix, ttl_s)
  end
  for _, name in ipairs(ITEM_STATES) do
    redis.call('EXPIRE', batch_key .. ':' .. name, ttl_s)
  end
  for number = 1, total do
    redis.call('EXPIRE', batch_key .. ':items:' .. number, ttl_s)
  end
  keep_films(batch_key, ttl_s)
end

-- Ends a batch none of whose items waits or runs any more; skips those that wait when too many have failed.
local function end_batch_if_done(batch_key, id, now_ms)
  local batch = redis.call('HMGET', batch_key, 'status', 'tolerated_failures', 'total', 'ttl_s', 'callback_url',
    'ended_ms', 'retried', 'exported', 'healed')
  if not batch[1] or batch[6] then
    return
  end
  local counts = batch_counts(batch_key)
  local too_many = batch[2] and counts.failed > tonumber(batch[2])
  if too_many and counts.waiting > 0 then
    for _, number in ipairs(redis.call('ZRANGE', batch_key .. ':waiting', 0, -1)) do
      put_item(batch_key, number, 'skipped')
    end
    counts = batch_counts(batch_key)
  end
  if counts.waiting + counts.running + counts.needs_operator > 0 then
    return
  end
  local status = 'completed'
  if batch[1] == 'cancelled' or counts.cancelled == tonumber(batch[3]) then
    status = 'cancelled'
  elseif too_many or counts.completed == 0 then
    status = 'failed'
  end
  counts.total = tonumber(batch[3])
  for index, name in ipairs({'retried', 'exported', 'healed'}) do
    counts[name] = tonumber(batch[6 + index] or 0)
  end
  redis.call('HSET', batch_key, 'status', status, 'ended_ms', now_ms, 'updated_ms', now_ms, 'counts',
    cjson.encode(counts))
  redis.call('HDEL', batch_key, 'waits_for')
  redis.call('ZREM', BATCHES, id)
  redis.call('UNLINK', SECRETS .. id)
  expire_batch(batch_key, tonumber(batch[3]), tonumber(batch[4]))
  if batch[5] then
    enqueue_webhook(batch_key, id, now_ms)
  end
end

-- Lets the next film of a host begin, and counts how many have failed there in a row.
local function release_host(batch_key, host, id, status, pace_ms)
  redis.call('ZREM', PACE .. host, id)
  redis.call('SET', PACE .. host .. ':next', 1, 'PX', math.max(1, pace_ms))
  local failures = PACE .. host .. ':failures'
  if status == 'completed' then
    redis.call('UNLINK', failures)
  elseif status == 'failed' then
    if redis.call('INCR', failures) >= FAILURES_IN_A_ROW then
      redis.call('SADD', batch_key .. ':held', host)
    end
    redis.call('EXPIRE', failures, PACE_TTL_S)
  end
end

local function count_states(steps, state)
  local count = 0
  for _, step in ipairs(steps) do
    if step.state == state then
      count = count + 1
    end
  end
  return count
end

-- The item of a job's batch: its batch's key and id, and its number; nil where it has none, or another job by now.
local function item_of(job_key, id)
  local job = redis.call('HMGET', job_key, 'batch', 'item')
  if not job[1] then
    return nil
  end
  local batch_key = BATCH .. job[1]
  if redis.call('HGET', batch_key .. ':items:' .. job[2], 'job_id') ~= id then
    return nil
  end
  return batch_key, job[1], job[2]
end

-- Notes in its item how a job has ended, and ends the batch with its last item.
local function settle_item(job_key, id, now_ms)
  local batch_key, batch_id, number = item_of(job_key, id)
  if not batch_key then
    return
  end
  local job = redis.call('HMGET', job_key, 'status', 'error', 'error_code', 'film', 'script_steps', 'steps',
    'queued_ms', 'pace_ms', 'host', 'retry_after_ms', 'retries', 'failures')
  local item = batch_key .. ':items:' .. number
  put_item(batch_key, number, job[1])
  redis.call('HDEL', item, 'error', 'error_code', 'film_s', 'bytes')
  local steps = cjson.decode(job[5] or '[]')
  local healed = count_states(steps, 'healed')
  redis.call('HSET', item, 'ended_ms', now_ms, 'took_ms', now_ms - job[7], 'healed', healed, 'steps',
    #steps > 0 and #steps or #cjson.decode(job[6] or '[]'), 'retries',
    #cjson.decode(job[11] or '[]') + #cjson.decode(job[12] or '[]'))
  if job[2] and job[1] ~= 'completed' then
    redis.call('HSET', item, 'error', job[2], 'error_code', job[3] or '')
  end
  if job[1] == 'completed' then
    local film = cjson.decode(job[4] or '{}')
    redis.call('HSET', item, 'film_s', film.duration_s or 0, 'bytes', film.size_bytes or 0)
    begin_delivery(batch_key, batch_id, number, now_ms)
  end
  if healed > 0 then
    redis.call('HINCRBY', batch_key, 'healed', healed)
  end
  redis.call('HSET', batch_key, 'updated_ms', now_ms)
  release_host(batch_key, job[9], id, job[1], math.max(tonumber(job[8]), tonumber(job[10] or 0)))
  end_batch_if_done(batch_key, batch_id, now_ms)
end

-- Notes that the film of an item has been fetched, or delivered by the claim that its job's field `delivered_by` names.
local function note_exported(job_key, id)
  local batch_key, batch_id, number = item_of(job_key, id)
  if batch_key then
    redis.call('HSET', batch_key .. ':items:' .. number, 'exported', 1)
    redis.call('HINCRBY', batch_key, 'exported', 1)
    local job = redis.call('HMGET', job_key, 'token', 'delivered_by')
    end_delivery(batch_key, batch_id, number, job[1] and job[1] == job[2])
  end
end

-- Opens a batch again that has ended: an item of it begins anew.
local function reopen_batch(batch_key, batch_id, now_ms)
  local batch = redis.call('HMGET', batch_key, 'ended_ms', 'created_ms', 'total')
  if batch[1] then
    redis.call('HDEL', batch_key, 'ended_ms', 'callback_report')
    redis.call('HSET', batch_key, 'status', 'processing', 'updated_ms', now_ms)
    redis.call('ZADD', BATCHES, batch[2], batch_id)
    redis.call('PERSIST', batch_key)
    for _, suffix in ipairs({':rows', ':hosts', ':held', ':addresses'}) do
      redis.call('PERSIST', batch_key .. suffix)
    end
    for _, name in ipairs(ITEM_STATES) do
      redis.call('PERSIST', batch_key .. ':' .. name)
    end
    for number = 1, tonumber(batch[3]) do
      redis.call('PERSIST', batch_key .. ':items:' .. number)
    end
  end
end

-- An item runs again when its job, which has ended, is retried by itself.
local function restart_item(job_key, id)
  local batch_key, batch_id, number = item_of(job_key, id)
  if batch_key then
    reopen_batch(batch_key, batch_id, redis_ms())
    put_item(batch_key, number, 'running')
    redis.call('HINCRBY', batch_key .. ':items:' .. number, 'attempts', 1)
    redis.call('HINCRBY', batch_key, 'retried', 1)
  end
end

local function is_batch_paused(job_key)
  local batch_id = redis.call('HGET', job_key, 'batch')
  return batch_id and redis.call('HGET', BATCH .. batch_id, 'status') == 'paused'
end
