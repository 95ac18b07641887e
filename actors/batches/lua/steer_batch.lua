#!lua flags=allow-oom
-- Pauses, resumes or cancels a batch that has not ended; again is as good as once.
-- Returns the ids of the jobs that are to be cancelled, or -1 when the batch has ended otherwise.
-- KEYS: batch.  ARGV: batch id, pause, resume or cancel
local batch = redis.call('HMGET', KEYS[1], 'status', 'ended_ms')
if batch[2] or not batch[1] then
  return batch[1] == 'cancelled' and ARGV[2] == 'cancel' and {} or -1
end
local now_ms = redis_ms()
if ARGV[2] == 'pause' and batch[1] ~= 'cancelled' then
  redis.call('HSET', KEYS[1], 'status', 'paused', 'updated_ms', now_ms)
elseif ARGV[2] == 'resume' and batch[1] ~= 'cancelled' then
  redis.call('HSET', KEYS[1], 'status', redis.call('ZCARD', KEYS[1] .. ':waiting')
    == tonumber(redis.call('HGET', KEYS[1], 'total')) and 'pending' or 'processing', 'updated_ms', now_ms)
  for _, host in ipairs(redis.call('SMEMBERS', KEYS[1] .. ':held')) do
    redis.call('UNLINK', PACE .. host .. ':failures')
  end
  redis.call('UNLINK', KEYS[1] .. ':held')
elseif ARGV[2] == 'cancel' then
  redis.call('HSET', KEYS[1], 'status', 'cancelled', 'updated_ms', now_ms)
  for _, number in ipairs(redis.call('ZRANGE', KEYS[1] .. ':waiting', 0, -1)) do
    put_item(KEYS[1], number, 'cancelled')
  end
  local jobs = {}
  for _, number in ipairs(redis.call('ZRANGE', KEYS[1] .. ':running', 0, -1)) do
    jobs[#jobs + 1] = redis.call('HGET', KEYS[1] .. ':items:' .. number, 'job_id')
  end
  end_batch_if_done(KEYS[1], ARGV[1], now_ms)
  return jobs
end
return {}
