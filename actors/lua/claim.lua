-- Takes a waiting job for one worker. Answers the claim's number, or 0 when there is nothing to take.
-- `attempt` counts claims of the present stage, `claims` all of them, so that each has keys of its own.
-- KEYS: job, waiting, active.  ARGV: id, from, to, status, token, lease_ms, ttl_s
local at = redis.call('HMGET', KEYS[1], 'stage', 'status')
if at[1] ~= ARGV[2] or at[2] == 'failed' or at[2] == 'cancelled' then
  return 0
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], now_ms + ARGV[6], ARGV[1])
redis.call('HSET', KEYS[1], 'stage', ARGV[3], 'status', ARGV[4], 'token', ARGV[5], 'updated_ms', now_ms)
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('HINCRBY', KEYS[1], 'attempt', 1)
return redis.call('HINCRBY', KEYS[1], 'claims', 1)
