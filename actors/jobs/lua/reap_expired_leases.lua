#!lua flags=allow-oom
-- Reaps jobs whose lease has expired: puts them back into their queue, or fails them after too many attempts.
-- Deletes what the lost claim has stored; footage that waits to be encoded stays.
-- Returns the ids of these jobs.
-- KEYS: active, waiting to be recorded, waiting to be encoded.
-- ARGV: prefix of job keys, prefixes of a claim's blobs (JSON), max_attempts, stages to go back to (JSON), their
-- status (JSON), error of an attempt, error of the last attempt, fields of an exploration (JSON), prefix of secrets
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local blobs = cjson.decode(ARGV[2])
local back, status, exploration = cjson.decode(ARGV[4]), cjson.decode(ARGV[5]), cjson.decode(ARGV[8])
local reaped = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 0, now_ms)) do
  local key = ARGV[1] .. id
  local job = redis.call('HMGET', key, 'stage', 'attempt', 'claims', 'rank', 'queued_ms', 'failures')
  redis.call('ZREM', KEYS[1], id)
  local to = job[1] and back[job[1]]
  if to then
    redis.call('HDEL', key, 'token')
    for _, prefix in ipairs(blobs) do
      redis.call('UNLINK', prefix .. id .. ':' .. job[3])
    end
    if to ~= 'ready' then
      local failures = cjson.decode(job[6] or '[]')
      failures[#failures + 1] = {stage = job[1], attempt = tonumber(job[2]), code = 'lease_lost', error = ARGV[6]}
      redis.call('HSET', key, 'failures', cjson.encode(failures))
      redis.call('HINCRBY', TOTALS, 'attempts_failed:lease_lost', 1)
    end
    if to ~= 'ready' and tonumber(job[2]) >= tonumber(ARGV[3]) then
      redis.call('HSET', key, 'status', 'failed', 'error', ARGV[7], 'error_code', 'attempts_exhausted',
        'updated_ms', now_ms)
      redis.call('UNLINK', ARGV[9] .. id)
    else
      redis.call('HSET', key, 'stage', to, 'status', status[to], 'updated_ms', now_ms)
      if to == 'queued' then
        redis.call('HDEL', key, unpack(exploration))
      end
      if to ~= 'ready' then
        redis.call('ZADD', to == 'queued' and KEYS[2] or KEYS[3], job[4] * 1e13 + job[5], id)
      end
    end
    publish_status(key, id)
    reaped[#reaped + 1] = id
  end
end
return reaped
