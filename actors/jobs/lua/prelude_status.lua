-- Stands before every script, after the other preludes: a job's status, and its end.

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
  local now_ms = redis_ms()
  redis.call('HSET', job_key, 'ended_ms', now_ms)
  publish(job_key, id, 'done',
    cjson.encode({status = job[1], error = or_null(job[5]), error_code = or_null(job[6])}))
  redis.call('HINCRBY', TOTALS, 'jobs:' .. job[1], 1)
  if job[8] then
    enqueue_webhook(job_key, id, now_ms)
  end
  settle_item(job_key, id, now_ms)
end

-- Creates a job that waits to be recorded. `fields` is a list of field, value, ...
local function create_job(job_key, waiting, id, ttl_s, rank, now_ms, fields)
  redis.call('HSET', job_key, 'created_ms', now_ms, 'updated_ms', now_ms, 'queued_ms', now_ms, 'rank', rank,
    unpack(fields))
  redis.call('EXPIRE', job_key, ttl_s)
  redis.call('ZADD', waiting, rank * 1e13 + now_ms, id)
  redis.call('HINCRBY', TOTALS, 'jobs:accepted', 1)
  publish_status(job_key, id)
end

-- Deletes the events and the live preview of a job.
local function delete_events(id)
  redis.call('UNLINK', EVENTS .. id, FRAMES .. id, WATCHED .. id)
end
