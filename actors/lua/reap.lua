-- Takes jobs back whose lease has run out: to where they waited before, or to their end after too many attempts.
-- Answers the ids of jobs taken back.
-- KEYS: waiting, active.  ARGV: job key prefix, max_attempts, back table, status table (both JSON), error
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local back, status = cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
local taken = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now_ms)) do
  local key = ARGV[1] .. id
  local at = redis.call('HMGET', key, 'stage', 'attempt')
  redis.call('ZREM', KEYS[2], id)
  local to = at[1] and back[at[1]]
  if to then
    redis.call('HDEL', key, 'token')
    if to ~= 'ready' and tonumber(at[2]) >= tonumber(ARGV[2]) then
      redis.call('HSET', key, 'status', 'failed', 'error', ARGV[5], 'error_code', 'attempts_exhausted',
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
