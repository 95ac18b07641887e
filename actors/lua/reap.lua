#!lua flags=allow-oom
-- Takes jobs back whose lease has run out: to where they waited before, or to their end after too many attempts.
-- What the lost claim had stored is dropped. Answers the ids of jobs taken back.
-- KEYS: waiting, active.
-- ARGV: prefix of job keys, prefixes of a claim's blobs (JSON), max_attempts, back table, status table (JSON), error
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local blobs = cjson.decode(ARGV[2])
local back, status = cjson.decode(ARGV[4]), cjson.decode(ARGV[5])
local taken = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now_ms)) do
  local key = ARGV[1] .. id
  local at = redis.call('HMGET', key, 'stage', 'attempt', 'claims', 'blobs')
  redis.call('ZREM', KEYS[2], id)
  local to = at[1] and back[at[1]]
  if to then
    redis.call('HDEL', key, 'token')
    for _, prefix in ipairs(blobs) do
      redis.call('UNLINK', prefix .. id .. ':' .. at[3])
    end
    if to ~= 'ready' and tonumber(at[2]) >= tonumber(ARGV[3]) then
      for _, blob in ipairs(cjson.decode(at[4] or '[]')) do
        redis.call('UNLINK', blob)
      end
      redis.call('HSET', key, 'blobs', '[]', 'status', 'failed', 'error', ARGV[6], 'error_code', 'attempts_exhausted',
        'updated_ms', now_ms)
    else
      redis.call('HSET', key, 'stage', to, 'status', status[to], 'updated_ms', now_ms)
      if to == 'queued' then
        redis.call('HDEL', key, 'metrics', 'steps', 'refused', 'progress')
      end
      if to ~= 'ready' then
        redis.call('ZADD', KEYS[1], now_ms, id)
      end
    end
    taken[#taken + 1] = id
  end
end
return taken
